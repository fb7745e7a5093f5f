"""The claim: a batch's rows are judged again (`judging`), rendered, and become attempts that are ready to go.

One transaction; when it commits, every row of the batch is either `sending` with a durable
attempt, or has gone where its judgement sent it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.channels.base import Outgoing, SenderAccount
from reminders.domain.facts import PatientFacts, Standing
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.tokens import make_token
from reminders.domain.validity import quiet_in, validity
from reminders.domain.words import Category
from reminders.pipeline import aftermath
from reminders.pipeline.accounts import account_of
from reminders.pipeline.isolating import blame
from reminders.pipeline.judging import Scene, judged, look, patient_of, stop
from reminders.pipeline.noticing import Desk, Said, say_all
from reminders.pipeline.parts import Parts
from reminders.pipeline.prompting import prompts_of
from reminders.pipeline.signing import may_leave
from reminders.pipeline.times import WAVE
from reminders.store import claims, outbox, paces, prompts
from reminders.store.base import new_id
from reminders.store.claims import Held
from reminders.store.now import Now, read
from reminders.store.prompts import NewPrompt
from reminders.store.tables.messages import Attempt
from reminders.store.tables.people import Address

STATUS_PATH = "/webhooks/twilio/status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One attempt that may be launched."""

    attempt_id: UUID
    message_id: UUID
    sender_id: UUID
    address_id: UUID
    tries: int
    segments: int | None
    """As rendered; None: an email has none."""
    booked_on: date
    """The sender's day that they are booked on."""
    outgoing: Outgoing
    account: SenderAccount
    quiet_in: timedelta = timedelta.max
    """After how long, counted from the claim, it may disturb nobody any more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a batch may send, wave by wave; the first wave is launched already."""

    waves: Sequence[Sequence[Ready]]
    launched: frozenset[UUID]
    """Attempts of the first wave whose lease, consent and visit still stood."""
    claimed_at: datetime
    """Machine time of the judgement."""


def claim(session: Session, parts: Parts, batch_id: UUID, message_ids: Sequence[UUID]) -> Claim:
    """Judge and render the rows that are still the batch's, and launch its first wave."""
    claims.lock_people_of(session, message_ids)
    held = claims.hold(session, batch_id, message_ids)
    claims.forgive(session, set(message_ids) - {one.id for one in held})
    now = read(session)
    senders = claims.senders(session, parts.vault, {one.sender_id for one in held})
    held = _readable(session, _free(session, held, now), senders, now)
    planned = [one for one in held if one.patient_id is not None]
    notices = [one for one in held if one.patient_id is None]
    scene = look(session, parts, planned, senders, now)
    said = say_all(Desk(session, parts, now, senders), notices)
    going = _rendered(scene, judged(scene, planned))
    ready, launched = _write(scene, [*said, *going])
    scene.changed.update(patient_of(scene, one.held).id for one in going if _goes_twice(scene, one))
    aftermath.replan(session, parts, scene.changed, now)
    waves = [ready[start : start + WAVE] for start in range(0, len(ready), WAVE)]
    paces.book(session, [(one.sender_id, one.segments) for one in ready if one.segments], now)
    return Claim(waves, launched, now.machine_at)


def messages_of(wave: Sequence[Ready]) -> dict[UUID, UUID]:
    """Return the messages of the attempts of *wave*."""
    return {one.attempt_id: one.message_id for one in wave}


def _free(session: Session, held: Sequence[Held], now: Now) -> list[Held]:
    """Return what may be judged; what a pause holds, or an unread receipt may prove gone, waits as it was."""
    ids = [one.id for one in held if one.must_wait]
    outbox.advance(session, ids, start=[State.QUEUED], to=State.SCHEDULED, at=now.clinic_at, crashes=0)
    return [one for one in held if not one.must_wait]


def _readable(session: Session, held: Sequence[Held], senders: Collection[UUID], now: Now) -> list[Held]:
    """Return what *senders* can send; the rest waits for its sender, whose log-in cannot be decrypted."""
    stuck = [one for one in held if one.sender_id not in senders]
    for sender_id in sorted({one.sender_id for one in stuck}):
        aftermath.hold_sender(session, sender_id, Reason.SENDER_UNREADABLE, now)
    ids = [one.id for one in stuck]
    outbox.advance(session, ids, start=[State.QUEUED], to=State.SCHEDULED, at=now.clinic_at, crashes=0)
    return [one for one in held if one.sender_id in senders]


def _rendered(scene: Scene, going: Sequence[tuple[Held, list[Standing]]]) -> list[Said]:
    said: list[Said] = []
    for held, riders in going:
        try:
            said.append(_say(scene, held, riders))
        except _MayNotGo as stopped:
            stop(scene, held, stopped.state, stopped.reason)
        except Exception as failed:  # noqa: BLE001  whatever is wrong with one row, the others go
            stop(scene, held, State.PARKED, blame(failed, held.id))
    return said


class _MayNotGo(Exception):  # noqa: N818  not a mistake of anybody's
    """A message that turned out not to be sendable while it was being put into words."""

    def __init__(self, state: State, reason: Reason) -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason


