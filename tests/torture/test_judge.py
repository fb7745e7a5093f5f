"""The judge: each thing that must not happen is found when it did."""

import base64
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from reminders.pipeline.times import Times
from tests.torture.book import plain
from tests.torture.clinic import WORDS, Night
from tests.torture.evidence import Ledger, Row, Tables, Taken
from tests.torture.judge import Judge
from tests.torture.leaks import find_leaks

NOW = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
NIGHT = Night.around(NOW)


class Case:
    """One patient with one visit, whose text went as it should; a test then changes one thing."""

    def __init__(self) -> None:
        self.book = plain(NIGHT, NOW, patients=1)
        self.visit = self.book.visits[0]
        self.visit.imported_at = NOW
        self.row = self.a_row("booked")
        self.rows = [self.row]
        self.taken = [self.a_text("booked", "t1")]
        self.row.launched["t1"] = NOW + timedelta(seconds=1)
        self.ended: dict[str, tuple[datetime, int]] = {}

    def a_row(self, rule: str, state: str = "delivered") -> Row:
        return Row(
            id=uuid4(),
            patient=self.visit.patient.id,
            visit=self.visit.id,
            rule=rule,
            step=1,
            channel="sms",
            state=state,
            reason=None,
            due_at=NOW,
            useful_until=NOW + timedelta(hours=12),
            has_open_item=False,
        )

    def a_text(self, rule: str, token: str, *, after: float = 2) -> Taken:
        return Taken(
            sid=f"SM{token}",
            to=self.visit.patient.phone,
            name=self.visit.patient.first_name,
            rule=rule,
            said=self.visit.said,
            token=token,
            validity=60,
            heard_at=NOW + timedelta(seconds=after),
            at=NOW + timedelta(seconds=after + 0.5),
        )

    def counts(self, night: Night = NIGHT) -> Counter[str]:
        """Judge, and return what was counted."""
        ledger = Ledger(self.taken, {}, frozenset(), self.ended, [], Counter())
        by_token = {token: row for row in self.rows for token in row.launched}
        tables = Tables(self.rows, by_token, Counter(), Counter(), NOW + timedelta(minutes=2))
        judge = Judge(self.book, night, ledger, tables, Times(), NOW + timedelta(minutes=1))
        judge.judge()
        self.violations = judge.violations
        return judge.counts


@pytest.fixture
def case() -> Case:
    return Case()


def test_what_went_as_it_should_is_no_violation(case: Case) -> None:
    counts = case.counts()

    assert case.violations == []
    assert counts["expected of the book"] == 1


def test_a_text_that_nobody_got_is_lost(case: Case) -> None:
    case.taken.clear()

    assert case.counts()["lost"] == 1


def test_a_text_that_waits_for_a_person_is_not_lost(case: Case) -> None:
    case.taken.clear()
    case.row.state, case.row.reason, case.row.has_open_item = "parked", "untold", True

    assert case.counts()["parked instead of sent"] == 1
    assert case.violations == []


def test_parked_without_a_work_item_is_silence(case: Case) -> None:
    case.taken.clear()
    case.row.state, case.row.reason = "parked", "untold"

    assert case.counts()["parked without a work item"] == 1


def test_the_same_words_twice_are_a_double_whatever_our_tables_say(case: Case) -> None:
    case.taken.append(case.a_text("booked", "t2", after=9))
    case.row.launched["t2"] = NOW

    assert case.counts()["sent twice"] == 1


def test_after_a_report_of_failure_the_same_may_be_said_again(case: Case) -> None:
    case.taken.append(case.a_text("booked", "t2", after=9))
    case.row.launched["t2"] = NOW
    case.ended["SMt1"] = NOW + timedelta(seconds=5), 30003

    assert case.counts()["sent again after a proven failure"] == 1
    assert case.violations == []


def test_a_text_in_the_night_of_its_reader_is_found(case: Case) -> None:
    case.visit.patient.zone = NIGHT.zones(NOW, quiet=True)[0]

    assert case.counts()["sent in quiet hours"] == 1


def test_a_text_past_its_use_is_found(case: Case) -> None:
    case.row.useful_until = NOW + timedelta(seconds=1)

    assert case.counts()["sent past its use"] == 1


