"""Reading: what a text means in its thread.

By itself, as the answer to one of the prompts that live, as a number that was asked back for,
or as the end of a text that came in several parts. Prompts that had their answer come after
those that wait, for people change their minds; those that are over come last, so that a late
yes is known for what it is.
"""

from datetime import timedelta

from reminders.domain.replies.choosing import DANGER, Choice, Speaker, choose, pick
from reminders.domain.replies.intents import Confidence, Intent
from reminders.domain.replies.manners import ABOUT_TEXTS
from reminders.domain.replies.understanding import understand
from reminders.pipeline.thread import Thread
from reminders.store import prompts
from reminders.store.tables.messages import Reply

PARTS_WITHIN = timedelta(seconds=10)
"""Texts of one phone that come so soon after each other, by the machine's clock, may be parts of one."""

ASKED_BACK_WITHIN = timedelta(hours=24)


def read_in(thread: Thread) -> Choice:
    """Return what the text means: alone, as the answer to what was asked back, or as the end of a text."""
    picked = _picked(thread)
    if picked is not None:
        return picked
    choice = _understood(thread, thread.inbound.body)
    whole = _whole(thread, choice)
    return whole or choice


def _understood(thread: Thread, text: str) -> Choice:
    """Return what *text* means to the prompts that wait for an answer, then to those answered, then to those over."""
    speaker = Speaker(language=thread.language, region=thread.line.region, usual=thread.usual)
    live = [one for one in thread.prompts if one.expires_at > thread.now.clinic_at]
    waiting = [one for one in live if not one.is_answered]
    choice = choose(text, waiting, speaker)
    if choice.meaning.intent in DANGER | ABOUT_TEXTS:
        return choice
    for others in (live, thread.prompts):
        if choice.answers or choice.options or not _says_little(choice):
            break
        again = choose(text, [one for one in others if one not in waiting], speaker)
        choice = again if again.answers else choice
    return choice


def _says_little(choice: Choice) -> bool:
    """Whether a text means something only as an answer: "Y", "2", and what nobody understands."""
    return choice.meaning.intent is Intent.UNKNOWN or choice.meaning.confidence is Confidence.EXACT


def _picked(thread: Thread) -> Choice | None:
    """Return what somebody means who was asked which, and names a number."""
    last = thread.earlier[0] if thread.earlier else None
    if last is None or not last.options or thread.now.clinic_at - last.received_at > ASKED_BACK_WITHIN:
        return None
    prompt = pick(thread.inbound.body, prompts.by_ids(thread.session, last.options))
    if prompt is None:
        return None
    said = thread.parts.vault.open(Reply.body, last.id, last.sealed)
    meaning = understand(said, prompt.kind, language=thread.language, region=thread.line.region)
    together = tuple(one for one in thread.prompts if one.message_id == prompt.message_id)
    return Choice(meaning=meaning, answers=together or (prompt,))


def _whole(thread: Thread, choice: Choice) -> Choice | None:
    """Return what this text means together with the one just before it, where one of them alone says nothing."""
    last = thread.earlier[0] if thread.earlier else None
    if last is None or last.age > PARTS_WITHIN or choice.meaning.intent in DANGER:
        return None
    before = thread.parts.vault.open(Reply.body, last.id, last.sealed)
    whole = _understood(thread, f"{before} {thread.inbound.body}")
    if whole.meaning.intent in DANGER and last.intent not in DANGER:
        return whole
    says_nothing = Intent.UNKNOWN in {choice.meaning.intent, last.intent}
    return whole if says_nothing and whole.meaning.intent is not Intent.UNKNOWN else None
