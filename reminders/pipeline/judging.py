"""Judging: which of a batch's rows may go now, as their patients stand, and where the others go.

A row that stumbles over a fault of ours is parked alone; the others go.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.facts import Standing
from reminders.domain.judgement import Go, Later, Replan, Rest, Stop, judge
from reminders.domain.states import State
from reminders.pipeline import aftermath, patients
from reminders.pipeline.isolating import blame
from reminders.pipeline.parts import Parts
from reminders.pipeline.patients import Patient
from reminders.pipeline.signing import may_leave
from reminders.store import claims, debts, outbox, paces
from reminders.store.claims import Held, SenderKeys
from reminders.store.now import Now


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What judging one batch needs."""

    session: Session
    parts: Parts
    now: Now
    patients: Mapping[UUID, Patient]
    messages: Mapping[UUID, Standing]
    senders: Mapping[UUID, SenderKeys]
    addresses: Mapping[UUID, bytes]
    changed: set[UUID] = field(default_factory=set)
    """Patients one of whose messages did not go, or goes on a second channel too: planned again before this commits."""

    @property
    def today_on(self) -> date:
        """The day by which carriers count."""
        return paces.day_on(self.now.clinic_at)


def look(session: Session, parts: Parts, held: Sequence[Held], senders: Mapping[UUID, SenderKeys], now: Now) -> Scene:
    """Read what judging and rendering *held* needs, which must be locked, in a fixed number of statements."""
    patient_ids = {one.patient_id for one in held if one.patient_id is not None}
    found = patients.load(session, parts, patient_ids, now) if patient_ids else {}
    return Scene(
        session=session,
        parts=parts,
        now=now,
        patients=found,
        messages={one.id: one for patient in found.values() for one in patient.facts.standing},
        senders=senders,
        addresses=claims.sealed_addresses(session, {one.address_id for one in held if one.address_id}),
    )


def patient_of(scene: Scene, held: Held) -> Patient:
    """Return the patient whose plan made *held*."""
    return scene.patients[held.patient_id or held.id]


def judged(scene: Scene, held: Sequence[Held]) -> list[tuple[Held, list[Standing]]]:
    """Return the messages that may go, each with those of its riders that may; the others go where they belong."""
    owed = debts.are_owed(scene.session, scene.patients)
    going: list[tuple[Held, list[Standing]]] = []
    for one in held:
        patient, message = patient_of(scene, one), scene.messages[one.id]
        try:
            if patient.id in owed:
                _turn_away(scene, patient, message, Replan())
            elif _goes(scene, patient, message):
                going.append((one, [rider for rider in one.riders if _rides(scene, patient, rider, one)]))
        except Exception as failed:  # noqa: BLE001  whatever is wrong with one row, the others go
            stop(scene, one, State.PARKED, blame(failed, one.id))
    return going


def _rides(scene: Scene, patient: Patient, rider: Standing, carrier: Held) -> bool:
    """Whether *rider* still has a place in *carrier*; one that is unsigned or cannot be said there goes by itself."""
    try:
        if not _goes(scene, patient, rider):
            return False
        is_signed = may_leave(scene.parts, rider, patient, scene.senders[carrier.sender_id])
        speaker = patient.recipient_of(rider).speaker
        if is_signed and speaker.phrase(rider, scene.now.clinic_at, carrier=scene.messages[carrier.id]):
            return True
    except Exception as failed:  # noqa: BLE001  its carrier goes without it
        blame(failed, rider.id)
    _turn_away(scene, patient, rider, Replan())
    return False


def _goes(scene: Scene, patient: Patient, message: Standing) -> bool:
    verdict = judge(message, patient.recipient_of(message).facts, patient.book.protocols, now=scene.now.clinic_at)
    if isinstance(verdict, Go):
        return True
    _turn_away(scene, patient, message, verdict)
    return False


def _turn_away(scene: Scene, patient: Patient, message: Standing, verdict: Later | Replan | Rest | Stop) -> None:
    if isinstance(verdict, Rest):
        _let_rest(scene, message, verdict.due_at)
        return
    scene.changed.add(patient.id)
    if isinstance(verdict, Stop):
        aftermath.stop(scene.session, message, state=verdict.state, reason=verdict.reason, now=scene.now)
        return
    later: dict[str, Any] = {"due_at": verdict.due_at} if isinstance(verdict, Later) else {}
    outbox.advance(
        scene.session,
        [message.id],
        start=[message.state],
        to=State.SCHEDULED,
        at=scene.now.clinic_at,
        crashes=0,
        **later,
    )


def _let_rest(scene: Scene, message: Standing, due_at: datetime) -> None:
    """Put *message* off without another plan, which would bring it back; what rides in it need not rest."""
    at = scene.now.clinic_at
    outbox.advance(
        scene.session, [message.id], start=[message.state], to=State.SCHEDULED, at=at, crashes=0, due_at=due_at
    )
    aftermath.free_riders(scene.session, [message.id], scene.now)


def stop(scene: Scene, held: Held, state: State, reason: str) -> None:
    """Bring *held* to rest in *state*, and let its patient be planned again."""
    scene.changed.add(patient_of(scene, held).id)
    aftermath.stop(scene.session, scene.messages[held.id], state=state, reason=reason, now=scene.now)
