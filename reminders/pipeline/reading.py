"""Reading: what a text means in its thread.

By itself, as the answer to one of the prompts that live, as a number that was asked back for,
or as the end of a text that came in several parts. Prompts that had their answer come after
those that wait, for people change their minds. What was asked last and means nothing any more
comes at the end, so that a late yes is known for what it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from reminders.domain.replies.choosing import DANGER, Choice, Speaker, choose, pick
from reminders.domain.replies.days import is_of_another_day
from reminders.domain.replies.intents import Confidence, Intent, Understanding
from reminders.domain.replies.manners import ABOUT_TEXTS
from reminders.domain.replies.plain_words import read
from reminders.domain.replies.prompts import SAME_QUESTION, Prompt, newest_of_each
from reminders.domain.replies.understanding import understand
from reminders.domain.wallclock import local_day
from reminders.pipeline.thread import Thread
from reminders.store import prompts
from reminders.store.replies import Earlier
from reminders.store.tables.messages import Reply

PARTS_WITHIN = timedelta(seconds=10)
"""Texts of one phone that come so soon after each other, by the machine's clock, may be parts of one."""

PARTS = 5
"""So many texts at most are read as one."""

ASKED_BACK_WITHIN = timedelta(hours=24)

_PROVIDER_SAYS = {"STOP": Intent.OPT_OUT, "START": Intent.OPT_IN, "HELP": Intent.HELP}
"""What Twilio calls the opt-out words it heard, of which it has many: its `OptOutType`."""

_POLITE = frozenset({Intent.THANKS, Intent.REACTION})
"""An "ok" that no prompt waits for: it is no second answer, and none to what is over."""

_NOT_COMING = frozenset({Intent.DECLINE, Intent.CHANGE, Intent.RUNNING_LATE})


def read_in(thread: Thread) -> Choice:
    """Return what the text means: alone, as the answer to what was asked back, or as the end of a text."""
    picked = _picked(thread)
    if picked is not None:
        return picked
    choice = _understood(thread, thread.inbound.body)
    choice = _whole(thread, choice) or choice
    return _of_today(thread, _as_provider_heard(thread, choice))


def _understood(thread: Thread, text: str) -> Choice:
    """Return what *text* means to the prompts that wait for an answer, then to those answered, then to those over."""
    speaker, now = _speaker(thread), thread.now.clinic_at
    live = newest_of_each([one for one in thread.prompts if one.expires_at > now])
    valid = [one for one in live if one.message_id in {other.message_id for other in live if not other.void(now)}]
    cry = choose(text, live, speaker)  # an answer to "how are you" may be one, also the second
    if cry.meaning.intent in DANGER:
        return cry
    choice = choose(text, [one for one in valid if not one.is_answered], speaker)
    if _is_decided(choice):
        return choice
    again = choose(text, [one for one in valid if one.is_answered], speaker)
    if again.answers or again.options:
        return again
    if not _says_little(choice.meaning):
        return choice
    late = choose(text, _asked_last(thread), speaker)
    return late if late.answers else choice


def _speaker(thread: Thread) -> Speaker:
    return Speaker(language=thread.language, region=thread.line.region, usual=thread.usual)


def _is_decided(choice: Choice) -> bool:
    """Whether prompts that had their answer, or are over, have no part in what was said."""
    return bool(choice.answers or choice.options) or choice.meaning.intent in ABOUT_TEXTS | _POLITE


def _says_little(meaning: Understanding) -> bool:
    """Whether a text means something only as an answer: "Y", "2", and what nobody understands."""
    return meaning.intent is Intent.UNKNOWN or meaning.confidence is Confidence.EXACT


def _asked_last(thread: Thread) -> Sequence[Prompt]:
    """Return the prompts of the text that the phone got last: what is over by now answers no older one."""
    patient_ids = {one.patient_id for one in thread.people if one.patient_id}
    last = prompts.newest_text(thread.session, thread.address_id, patient_ids)
    return [one for one in newest_of_each(thread.prompts) if one.message_id == last]


