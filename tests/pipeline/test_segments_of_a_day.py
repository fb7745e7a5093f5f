"""The segments of a sender's day: what never went costs none of it, whoever finds that out, once and on its own day."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from reminders.domain.answers import Deferred, Unknown
from reminders.domain.states import State
from reminders.pipeline.claiming import Claim, Ready, claim
from reminders.pipeline.inquiring import inquire
from reminders.pipeline.recording import give_back, record
from reminders.pipeline.times import WAVE
from reminders.store import claims
from reminders.store.tables.clinic import Pace, Sender
from reminders.store.tables.messages import Message
from tests.domain.planning_clinic import at
from tests.scripted_inquirer import ScriptedInquirer
from tests.working_clinic import DUE, PHONE, Batch, WorkingClinic

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


def test_a_batch_that_died_gives_back_what_it_never_launched(clinic: WorkingClinic) -> None:
    claimed(clinic, released(clinic))
    before = booked(clinic)

    clinic.lease_runs_out()

    states = [row.state for row in clinic.messages(Message.rule == "reminder")]
    assert (states.count(State.UNKNOWN), states.count(State.SCHEDULED)) == (WAVE, MORE)
    assert (before, booked(clinic)) == (WAVE + MORE, WAVE)


def test_a_worker_that_wakes_after_its_lease_gives_nothing_back_twice(clinic: WorkingClinic) -> None:
    batch = released(clinic)
    late = claimed(clinic, batch)
    clinic.lease_runs_out()

    record(clinic.parts, batch.id, never_launched(late))

    assert booked(clinic) == WAVE


def test_a_claim_that_was_lost_after_its_commit_gives_back_what_it_never_launched(clinic: WorkingClinic) -> None:
    batch = released(clinic)
    claimed(clinic, batch)

    give_back(clinic.parts, batch.id, batch.message_ids)

    assert booked(clinic) == WAVE


def test_a_claim_that_was_lost_before_its_commit_takes_nothing_from_the_tries_before_it(clinic: WorkingClinic) -> None:
    clinic.channel.answers[PHONE] = [Deferred("no_connection")]
    message_id = clinic.reminder()
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=1000)
    clinic.reminder("Bea", "+13125550143")
    clinic.send_at(DUE)
    clinic.set(Message, Message.id == message_id, not_before=None)
    (batch,) = clinic.dispatch()

    give_back(clinic.parts, batch.id, batch.message_ids)

    assert (clinic.get(message_id).state, booked(clinic)) == (State.SCHEDULED, 1)


def test_what_was_proven_never_accepted_costs_nothing(clinic: WorkingClinic) -> None:
    clinic.parts = replace(clinic.parts, inquirers={"sandbox": ScriptedInquirer()})
    clinic.channel.answers[PHONE] = [Unknown("timeout")]
    message_id = clinic.reminder()
    clinic.reminder("Bea", "+13125550143")
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=1000)
    clinic.send_at(DUE)

    counts = []
    for _ in range(2):
        clinic.set(Message, Message.id == message_id, check_at=func.clock_timestamp())
        inquire(clinic.parts)
        counts.append(booked(clinic))

    assert (clinic.get(message_id).state, counts) == (State.SCHEDULED, [2, 1])


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
