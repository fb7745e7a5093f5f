"""How far the messages of a database are: asked in few milliseconds, so that asking disturbs nothing."""

from typing import Any

import psycopg

from reminders.domain.words import Lane

Connection = psycopg.Connection[tuple[Any, ...]]


def are_left(connection: Connection, *lanes: str) -> bool:
    """Return whether messages of *lanes* that are due still wait or are under way; each question has an index."""
    row = connection.execute(
        """
        SELECT EXISTS (SELECT 1 FROM messages WHERE state IN ('queued', 'sending') AND lane = ANY (%(lanes)s))
            OR EXISTS (
                SELECT 1 FROM senders JOIN messages ON sender_id = senders.id
                WHERE state = 'scheduled' AND lane = ANY (%(lanes)s) AND due_at <= now()
            )
        """,
        {"lanes": numbers_of(lanes)},
    ).fetchone()
    return bool(row and row[0])


def numbers_of(lanes: tuple[str, ...]) -> list[int]:
    """Return *lanes* as their column keeps them."""
    return [int(Lane[lane.upper()]) for lane in lanes]


def release(connection: Connection) -> None:
    """End every pause."""
    connection.execute("UPDATE pauses SET ended_at = now() WHERE ended_at IS NULL")
