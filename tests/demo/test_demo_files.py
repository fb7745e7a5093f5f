"""The demo month has the cast that it promises: each test names one thing that a visitor can watch."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from reminders.cli.people import read_acts
from reminders.domain.row import COLUMNS, PatientRow, VisitRow
from reminders.domain.wallclock import local
from reminders.domain.words import VisitStatus
from tests.demo.month import DEMO, ENDS_AT, NAME, STARTS_AT, Told, change_files, histories, imported_at, told

HOUR = timedelta(hours=1)
FOOD = timedelta(hours=8)
"""The longest fast of the starters."""


def patients() -> dict[str, PatientRow]:
    return {item.row.patient.patient_id: item.row.patient for item in told()}


def moves() -> Iterator[tuple[datetime, VisitRow, VisitRow]]:
    """Yield each move of a visit: when it is told, and the row before and after."""
    for history in histories().values():
        for before, after in pairwise(history):
            if before.row.starts_at != after.row.starts_at:
                yield after.at, before.row, after.row


def bookings() -> Iterator[Told]:
    """Yield each visit that is first heard of within the month."""
    return (history[0] for history in histories().values() if history[0].at > STARTS_AT)


def last_rows() -> list[VisitRow]:
    return [history[-1].row for history in histories().values()]


def visits_of(course: str, patient_id: str) -> list[VisitRow]:
    rows = [row for row in last_rows() if row.course == course and row.patient.patient_id == patient_id]
    return sorted(rows, key=lambda row: row.starts_at)


# The files


def test_every_file_is_read_without_a_problem() -> None:
    assert len(told()) > 100


def test_a_file_of_changes_is_named_for_the_minute_of_its_import() -> None:
    names = [path.name for path in change_files()]

    assert names == [f"{imported_at(path):{NAME}}-{path.name[18:]}" for path in change_files()]
    assert len(names) == len({name[:17] for name in names}) <= 40
    assert all(STARTS_AT < imported_at(path) < ENDS_AT for path in change_files())


def test_every_file_has_all_columns_and_the_facts_of_the_starters() -> None:
    for path in [DEMO / "appointments.csv", *change_files()]:
        header = path.read_text(encoding="utf-8").splitlines()[0].split(",")

        assert set(header) == set(COLUMNS) - {"clinic"} | {"consent_form", "treatment_plan"}


def test_no_row_tells_of_what_has_not_happened_yet() -> None:
    for item in told():
        assert item.row.updated_at is not None
        assert item.row.booked_at is not None
        assert item.row.booked_at <= item.row.updated_at <= item.at
        if item.row.status in {VisitStatus.FULFILLED, VisitStatus.NOSHOW}:
            assert item.row.starts_at < item.row.updated_at


def test_each_row_of_a_visit_is_newer_than_the_one_before() -> None:
    for history in histories().values():
        for before, after in pairwise(history):
            assert before.row.updated_at is not None
            assert after.row.updated_at is not None
            assert before.row.updated_at < after.row.updated_at


def test_every_visit_comes_to_its_end_within_the_month() -> None:
    ends = Counter(row.status for row in last_rows())

    assert set(ends) == {VisitStatus.FULFILLED, VisitStatus.CANCELLED, VisitStatus.NOSHOW}
    assert ends[VisitStatus.FULFILLED] > 30


def test_a_visit_of_the_month_is_completed_by_way_of_an_arrival_at_a_believable_time() -> None:
    for history in histories().values():
        done = {item.row.status: item for item in history if item.at > STARTS_AT}
        if VisitStatus.FULFILLED not in done:
            continue
        arrived, completed = done[VisitStatus.ARRIVED], done[VisitStatus.FULFILLED]
        assert abs(arrived.at - arrived.row.starts_at) < HOUR
        assert arrived.at < completed.row.starts_at + completed.row.duration + HOUR
        assert completed.row.starts_at + completed.row.duration < completed.at


def test_the_phones_are_fictional_and_the_mailboxes_are_examples() -> None:
    for patient in patients().values():
        assert patient.phone is not None
        assert patient.phone.startswith("+1500555000") or patient.phone[5:10] == "55501"
        assert patient.email is not None
        assert patient.email.endswith(("@example.com", "@example.org", ".invalid"))


def test_both_locations_see_patients_on_both_sides_of_the_change() -> None:
    change = datetime.fromisoformat("2026-11-01T06:00Z")

    assert {(row.location, row.starts_at > change) for row in last_rows()} == {
        (location, after) for location in ("midtown", "lakeside") for after in (False, True)
    }


# The cast


def test_about_a_dozen_patients_come() -> None:
    assert 12 <= len(patients()) <= 15


def test_every_kind_of_visit_of_the_starters_takes_place() -> None:
    done = {row.service for row in last_rows() if row.status is VisitStatus.FULFILLED}

    assert done == {"iv-ketamine", "spravato", "consultation", "medical-evaluation", "follow-up"}


def test_one_patient_has_a_whole_induction_of_six_in_three_weeks() -> None:
    visits = visits_of("iv-ketamine-course", "P-1001")

    assert [row.visit_number for row in visits] == [1, 2, 3, 4, 5, 6]
    assert all(row.status is VisitStatus.FULFILLED for row in visits)
    assert visits[-1].starts_at - visits[0].starts_at < timedelta(weeks=3)


def test_one_patient_comes_twice_a_week_for_spravato() -> None:
    visits = visits_of("spravato-course", "P-1004")

    assert [row.visit_number for row in visits] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert all(after.starts_at - before.starts_at <= timedelta(days=5) for before, after in pairwise(visits))


def test_a_maintenance_patient_books_after_the_nudges_two_visits_at_once() -> None:
    past, *booked = visits_of("iv-ketamine-course", "P-1002")
    first_heard = {histories()[row.appointment_id][0].at for row in booked}

    assert past.status is VisitStatus.FULFILLED
    assert past.starts_at < STARTS_AT
    assert past.patient.nudge_consent is True
    assert len(booked) == 2
    assert len(first_heard) == 1
    assert first_heard.pop() - past.starts_at > timedelta(days=25)


def test_a_maintenance_patient_without_a_visit_ahead_wants_no_nudges() -> None:
    past, booked = visits_of("iv-ketamine-course", "P-1003")

    assert past.patient.nudge_consent is False
    assert past.starts_at < STARTS_AT
    assert histories()[booked.appointment_id][0].at - past.starts_at > timedelta(days=25)


def test_a_visit_at_seven_has_its_fast_begin_the_evening_before() -> None:
    early = [row for row in last_rows() if row.starts_local.hour == 7 and row.starts_local.minute == 0]

    assert [local(row.starts_at - FOOD, row.zone).hour for row in early] == [23]


def test_the_fast_of_one_visit_crosses_the_change_of_the_clocks() -> None:
    crossing = [row for row in last_rows() if row.starts_local - FOOD != _wall(row.starts_at - FOOD, row.zone)]

    assert [row.appointment_id for row in crossing] == ["V-2202"]


def test_one_visit_is_moved_days_ahead_and_one_within_48_hours() -> None:
    ahead = [min(old.starts_at, new.starts_at) - at > 48 * HOUR for at, old, new in moves()]

    assert sorted(ahead) == [False, True]


def test_the_clinic_cancels_a_visit_and_books_it_again_and_a_patient_cancels_one() -> None:
    cancelled = {row.cancelled_by: row.patient.patient_id for row in last_rows() if row.cancelled_by}
    booked_later = [
        item.row.patient.patient_id for item in bookings() if item.at > datetime.fromisoformat("2026-11-09T16:00Z")
    ]

    assert sorted(cancelled) == ["clinic", "patient"]
    assert booked_later == [cancelled["clinic"]]


def test_one_patient_does_not_come() -> None:
    assert [row.appointment_id for row in last_rows() if row.status is VisitStatus.NOSHOW] == ["V-2208"]


def test_one_visit_is_booked_when_its_fast_has_already_begun() -> None:
    late = [item for item in bookings() if item.at > item.row.starts_at - FOOD]

    assert len(late) == 1
    assert late[0].at < late[0].row.starts_at - 2 * HOUR, "or no stop of the fast is left to obey"


def test_every_visit_booked_within_the_month_is_news_when_it_is_told() -> None:
    assert all(item.row.booked_at and item.at - item.row.booked_at < 24 * HOUR for item in bookings())


def test_no_visit_known_at_the_start_was_booked_in_the_last_day() -> None:
    first = [item.row for item in told() if item.at == STARTS_AT]

    assert all(row.booked_at and STARTS_AT - row.booked_at > 24 * HOUR for row in first)


def test_one_patient_takes_emails_only() -> None:
    assert [who for who, patient in patients().items() if not patient.sms_consent] == ["P-1010"]


def test_the_number_of_one_patient_is_a_landline_and_their_email_works() -> None:
    (patient,) = [patient for patient in patients().values() if patient.phone == "+15005550009"]

    assert patient.sms_consent
    assert patient.email_consent
    assert patient.email == "walter.lindqvist@example.org"


def test_nothing_reaches_one_patient() -> None:
    (patient,) = [patient for patient in patients().values() if patient.phone == "+15005550001"]

    assert patient.email == "bounce@nowhere.invalid"


def test_one_patient_reads_spanish() -> None:
    assert Counter(patient.language for patient in patients().values())["es"] == 1


def test_one_patient_lives_in_another_time_zone() -> None:
    assert {(row.patient.time_zone, row.zone) for row in last_rows() if row.patient.time_zone} == {
        ("America/Chicago", "America/New_York")
    }


def test_two_patients_share_a_phone_and_come_on_the_same_day() -> None:
    phones = Counter(patient.phone for patient in patients().values())
    shared = [phone for phone, count in phones.items() if count > 1]
    days = {row.starts_local.date() for row in last_rows() if row.patient.phone in shared}

    assert len(shared) == 1
    assert phones[shared[0]] == 2
    assert len(days) == 1


def test_one_patient_goes_from_consultation_to_a_plan_that_is_ready() -> None:
    rows = [item.row for item in told() if item.row.patient.patient_id == "P-1006"]
    ready = [row for row in rows if row.extra.get("treatment_plan") == "ready"]

    assert list(dict.fromkeys(row.service for row in rows)) == ["consultation", "medical-evaluation", "follow-up"]
    assert [(row.service, row.status) for row in ready] == [("medical-evaluation", VisitStatus.FULFILLED)]


def test_one_patient_signs_the_form_after_being_asked_for_it() -> None:
    forms = [(item.at, item.row.extra["consent_form"]) for item in histories()["V-2001"] if item.row.extra]
    (start,) = {item.row.starts_at for item in histories()["V-2001"]}

    assert [state for _, state in forms] == ["outstanding", "signed", "signed", "signed"]
    assert forms[1][0] > start - timedelta(days=5)


def test_a_visit_is_moved_after_its_patient_was_told_of_it() -> None:
    assert all(at > old.starts_at - timedelta(days=3) + HOUR for at, old, _ in moves())


def test_some_patients_have_no_driver_yet() -> None:
    without = {row.patient.patient_id for row in last_rows() if row.service == "iv-ketamine" and not row.driver_name}

    assert without == {"P-1003", "P-1009"}


def _wall(instant: datetime, zone: str) -> datetime:
    return local(instant, zone).replace(tzinfo=None)


# What people do


def test_people_act_within_the_month_and_texts_say_what_they_must_come_to() -> None:
    acts = [act for of_moment in read_acts(DEMO / "people.csv").values() for act in of_moment]

    assert all(STARTS_AT < act.at < ENDS_AT for act in acts)
    assert {act.does for act in acts} == {"writes", "takes", "closes", "readies"}
    assert all(act.then for act in acts if act.does in {"writes", "closes"})


def test_the_month_has_the_answers_that_a_visitor_is_promised() -> None:
    acts = read_acts(DEMO / "people.csv").values()
    effects = {act.then for of_moment in acts for act in of_moment if act.does == "writes"}

    assert effects >= {"confirmed", "crisis", "driver_no", "driver_yes", "keeps_prep", "clinical", "asked_back"}
