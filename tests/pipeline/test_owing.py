"""What the doorbells ring for: only where something waits."""

from reminders.pipeline.owing import anything_to_plan, anything_to_settle, ring_if
from tests.working_clinic import DUE, WorkingClinic


def test_the_planner_is_rung_for_while_a_plan_is_owed(clinic: WorkingClinic) -> None:
    rung: list[str] = []
    ana = clinic.patient()
    ring_if(anything_to_plan, clinic.parts, lambda: rung.append("too early"))
    clinic.owe(ana)

    ring_if(anything_to_plan, clinic.parts, lambda: rung.append("plan"))
    clinic.plan()
    ring_if(anything_to_plan, clinic.parts, lambda: rung.append("too late"))

    assert rung == ["plan"]


def test_the_settler_is_rung_for_while_a_receipt_waits(clinic: WorkingClinic) -> None:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    before = anything_to_settle(clinic.parts)
    clinic.receipt(message_id, "delivered")
    waits = anything_to_settle(clinic.parts)

    clinic.settle()

    assert (before, waits, anything_to_settle(clinic.parts)) == (False, True, False)
