"""A phone in somebody's hand: it writes to the clinic, and reads what is answered."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select

from reminders.domain.replies.inbound import Heard, Inbound
from reminders.pipeline.hearing import hear
from reminders.store.tables.messages import Message, Reply, WorkItem
from reminders.store.tables.people import Address, ContactPoint
from reminders.store.tables.visits import Appointment
from tests.working_clinic import PHONE, WorkingClinic

_NUMBERS = count(1)


@dataclass
class Telephone:
    """One phone."""

    clinic: WorkingClinic
    number: str = PHONE
    last: Heard = field(default_factory=Heard)

    def writes(self, body: str, **changes: Any) -> str | None:
        """Write to the clinic; return what is answered at once."""
        self.last = hear(self.clinic.parts, self.text(body, **changes))
        return self.last.answer

    def text(self, body: str, **changes: Any) -> Inbound:
        sender = self.clinic.sender()
        values = {
            "account": sender.account,
            "provider_id": f"SM{next(_NUMBERS):032}",
            "sender": self.number,
            "to": sender.from_address or "",
            "body": body,
        }
        return Inbound(**(values | changes))

    def receives(self) -> None:
        """Let the provider report that all answers arrived: until then they hold the phone."""
        for row in answers(self.clinic):
            self.clinic.receipt(row.id, "delivered")
        self.clinic.settle()

    @property
    def reply(self) -> Reply:
        """What was noted of the last text."""
        with self.clinic.parts.transaction() as session:
            return session.scalars(select(Reply).order_by(Reply.stored_at.desc()).limit(1)).one()

    @property
    def address(self) -> Address:
        with self.clinic.parts.transaction() as session:
            address_id = self.clinic.address("sms", self.number)
            return session.scalars(select(Address).where(Address.id == address_id)).one()

    def items(self) -> list[WorkItem]:
        """The work that texts made, oldest first."""
        with self.clinic.parts.transaction() as session:
            query = select(WorkItem).where(WorkItem.reply_id.is_not(None)).order_by(WorkItem.id)
            return list(session.scalars(query))

    def kinds(self) -> list[str]:
        return [item.kind for item in self.items()]


def visit(clinic: WorkingClinic, visit_id: UUID) -> Appointment:
    with clinic.parts.transaction() as session:
        return session.scalars(select(Appointment).where(Appointment.id == visit_id)).one()


def point(clinic: WorkingClinic, person_id: UUID, channel: str = "sms") -> ContactPoint:
    with clinic.parts.transaction() as session:
        found = ContactPoint.person_id == person_id, ContactPoint.channel == channel
        return session.scalars(select(ContactPoint).where(*found)).one()


def answers(clinic: WorkingClinic) -> list[Message]:
    """The automatic answers, oldest first."""
    return clinic.messages(Message.reply_id.is_not(None))
