"""A clinic's desk for tests of intake: what a source tells it, and what it then knows."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from reminders.domain.row import VisitRow
from reminders.domain.taken import Change
from reminders.pipeline.intake import Order, Progress, Report, take_in
from reminders.sources.csv_file import read_visits
from reminders.store import imports, intake
from reminders.store.base import Base
from reminders.store.catalogs import read_catalogs, reference_of
from reminders.store.engine import Transaction
from reminders.store.locks import retrying
from reminders.store.now import start_stepped, step_to
from reminders.store.tables.clinic import Clinic
from reminders.store.tables.people import Address, Consent, ContactPoint, Course, Person
from reminders.store.tables.visits import Appointment, Driver, PlanningDebt
from tests.clinics import VAULT, make_clinic, parts_for
from tests.visit_files import file_of

NOW = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)

T = TypeVar("T")


def visits(count: int, **cells: str) -> str:
    """Return a file of *count* visits, four to a patient, five to a phone, each with *cells*."""
    return file_of(
        *[
            {"appointment_id": f"A{number}", "patient_id": f"P{number // 4}", "phone": f"312 555 {number // 5:04}"}
            | cells
            for number in range(count)
        ]
    )


class Desk:
    """One clinic, Cedar, on a clock that stands at `NOW`."""

    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction
        self.parts = parts_for(transaction)
        with transaction() as session:
            self.clinic_id = make_clinic(session)
            start_stepped(session, NOW)

    def tell(self, *rows: dict[str, str], is_first: bool = False) -> list[Change]:
        """Take in *rows*, which say how they differ from the good one, in one transaction."""
        return retrying(self.transaction, lambda session: self._take(session, rows, is_first=is_first))

    def bring(self, text: str, order: Order = Order(), progress: Progress = lambda *_: None) -> Report:  # noqa: B008
        """Take in a whole file."""
        return take_in(self.parts, io.BytesIO(text.encode()), name="visits.csv", order=order, progress=progress)

    def _take(self, session: Session, rows: Sequence[dict[str, str]], *, is_first: bool) -> list[Change]:
        catalog = read_catalogs(session)["cedar"]
        file = io.BytesIO(file_of(*rows).encode())
        read = list(read_visits(file, name="visits.csv", reference=reference_of([catalog])))
        good = [row for row in read if isinstance(row, VisitRow)]
        assert read == good, read
        run = imports.Run(UUID(int=0), self.clinic_id, is_first=is_first)
        return [one.change for one in intake.take(session, VAULT, catalog, run, good)]

    def step_to(self, at: datetime) -> None:
        """Move clinic time on."""
        with self.transaction() as session:
            step_to(session, at)

    def visit(self, source_id: str = "A1") -> Appointment:
        """Return a visit."""
        return self.one(select(Appointment).where(Appointment.source_id == source_id))

    def facts(self, source_id: str = "A1") -> dict[str, str]:
        """Return the columns of the source that are not ours."""
        visit = self.visit(source_id)
        return VAULT.open_map(Appointment.extra, visit.id, visit.extra)

    def patient(self, source_id: str = "P1") -> Person:
        """Return a patient."""
        return self.one(select(Person).where(Person.source_id == source_id))

    def opened(self, person: Person, column: str) -> str | None:
        """Return a sealed column of a person."""
        return VAULT.open_some(getattr(Person, column), person.id, getattr(person, column))

    def point(self, person: Person, channel: str = "sms") -> ContactPoint:
        """Return where a person is reached."""
        query = select(ContactPoint).where(ContactPoint.person_id == person.id, ContactPoint.channel == channel)
        return self.one(query)

    def address(self, address_id: UUID | None) -> Address:
        """Return an address."""
        return self.one(select(Address).where(Address.id == address_id))

    def reached_at(self, person: Person, channel: str = "sms") -> str | None:
        """Return the phone or mailbox of a person."""
        address_id = self.point(person, channel).address_id
        return None if address_id is None else VAULT.open(Address.value, address_id, self.address(address_id).value)

    def driver(self, source_id: str = "A1") -> tuple[Driver, Person] | None:
        """Return who drives home from a visit."""
        visit = self.visit(source_id)
        with self.transaction() as session:
            place = session.scalars(select(Driver).where(Driver.appointment_id == visit.id)).one_or_none()
            if place is None:
                return None
            return place, session.scalars(select(Person).where(Person.id == place.driver_id)).one()

    def course(self, course_id: UUID | None) -> Course:
        """Return a course."""
        return self.one(select(Course).where(Course.id == course_id))

    def entries(self) -> list[tuple[str, str, bool]]:
        """Return the ledger of consent."""
        with self.transaction() as session:
            rows = session.execute(
                select(Consent.channel, Consent.purpose, Consent.granted).order_by(Consent.entered_at, Consent.id)
            )
            return [(channel, purpose, granted) for channel, purpose, granted in rows]

    def first_import_at(self) -> datetime | None:
        """Return when the first import was finished."""
        with self.transaction() as session:
            return session.scalar(select(Clinic.first_import_at).where(Clinic.id == self.clinic_id))

    def paid(self) -> set[UUID]:
        """Pay whoever is owed a plan; return whom."""
        with self.transaction() as session:
            return set(session.scalars(delete(PlanningDebt).returning(PlanningDebt.id)))

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row that an intake may write, but for the record of the import itself."""
        own = {"imports", "audit"}
        with self.transaction() as session:
            return {
                table.name: sorted(map(tuple, session.execute(select(table))), key=str)
                for table in Base.metadata.sorted_tables
                if table.name not in own
            }

    def count(self, table: type[Base]) -> int:
        """Return how many rows there are."""
        with self.transaction() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def one(self, query: Select[T]) -> T:
        """Return the only row of *query*."""
        with self.transaction() as session:
            return session.scalars(query).one()
