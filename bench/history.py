"""Fills a clinic with what months of work leave behind: patients, visits, messages, attempts; in SQL, so it is quick.

Every row is a copy of one that the product wrote, with the columns changed that must differ;
so it is as wide as a real one, whatever columns the tables have. Of the messages nine in ten
are at rest, most of them delivered within the last two years; the others wait for a visit in
the coming month.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from psycopg import sql

from bench.progress import Connection

VISITS = 5
"""Of each patient."""
TEXTS = 3
"""Of each visit."""
PER_PATIENT = VISITS * TEXTS

_IDS = """
    CREATE OR REPLACE FUNCTION pg_temp.row_id(what text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT (lpad(to_hex(1700000000000 + n), 12, '0') || substr(md5(what || n), 13))::uuid
    $$
"""
"""Ids that lead with a time and follow from a number, as the product's do."""

_LOOKUP = "decode(md5('lookup' || n) || md5('again' || n), 'hex')"
_VISIT = f"n / {TEXTS}"
_PATIENT = f"n / {PER_PATIENT}"
_STARTS_AT = (
    "now() + CASE WHEN {v} % 10 = 0 THEN interval '2 days' + (hashint8({v}) & 2147483647) % 2419200 * interval '1 s' "
    "ELSE interval '-2 days' - (hashint8({v}) & 2147483647) % 63072000 * interval '1 s' END"
)
"""Every tenth visit lies ahead."""
_STARTS = _STARTS_AT.format(v="n")
_OF_MESSAGE = _STARTS_AT.format(v=_VISIT)
_DUE_AT = f"({_OF_MESSAGE}) - (array['40 days', '1 day', '-1 day'])[1 + n % {TEXTS}]::interval"
_ENDS = "(array['undelivered', 'cancelled', 'suppressed', 'expired', 'delivered'])"
_STATE = (
    f"CASE WHEN ({_DUE_AT}) > now() THEN 'scheduled' "
    f"ELSE {_ENDS}[least(5, 1 + (hashint8(n * 7) & 2147483647) % 40)] END"
)

_TABLES: tuple[tuple[str, int, Mapping[str, str]], ...] = (
    ("persons", PER_PATIENT, {"id": "pg_temp.row_id('person', n)", "source_id": "'past-' || n"}),
    ("addresses", PER_PATIENT, {"id": "pg_temp.row_id('address', n)", "lookup": _LOOKUP}),
    (
        "contact_points",
        PER_PATIENT,
        {
            "id": "pg_temp.row_id('contact', n)",
            "person_id": "pg_temp.row_id('person', n)",
            "address_id": "pg_temp.row_id('address', n)",
        },
    ),
    (
        "appointments",
        TEXTS,
        {
            "id": "pg_temp.row_id('visit', n)",
            "person_id": f"pg_temp.row_id('person', n / {VISITS})",
            "source_id": "'past-' || n",
            "starts_at": _STARTS,
            "starts_local": f"({_STARTS}) AT TIME ZONE 'UTC'",
            "status": "CASE WHEN n % 10 = 0 THEN 'booked' ELSE 'fulfilled' END",
        },
    ),
    (
        "messages",
        1,
        {
            "id": "pg_temp.row_id('message', n)",
            "patient_id": f"pg_temp.row_id('person', {_PATIENT})",
            "recipient_id": f"pg_temp.row_id('person', {_PATIENT})",
            "recipient_person_id": f"pg_temp.row_id('person', {_PATIENT})",
            "subject_id": f"pg_temp.row_id('visit', {_VISIT})",
            "appointment_id": f"pg_temp.row_id('visit', {_VISIT})",
            "address_id": f"pg_temp.row_id('address', {_PATIENT})",
            "rule": f"(array['booked', 'reminder', 'checkin'])[1 + n % {TEXTS}]",
            "lane": "1 + n % 3",
            "due_at": _DUE_AT,
            "useful_until": f"({_DUE_AT}) + interval '1 day'",
            "launched_at": f"CASE WHEN ({_DUE_AT}) > now() THEN NULL ELSE ({_DUE_AT}) END",
            "moved_at": f"least(now(), ({_DUE_AT}))",
            "state": _STATE,
        },
    ),
    (
        "attempts",
        1,
        {
            "id": "pg_temp.row_id('attempt', n)",
            "message_id": "pg_temp.row_id('message', n)",
            "provider_id": "md5('SM' || n)",
        },
    ),
)
"""Of each table, how many messages there are to one of its rows, and the columns that differ from the pattern's."""


def fill(connection: Connection, message_id: str, messages: int, *, first: int = 0) -> None:
    """Add *messages*, numbered from *first*, after the pattern of one that was sent, and gather statistics.

    Both are multiples of `PER_PATIENT`: a patient has all of their messages.
    """
    if messages % PER_PATIENT or first % PER_PATIENT:
        raise ValueError(f"{messages} messages from {first} on end in the middle of a patient's {PER_PATIENT}")
    connection.execute(_IDS)
    patterns = _patterns(connection, message_id)
    with _unhindered(connection):
        for table, share, changed in _TABLES:
            numbers = (first // share, (first + messages) // share - 1)
            _copy(connection, table, patterns[table], numbers, changed)
    connection.execute("VACUUM ANALYZE")


def _patterns(connection: Connection, message_id: str) -> dict[str, str]:
    """Return the ids of the rows that belong to the message, by table."""
    row = connection.execute(
        """
        SELECT messages.patient_id, messages.address_id, contact_points.id, messages.appointment_id, messages.id,
               attempts.id
        FROM messages
        JOIN attempts ON attempts.message_id = messages.id
        JOIN contact_points ON contact_points.address_id = messages.address_id
        WHERE messages.id = %s
        """,
        [message_id],
    ).fetchone()
    if row is None:
        raise LookupError("the pattern of the history was not sent")
    return dict(zip((table for table, _, _ in _TABLES), map(str, row), strict=True))


def _copy(
    connection: Connection, table: str, pattern: str, numbers: tuple[int, int], changed: Mapping[str, str]
) -> None:
    names = [
        str(row[0])
        for row in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
            "AND attgenerated = ''",
            [table],
        )
    ]
    values = [changed.get(name, f"pattern.{name}").replace("%", "%%") for name in names]
    sent = "WHERE pg_temp.row_id('message', n) IN (SELECT id FROM messages WHERE launched_at IS NOT NULL)"
    query = (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} "  # noqa: S608  names of our own tables
        f"FROM generate_series(%(first)s::bigint, %(last)s) n, (SELECT * FROM {table} WHERE id = %(pattern)s) pattern "
        f"{sent if table == 'attempts' else ''}"
    )
    connection.execute(query.encode(), {"first": numbers[0], "last": numbers[1], "pattern": pattern})


@contextmanager
def _unhindered(connection: Connection) -> Iterator[None]:
    """Put the indexes of the big tables and, where we may, the checks of foreign keys aside while rows come in."""
    indexes = connection.execute(
        """
        SELECT indexname, indexdef FROM pg_indexes
        WHERE tablename = ANY (%s) AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname)
        """,
        [["messages", "attempts"]],
    ).fetchall()
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    is_superuser = bool(row and row[0])
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(str(name))))
    if is_superuser:
        connection.execute("SET session_replication_role = replica")
    yield
    if is_superuser:
        connection.execute("SET session_replication_role = DEFAULT")
    connection.execute("SET maintenance_work_mem = '512MB'")
    for _, definition in indexes:
        connection.execute(str(definition).encode())
