"""Whatever happens to a visit, in whatever order: the patient knows in the end what is true, and has read it once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reminders.domain.states import MAY_HAVE_REACHED, State
from reminders.store.tables.messages import Message
from reminders.store.tables.visits import Appointment
from tests.working_clinic import WorkingClinic

NUMBERS = count()
HOUR = timedelta(hours=1)


@dataclass
class Story:
    """One visit of one patient, and what may happen to it."""

    clinic: WorkingClinic
    visit_id: UUID
    here_at: datetime

    def there(self) -> None:
        self.clinic.change(self.visit_id, starts_at=self.here_at + 26 * HOUR)

    def back(self) -> None:
        self.clinic.change(self.visit_id, starts_at=self.here_at)

    def cancel(self) -> None:
        self.clinic.cancel(self.visit_id)

    def book(self) -> None:
        self.clinic.change(self.visit_id, status="booked", cancelled_by=None, cancelled_at=None)

    def send(self) -> None:
        self.clinic.send_due()

    def wait(self) -> None:
        self.clinic.clock_to(self.clinic.now_at + 11 * HOUR)
        self.clinic.sweep()
        self.clinic.send_due()

    def fail(self) -> None:
        """Let the newest text be reported lost."""
        texts = self.rows(Message.channel == "sms", Message.state == State.SENT)
        if texts:
            self.clinic.receipt(texts[-1].id, "undelivered", "30003")
            self.clinic.settle()

    def rows(self, *conditions: Any) -> list[Message]:
        return self.clinic.messages(Message.appointment_id == self.visit_id, *conditions)

    def told(self) -> list[Message]:
        """Return what may have reached the patient, in the order it went."""
        reached = self.rows(Message.state.in_(MAY_HAVE_REACHED))
        return sorted(reached, key=lambda row: row.launched_at or row.due_at)

    def visit(self) -> Appointment:
        with self.clinic.parts.transaction() as session:
            return session.get_one(Appointment, (self.visit_id, self.clinic.id))


def story(clinic: WorkingClinic) -> Story:
    """Book a visit in about a week, at two in the afternoon."""
    number = next(NUMBERS)
    patient_id = clinic.patient(f"Ana{number}", phone=f"+1312555{number:04}", email=f"ana{number}@example.com")
    visit_id = clinic.visit(patient_id)
    here_at = (clinic.now_at + timedelta(days=7)).replace(hour=18, minute=0, second=0, microsecond=0)
    clinic.change(visit_id, starts_at=here_at)
    clinic.plan()
    return Story(clinic, visit_id, here_at)


EVENTS: list[Callable[[Story], None]] = [
    Story.there,
    Story.back,
    Story.cancel,
    Story.book,
    Story.send,
    Story.wait,
    Story.fail,
]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(EVENTS), min_size=2, max_size=8))
def test_whatever_happens_the_patient_ends_up_knowing_what_is_true(
    clinic: WorkingClinic, events: list[Callable[[Story], None]]
) -> None:
    one = story(clinic)

    for event in events:
        clinic.clock_to(clinic.now_at + timedelta(minutes=1))
        event(one)
        clinic.plan()
    _let_it_settle(clinic)

    visit, told = one.visit(), one.told()
    if visit.status == "cancelled":
        assert not told or told[-1].rule == "cancelled"
    elif told:
        assert told[-1].stamp["starts_at"] == visit.starts_at.isoformat()
        assert told[-1].rule != "cancelled"
    before = _columns(one)
    assert visit.person_id is not None
    clinic.owe(visit.person_id)
    clinic.plan()
    assert _columns(one) == before


def _let_it_settle(clinic: WorkingClinic) -> None:
    """Go on to a noon by which neither quiet hours nor the limit of a day hold a message back, and send it."""
    noon_at = (clinic.now_at + timedelta(days=2)).replace(hour=16, minute=0, second=0, microsecond=0)
    clinic.clock_to(noon_at)
    clinic.sweep()
    clinic.plan()
    clinic.send_due()


def _columns(one: Story) -> list[dict[str, Any]]:
    return [{column.key: getattr(row, column.key) for column in Message.__table__.columns} for row in one.rows()]
