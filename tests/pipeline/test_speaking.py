"""Speaking: what is planned, shown and sent is the same text, in the zone and the language of who reads it."""

from reminders.store.tables.messages import Attempt
from tests.clinics import VAULT
from tests.working_clinic import WorkingClinic


def test_the_zone_is_named_where_the_patients_clocks_show_another_time(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient("Ana", time_zone="America/Chicago"), service="consultation")
    clinic.told_visit(clinic.patient("Bea", phone="+13125550143", time_zone="America/Toronto"), service="consultation")
    clinic.plan()

    texts = clinic.send_at("2026-10-06 12:00")

    assert ["10:30 AM EDT" in text for text in texts] == ["Ana" in text for text in texts]
    assert len(texts) == 2


def test_once_the_fast_has_begun_prep_says_what_to_do(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient(), "2026-10-07 14:00")
    clinic.plan()

    (text,) = [text for text in clinic.send_at("2026-10-07 09:30") if "Get ready" in text]

    assert "If you have eaten since, call us before you come: 212-555-0142." in text


def test_an_email_is_one_letter_in_html_and_plain_text(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient(phone=None))
    clinic.plan()

    clinic.send_at("2026-10-06 17:00")

    letter = clinic.channel.given[-1]
    assert letter.subject == "Getting ready for Wed Oct 7 10:30 AM"
    assert "no food after" in letter.text
    assert letter.html is not None
    assert "no food after" in letter.html


def test_a_nudge_says_when_the_next_visit_would_be_due(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    course_id = clinic.course(ana)
    visit_id = clinic.told_visit(ana, course_id=course_id, visit_number=7)
    clinic.clock("2026-10-07 12:00")
    clinic.change(visit_id, status="fulfilled", fulfilled_at=clinic.now_at)
    clinic.plan()

    texts = clinic.send_at("2026-10-21 10:00")

    assert "Oct 28" in texts[-1]


def test_an_attempt_keeps_every_part_of_what_was_said(clinic: WorkingClinic) -> None:
    clinic.told_visit(clinic.patient(phone=None), service="consultation")
    clinic.plan()

    clinic.send_at("2026-10-06 10:00")

    (attempt,) = clinic.attempts(clinic.message("reminder").id)
    (letter,) = clinic.channel.given
    assert VAULT.open_some(Attempt.subject, attempt.id, attempt.subject) == letter.subject
    assert VAULT.open_some(Attempt.html, attempt.id, attempt.html) == letter.html
    assert (attempt.segments, attempt.encoding) == (None, None)
