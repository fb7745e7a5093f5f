"""Everything stands still for three days: on return only what still helps goes, in order, and nobody is forgotten."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise, product
from uuid import UUID

import pytest
from sqlalchemy import select

from reminders.domain.quiet import is_quiet
from reminders.domain.states import State
from reminders.domain.tokens import make_token
from reminders.domain.wallclock import local, local_day
from reminders.pipeline.leadership import Leadership
from reminders.pipeline.returning import sum_up
from reminders.store import clinics
from reminders.store.tables.messages import Attempt, Message
from reminders.store.tables.people import Person
from reminders.store.tables.visits import Appointment
from tests.domain.planning_clinic import NEW_YORK, at
from tests.working_clinic import WorkingClinic

STOPPED, BACK = "2026-09-28 09:30", "2026-10-01 09:30"
SERVICES = ("iv-ketamine", "spravato", "consultation")
WEST = "America/Los_Angeles"


FAST = {"iv-ketamine": timedelta(hours=8), "spravato": timedelta(hours=2)}
"""When the first stop is before a visit."""


@dataclass(frozen=True)
class Booked:
    """A visit of the test."""

    service: str
    starts_at: datetime

    @property
    def was_missed(self) -> bool:
        """Whether it is still ahead, and the patient could not be told of its fast before that began."""
        fast = FAST.get(self.service)
        return fast is not None and self.starts_at - fast <= at(BACK) < self.starts_at


class Downtime:
    """A clinic full of visits that was stopped on Monday, and comes back on Thursday."""

    def __init__(self, clinic: WorkingClinic) -> None:
        self.clinic = clinic
        self.booked: dict[str, Booked] = {}
        """By the source's name of a visit."""
        self.rounds: list[list[UUID]] = []
        """Of each dispatch, the messages that the provider was given, in order."""

    def book(self, name: str, *starts: str, service: str, zone: str = NEW_YORK) -> None:
        phone = f"+1312555{len(self.booked):04}"
        patient_id = self.clinic.patient(name, phone=phone, email=f"{name}@example.com", time_zone=zone)
        for one in starts:
            source_id = f"{name}-{one}"
            self.booked[source_id] = Booked(service, at(one))
            self.clinic.told_visit(patient_id, one, service=service, source_id=source_id)

    def fill(self) -> None:
        """Book visits of each kind from Tuesday to the Monday after, and a patient who comes every other day."""
        slots = product(("09-29", "09-30", "10-01", "10-02", "10-03", "10-05"), ("08:00", "10:30", "12:00", "15:00"))
        for number, ((day, hour), service) in enumerate(product(slots, SERVICES)):
            self.book(f"ana{number}", f"2026-{day} {hour}", service=service)
        self.book("daily", *(f"2026-10-0{day} 13:00" for day in (1, 2, 3, 5)), service="consultation")
        self.book("western", "2026-10-01 16:00", service="consultation", zone=WEST)
        self.clinic.plan()

    def stop_and_return(self) -> None:
        """Let one scheduler lead, and another three days after it has gone."""
        first, second = (Leadership(self.clinic.parts, holder=name) for name in ("first", "second"))
        first.renew()
        first.resign()
        self.clinic.clock(BACK)
        second.renew()

    def work(self) -> None:
        """Do what scheduler and workers do, until nothing moves any more."""
        while self._round() or self.clinic.sweep() or self.clinic.plan():
            sum_up(self.clinic.parts)
        sum_up(self.clinic.parts)

    def _round(self) -> int:
        before = len(self.clinic.channel.given)
        batches = self.clinic.dispatch()
        self.clinic.send(batches)
        self.rounds.append(self.given()[before:])
        return len(batches)

    def given(self) -> list[UUID]:
        """Return the messages that the provider was given, in order."""
        with self.clinic.parts.transaction() as session:
            rows = session.execute(select(Attempt.id, Attempt.message_id)).all()
        of_token = {make_token(self.clinic.parts.token_key, row.id): row.message_id for row in rows}
        return [of_token[outgoing.attempt_token] for outgoing in self.clinic.channel.given]

    def rows(self, message_ids: Sequence[UUID]) -> list[Message]:
        found = {row.id: row for row in self.clinic.messages(Message.id.in_(message_ids))}
        return [found[message_id] for message_id in message_ids]


@pytest.fixture
def downtime(clinic: WorkingClinic) -> Downtime:
    """Three days without anybody, and the return."""
    downtime = Downtime(clinic)
    downtime.fill()
    downtime.stop_and_return()
    return downtime


