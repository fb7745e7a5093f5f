"""What holds for any patient, whatever happens: planning again changes nothing, and plan and claim agree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reminders.domain.facts import ClinicPolicy, PatientFacts, Person, Standing, Visit
from reminders.domain.history import History
from reminders.domain.judgement import Go, judge
from reminders.domain.plan import scene_wishes, wish_of
from reminders.domain.quiet import is_quiet
from reminders.domain.reasons import Reason
from reminders.domain.scenes import Known, scenes
from reminders.domain.states import HANDED_OVER, NOT_SENT, State
from reminders.domain.wallclock import local_day
from reminders.domain.words import Channel, VisitStatus
from tests.domain.planning_book import Book, OneLine
from tests.domain.planning_clinic import (
    ALL_RULES,
    CONSULTATION,
    KETAMINE,
    KETAMINE_RULES,
    NEW_YORK,
    at,
    facts,
    mailbox,
    named,
    person,
    phone,
    visit,
)

START = at("2026-10-05 09:00")
ZONES = [NEW_YORK, "America/Los_Angeles", "Asia/Tokyo"]
MINUTE = timedelta(minutes=1)
ANY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Step:
    """Some time passes, then something happens to one visit or to the patient."""

    minutes: int
    happens: str
    which: int
    how: int


EVENTS = ["nothing", "move", "back", "cancel", "rebook", "arrive", "fulfil", "miss", "consent", "stop", "mail", "lose"]
STEPS = st.lists(
    st.builds(Step, st.integers(1, 6 * 24 * 60), st.sampled_from(EVENTS), st.integers(0, 3), st.integers(-600, 600)),
    max_size=8,
)


@st.composite
def visits(draw: st.DrawFn) -> Visit:
    seen = START - timedelta(days=draw(st.sampled_from([0, 3, 30])))
    return visit(
        START + draw(st.integers(-100, 2000)) * timedelta(minutes=15),
        id=named(f"visit {draw(st.integers(0, 10**6))}"),
        first_seen_at=seen,
        booked_at=draw(st.sampled_from([None, seen])),
        seen_after_first_import=draw(st.booleans()),
        service=draw(st.sampled_from([KETAMINE, KETAMINE, CONSULTATION])),
        driver_state=draw(st.sampled_from(["none", "listed"])),
    )


@st.composite
def patients(draw: st.DrawFn) -> PatientFacts:
    contacts = [phone(opted_out=draw(st.booleans()) and draw(st.booleans()))]
    if draw(st.booleans()):
        contacts.append(mailbox())
    return facts(
        *draw(st.lists(visits(), min_size=1, max_size=4, unique_by=lambda one: one.id)),
        person=person(*contacts, zone=draw(st.sampled_from(ZONES))),
        policy=ClinicPolicy(
            language="en", texts_per_day=draw(st.integers(1, 2)), texts_per_week=draw(st.integers(1, 4))
        ),
    )


@st.composite
def books(draw: st.DrawFn) -> Book:
    mute = draw(st.sets(st.sampled_from([rule.slug for rule in KETAMINE_RULES]), max_size=5))
    return Book(ALL_RULES, OneLine(mute, most=draw(st.integers(1, 3))))


@ANY
@given(patients(), books(), STEPS)
def test_planning_again_changes_nothing_until_something_happens(
    patient: PatientFacts, book: Book, steps: Sequence[Step]
) -> None:
    now = START
    book.plan(patient, now)
    for step in steps:
        then = now + step.minutes * MINUTE
        send_as_planned(book, patient, now, then)
        unchanged = book.plan(patient, then)
        patient, now = happen(book, patient, step, then), then

        book.plan(patient, now)
        again = book.plan(patient, now + timedelta(seconds=1))

        assert (unchanged, again) == ([], [])


@ANY
@given(patients(), books(), STEPS)
def test_whatever_happens_these_hold(patient: PatientFacts, book: Book, steps: Sequence[Step]) -> None:
    now = START
    book.plan(patient, now)
    for step in steps:
        then = now + step.minutes * MINUTE
        send_as_planned(book, patient, now, then)
        patient, now = happen(book, patient, step, then), then
        book.plan(patient, now)

        assert_places_are_taken_once(book)
        assert_nothing_is_due_in_quiet_hours(book, patient, now)
        assert_riders_have_a_carrier_of_their_day(book, patient)
        assert_only_limited_texts_meet_limits(book)
        assert_limited_texts_stay_within_limits(book, patient, now)
        assert_everything_at_rest_has_a_reason(book)
        assert_nothing_is_said_twice(book)


@ANY
@given(patients(), books(), STEPS)
def test_one_rule_asked_alone_wants_what_it_wants_among_all(
    patient: PatientFacts, book: Book, steps: Sequence[Step]
) -> None:
    now = START
    book.plan(patient, now)
    for step in steps:
        then = now + step.minutes * MINUTE
        send_as_planned(book, patient, now, then)
        patient, now = happen(book, patient, step, then), then
        known = Known.of(book.known(patient), book.protocols, now)

        for scene in scenes(book.known(patient), known):
            among_all = scene_wishes(scene, known)
            alone = {rule: wish_of(rule, scene, known) for rule in (*among_all, "no-such-rule")}
            assert alone == {**among_all, "no-such-rule": Reason.NOT_IN_PROTOCOL}
        book.plan(patient, now)


def send_as_planned(book: Book, patient: PatientFacts, now: datetime, until: datetime) -> None:
    """Let every message go at its minute: the claim must agree with the plan."""
    while due := [row for row in book.rows.values() if row.state is State.SCHEDULED and row.due_at <= until]:
        minute = max(now, min(row.due_at for row in due))
        for row in (row for row in due if row.due_at <= minute):
            riders = [rider for rider in book.rows.values() if rider.carrier_id == row.id]
            for message in (row, *(rider for rider in riders if rider.state is State.MERGED)):
                assert judge(message, book.known(patient), book.protocols, now=minute) == Go()
            book.change(row, State.DELIVERED, launched_at=minute)
        assert book.plan(patient, minute) == []


def happen(book: Book, patient: PatientFacts, step: Step, now: datetime) -> PatientFacts:
    """Return the facts after *step*."""
    if step.happens == "lose":
        lose_the_last(book)
        return patient
    if step.happens in {"consent", "stop", "mail"}:
        return replace(patient, person=change_contact(patient, step))
    changed = list(patient.visits)
    which = step.which % len(changed)
    changed[which] = change_visit(changed[which], step, now)
    return replace(patient, visits=tuple(changed))


def lose_the_last(book: Book) -> None:
    sent = [row for row in book.rows.values() if row.state is State.DELIVERED and row.launched_at]
    if sent:
        book.change(max(sent, key=lambda row: row.launched_at or START), State.UNDELIVERED, reason="twilio_30003")


def change_contact(patient: PatientFacts, step: Step) -> Person:
    contacts, yes = dict(patient.person.contacts), step.how > 0
    if step.happens == "mail":
        contacts[Channel.EMAIL] = mailbox(consented=yes)
    elif step.happens == "stop":
        contacts[Channel.SMS] = replace(contacts[Channel.SMS], opted_out=yes)
    else:
        contacts[Channel.SMS] = replace(contacts[Channel.SMS], consented=yes)
    return replace(patient.person, contacts=contacts)


def change_visit(one: Visit, step: Step, now: datetime) -> Visit:
    shift = step.how * timedelta(minutes=15)
    by = "clinic" if step.how > 0 else "patient"
    changes: dict[str, dict[str, Any]] = {
        "move": {"starts_at": one.starts_at + shift},
        "back": {"starts_at": one.starts_at - shift},
        "cancel": {"status": VisitStatus.CANCELLED, "cancelled_at": now, "cancelled_by": by},
        "rebook": {"status": VisitStatus.BOOKED, "cancelled_at": None, "cancelled_by": None},
        "arrive": {"status": VisitStatus.ARRIVED, "arrived_at": now},
        "fulfil": {"status": VisitStatus.FULFILLED, "fulfilled_at": now},
        "miss": {"status": VisitStatus.NOSHOW, "noshow_at": now},
    }
    return replace(one, **changes.get(step.happens, {}))


def unsent(book: Book) -> list[Standing]:
    history = History(book.rows.values())
    return [row for row in history.all if history.is_unsent(row)]


def assert_places_are_taken_once(book: Book) -> None:
    waiting = [row.slot for row in unsent(book)]
    keys = [(row.slot, row.occurrence, row.step) for row in book.rows.values()]
    assert len(set(waiting)) == len(waiting)
    assert len(set(keys)) == len(keys)


def assert_nothing_is_due_in_quiet_hours(book: Book, patient: PatientFacts, now: datetime) -> None:
    for row in unsent(book):
        assert row.due_at <= now or not is_quiet(row.due_at, patient.person.zone, patient.policy)


def assert_riders_have_a_carrier_of_their_day(book: Book, patient: PatientFacts) -> None:
    zone = patient.person.zone
    for row in unsent(book):
        if row.state is State.MERGED and row.carrier_id:
            carrier = book.rows[row.carrier_id]
            assert carrier.state is State.SCHEDULED
            assert (carrier.channel, carrier.address_id) == (row.channel, row.address_id)
            assert local_day(carrier.due_at, zone) == local_day(row.due_at, zone)
            assert carrier.lane <= row.lane
            assert carrier.due_at <= row.useful_until


def assert_only_limited_texts_meet_limits(book: Book) -> None:
    held_back = [row for row in book.rows.values() if row.reason == "limit"]
    assert all(row.limited and row.channel is Channel.SMS for row in held_back)


def assert_limited_texts_stay_within_limits(book: Book, patient: PatientFacts, now: datetime) -> None:
    zone, policy = patient.person.zone, patient.policy
    texts = [row for row in book.rows.values() if row.channel is Channel.SMS]
    count: Counter[date] = Counter(
        local_day(row.launched_at or row.due_at, zone)
        for row in texts
        if row.state in HANDED_OVER or row.state is State.SCHEDULED
    )
    carrying = {row.carrier_id for row in texts if row.state is State.MERGED and not row.limited}
    for row in texts:
        if row.state is State.SCHEDULED and row.limited and row.due_at > now and row.id not in carrying:
            day = local_day(row.due_at, zone)
            weeks = [sum(count[day + timedelta(days=n - first)] for n in range(7)) for first in range(7)]
            assert count[day] <= policy.texts_per_day
            assert max(weeks) <= policy.texts_per_week


def assert_everything_at_rest_has_a_reason(book: Book) -> None:
    assert all(row.reason for row in book.rows.values() if row.state in NOT_SENT)


def assert_nothing_is_said_twice(book: Book) -> None:
    """What may have reached the patient is said again only after something else made it void."""
    history = History(book.rows.values())
    said = history.reached(history.all)
    for earlier in said:
        for later in said:
            told = (history.told_at(earlier), history.told_at(later))
            if earlier.slot != later.slot or not told[0] < told[1] or earlier.stamp != later.stamp:
                continue
            between = [
                row
                for row in said
                if row.slot.subject_id == earlier.slot.subject_id and told[0] < history.told_at(row) <= told[1]
            ]
            assert any(
                row.slot.rule == "cancelled" or row.stamp.starts_at != earlier.stamp.starts_at for row in between
            )
