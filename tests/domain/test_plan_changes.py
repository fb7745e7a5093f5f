"""What a plan makes of protocols, consents and addresses that differ or change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reminders.domain.protocol import Elapsed, Landmark, Moment
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.words import Audience, Channel, PersonStatus
from tests.domain.planning_book import Book
from tests.domain.planning_clinic import (
    ALL_RULES,
    INDUCTION,
    MAINTENANCE,
    OVERVIEW,
    PREP,
    at,
    facts,
    mailbox,
    named,
    person,
    phone,
    protocol,
    visit,
    wall,
)

MONDAY = at("2026-10-05 09:30")
FRESH = {"first_seen_at": MONDAY, "booked_at": MONDAY}
VISIT = visit("2026-10-14 10:30", **FRESH)
HOUR = timedelta(hours=1)


def planned(book: Book) -> dict[str, str]:
    """Return by rule when the newest unsent row goes."""
    return {row.slot.rule: wall(row.due_at) for row in book.rows.values() if row.state is State.SCHEDULED}


def test_a_protocol_looks_after_the_phases_that_it_names() -> None:
    active = protocol(PREP)
    induction = replace(active, protocol=replace(active.protocol, phases=("induction",)))
    visits = facts(
        replace(VISIT, id=named("first"), phase=INDUCTION),
        replace(VISIT, id=named("seventh"), phase=MAINTENANCE),
        replace(VISIT, id=named("alone")),
    )

    plan = Book((induction,)).preview(visits, MONDAY)

    assert [message.slot.subject_id for message in plan.messages] == [named("first")]


def test_of_two_protocols_with_the_same_rule_the_first_one_speaks() -> None:
    book = Book((protocol(PREP, version="one"), protocol(replace(PREP, template="other"), version="two")))

    plan = book.preview(facts(VISIT), MONDAY)

    assert [message.template for message in plan.messages] == ["prep"]


def test_drivers_are_not_written_to_before_the_patient_agrees() -> None:
    book = Book((protocol(replace(PREP, audience=Audience.DRIVER)),))

    assert book.preview(facts(VISIT), MONDAY).messages == []


def test_a_patient_without_consent_is_planned_and_suppressed_with_the_reason() -> None:
    book = Book((protocol(PREP),))

    book.plan(facts(VISIT, person=person(phone(consented=False))), MONDAY)

    row = book.one("prep")
    assert (row.state, row.reason, row.stamp.cause) == (State.SUPPRESSED, Reason.NO_CONSENT, Reason.NO_CONSENT)


def test_consent_given_later_sends_what_is_now_true() -> None:
    book = Book((protocol(PREP),))
    book.plan(facts(VISIT, person=person(phone(consented=False))), MONDAY)
    still = book.plan(facts(VISIT, person=person(phone(consented=False))), MONDAY + HOUR)

    book.plan(facts(VISIT), MONDAY + 2 * HOUR)

    assert still == []
    assert [(row.occurrence, row.state) for row in book.of("prep")] == [(1, State.SUPPRESSED), (2, State.SCHEDULED)]


def test_opt7_a_stop_suppresses_what_waits() -> None:
    book = Book((protocol(PREP),))
    book.plan(facts(VISIT), MONDAY)

    book.plan(facts(VISIT, person=person(phone(opted_out=True))), MONDAY + HOUR)

    assert (book.one("prep").state, book.one("prep").reason) == (State.SUPPRESSED, Reason.OPTED_OUT)


def test_a_stop_after_the_text_has_gone_adds_nothing() -> None:
    book = Book((protocol(PREP),))
    book.plan(facts(VISIT), MONDAY)
    book.send_due(at("2026-10-13 17:00"))

    changes = book.plan(facts(VISIT, person=person(phone(opted_out=True))), at("2026-10-13 18:00"))

    assert changes == []


def test_a_stop_on_one_channel_moves_what_waits_to_the_next_and_keeps_its_row() -> None:
    book = Book((protocol(PREP),))
    book.plan(facts(VISIT, person=person(phone(), mailbox())), MONDAY)

    book.plan(facts(VISIT, person=person(phone(opted_out=True), mailbox())), MONDAY + HOUR)

    assert [(row.channel, row.occurrence, row.state) for row in book.of("prep")] == [
        (Channel.EMAIL, 1, State.SCHEDULED)
    ]


@pytest.mark.parametrize("status", [PersonStatus.DECEASED, PersonStatus.DISCHARGED])
def test_nothing_is_said_to_a_patient_who_has_died_or_left(status: PersonStatus) -> None:
    book = Book(ALL_RULES)
    book.plan(facts(VISIT), MONDAY)
    gone = facts(VISIT, person=person(status=status))

    book.plan(gone, MONDAY + HOUR)

    assert {(row.state, row.reason) for row in book.rows.values()} == {(State.CANCELLED, status.value)}
    assert book.preview(gone, MONDAY + 2 * HOUR).work == ()


def test_a_rule_that_left_the_protocol_takes_its_unsent_message_along() -> None:
    book = Book((protocol(OVERVIEW, PREP),))
    book.plan(facts(VISIT), MONDAY)
    book.protocols = (protocol(PREP, version="v2"),)

    book.plan(facts(VISIT), MONDAY + HOUR)

    assert (book.one("overview").state, book.one("overview").reason) == (State.CANCELLED, Reason.NOT_IN_PROTOCOL)
    assert book.one("prep").protocol_version_id == named("v2")


def test_res2_an_edited_rule_moves_its_message_and_makes_no_second() -> None:
    book = Book((protocol(OVERVIEW),))
    book.plan(facts(VISIT), MONDAY)
    book.protocols = (protocol(replace(OVERVIEW, offset=Elapsed(-48 * HOUR)), version="v2"),)

    book.plan(facts(VISIT), MONDAY + HOUR)

    assert [(wall(row.due_at), row.occurrence) for row in book.rows.values()] == [("2026-10-12 10:30", 1)]


def test_res2_an_edit_that_would_have_been_due_already_leaves_the_message_where_it_stands() -> None:
    book = Book((protocol(OVERVIEW),))
    book.plan(facts(VISIT), MONDAY)
    earlier = replace(OVERVIEW, offset=Elapsed(-30 * 24 * HOUR))
    book.protocols = (protocol(earlier, version="v2"),)

    book.plan(facts(VISIT), MONDAY + HOUR)

    assert [wall(row.due_at) for row in book.rows.values()] == ["2026-10-11 10:00"]


def test_late1_what_was_missed_while_we_slept_goes_while_it_helps_and_expires_after() -> None:
    book = Book((protocol(OVERVIEW, PREP),))
    book.plan(facts(VISIT), MONDAY)

    book.plan(facts(VISIT), at("2026-10-13 18:00"))

    assert book.one("overview").state is State.EXPIRED
    assert planned(book) == {"prep": "2026-10-13 17:00"}


def test_a_new_phone_gets_the_prep_of_a_coming_visit_again_and_not_the_overview() -> None:
    book = Book((protocol(OVERVIEW, PREP),))
    book.plan(facts(VISIT), MONDAY)
    book.send_due(at("2026-10-13 17:00"))

    book.plan(facts(VISIT, person=person(phone("new phone"))), at("2026-10-13 18:00"))

    assert [(row.occurrence, row.address_id) for row in book.of("prep")] == [
        (1, named("phone")),
        (2, named("new phone")),
    ]
    assert len(book.of("overview")) == 1


def test_another_preferred_channel_repeats_nothing_that_has_reached_the_patient() -> None:
    book = Book((protocol(PREP),))
    both = person(phone(), mailbox())
    book.plan(facts(VISIT, person=both), MONDAY)
    book.send_due(at("2026-10-13 17:00"))
    book.protocols = (protocol(replace(PREP, channels=(Channel.EMAIL, Channel.SMS))),)

    changes = book.plan(facts(VISIT, person=both), at("2026-10-13 18:00"))

    assert changes == []


def test_useful_until_follows_the_rule_where_the_visit_allows_it() -> None:
    brief = replace(OVERVIEW, useful_until=Moment(Landmark.DUE, 2 * HOUR))
    book = Book((protocol(brief),))

    book.plan(facts(VISIT), MONDAY)

    assert wall(book.one("overview").useful_until) == "2026-10-11 12:00"
