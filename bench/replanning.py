"""Planning again after a protocol was edited: how many rows are written, to how many differ afterwards.

One rule of the consultation is moved by an hour and everybody is planned again. A row that
is written without being another afterwards is wear for nothing, and a lock in the way of a
worker.
"""

import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from bench import clinic
from bench.measure import Finding, MeasurementError, Spread, at_most
from reminders.pipeline.parts import Parts
from reminders.store import debts
from reminders.store.base import Json, new_id
from reminders.store.now import read
from reminders.store.tables.clinic import Protocol, ProtocolVersion
from reminders.store.tables.people import Person
from reminders.store.tables.visits import Appointment

EDITED, RULE = "consultation", "reminder"
OFFSET = "day before at 11:00"
"""An hour later than the starter says."""

_BOOKKEEPING = ("planned_at", "moved_at")
_SUM = "md5((to_jsonb(messages) - 'planned_at' - 'moved_at')::text)"


def run(parts: Parts) -> Iterator[Finding]:
    """Measure, and yield what was found."""
    with parts.transaction() as session:
        before = f"SELECT id, xmin::text AS version, {_SUM} AS sum FROM messages"  # noqa: S608  our own words
        session.execute(text(f"CREATE TABLE bench_before AS {before}"))
        session.execute(text("ALTER TABLE bench_before ADD PRIMARY KEY (id)"))
        _edit(session)
        _owe_everybody(session)
        appointments = session.scalar(select(func.count()).select_from(Appointment)) or 0
    started = time.perf_counter()
    clinic.plan(parts)
    seconds = time.perf_counter() - started
    written, changed = _difference(parts)
    if changed == 0:
        raise MeasurementError("the edited protocol changed no message")
    yield Finding(
        section="planning",
        what="rows written by planning everybody again, to rows that changed",
        found=Spread(written / changed, written / changed, written / changed),
        target=at_most(1),
        means=f"one rule of {EDITED} moved by an hour; {appointments:,} appointments of three services",
        figures={
            "rows written": written,
            "rows that changed": changed,
            "appointments a second": appointments / seconds,
        },
    )


def _edit(session: Session) -> None:
    """Publish a version of the protocol in which one rule is an hour later."""
    protocol, version = session.execute(
        select(Protocol, ProtocolVersion)
        .join(ProtocolVersion, ProtocolVersion.id == Protocol.published_id)
        .where(Protocol.slug == EDITED)
    ).one()
    version_id = new_id()
    session.add(
        ProtocolVersion(
            id=version_id,
            clinic_id=protocol.clinic_id,
            protocol_id=protocol.id,
            number=version.number + 1,
            body=_moved(version.body),
            digest="edited",
            made_by="bench",
            made_at=read(session).clinic_at,
            published_at=read(session).clinic_at,
        )
    )
    session.flush()
    session.execute(update(Protocol).where(Protocol.id == protocol.id).values(published_id=version_id))


def _moved(body: Json) -> Json:
    rules: list[dict[str, Any]] = [
        {**rule, "offset": OFFSET} if rule["slug"] == RULE else rule for rule in body["rules"]
    ]
    if rules == body["rules"]:
        raise MeasurementError(f"the rule {RULE} of {EDITED} is not where it was")
    return {**body, "rules": rules}


def _owe_everybody(session: Session) -> None:
    patients: list[UUID] = list(session.scalars(select(Person.id).where(Person.kind == "patient")))
    for start in range(0, len(patients), 5000):
        debts.owe_all(session, patients[start : start + 5000])


def _difference(parts: Parts) -> tuple[int, int]:
    """Return how many rows have another version than before, and how many differ in more than bookkeeping."""
    with parts.transaction() as session:
        row = session.execute(
            text(
                f"""
                SELECT count(*) FILTER (WHERE version IS DISTINCT FROM messages.xmin::text),
                       count(*) FILTER (WHERE sum IS DISTINCT FROM {_SUM})
                FROM messages LEFT JOIN bench_before USING (id)
                """  # noqa: S608  our own words
            )
        ).one()
        session.execute(text("DROP TABLE bench_before"))
    return int(row[0]), int(row[1])
