"""Heeding: what a text that was understood does, beside being answered.

Nothing is ever moved or cancelled by a text: it confirms, opens work for a person, changes a
consent, or notes who drives. One function for each meaning that does something; the table at
the end says which.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from uuid import UUID

from reminders.domain.courses import LATER
from reminders.domain.replies.intents import CANCEL_ANSWER, OPT_OUT_OFFER, Intent
from reminders.domain.replies.understanding import understand
from reminders.domain.words import Context, WorkKind
from reminders.pipeline import driving, needing
from reminders.pipeline.consenting import Stop, silence
from reminders.pipeline.driving import Named
from reminders.pipeline.matter import Effect, Matter
from reminders.pipeline.needing import Need
from reminders.pipeline.thread import Thread
from reminders.store import correspondents, debts, ledger, safety


def heed(thread: Thread, matter: Matter) -> Effect:
    """Do what the text asks for, open the work it makes, and return what came of it."""
    meaning = matter.meaning
    effect = Effect(word=meaning.intent.value, answer=meaning.answer, work=meaning.work)
    act = _ACTS.get(meaning.intent)
    if act is not None:
        effect = act(thread, matter, effect)
    if effect.work is WorkKind.SAFETY:
        safety.open_item(thread.session, _safety(thread, matter), now=thread.now.clinic_at)
    elif effect.work is not None:
        needing.ask(thread, _need(matter, effect.work))
    return effect


def _need(matter: Matter, kind: WorkKind) -> Need:
    about = matter.patient_id or (matter.writer.id if matter.writer else None)
    return Need(kind=kind, person_id=about, visit=matter.visit, reason=matter.meaning.intent.value)


def _safety(thread: Thread, matter: Matter) -> safety.Cry:
    writer = matter.writer if len(thread.people) == 1 else None  # a phone that two share may hold the other's
    theirs = matter.visit if writer is not None and matter.visit and matter.visit.patient_id == writer.id else None
    return safety.Cry(
        clinic_id=thread.line.clinic_id,
        address_id=thread.address_id,
        person_id=writer.id if writer else None,
        appointment_id=theirs.id if theirs else None,
        reply_id=thread.reply_id,
        reason=matter.meaning.intent.value,
    )


def _confirm(thread: Thread, matter: Matter, effect: Effect) -> Effect:
    """Note the yes to the visits that were asked about; a yes to nothing is a person's to read."""
    if not matter.visit_ids:
        return replace(effect, word="yes_to_nothing", answer=Intent.UNKNOWN.value, work=WorkKind.NOT_UNDERSTOOD)
    _set_confirmed(thread, matter, confirmed=True)
    return replace(effect, word="confirmed")


def _decline(thread: Thread, matter: Matter, effect: Effect) -> Effect:
    """Take a yes back; the visit stands until a person has spoken with the patient."""
    if matter.visit_ids:
        _set_confirmed(thread, matter, confirmed=False)
    return effect


def _set_confirmed(thread: Thread, matter: Matter, *, confirmed: bool) -> None:
    correspondents.confirm(thread.session, matter.visit_ids, confirmed=confirmed)
    _owe(thread, matter)


def _later(thread: Thread, matter: Matter, effect: Effect) -> Effect:
    """Leave a patient in peace for a week who was asked to book."""
    courses = [one.course_id for one in matter.answers if one.course_id]
    if not courses:
        return replace(effect, word="later_than_what", answer=Intent.UNKNOWN.value, work=WorkKind.NOT_UNDERSTOOD)
    for course_id in courses:
        correspondents.ask_later(thread.session, course_id, thread.now.clinic_at + LATER)
    _owe(thread, matter)
    return replace(effect, word="asked_later")


def _opt_out(thread: Thread, _matter: Matter, effect: Effect) -> Effect:
    """Silence the phone for everybody on it; patients with something ahead of them are on the call list."""
    how = "cancel" if effect.answer == CANCEL_ANSWER else "text"
    stop = Stop(address_id=thread.address_id, source="person", how=how, reply_id=thread.reply_id)
    silence(thread.session, thread.parts, stop, thread.now)
    may_offer = thread.line.answers_stop and effect.answer == Intent.OPT_OUT.value
    return replace(effect, word="opted_out", answer=OPT_OUT_OFFER if may_offer else effect.answer)