def _say(scene: Scene, held: Held, riders: Sequence[Standing]) -> Said:
    """Return *held* in words."""
    patient, message = patient_of(scene, held), scene.messages[held.id]
    recipient = patient.recipient_of(message)
    period = validity(
        scene.now.clinic_at,
        useful_until=message.useful_until,
        channel=message.channel,
        category=Category(held.category),
        zone=recipient.facts.person.zone,
        policy=patient.facts.policy,
    )
    if period is None or message.address_id is None:
        raise _MayNotGo(State.EXPIRED, Reason.TOO_LATE)
    if not may_leave(scene.parts, message, patient, scene.senders[held.sender_id]):
        raise _MayNotGo(State.PARKED, Reason.UNSIGNED)
    spoken = recipient.speaker.speak(message, riders, scene.now.clinic_at)
    to = scene.parts.vault.open(Address.value, message.address_id, scene.addresses[message.address_id])
    return Said(held, message.channel, spoken, period, to, _quiet_in(recipient.facts, scene.now), riders)


def _quiet_in(facts: PatientFacts, now: Now) -> timedelta:
    """Return after how long the recipient's quiet hours begin; on a stepped clock they come no nearer by waiting."""
    if now.is_stepped:
        return timedelta.max
    return quiet_in(now.clinic_at, facts.person.zone, facts.policy)


def _write(scene: Scene, said: Sequence[Said]) -> tuple[list[Ready], frozenset[UUID]]:
    """Move *said* to `sending` and make their attempts durable; return these, and which of them are launched."""
    launched = _send_off(scene, [one.held.id for one in said])
    attempts = [(new_id(), one) for one in said]
    rows = [_attempt(scene, attempt_id, one, is_launched=one.held.id in launched) for attempt_id, one in attempts]
    claims.write_attempts(scene.session, rows)
    prompts.open_all(scene.session, list(_asked(scene, said)), now=scene.now.clinic_at)
    ready = [_ready(scene, attempt_id, one) for attempt_id, one in attempts]
    return ready, frozenset(one.attempt_id for one in ready if one.message_id in launched)


def _asked(scene: Scene, said: Sequence[Said]) -> Iterator[NewPrompt]:
    for one in said:
        if one.held.patient_id is None:
            continue
        patient, message = scene.patients[one.held.patient_id], scene.messages[one.held.id]
        yield from prompts_of(patient, message, one.riders, scene.now.clinic_at)


def _goes_twice(scene: Scene, one: Said) -> bool:
    rows = [scene.messages[one.held.id], *one.riders]
    return any(patient_of(scene, one.held).goes_twice(row) for row in rows)


def _send_off(scene: Scene, message_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Move messages to `sending`, the first wave of them launched in the same breath; return what was launched.

    A row that one transaction writes twice has all its foreign keys checked again.
    """
    move = partial(outbox.advance, scene.session, start=[State.QUEUED], to=State.SENDING, at=scene.now.clinic_at)
    conditions = claims.may_launch(scene.now.machine_at)
    launched = move(message_ids[:WAVE], only=conditions, reason=None, **claims.stamps())
    move(message_ids, reason=None)
    return frozenset(launched)


def _attempt(scene: Scene, attempt_id: UUID, one: Said, *, is_launched: bool) -> dict[str, Any]:
    seal, spoken = scene.parts.vault.seal_some, one.spoken
    return {
        "id": attempt_id,
        "clinic_id": one.held.clinic_id,
        "message_id": one.held.id,
        "number": one.held.attempts + 1,
        "sender_id": one.held.sender_id,
        "template_version_id": spoken.wording.version_id if spoken.wording else None,
        "language": spoken.language,
        "is_fallback_language": spoken.wording is not None and spoken.wording.is_fallback,
        "body": seal(Attempt.body, attempt_id, spoken.text),
        "subject": seal(Attempt.subject, attempt_id, spoken.subject),
        "html": seal(Attempt.html, attempt_id, spoken.html),
        "encoding": spoken.encoding,
        "segments": spoken.segments,
        "booked_on": scene.today_on if spoken.segments else None,
        "made_at": scene.now.clinic_at,
        "launched_at": scene.now.machine_at if is_launched else None,
        "launched_on_clock": scene.now.clinic_at if is_launched else None,
    }


def _ready(scene: Scene, attempt_id: UUID, one: Said) -> Ready:
    token = make_token(scene.parts.token_key, attempt_id)
    keys = scene.senders[one.held.sender_id]
    return Ready(
        attempt_id=attempt_id,
        message_id=one.held.id,
        sender_id=one.held.sender_id,
        address_id=one.held.address_id or attempt_id,
        tries=one.held.tries,
        segments=one.spoken.segments,
        booked_on=scene.today_on,
        outgoing=Outgoing(
            attempt_token=token,
            message_id=one.held.id,
            to=one.to,
            by=one.channel,
            language=one.spoken.language,
            text=one.spoken.text,
            subject=one.spoken.subject,
            html=one.spoken.html,
            callback_url=f"{scene.parts.public_url}{STATUS_PATH}?t={token}",
            validity=one.period,
        ),
        account=account_of(keys),
        quiet_in=one.quiet_in,
    )
