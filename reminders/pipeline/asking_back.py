"""Asking back: a text that could be about two things is answered with a question, whose answer is a number.

Until the number comes it is work for a person too: who never answers the question is not forgotten.
"""

from uuid import UUID

from reminders.domain.dates import clock, short_date
from reminders.domain.replies.choosing import Choice
from reminders.domain.replies.inbound import Heard
from reminders.domain.replies.intents import WHICH, Intent
from reminders.domain.replies.prompts import Prompt
from reminders.domain.words import Context, WorkKind
from reminders.pipeline import needing
from reminders.pipeline.answering import respond
from reminders.pipeline.matter import Effect, Matter, matter_of
from reminders.pipeline.needing import Need
from reminders.pipeline.thread import Thread
from reminders.store import replies, work
from reminders.store.work import NOBODY

_THINGS = {
    "en": {Context.DRIVER_ASK: "ride", Context.DRIVER_PERSON: "ride", Context.CHECKIN: "how you are"},
    "es": {Context.DRIVER_ASK: "viaje", Context.DRIVER_PERSON: "viaje", Context.CHECKIN: "como esta"},
}
_CHANGES = frozenset({Intent.DECLINE, Intent.CHANGE})
_ELSE = {"en": ("visit", "booking"), "es": ("cita", "reserva")}


def ask_back(thread: Thread, choice: Choice) -> tuple[Matter, Effect, Heard]:
    """Ask which of several things a text is about; a person finds out where no number comes."""
    matter, language = matter_of(thread, choice), choice.meaning.language
    told = ", ".join(f"{number} {_told(one, thread, language)}" for number, one in enumerate(choice.options, 1))
    effect = Effect(word="asked_back", answer=WHICH, work=None)
    heard = respond(thread, matter, effect, options=told)
    _close_earlier(thread)
    needing.ask(thread, _need(thread, choice, matter), key=_key(thread.reply_id))
    if heard.answer is not None:
        options = {"prompts": [str(one.id) for one in choice.options]}
        replies.note(thread.session, thread.reply_id, options=options)
    return matter, effect, heard


def settle(thread: Thread, choice: Choice) -> None:
    """Close the work of what was asked back for, whose number has come."""
    if choice.picked_for is not None:
        _close_earlier(thread)


def _close_earlier(thread: Thread) -> None:
    """Close the work of every earlier question back: they say it again, or have told by a number."""
    for one in thread.earlier:
        if one.options:
            work.close_key(thread.session, _key(one.id), by=NOBODY, now=thread.now.clinic_at)


def _key(reply_id: UUID) -> str:
    return f"asked-back/{reply_id}"


def _need(thread: Thread, choice: Choice, matter: Matter) -> Need:
    """Return what a person finds out: of somebody who may not come today, at once."""
    ids, now = {one.visit_id for one in choice.options}, thread.now.clinic_at
    today = [visit for visit in thread.visits.values() if visit.id in ids and visit.is_today(now)]
    kind = WorkKind.CHANGE if choice.meaning.intent in _CHANGES else WorkKind.NOT_UNDERSTOOD
    visit = next(iter(today), matter.visit)
    patients = {one.patient_id for one in choice.options}
    person_id = matter.patient_id if len(patients) == 1 else None
    return Need(kind=kind, person_id=person_id, visit=visit, reason="several_prompts")


def _told(prompt: Prompt, thread: Thread, language: str) -> str:
    """Return in few words what a prompt asked about: "visit Wed Oct 7 10:30 AM", "ride Wed Oct 7 10:30 AM"."""
    tongue = language.partition("-")[0] if language.partition("-")[0] in _ELSE else "en"
    visit = thread.visits.get(prompt.visit_id) if prompt.visit_id else None
    thing = _THINGS[tongue].get(prompt.kind, _ELSE[tongue][0 if visit else 1])
    if visit is None or prompt.told_start is None:
        return thing
    return f"{thing} {short_date(visit.starts_at, visit.zone, tongue)} {clock(visit.starts_at, visit.zone, tongue)}"