def _as_provider_heard(thread: Thread, choice: Choice) -> Choice:
    """Take the provider's word for an opt-out: it acts on words of its own list, which may be longer than ours.

    YES is one of them. From a phone that nothing had silenced it is an answer like any other.
    """
    heard, said = thread.inbound.opt_out or "", choice.meaning.intent
    meant = _PROVIDER_SAYS.get(heard)
    if meant is None or said is meant or said in DANGER:
        return choice
    if meant is not Intent.OPT_OUT and not thread.was_silenced and said is not Intent.UNKNOWN:
        return choice
    return Choice(meaning=understand(heard, language=thread.language, region=thread.line.region))


def _of_today(thread: Thread, choice: Choice) -> Choice:
    """Let who says in their own words that they do not come speak of today's visit, not of a later one that was asked.

    Unless they name another day, or it is somebody else's visit. A person is told of it at once and
    finds out; the other way round a room waits in vain.
    """
    meaning, now = choice.meaning, thread.now.clinic_at
    if meaning.intent not in _NOT_COMING or meaning.confidence is not Confidence.RULE:
        return choice
    today = [one for one in thread.visits.values() if one.is_awaited(now) and one.is_today(now)]
    if not today or is_of_another_day(read(thread.inbound.body), local_day(now, today[0].zone)):
        return choice
    ids, patients = {one.id for one in today}, {one.patient_id for one in today}
    about = choice.answers or choice.options
    if any(one.visit_id in ids or one.patient_id not in patients for one in about):
        return choice
    asked = [one for one in thread.prompts if one.kind in SAME_QUESTION and one.visit_id in ids and not one.void(now)]
    is_one = len({one.person_id for one in asked}) == 1
    return replace(choice, answers=tuple(newest_of_each(asked)) if is_one else (), options=())


def _picked(thread: Thread) -> Choice | None:
    """Return what somebody means who was asked which, and names a number before they are asked anything else."""
    last = next((one for one in thread.earlier if one.options), None)
    if last is None or thread.now.clinic_at - last.received_at > ASKED_BACK_WITHIN:
        return None
    if any(one.opened_at > last.received_at for one in thread.prompts):
        return None
    prompt = pick(thread.inbound.body, prompts.by_ids(thread.session, last.options))
    if prompt is None:
        return None
    meaning = understand(_body(thread, last), prompt.kind, language=thread.language, region=thread.line.region)
    together = tuple(one for one in thread.prompts if one.message_id == prompt.message_id)
    return Choice(meaning=meaning, answers=together or (prompt,), picked_for=last.id)


def _whole(thread: Thread, choice: Choice) -> Choice | None:
    """Return what this text means together with those just before it, where one of them alone says nothing."""
    parts = _parts(thread.earlier)
    if not parts or choice.meaning.intent in DANGER:
        return None
    said = [_body(thread, one) for one in reversed(parts)]
    whole = _understood(thread, " ".join([*said, thread.inbound.body]))
    intents = {one.intent for one in parts}
    if whole.meaning.intent in DANGER and not intents & DANGER:
        return whole
    says_nothing = Intent.UNKNOWN in {choice.meaning.intent, parts[0].intent}
    return whole if says_nothing and whole.meaning.intent not in {Intent.UNKNOWN, *intents} else None


def _parts(earlier: Sequence[Earlier]) -> list[Earlier]:
    """Return the texts that this one may be the end of, newest first: each came soon before the next."""
    found: list[Earlier] = []
    ages: Iterable[timedelta] = (timedelta(0), *(one.age for one in earlier[: PARTS - 1]))
    for one, (newer, older) in zip(earlier, pairwise(ages), strict=False):
        if older - newer > PARTS_WITHIN:
            break
        found.append(one)
    return found


def _body(thread: Thread, earlier: Earlier) -> str:
    return thread.parts.vault.open(Reply.body, earlier.id, earlier.sealed)