def _opt_in(thread: Thread, matter: Matter, effect: Effect) -> Effect:
    writer_id, now = matter.writer.id if matter.writer else None, thread.now.clinic_at
    ledger.opt_in(thread.session, thread.address_id, source="person", how="text", now=now, writer_id=writer_id)
    return replace(effect, word="opted_in")


def _wrong_number(thread: Thread, _matter: Matter, effect: Effect) -> Effect:
    """Silence the phone; whoever we think has it is looked into by a person."""
    ledger.wrong_number(thread.session, thread.address_id, how="wrong_number", now=thread.now.clinic_at)
    return replace(effect, word="silenced")


def _accept(_thread: Thread, matter: Matter, effect: Effect) -> Effect:
    """Let a person book: a yes to a nudge or an offer books nothing by itself."""
    return replace(effect, word="wants_a_visit") if matter.answers else effect


def _nobody_to_drive_for(effect: Effect) -> Effect:
    """Let a person read what speaks of a ride home where no visit is ahead."""
    return replace(effect, word="ride_from_what", answer=Intent.UNKNOWN.value, work=WorkKind.NOT_UNDERSTOOD)


def _rides(matter: Matter) -> list[UUID]:
    """Return the visits that a patient's words about the ride home count for: those asked about, else the next."""
    return matter.visit_ids or ([matter.visit.id] if matter.visit else [])


def _arranged(thread: Thread, matter: Matter, effect: Effect) -> Effect:
    """Take the patient's word; a plain yes where we asked for the same driver again means that one."""
    rides, now = _rides(matter), thread.now.clinic_at
    if not rides:
        return _nobody_to_drive_for(effect)
    is_yes = understand(thread.inbound.body, Context.CONFIRM).intent is Intent.CONFIRM
    if matter.visit_ids and is_yes:
        same = [driving.again(thread.session, one, now) for one in rides]
        if all(same):
            return replace(effect, word="same_driver")
    for one in rides:
        driving.arranged(thread.session, one, now)
    return replace(effect, word="patient_says_so")


def _named(thread: Thread, matter: Matter, effect: Effect) -> Effect:
    """Note the driver whom the patient names, who may then be written to; the patient's own phone is nobody else's."""
    driver, rides = matter.meaning.driver, _rides(matter)
    if driver is None or not rides:
        return _nobody_to_drive_for(effect)
    session, vault, now = thread.session, thread.parts.vault, thread.now.clinic_at
    came = {driving.named(session, vault, one, driver, now, agreed=True) for one in rides}
    if Named.SAME_AS_PATIENT in came:
        return replace(effect, word="same_phone", answer=Intent.UNKNOWN.value, work=WorkKind.NO_DRIVER)
    word = "driver_named" if Named.OK in came else "driver_without_phone"
    return replace(effect, word=word)


def _needed(thread: Thread, matter: Matter, effect: Effect) -> Effect:
    for one in _rides(matter):
        driving.needed(thread.session, one)
    return effect


def _driver_says(thread: Thread, matter: Matter, effect: Effect, *, yes: bool) -> Effect:
    """Take a driver's yes or no to the visits that were asked about; to any other it is a person's to read."""
    asked = matter.answers[0].person_id if matter.answers else None
    now = thread.now.clinic_at
    if asked is None or not driving.answered(thread.session, asked, matter.visit_ids, now, yes=yes):
        return replace(effect, word="driver_of_what", answer=Intent.UNKNOWN.value, work=WorkKind.NOT_UNDERSTOOD)
    return effect


def _owe(thread: Thread, matter: Matter) -> None:
    patients = {one.patient_id for one in matter.answers}
    debts.owe(thread.session, [(thread.line.clinic_id, patient_id) for patient_id in patients])


_ACTS: Mapping[Intent, Callable[[Thread, Matter, Effect], Effect]] = {
    Intent.CONFIRM: _confirm,
    Intent.DECLINE: _decline,
    Intent.CHANGE: _decline,
    Intent.LATER: _later,
    Intent.ACCEPT_OFFER: _accept,
    Intent.DRIVER_ARRANGED: _arranged,
    Intent.DRIVER_DETAILS: _named,
    Intent.DRIVER_NEEDED: _needed,
    Intent.DRIVER_YES: partial(_driver_says, yes=True),
    Intent.DRIVER_NO: partial(_driver_says, yes=False),
    Intent.OPT_OUT: _opt_out,
    Intent.OPT_IN: _opt_in,
    Intent.WRONG_NUMBER: _wrong_number,
}
