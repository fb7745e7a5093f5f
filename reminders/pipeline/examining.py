"""Examining: what is laid down in the database is looked at before anybody relies on it.

The same sentences stand in `reminders doctor` and in the refusal of a real channel to start.
"""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.domain.reasons import explain
from reminders.domain.replies.wordings import PREFIX
from reminders.domain.safety import DUTY_LINE, URGENT, Level
from reminders.domain.words import Channel
from reminders.pipeline.parts import Parts
from reminders.store import plans, signatures, staff, stock
from reminders.store.now import Now, read
from reminders.store.staff import Contact
from reminders.store.tables.clinic import Clinic, Template

SKEW = timedelta(seconds=5)
"""By how much this machine's clock and the database's may differ."""

_DANGERS = ("crisis", "emergency")
_SEED = "Correct config/clinic.yaml and run: reminders seed"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    what: str
    wrong: str = ""
    """What is wrong; empty: nothing."""
    cure: str = ""
    is_for_later: bool = False
    """It keeps only a real channel from starting."""


def examine(parts: Parts, *, is_real: bool) -> list[Check]:
    """Return everything that was looked at; *is_real*: a channel that reaches patients is switched on."""
    with parts.transaction() as session:
        now = read(session)
        clinics = session.execute(select(Clinic.id, Clinic.slug).order_by(Clinic.slug)).all()
        found = [_clock(now), *_senders(session, now)]
        if not clinics:
            found.append(Check("clinic", "There is no clinic yet.", "Run: reminders seed"))
        for clinic_id, slug in clinics:
            found += _of_clinic(session, parts, clinic_id, slug, is_real=is_real)
    return found


def hindrances(parts: Parts) -> list[Check]:
    """Return what keeps a real channel from starting: a cry for help would be answered wrongly or heard by nobody."""
    with parts.transaction() as session:
        clinics = session.execute(select(Clinic.id, Clinic.slug).order_by(Clinic.slug)).all()
        found = [check for clinic_id, slug in clinics for check in _vital(session, parts, clinic_id, slug)]
    return [check for check in found if check.wrong]


def _of_clinic(session: Session, parts: Parts, clinic_id: UUID, slug: str, *, is_real: bool) -> Iterator[Check]:
    for check in (*_vital(session, parts, clinic_id, slug), *_content(session, clinic_id, slug)):
        yield check if is_real or not check.wrong else Check(check.what, check.wrong, check.cure, is_for_later=True)


def _vital(session: Session, parts: Parts, clinic_id: UUID, slug: str) -> Iterator[Check]:
    yield from _all_or_ok(f"{slug}: safety plan", _plan(session, parts, clinic_id))
    yield from _all_or_ok(f"{slug}: answers to a cry for help", _answers(session, clinic_id))
    unsigned = [key for key in signatures.unsigned(session, clinic_id) if key.startswith("replies:")]
    yield _signed(f"{slug}: replies signed", unsigned)


def _content(session: Session, clinic_id: UUID, slug: str) -> Iterator[Check]:
    unsigned = [key for key in signatures.unsigned(session, clinic_id) if not key.startswith("replies:")]
    yield _signed(f"{slug}: protocols and services signed", unsigned)


def _all_or_ok(what: str, problems: Iterator[tuple[str, str]]) -> list[Check]:
    return [Check(what, wrong, cure) for wrong, cure in problems] or [Check(what)]


def _signed(what: str, unsigned: list[str]) -> Check:
    if not unsigned:
        return Check(what)
    return Check(
        what, f"No clinician has signed: {', '.join(unsigned)}.", "Let one read and sign: reminders sign KEY --by NAME"
    )


def _plan(session: Session, parts: Parts, clinic_id: UUID) -> Iterator[tuple[str, str]]:
    """Yield what would leave a cry for help unheard."""
    plan = staff.plan_of(session, clinic_id)
    if plan is None:
        yield "Nobody would be told of a cry for help: the clinic has no safety plan.", _SEED
        return
    contacts = staff.contacts(session, parts.vault, clinic_id)
    senders = {channel for _, channel in plans.senders_in_use(session, [clinic_id])}
    for name, levels in (("chain", plan.chain), ("after-hours plan", plan.after_hours)):
        if not levels:
            yield f"The {name} is empty.", _SEED
    if DUTY_LINE not in contacts:
        yield "The clinical duty line is not known.", _SEED
    for level in dict.fromkeys((*plan.chain, *plan.after_hours, Level(DUTY_LINE, (Channel.CALL,)))):
        yield from _level(level, contacts.get(level.staff), senders)


def _level(level: Level, known: Contact | None, senders: Collection[str]) -> Iterator[tuple[str, str]]:
    if known is None and level.staff != DUTY_LINE:
        yield f"{level.staff} stands in the safety plan and is nobody of the staff.", _SEED
    for route in level.by:
        if known is not None and route not in known.routes:
            yield f"{level.staff} cannot be reached by {route}: no contact point is known.", _SEED
        if route not in senders:
            yield f"{level.staff} cannot be reached by {route}: there is no sender for it.", _SENDER_CURES[route]


_SENDER_CURES = {
    Channel.SMS: "Set REMINDERS_SMS_CHANNEL and run: reminders seed",
    Channel.EMAIL: "Set REMINDERS_EMAIL_CHANNEL and run: reminders seed",
    Channel.CALL: "Set REMINDERS_TWILIO_FROM to a number that can call, and run: reminders seed",
    Channel.PAGER: "Run: reminders seed",
}


def _answers(session: Session, clinic_id: UUID) -> Iterator[tuple[str, str]]:
    """Yield for each language of the clinic what of its safe wording is missing, and the alert to staff."""
    language = session.execute(select(Clinic.language).where(Clinic.id == clinic_id)).scalar_one()
    rows = session.execute(
        select(Template.key, Template.language).where(
            Template.clinic_id == clinic_id, Template.published_id.is_not(None), Template.channel == Channel.SMS
        )
    ).all()
    there = {(key, its_language) for key, its_language in rows}
    for spoken in sorted({its_language for _, its_language in there} | {language}):
        for danger in _DANGERS:
            if (f"{PREFIX}{danger}", spoken) not in there:
                cure = f"Add {danger} to config/replies/{spoken}.yaml and run: reminders seed"
                yield f"There is no wording for {danger} in {spoken}.", cure
    if (URGENT, language) not in there:
        cure = f"Add it to config/alerts/{language}.yaml and run: reminders seed"
        yield f"There is no wording {URGENT} in {language}, so alerts would not go.", cure


def _senders(session: Session, now: Now) -> Iterator[Check]:
    found = stock.senders(session, now)
    for one in found:
        what = f"{one.clinic}: sender {one.channel} ({one.provider})"
        if one.held_because:
            yield Check(what, f"It is held, because {explain(one.held_because)}.", "Mend it and run: reminders seed")
        elif one.shut_until:
            because = explain(one.shut_because or "")
            yield Check(what, f"It rests, because {because}.", "It comes back by itself; see: reminders queue show")
        else:
            yield Check(what)
    if not found:
        yield Check("senders", "There is no sender, so nothing can go.", "Run: reminders seed")


def _clock(now: Now) -> Check:
    apart = abs(time.time() - now.machine_at.timestamp())
    if apart <= SKEW.total_seconds():
        return Check("clock")
    wrong = f"This machine's clock and the database's are {round(apart)} seconds apart."
    return Check("clock", wrong, "Let both follow the same time server (NTP).")
