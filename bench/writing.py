"""Writing planned messages: the product's writer, PostgreSQL's own COPY, and the ORM, of the same rows.

All three write into the table of messages itself, with its keys, checks and indexes, and
begin with it empty. The rows are those that planning made of the import.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import select, text

from bench.measure import Finding, at_least, check_equal, interleave, middles, ratios
from bench.stage import Stage, plain
from reminders.domain.states import State
from reminders.pipeline.parts import Parts
from reminders.pipeline.planning import PATIENTS
from reminders.store import outbox
from reminders.store.tables.messages import Message

ROWS = 20_000
OURS, COPY, ORM = "the outbox", "COPY", "ORM add_all"

Rows = Sequence[Mapping[str, Any]]


def run(stage: Stage, parts: Parts, rounds: int, *, rows_planned_a_second: float) -> Iterator[Finding]:
    """Measure, and yield what was found."""
    with parts.transaction() as session:
        waiting = select(Message.__table__).where(Message.state == State.SCHEDULED).order_by(Message.id).limit(ROWS)
        rows: Rows = [dict(row) for row in session.execute(waiting).mappings()]
        patients = len({row["patient_id"] for row in rows})
    together = max(1, len(rows) * PATIENTS // patients)
    chunks = [rows[start : start + together] for start in range(0, len(rows), together)]
    found = interleave(
        {
            OURS: lambda _number: _timed(stage, parts, rows, lambda: _add(parts, chunks)),
            COPY: lambda _number: _copy(stage, parts, rows),
            ORM: lambda _number: _timed(stage, parts, rows, lambda: _add_all(parts, chunks)),
        },
        rounds,
        report=stage.report,
        before=stage.await_quiet,
    )
    figures = {f"{name}, rows a second": figure for name, figure in middles(found).items()}
    for other, target in ((COPY, 0.3), (ORM, 5)):
        yield Finding(
            section="planning",
            what=f"planned rows written, to {other}",
            found=ratios(found, OURS, other),
            target=at_least(target),
            means=f"{len(rows):,} rows, {together:,} in a transaction as planning does; COPY all in one",
            figures={**figures, "rows a second with import and planning": rows_planned_a_second},
        )


def _timed(stage: Stage, parts: Parts, rows: Rows, write: Callable[[], None]) -> float:
    _empty(stage, parts)
    started = time.perf_counter()
    write()
    seconds = time.perf_counter() - started
    _check(parts, rows)
    return len(rows) / seconds


def _empty(stage: Stage, parts: Parts) -> None:
    with parts.transaction() as session:
        session.execute(text("TRUNCATE messages CASCADE"))
    stage.checkpoint()


def _check(parts: Parts, rows: Rows) -> None:
    with parts.transaction() as session:
        check_equal(session.scalar(text("SELECT count(*) FROM messages")), len(rows), "rows written")


def _add(parts: Parts, chunks: Sequence[Rows]) -> None:
    for chunk in chunks:
        with parts.transaction() as session:
            outbox.add(session, chunk)


def _add_all(parts: Parts, chunks: Sequence[Rows]) -> None:
    for chunk in chunks:
        with parts.transaction() as session:
            session.add_all([Message(**row) for row in chunk])


def _copy(stage: Stage, parts: Parts, rows: Rows) -> float:
    """Let the server take the rows as it wrote them itself: rendered text, no Python in between."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name in rows[0])
    with psycopg.connect(plain(stage.url_of("planning"))) as connection:
        copied = b"".join(_written(connection, names))
        connection.rollback()
        _empty(stage, parts)
        started = time.perf_counter()
        with connection.cursor().copy(sql.SQL("COPY messages ({}) FROM STDIN").format(names)) as copy:
            copy.write(copied)
        connection.commit()
        seconds = time.perf_counter() - started
    _check(parts, rows)
    return len(rows) / seconds


def _written(connection: psycopg.Connection[tuple[Any, ...]], names: sql.Composable) -> Iterator[bytes]:
    with connection.cursor().copy(sql.SQL("COPY messages ({}) TO STDOUT").format(names)) as copy:
        for block in copy:
            yield bytes(block)
