"""The two writes of every rival: "I am about to send this" and "it was sent", each committed, around no call at all.

No person is locked, nothing is judged again, nothing is opened, rendered or sealed, and no
callback token is made: a rival's reminder is an id and a state.
"""

import threading
from typing import Any, LiteralString

import psycopg

SCHEMA: LiteralString = """
    CREATE TABLE notes (id bigint PRIMARY KEY, state text NOT NULL DEFAULT 'scheduled', due_at timestamptz NOT NULL);
    CREATE INDEX ON notes (id) WHERE state <> 'sent';
    CREATE TABLE tries (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note_id bigint NOT NULL REFERENCES notes,
        begun_at timestamptz NOT NULL DEFAULT clock_timestamp(), outcome text, finished_at timestamptz
    );
"""

BEGIN: LiteralString = """
    WITH begun AS (UPDATE notes SET state = 'sending' WHERE id = %s AND state = 'scheduled' RETURNING id)
    INSERT INTO tries (note_id) SELECT id FROM begun RETURNING id
"""
FINISH: LiteralString = """
    WITH sent AS (UPDATE notes SET state = 'sent' WHERE id = %s AND state = 'sending' RETURNING id)
    UPDATE tries SET outcome = 'accepted', finished_at = clock_timestamp() WHERE id = %s
"""

_here = threading.local()


def lay_down(url: str, count: int) -> None:
    """Make the tables, with *count* notes."""
    with psycopg.connect(url) as connection:
        connection.execute(SCHEMA)
        connection.execute("INSERT INTO notes (id, due_at) SELECT n, now() FROM generate_series(1, %s) n", [count])


def left(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    """Return whether any note is not sent yet."""
    row = connection.execute("SELECT EXISTS (SELECT 1 FROM notes WHERE state <> 'sent')").fetchone()
    return bool(row and row[0])


def recorded(url: str) -> int:
    """Return how many tries were accepted, of notes that were sent."""
    query = "SELECT count(*) FROM tries JOIN notes ON notes.id = note_id WHERE outcome = 'accepted' AND state = 'sent'"
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def send(url: str, note_id: int) -> None:
    """Do both writes over this thread's kept connection."""
    connection: psycopg.Connection[tuple[Any, ...]] | None = getattr(_here, "connection", None)
    if connection is None:
        connection = _here.connection = psycopg.connect(url, autocommit=True)
    row = connection.execute(BEGIN, [note_id]).fetchone()
    if row is not None:
        connection.execute(FINISH, [note_id, row[0]])
