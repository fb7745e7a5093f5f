"""Work items as people read and close them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.errors import RefusedError
from reminders.domain.reasons import explain
from reminders.domain.wallclock import local
from reminders.pipeline.parts import Parts
from reminders.store import audit, work
from reminders.store.now import read
from reminders.store.work import Detail

_SAYS = {
    "phone_patient": "phone this patient",
    "late_booking": "late booking: the fast has begun",
    "no_show": "the patient did not come",
    "closed_date": "the location is closed on that day",
    "unknown_outcome": "find out whether it went",
    "parked": "a message waits for a person",
    "opted_out": "a patient in mid-course has opted out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One work item with what a person needs to act on it."""

    id: UUID
    kind: str
    what: str
    because: str
    due_at: datetime
    due_local: datetime
    is_after_hours: bool
    state: str
    owner: str | None
    outcome: str | None
    patient_id: str | None
    patient_name: str | None
    phone: str | None
    appointment_id: str | None
    appointment_local: datetime | None


def items(parts: Parts, *, with_done: bool) -> list[Item]:
    """Return the work items, the most urgent first."""
    with parts.transaction() as session:
        return _items(work.details(session, parts.vault, with_done=with_done))


def item(parts: Parts, item_id: UUID) -> Item:
    """Return one work item; raise `RefusedError` where there is none."""
    with parts.transaction() as session:
        found = _items(work.details(session, parts.vault, with_done=True, only=item_id))
    if not found:
        raise RefusedError(f"There is no work item {item_id}. See: reminders work list", code="no_such_item")
    return found[0]


def _items(found: Sequence[Detail]) -> list[Item]:
    return [
        Item(
            id=one.id,
            kind=one.kind,
            what=_SAYS.get(one.kind, one.kind.replace("_", " ")),
            because=explain(one.reason) if one.reason else "",
            due_at=one.due_at,
            due_local=local(one.due_at, one.zone),
            is_after_hours=one.is_after_hours,
            state=one.state,
            owner=one.owner,
            outcome=one.outcome,
            patient_id=one.patient_source_id,
            patient_name=one.patient_name,
            phone=one.phone,
            appointment_id=one.appointment_source_id,
            appointment_local=local(one.starts_at, one.zone) if one.starts_at else None,
        )
        for one in found
    ]


def words(one: Item) -> Iterator[tuple[str, str]]:
    """Yield an item's labels and values for a screen."""
    yield "what", one.what
    yield "because", one.because
    yield "until", one.due_local.strftime("%a %b %d %H:%M %Z") + (" (after hours)" if one.is_after_hours else "")
    yield "patient", f"{one.patient_name or '?'} ({one.patient_id or '?'})"
    yield "phone", one.phone or "none known"
    if one.appointment_id and one.appointment_local:
        yield "visit", f"{one.appointment_id}, {one.appointment_local.strftime('%a %b %d %H:%M %Z')}"
    yield "state", one.state + (f" by {one.owner}" if one.owner else "")
    if one.outcome:
        yield "outcome", one.outcome


def finish(parts: Parts, item_id: UUID, *, by: str, outcome: str) -> None:
    """Close an item; raise `RefusedError` where there is none or it is closed already."""
    item(parts, item_id)
    with parts.transaction() as session:
        now = read(session)
        if not work.finish(session, parts.vault, item_id, by=by, outcome=outcome, now=now.clinic_at):
            raise RefusedError("This work item is closed already.", code="already_done")
        _note(session, item_id, by, now.clinic_at)


def _note(session: Session, item_id: UUID, by: str, at: datetime) -> None:
    audit.note(session, at=at, who=by, what="work_item.done", subject=("work_item", str(item_id)))
