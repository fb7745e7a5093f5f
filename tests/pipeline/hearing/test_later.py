"""LATER: who was asked to book is left in peace for a week, and asked once more then."""

from uuid import UUID

from reminders.domain.states import State
from reminders.store.tables.messages import Message
from tests.pipeline.hearing.telephone import Telephone
from tests.working_clinic import WorkingClinic

NUDGE_DAY, A_WEEK_ON = "2026-10-12 10:00", "2026-10-19 10:00"
"""Three weeks after the visit of September 28 less a week, and the day that would have been due."""


def nudged(clinic: WorkingClinic) -> UUID:
    """Return a patient whose last maintenance visit was long ago, and who was asked to book again."""
    patient_id = clinic.patient(email=None)
    course_id = clinic.course(patient_id)
    visit_id = clinic.told_visit(patient_id, "2026-09-28 10:00", course_id=course_id, visit_number=9)
    clinic.clock("2026-09-28 12:00")
    clinic.change(visit_id, status="fulfilled", arrived_at=clinic.now_at, fulfilled_at=clinic.now_at)
    clinic.plan()
    clinic.send_at("2026-10-01 12:00")
    clinic.send_at(NUDGE_DAY)
    return patient_id


def nudges(clinic: WorkingClinic) -> list[tuple[str, str]]:
    rows = clinic.messages(Message.category == "nudge", Message.state == State.SENT)
    return [(row.rule, f"{row.launched_on_clock:%m-%d}") for row in rows]


def test_later_moves_the_next_nudge_a_week_away(clinic: WorkingClinic) -> None:
    nudged(clinic)
    phone = Telephone(clinic)

    said = phone.writes("LATER")
    phone.receives()
    clinic.plan()
    for day in ("2026-10-15 10:00", "2026-10-16 10:00", A_WEEK_ON):
        clinic.send_at(day)

    assert said is not None
    assert "ask again later" in said
    assert nudges(clinic) == [("nudge", "10-12"), ("nudge-again", "10-19")]
    assert phone.items() == []


def test_who_says_nothing_is_asked_again_after_three_days(clinic: WorkingClinic) -> None:
    nudged(clinic)

    clinic.send_at("2026-10-15 10:00")

    assert nudges(clinic) == [("nudge", "10-12"), ("nudge-again", "10-15")]


def test_i_will_be_later_is_no_later(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("I'll be later, stuck in traffic")

    assert ana.reply.intent == "running_late"
    assert ana.kinds() == ["change"]


def test_a_yes_to_a_nudge_books_nothing_and_is_work_for_a_person(clinic: WorkingClinic) -> None:
    nudged(clinic)
    phone = Telephone(clinic)

    said = phone.writes("yes please")

    assert said is not None
    assert "only once we confirm" in said
    assert phone.kinds() == ["change"]