def test_only_what_still_helps_goes_once_and_in_order(downtime: Downtime) -> None:
    clinic = downtime.clinic
    waiting = {row.id for row in clinic.messages(Message.due_at <= at(BACK))}

    downtime.work()

    given = downtime.rows(downtime.given())
    assert given
    assert {row.id for row in given} < waiting
    assert set(Counter(row.id for row in given).values()) == {1}
    assert all(row.useful_until > at(BACK) for row in given)
    for one_round in downtime.rounds:
        texts = [row for row in downtime.rows(one_round) if row.channel == "sms"]
        assert all((a.lane, a.due_at) <= (b.lane, b.due_at) for a, b in pairwise(texts))
    stale = clinic.messages(Message.useful_until <= at(BACK))
    assert stale
    assert {row.state for row in stale} <= {State.EXPIRED, State.CANCELLED, State.SUPPRESSED}
    assert clinic.messages(Message.due_at <= at(BACK), Message.state.in_([State.SCHEDULED, State.QUEUED])) == []


def test_nobody_is_disturbed_at_night_or_told_more_than_the_limit_allows(downtime: Downtime) -> None:
    clinic = downtime.clinic
    downtime.work()
    clinic.clock("2026-10-01 12:05")
    downtime.work()

    given = [row for row in downtime.rows(downtime.given()) if row.channel == "sms"]

    with clinic.parts.transaction() as session:
        policy = clinics.read_books(session, [clinic.id])[clinic.id].policy
        people = session.execute(select(Person.id, Person.time_zone)).all()
    zones: dict[UUID | None, str] = {person_id: zone or NEW_YORK for person_id, zone in people}
    texts: Counter[tuple[UUID | None, date]] = Counter()
    for row in given:
        zone = zones[row.patient_id]
        assert row.launched_on_clock
        assert not is_quiet(row.launched_on_clock, zone, policy)
        day = (row.patient_id, local_day(row.launched_on_clock, zone))
        assert not (row.limited and texts[day] >= policy.texts_per_day)
        texts[day] += 1
    western = [row for row in given if zones[row.patient_id] == WEST]
    assert [local(row.launched_on_clock, WEST).hour for row in western if row.launched_on_clock] == [9]


def test_every_patient_whom_the_prep_did_not_reach_in_time_is_on_the_call_list_once(downtime: Downtime) -> None:
    downtime.work()

    calls = [one for one in downtime.clinic.work() if one.kind == "phone_patient"]

    missed = [name for name, booked in downtime.booked.items() if booked.was_missed]
    assert len(missed) == 4
    assert sorted(one.appointment_id or "" for one in calls) == sorted(missed)
    assert {one.state for one in calls} == {"open"}


def test_a_visit_that_was_cancelled_or_moved_meanwhile_is_told_as_it_is_now(downtime: Downtime) -> None:
    clinic = downtime.clinic
    visits = {row.source_id: row.id for row in _visits(clinic)}
    cancelled = next(name for name, one in downtime.booked.items() if one.starts_at == at("2026-10-01 15:00"))
    moved = next(name for name, one in downtime.booked.items() if one.starts_at == at("2026-10-01 12:00"))
    clinic.cancel(visits[cancelled])
    clinic.move(visits[moved], "2026-10-09 12:00")

    downtime.work()

    given = set(downtime.given())
    told = {
        name: [row.rule for row in clinic.messages(Message.appointment_id == visits[name]) if row.id in given]
        for name in (cancelled, moved)
    }
    assert told == {cancelled: ["cancelled"], moved: []}
    assert not {cancelled, moved} & {one.appointment_id for one in clinic.work() if one.kind == "phone_patient"}


def test_ops_get_one_summary_with_the_counts(downtime: Downtime) -> None:
    downtime.work()
    downtime.work()

    (item,) = [one for one in downtime.clinic.work() if one.kind == "downtime"]

    given = downtime.rows(downtime.given())
    expired = downtime.clinic.messages(Message.due_at <= at(BACK), Message.state == State.EXPIRED)
    assert item.detail == {
        "began_at": at(STOPPED).isoformat(),
        "ended_at": at(BACK).isoformat(),
        "went_late": len(given),
        "expired": len(expired),
        "put_off": 1,
        "still_waiting": 0,
        "call_list": 4,
    }
    assert item.because == (
        "from Mon Sep 28 08:30 CDT to Thu Oct 01 08:30 CDT nothing was sent: "
        f"{len(given)} went late, {len(expired)} came too late, 1 go at the next permitted time, "
        "4 patients are on the call list"
    )
    assert (item.due_at, item.state, item.patient_id) == (at(BACK), "open", None)


def _visits(clinic: WorkingClinic) -> list[Appointment]:
    with clinic.parts.transaction() as session:
        return list(session.scalars(select(Appointment)))
