"""The judge: each thing that must not happen is found when it did."""

import base64
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from reminders.domain.clinic_file import read_clinic
from reminders.domain.protocol import Landmark, Moment
from reminders.domain.protocol_file import read_protocols
from reminders.pipeline.times import Times
from tests.torture.book import plain
from tests.torture.clinic import _CLINIC, _PLACE, TEXTS_PER_DAY, USE_ENDS, WORDS, Night, protocols
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

    def late(self) -> None:
        """Let the visit be so soon that the text's use ended a second ago."""
        self.visit.starts_at = NOW + timedelta(hours=1) - timedelta(seconds=1)
        self.taken = [self.a_text("booked", "t1")]

    def counts(self, night: Night = NIGHT, *, frozen: Sequence[tuple[datetime, datetime]] = ()) -> Counter[str]:
        """Judge, and return what was counted."""
        ledger = Ledger(self.taken, {}, frozenset(), self.ended, [], Counter())
        by_token = {token: row for row in self.rows for token in row.launched}
        tables = Tables(self.rows, by_token, Counter(), Counter(), NOW + timedelta(minutes=2))
        judge = Judge(self.book, night, ledger, tables, Times(), NOW + timedelta(minutes=1), frozen)
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

    assert case.counts()["parked instead of sent: untold"] == 1
    assert case.violations == []


def test_a_text_that_nobody_can_read_may_not_go(case: Case) -> None:
    case.visit.patient.spoilt_at = NOW - Times().last_wave

    assert case.counts()["launched after spoiling"] == 1


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


def test_a_text_past_its_use_is_found_whatever_our_tables_say(case: Case) -> None:
    case.late()
    case.row.useful_until = NOW + timedelta(days=1)

    assert case.counts()["sent past its use"] == 1


def test_a_text_that_its_provider_may_deliver_past_its_use_is_found(case: Case) -> None:
    case.visit.starts_at = NOW + timedelta(hours=1, seconds=3)
    case.taken = [replace(case.a_text("booked", "t1"), validity=120)]

    assert case.counts()["sent so that it may be delivered past its use"] == 1


def test_a_text_about_a_time_that_no_visit_had_is_found(case: Case) -> None:
    case.taken[0] = replace(case.taken[0], said="Mon Jan 1 1:00 AM")

    assert case.counts()["sent about a time that no visit had"] == 1


@pytest.mark.parametrize(
    ("launched", "frozen", "violations"),
    [
        pytest.param(-8, (-7, 1.9), 0, id="launched, frozen, woken: nothing could stop it"),
        pytest.param(1, (-7, 1.9), 1, id="another worker launched it meanwhile"),
        pytest.param(-8, (-7, 5), 1, id="whoever sent it was not the one who slept"),
        pytest.param(-8, (-7, 0.5), 1, id="it was awake for long"),
        pytest.param(-8, (0, 1.9), 1, id="it was of no use already when it fell asleep"),
    ],
)
@pytest.mark.parametrize("what", ["past its use", "in quiet hours"])
def test_only_whoever_was_frozen_after_the_last_look_is_excused(
    case: Case, what: str, launched: float, frozen: tuple[float, float], violations: int
) -> None:
    since, until = (NOW + timedelta(seconds=seconds) for seconds in frozen)
    case.row.launched["t1"] = NOW + timedelta(seconds=launched)
    night = NIGHT
    if what == "past its use":
        case.late()
    else:
        case.visit.patient.zone, case.visit.patient.is_night = NIGHT.falls_in, True
        night = NIGHT.falling(NOW - timedelta(seconds=1))

    counts = case.counts(night, frozen=[(since, until)])

    assert counts[f"sent {what}"] == violations
    assert counts[f"excused, its sender was frozen after its last look: {what}"] == 1 - violations


@pytest.mark.parametrize(("launched", "lost"), [(2.0, 0), (None, 1), (70.0, 1)])
def test_a_brief_text_may_expire_only_where_a_try_in_time_came_to_nothing(
    case: Case, launched: float | None, lost: int
) -> None:
    case.visit.service, case.visit.starts_at = "brief", NOW + timedelta(minutes=5, seconds=30)
    case.taken.clear()
    case.row = case.a_row("brief", "expired")
    case.row.reason, case.row.useful_until = "too_late", NOW
    case.row.launched["t1"] = None if launched is None else NOW + timedelta(minutes=launched / 10)
    case.rows[:] = [case.row]

    counts = case.counts()

    assert (counts["lost"], counts["expired instead of sent, its tries had failed"]) == (lost, 1 - lost)


@pytest.mark.parametrize(("seconds", "lost"), [(290, 0), (300, 1)])
def test_a_brief_text_that_came_too_late_for_a_stop_and_a_delivery_is_not_missed(
    case: Case, seconds: int, lost: int
) -> None:
    case.visit.service, case.visit.starts_at = "brief", NOW + timedelta(seconds=seconds)
    case.taken.clear()
    case.rows.clear()

    assert case.counts()["lost"] == lost


def test_the_use_of_each_rule_is_what_its_protocol_says() -> None:
    setup = read_clinic(_CLINIC.format(night=NIGHT, place=_PLACE, limit=TEXTS_PER_DAY), "clinic.yaml")
    for changed in (False, True):
        files = {f"{slug}.yaml": text for slug, text in protocols(changed=changed).items()}
        rules = [rule for one in read_protocols(files, setup) for rule in one.rules]

        assert {rule.slug for rule in rules} == set(WORDS)
        for rule in rules:
            assert rule.useful_until == Moment(Landmark.START, -USE_ENDS.get(rule.slug, timedelta())), rule.slug


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
