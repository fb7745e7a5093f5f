"""The one writer of states: allowed moves only, one winner of a race, and what the database itself refuses."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from reminders.domain.errors import IllegalMoveError
from reminders.domain.states import MOVES, State
from reminders.store import outbox
from reminders.store.base import new_id
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Address
from tests.clinics import make_clinic
from tests.waiting import meanwhile
from tests.working_clinic import WorkingClinic

FORBIDDEN = [(old, new) for old in MOVES for new in State if new not in MOVES[old]]


def advance(clinic: WorkingClinic, message_id: UUID, start: State, to: State, **values: Any) -> Sequence[UUID]:
    with clinic.parts.transaction() as session:
        return outbox.advance(session, [message_id], start=[start], to=to, at=clinic.now_at, **values)


def _ask(old: State | None, new: State) -> None:
    nowhere: Any = None
    if old is None:
        outbox.add(nowhere, [{"state": new}])
    else:
        outbox.advance(nowhere, [], start=[old], to=new, at=nowhere)


def copy_of(row: Message, **changes: Any) -> dict[str, Any]:
    columns = {column.key: getattr(row, column.key) for column in Message.__table__.columns}
    return {**columns, "id": new_id(), "step": row.step + 1, **changes}


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_a_move_that_the_picture_does_not_have_cannot_be_asked_for(old: State | None, new: State) -> None:
    with pytest.raises(IllegalMoveError):
        _ask(old, new)


def test_a_message_moves_only_from_where_the_caller_believes_it_to_be(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()

    moved = advance(clinic, message_id, State.QUEUED, State.SENDING)

    assert moved == []
    assert clinic.get(message_id).state == State.SCHEDULED


def test_a_move_says_when_it_was_in_clinic_time(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.clock("2026-09-28 09:45")

    advance(clinic, message_id, State.SCHEDULED, State.CANCELLED, reason="staff")

    row = clinic.get(message_id)
    assert (row.state, row.reason, row.moved_at) == (State.CANCELLED, "staff", clinic.now_at)


def test_of_two_workers_that_take_one_message_one_gets_it(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()

    with clinic.parts.transaction() as session:
        first = outbox.advance(session, [message_id], start=[State.SCHEDULED], to=State.QUEUED, at=clinic.now_at)
        with meanwhile(clinic.engine, lambda: advance(clinic, message_id, State.SCHEDULED, State.QUEUED)) as second:
            session.commit()

    assert first == [message_id]
    assert second.result() == []


def test_a_message_that_leaves_its_batch_is_nobodys(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    advance(clinic, message_id, State.SCHEDULED, State.QUEUED, batch_id=new_id(), lease_until=clinic.now_at)
    held = clinic.get(message_id)

    advance(clinic, message_id, State.QUEUED, State.SCHEDULED)

    free = clinic.get(message_id)
    assert held.batch_id is not None
    assert (free.batch_id, free.lease_until) == (None, None)


def test_only_unsent_messages_are_amended(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    advance(clinic, message_id, State.SCHEDULED, State.CANCELLED)

    with clinic.parts.transaction() as session:
        amended = outbox.amend(session, [{"id": message_id, "template": "other"}], start=[State.SCHEDULED])

    assert amended == []
    assert clinic.get(message_id).template == "reminder"


def test_amending_never_changes_a_state(clinic: WorkingClinic) -> None:
    with pytest.raises(ValueError, match="advance"), clinic.parts.transaction() as session:
        outbox.amend(session, [{"id": new_id(), "state": State.SENT}], start=[State.SCHEDULED])


def test_a_merged_message_has_a_carrier_and_no_other_has(clinic: WorkingClinic) -> None:
    message_id, carrier_id = clinic.reminders(2)

    with pytest.raises(IntegrityError, match="merged_has_carrier"):
        advance(clinic, message_id, State.SCHEDULED, State.MERGED)
    with pytest.raises(IntegrityError, match="merged_has_carrier"):
        clinic.set(Message, Message.id == message_id, carrier_id=carrier_id)


def test_a_message_that_rides_no_more_forgets_its_carrier(clinic: WorkingClinic) -> None:
    message_id, carrier_id = clinic.reminders(2)
    advance(clinic, message_id, State.SCHEDULED, State.MERGED, carrier_id=carrier_id)

    advance(clinic, message_id, State.MERGED, State.SCHEDULED)

    assert clinic.get(message_id).carrier_id is None


def test_a_rider_changes_over_to_another_carrier(clinic: WorkingClinic) -> None:
    message_id, carrier_id, other_id = clinic.reminders(3)
    advance(clinic, message_id, State.SCHEDULED, State.MERGED, carrier_id=carrier_id)

    with clinic.parts.transaction() as session:
        outbox.change_carriers(session, {message_id: other_id}, at=clinic.now_at)

    assert clinic.get(message_id).carrier_id == other_id


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"step": 1}, "uq_messages_key"),
        ({"about_person_id": "patient"}, "one_subject"),
        ({"appointment_id": None}, "one_subject"),
        ({"subject_id": "patient"}, "subject_is_its_key"),
        ({"recipient_person_id": None}, "one_recipient"),
        ({"recipient_id": "new"}, "recipient_is_its_key"),
        ({"address_id": None}, "scheduled_has_address"),
        ({"state": "failed"}, "state_known"),
        ({"channel": "pigeon"}, "channel_known"),
        ({"crashes": -1}, "counts_not_negative"),
    ],
)
def test_the_database_refuses_a_message_that_cannot_be(
    clinic: WorkingClinic, wrong: dict[str, Any], constraint: str
) -> None:
    row = clinic.get(clinic.reminder())
    named = {"patient": row.patient_id, "new": new_id()}
    changes = {column: named.get(value, value) for column, value in wrong.items()}

    with pytest.raises(IntegrityError, match=constraint), clinic.parts.transaction() as session:
        session.execute(insert(Message), [copy_of(row, **changes)])


def test_one_clinics_message_can_never_point_at_anothers_address(clinic: WorkingClinic) -> None:
    row = clinic.get(clinic.reminder())
    with clinic.parts.transaction() as session:
        foreign = Address(clinic_id=make_clinic(session, slug="birch"), channel="sms", lookup=b"x", value=b"x")
        session.add(foreign)

    with pytest.raises(IntegrityError, match="fk_messages_address_id"), clinic.parts.transaction() as session:
        session.execute(update(Message).where(Message.id == row.id).values(address_id=foreign.id))


def test_rows_asked_for_by_id_are_found_by_it_however_many_are_on_their_way(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(60)
    with clinic.parts.transaction() as session:
        session.execute(text("ANALYZE messages"))  # before anything is on its way: the planner thinks that nothing is
        outbox.advance(session, ids, start=[State.SCHEDULED], to=State.QUEUED, at=clinic.now_at)
        session.execute(text("SET LOCAL enable_seqscan = off"))
        asked = select(Message.id).where(Message.id.in_(ids[:2]), outbox.stands_in([State.QUEUED]))
        asked_text = asked.compile(session.connection(), compile_kwargs={"literal_binds": True}).string
        plan = "\n".join(session.scalars(text(f"EXPLAIN {asked_text}")))

    assert "pk_messages" in plan
