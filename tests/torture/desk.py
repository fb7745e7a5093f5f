"""The front desk of a torture run: imports, moves, cancellations, opt-outs, changed protocols; and when each committed.

It acts through the pipeline's own steps, in the harness's process, while batches are in flight.
An act that the database interrupts is done again, as a person would.
"""

import io
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError, OperationalError

from reminders.domain.clinic_setup import ClinicSetup
from reminders.domain.protocol_file import read_protocols, to_body
from reminders.pipeline.intake import Order, take_in
from reminders.pipeline.parts import Parts
from reminders.store import debts, ledger
from reminders.store.base import new_id
from reminders.store.locks import lock_addresses
from reminders.store.now import read
from reminders.store.signatures import digest
from reminders.store.tables.clinic import Protocol, ProtocolVersion
from reminders.store.tables.people import Address, Person
from tests.torture.book import Patient, Visit, file_of

T = TypeVar("T")
_PATIENCE = timedelta(seconds=60)


class Desk:
    """Whoever works at the desk; *say* is told what is done."""

    def __init__(self, parts: Parts, say: Callable[[str], None]) -> None:
        self._parts = parts
        self._say = say
        self.counts: dict[str, int] = {}

    def bring(self, visits: Sequence[Visit]) -> None:
        """Import *visits* for the first time, booked a moment ago."""
        booked_at = self._now() - timedelta(seconds=1)
        for visit in visits:
            visit.booked_at = booked_at
        self._import(visits)
        for visit in visits:
            visit.imported_at = booked_at
        self._count("imported", len(visits))

    def move(self, visits: Sequence[Visit], by: timedelta) -> None:
        """Import *visits* anew, *by* later each."""
        old = [visit.said for visit in visits]
        for visit in visits:
            visit.is_touched = True
            visit.was[visit.said] = visit.starts_at
            visit.starts_at += by
        committed_at = self._import(visits)
        for visit, said in zip(visits, old, strict=True):
            visit.over[said] = committed_at
        self._count("moved", len(visits))

    def cancel(self, visits: Sequence[Visit], by: str) -> None:
        """Import *visits* as cancelled by the clinic or the patient."""
        for visit in visits:
            visit.is_touched = True
            visit.status, visit.cancelled_by = "cancelled", by
        committed_at = self._import(visits)
        for visit in visits:
            visit.cancelled_at = committed_at
        self._count(f"cancelled by the {by}", len(visits))

    def withdraw(self, visit: Visit) -> None:
        """Import *visit* with its patient's consent to texts withdrawn."""
        visit.is_touched, visit.patient.sms_consent = True, "no"
        visit.patient.opted_out_at = self._import([visit])
        self._count("withdrew consent", 1)

    def spoil(self, patient: Patient) -> datetime:
        """Overwrite the name of *patient* with one sealed for somebody else; return when that was surely committed."""
        self._persist(lambda: self._spoil(patient))
        self._count("spoilt", 1)
        return self._now()

    def _spoil(self, patient: Patient) -> None:
        sealed = self._parts.vault.seal(Person.first_name, new_id(), patient.first_name)
        with self._parts.transaction() as session:
            session.execute(update(Person).where(Person.source_id == patient.id).values(first_name=sealed))

    def opt_out(self, phone: str) -> datetime:
        """Enter a STOP of *phone*; return when it was committed for sure."""
        self._persist(lambda: self._opt_out(phone))
        self._count("opted out", 1)
        return self._now()

    def _opt_out(self, phone: str) -> None:
        with self._parts.transaction() as session:
            address = session.scalars(
                select(Address).where(Address.lookup == self._parts.vault.lookup("sms", phone))
            ).one_or_none()
            if address is not None:
                lock_addresses(session, [address.id])
                ledger.opt_out(session, address.id, source="person", how="STOP", now=read(session).clinic_at)

    def publish(self, clinic: ClinicSetup, files: dict[str, str]) -> datetime:
        """Put changed protocols in force for everybody; return when that was committed for sure."""
        self._persist(lambda: self._publish(clinic, files))
        self._count("published", 1)
        return self._now()

    def _publish(self, clinic: ClinicSetup, files: dict[str, str]) -> None:
        """Do what an editor will do: a new version, in force at once, and everybody's plan is owed."""
        with self._parts.transaction() as session:
            now = read(session)
            for wanted in read_protocols({f"{slug}.yaml": text for slug, text in files.items()}, clinic):
                body = to_body(wanted)
                row = session.scalars(select(Protocol).where(Protocol.slug == wanted.slug)).one()
                versions = select(func.max(ProtocolVersion.number)).where(ProtocolVersion.protocol_id == row.id)
                version = ProtocolVersion(
                    id=new_id(),
                    clinic_id=row.clinic_id,
                    protocol_id=row.id,
                    number=(session.scalar(versions) or 0) + 1,
                    body=body,
                    digest=digest(body),
                    made_by="torture",
                    made_at=now.clinic_at,
                    published_at=now.clinic_at,
                )
                session.add(version)
                session.flush()
                session.execute(update(Protocol).where(Protocol.id == row.id).values(published_id=version.id))
            debts.owe_all(session, session.scalars(select(Person.id).where(Person.kind == "patient")).all())

    def _import(self, visits: Sequence[Visit]) -> datetime:
        """Import the rows; return when they were committed for sure."""
        file = file_of(visits)

        def take() -> None:
            report = take_in(self._parts, io.BytesIO(file), name="torture.csv", order=Order(by="torture"))
            if report.is_refused:
                raise AssertionError([str(problem) for problem in report.problems[:3]])

        self._persist(take)
        return self._now()

    def _now(self) -> datetime:
        def ask() -> datetime:
            with self._parts.transaction() as session:
                return read(session).machine_at

        return self._persist(ask)

    def _persist(self, act: Callable[[], T]) -> T:
        """Do *act*, again while the database is away."""
        give_up = time.monotonic() + _PATIENCE.total_seconds()
        while True:
            try:
                return act()
            except DBAPIError as lost:
                is_away = lost.connection_invalidated or isinstance(lost, OperationalError)
                if not is_away or time.monotonic() > give_up:
                    raise
                self._count("interrupted by the database", 1)
                time.sleep(0.2)

    def _count(self, what: str, number: int) -> None:
        self.counts[what] = self.counts.get(what, 0) + number
        self._say(f"{what} {number}")
