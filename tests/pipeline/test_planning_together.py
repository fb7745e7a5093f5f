"""One text, not three: what goes on one day rides together, and goes alone when its carrier falls."""

from uuid import UUID

from reminders.domain.states import State
from reminders.store.tables.messages import Message
from tests.working_clinic import WorkingClinic

THURSDAY = "2026-10-08 10:30"


def test_visits_booked_together_share_one_text_that_lists_them_all(clinic: WorkingClinic) -> None:
    ana = clinic.patient()
    starts = ["2026-10-07 10:30", "2026-10-09 10:30", "2026-10-12 10:30"]
    for number, start in enumerate(starts, start=1):
        clinic.visit(ana, start, visit_number=number)

    clinic.plan()
    texts = clinic.send_due()

    booked = clinic.messages(Message.rule == "booked")
    assert sorted(row.state for row in booked) == [State.MERGED, State.MERGED, State.SENT]
    assert len(texts) == 1
    assert all(day in texts[0] for day in ("Wed Oct 7", "Fri Oct 9", "Mon Oct 12"))


def swapped(clinic: WorkingClinic) -> tuple[UUID, UUID]:
    """Cancel a visit and book one the day before; return (the new one, the old one)."""
    ana = clinic.patient()
    old = clinic.told_visit(ana, service="consultation")
    clinic.plan()
    clinic.clock("2026-09-28 09:31")
    clinic.cancel(old)
    new = clinic.visit(ana, "2026-10-06 10:30", service="consultation")
    clinic.plan()
    return new, old


def test_messages_of_one_day_are_one_text(clinic: WorkingClinic) -> None:
    swapped(clinic)

    texts = clinic.send_due()

    assert clinic.message("booked").state == State.SENT
    assert clinic.message("cancelled").state == State.MERGED
    assert len(texts) == 1
    assert "you're booked Tue Oct 6 10:30 AM" in texts[0]
    assert "we must cancel your visit Wed Oct 7 10:30 AM" in texts[0]


def test_when_the_carrier_falls_its_rider_goes_by_itself(clinic: WorkingClinic) -> None:
    new, _ = swapped(clinic)
    riding = clinic.message("cancelled")

    clinic.cancel(new, by="patient")
    clinic.plan()
    texts = clinic.send_due()

    assert (riding.state, riding.carrier_id) == (State.MERGED, clinic.message("booked").id)
    assert clinic.states() == {"booked": State.CANCELLED, "cancelled": State.SENT, "reminder": State.CANCELLED}
    assert ["we must cancel your visit Wed Oct 7" in text for text in texts] == [True]


def test_when_the_rider_falls_its_carrier_goes_without_it(clinic: WorkingClinic) -> None:
    _, old = swapped(clinic)

    clinic.change(old, status="booked", cancelled_at=None, cancelled_by=None)
    clinic.plan()
    texts = clinic.send_due()

    assert clinic.message("cancelled").state == State.CANCELLED
    assert ["cancel" in text for text in texts] == [False]
