"""The segments of a sender's day: what never went costs none of it, whoever finds that out, once and on its own day."""

import pytest
from sqlalchemy import select

from reminders.pipeline.claiming import Claim, Ready, claim
from reminders.pipeline.recording import record
from reminders.pipeline.times import WAVE
from reminders.store import claims
from reminders.store.tables.clinic import Pace, Sender
from reminders.store.tables.messages import Message
from tests.domain.planning_clinic import at
from tests.working_clinic import DUE, Batch, WorkingClinic

MORE = 10
"""How many messages a batch has besides its first wave."""


def booked(clinic: WorkingClinic) -> int:
    segments = clinic.scalar(select(Pace.segments).where(Pace.sender_id == clinic.sender().id))
    assert isinstance(segments, int)
    return segments


def released(clinic: WorkingClinic, count: int = WAVE + MORE) -> Batch:
    """Return a batch of *count* messages of a sender whose day has an end."""
    clinic.reminders(count)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=1000, per_second=500)
    (batch,) = clinic.dispatch()
    return batch


def claimed(clinic: WorkingClinic, batch: Batch) -> Claim:
    """Claim *batch*, as a worker does that dies, sleeps or loses its database right after it."""
    with clinic.parts.transaction() as session:
        mine = claims.begin(session, batch.id, batch.message_ids, lease=clinic.parts.times.lease)
    with clinic.parts.transaction() as session:
        return claim(session, clinic.parts, batch.id, mine)


def never_launched(one: Claim) -> list[tuple[Ready, None]]:
    return [(ready, None) for wave in one.waves[1:] for ready in wave]


def test_what_yesterday_gives_back_is_not_taken_from_the_new_day(clinic: WorkingClinic) -> None:
    batch = released(clinic)
    yesterdays = claimed(clinic, batch)
    clinic.set(Message, useful_until=at("2026-09-30 12:00"))
    clinic.clock("2026-09-29 03:00")
    new_day(clinic, 40)

    record(clinic.parts, batch.id, never_launched(yesterdays))

    assert booked(clinic) == 40


def new_day(clinic: WorkingClinic, segments: int) -> None:
    """Let a day that has just begun have taken *segments* already."""
    clinic.set(Pace, Pace.sender_id == clinic.sender().id, day_on=clinic.now_at.date(), segments=segments)


@pytest.mark.parametrize("count", [1, MORE])
def test_giving_back_takes_as_many_statements_for_many_as_for_one(clinic: WorkingClinic, count: int) -> None:
    batch = released(clinic, WAVE + count)
    one = claimed(clinic, batch)

    with clinic.statements() as statements:
        record(clinic.parts, batch.id, never_launched(one))

    assert booked(clinic) == WAVE
    assert sum("UPDATE attempts" in statement or "UPDATE paces" in statement for statement in statements) == 2