def test_what_was_launched_before_the_opt_out_is_counted_and_what_came_after_it_is_found(case: Case) -> None:
    case.visit.patient.opted_out_at = NOW + timedelta(seconds=1.5)
    before = case.counts()["in flight at opt-out"]
    case.row.launched["t1"] = NOW + timedelta(seconds=1.6)

    after = case.counts()["launched after opt-out"]

    assert (before, after) == (1, 1)


@pytest.mark.parametrize("what", ["cancel", "move"])
def test_a_text_launched_after_its_visit_changed_is_found(case: Case, what: str) -> None:
    if what == "cancel":
        case.visit.cancelled_at = NOW
    else:
        case.visit.over[case.visit.said] = NOW

    assert case.counts()[f"launched after {what}"] == 1


@pytest.mark.parametrize(("edit", "expected"), [("moved", "moved"), ("cancelled", "cancelled")])
def test_an_edit_that_a_patient_was_not_told_of_is_lost(case: Case, edit: str, expected: str) -> None:
    edited(case, edit)
    without = case.counts()["lost"]
    case.taken.append(case.a_text(expected, "t2", after=60))
    case.row.launched["t2"] = NOW

    assert (without, case.counts()["lost"]) == (1, 0)


@pytest.mark.parametrize("edit", ["moved", "cancelled"])
def test_an_edit_is_no_news_for_whom_the_first_text_never_reached(case: Case, edit: str) -> None:
    edited(case, edit)
    case.ended["SMt1"] = NOW + timedelta(seconds=5), 30007

    assert case.counts()["lost"] == 0


def test_who_called_it_off_is_not_told_so(case: Case) -> None:
    edited(case, "cancelled")
    case.visit.cancelled_by = "patient"

    assert case.counts()["lost"] == 0


def edited(case: Case, edit: str) -> None:
    """Let the visit be moved or called off half a minute after its first text."""
    case.visit.is_touched = True
    if edit == "moved":
        case.visit.over[case.visit.said] = NOW + timedelta(seconds=30)
        case.visit.starts_at += timedelta(minutes=30)
    else:
        case.visit.status, case.visit.cancelled_by = "cancelled", "clinic"
        case.visit.cancelled_at = NOW + timedelta(seconds=30)


@pytest.mark.parametrize(("late_by", "violations"), [(0.4, 0), (0.6, 1)])
def test_a_text_in_a_night_that_fell_during_the_run_is_found(case: Case, late_by: float, violations: int) -> None:
    case.visit.patient.zone, case.visit.patient.is_night = NIGHT.falls_in, True
    falls_at = case.taken[0].heard_at - timedelta(seconds=late_by)

    assert case.counts(NIGHT.falling(falls_at))["sent in quiet hours"] == violations


def test_two_texts_on_their_way_to_one_number_are_found(case: Case) -> None:
    case.taken.append(case.a_text("moved", "t2", after=2.2))
    case.row.launched["t2"] = NOW

    assert case.counts()["two on their way to one number"] == 1


def test_a_limited_text_on_a_day_that_is_full_is_found(case: Case) -> None:
    case.taken.append(case.a_text("note", "t2", after=9))
    case.row.launched["t2"] = NOW

    assert case.counts()["over the limit"] == 1


@pytest.mark.parametrize("state", ["queued", "sending", "unknown"])
def test_what_is_left_in_the_middle_is_found(case: Case, state: str) -> None:
    case.rows.append(case.a_row("moved", state))

    assert case.counts()["left in the middle"] == 1


def test_a_text_of_nobody_is_found(case: Case) -> None:
    case.row.launched.clear()

    assert case.counts()["accepted, but nobody of ours"] == 1


def test_a_message_that_claims_to_be_sent_and_was_not_is_found(case: Case) -> None:
    case.rows.append(case.a_row("moved", "sent"))

    assert case.counts()["said to be sent, but never accepted"] == 1


def test_every_rule_has_words_that_no_other_rule_has() -> None:
    assert len(set(WORDS.values())) == len(WORDS)


@pytest.mark.parametrize("lead", ["", "x", "xy"])
def test_a_name_in_a_log_is_a_leak_also_inside_of_base64(tmp_path: Path, lead: str) -> None:
    book = plain(NIGHT, NOW, patients=1)
    text = f"{lead}{book.patients[0].first_name} and more".encode()
    (tmp_path / "plain.log").write_bytes(text)
    (tmp_path / "coded.log").write_bytes(base64.b64encode(text))
    (tmp_path / "harmless.log").write_bytes(b"nothing")

    assert len(find_leaks(book, [tmp_path])) == 2
