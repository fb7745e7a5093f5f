"""What the speed rests on, without a clock: how many rows are read and written, whatever else is stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Engine, event, text

from bench import history, replanning
from bench.stage import plain
from reminders.pipeline import deadlines
from reminders.store.tables.clinic import Pace, Sender
from tests.working_clinic import DUE, WorkingClinic

LITTLE, MUCH = 300, 3_000
TICKS = 12
"""More than it takes until the driver prepares a statement on the server."""
CLAIMED = 50


class Counted:
    """Rows of a table that the database read for a block."""

    by_scan = 0
    by_index = 0


@contextmanager
def reads(engine: Engine, table: str = "messages") -> Iterator[Counted]:
    """Count the rows of *table* that are read meanwhile over *engine*'s connection."""
    counted, before = Counted(), _counters(engine, table)
    yield counted
    after = _counters(engine, table)
    counted.by_scan, counted.by_index = (now - then for now, then in zip(after, before, strict=True))


def _counters(engine: Engine, table: str) -> tuple[int, int]:
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
    with engine.begin() as connection:
        row = connection.execute(
            text("SELECT seq_tup_read, coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = :table"),
            {"table": table},
        ).one()
    return int(row[0]), int(row[1])


def stocked(clinic: WorkingClinic) -> UUID:
    """Give the clinic messages of months past and to come, none of them due; return the pattern that they follow."""
    message_id, batches = clinic.queued()
    clinic.send(batches)
    stock(clinic, message_id, MUCH)
    return message_id


def stock(clinic: WorkingClinic, pattern: UUID, messages: int, *, first: int = 0) -> None:
    url = plain(clinic.engine.url.render_as_string(hide_password=False))
    with psycopg.connect(url, autocommit=True) as connection:
        history.fill(connection, str(pattern), messages, first=first)


def read_by_a_claim(clinic: WorkingClinic) -> int:
    """Return how many rows of messages are read to release what is due, as many as the pace allows; send it."""
    clinic.set(Pace, tokens=CLAIMED)
    with reads(clinic.engine) as counted:
        batches = clinic.dispatch()
    assert sum(len(batch.message_ids) for batch in batches) == CLAIMED
    clinic.send(batches)
    return counted.by_scan + counted.by_index


def analyze(clinic: WorkingClinic) -> None:
    with clinic.engine.begin() as connection:
        connection.execute(text("ANALYZE messages"))


def plan_of_a_claim(clinic: WorkingClinic) -> str:
    """Return how the database finds the messages that a dispatch releases."""
    found: list[str] = []

    def explain(connection: Connection, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if "FOR UPDATE OF messages SKIP LOCKED" in statement:
            cursor = connection.connection.cursor()
            cursor.execute(f"EXPLAIN {statement}", parameters)
            found.extend(row[0] for row in cursor.fetchall())

    event.listen(clinic.engine, "before_cursor_execute", explain)
    clinic.dispatch()
    event.remove(clinic.engine, "before_cursor_execute", explain)
    return "\n".join(found)


def test_looking_for_what_is_due_reads_no_message_that_is_not(clinic: WorkingClinic) -> None:
    stocked(clinic)
    for _ in range(TICKS):
        clinic.dispatch()

    with reads(clinic.engine) as counted:
        for _ in range(TICKS):
            clinic.dispatch()

    assert (counted.by_scan, counted.by_index) == (0, 0)


def test_sweeping_reads_no_message_that_is_at_rest(clinic: WorkingClinic) -> None:
    stocked(clinic)
    for _ in range(TICKS):
        clinic.sweep()

    with reads(clinic.engine) as counted:
        for _ in range(TICKS):
            clinic.sweep()

    assert (counted.by_scan, counted.by_index) == (0, 0)


def test_looking_for_visits_without_a_driver_reads_none_that_is_still_far(clinic: WorkingClinic) -> None:
    stocked(clinic)
    for _ in range(TICKS):
        deadlines.notice(clinic.parts)

    with reads(clinic.engine, "appointments") as counted:
        for _ in range(TICKS):
            deadlines.notice(clinic.parts)

    assert (counted.by_scan, counted.by_index) == (0, 0)


def test_claiming_reads_no_more_with_ten_times_as_much_stored(clinic: WorkingClinic) -> None:
    pattern = clinic.reminder("Zoe", "+13125559999")
    clinic.reminders(3 * CLAIMED - 1)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", per_second=CLAIMED / 2)
    clinic.send(clinic.dispatch())
    stock(clinic, pattern, LITTLE)
    beside_little = read_by_a_claim(clinic)
    stock(clinic, pattern, MUCH, first=LITTLE)

    beside_much = read_by_a_claim(clinic)

    assert beside_much <= 1.2 * beside_little


def test_a_claim_walks_what_is_due_in_order_and_compares_it_with_nothing_row_by_row(clinic: WorkingClinic) -> None:
    clinic.reminders(8 * CLAIMED)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", per_second=CLAIMED / 2)
    analyze(clinic)

    plan = plan_of_a_claim(clinic)

    assert "Index Scan using ix_messages_due" in plan
    assert not [word for word in ("Sort", "Join", "Nested Loop", "Bitmap", "ix_messages_useful") if word in plan]


def test_planning_again_writes_only_the_rows_that_a_changed_protocol_changes(clinic: WorkingClinic) -> None:
    clinic.reminders(3)
    patient_id = clinic.patient("Eva", phone="+13125557777", email="eva@example.com")
    clinic.told_visit(patient_id)
    clinic.plan()

    (found,) = replanning.run(clinic.parts)

    assert found.figures["rows written"] == found.figures["rows that changed"] == 3
