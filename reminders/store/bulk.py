"""Reads and writes many rows of a table in one statement, whatever stands in them and however many they are.

New rows go by COPY, which costs a tenth of an INSERT with as many parameters; changed rows
travel as one array a column, and so do ids, so that the statement is always the same.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any
from uuid import UUID

from psycopg import Cursor
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Dialect,
    Table,
    TableValuedAlias,
    and_,
    any_,
    bindparam,
    column,
    func,
    literal,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from reminders.store.base import Base
from reminders.store.engine import COPY

Rows = Sequence[Mapping[str, Any]]


def among(column: InstrumentedAttribute[Any], ids: Collection[UUID] | Collection[str]) -> ColumnElement[bool]:
    """Return the condition that *column* is one of *ids*.

    They are one parameter: an IN list is a statement of its own for each number of ids, which
    must be rendered, parsed and planned each time, and it has no more than 65,535.
    """
    return column == any_(literal(list(ids), ARRAY(column.type)))


def insert_all(session: Session, table: type[Base], rows: Rows) -> None:
    """Insert *rows*, which have the same columns; the other columns get their defaults."""
    if not rows:
        return
    session.flush()
    connection = session.connection()
    copying = _copying(_table_of(table), tuple(rows[0]), connection.dialect)
    connection.exec_driver_sql(copying.statement, execution_options={COPY: partial(copying.write, rows)})


def update_all(session: Session, table: type[Base], rows: Rows) -> None:
    """Update *rows*, found by `id` and `clinic_id`, which have the same columns."""
    if not rows:
        return
    old, new = _table_of(table), together(table, rows)
    session.execute(
        update(table)
        .where(and_(old.c.id == new.c.id, old.c.clinic_id == new.c.clinic_id))
        .values({name: new.c[name] for name in rows[0] if name not in {"id", "clinic_id"}})
        .execution_options(synchronize_session=False)
    )


def together(table: type[Base], rows: Rows) -> TableValuedAlias:
    """Return *rows*, which have the same columns of *table*, as a table that a statement can join."""
    columns = [_table_of(table).c[name] for name in rows[0]]
    arrays = [literal([row[one.name] for row in rows], ARRAY(one.type)) for one in columns]
    return func.unnest(*arrays).table_valued(*(column(one.name, one.type) for one in columns)).render_derived("new")


def given(table: type[Base], *names: str) -> TableValuedAlias:
    """Return the rows that a statement will be given (as `arrays`), in columns *names* of *table*: it is made once."""
    columns = [_table_of(table).c[name] for name in names]
    parameters = [bindparam(one.name, type_=ARRAY(one.type)) for one in columns]
    return func.unnest(*parameters).table_valued(*(column(one.name, one.type) for one in columns)).render_derived("new")


def arrays(rows: Rows) -> dict[str, list[Any]]:
    """Return *rows* as the parameters of a statement that was made with `given`."""
    return {name: [row[name] for row in rows] for name in rows[0]}


@dataclass(frozen=True, slots=True)
class _Copying:
    """How rows with certain columns of a table are copied into it."""

    statement: str
    types: Sequence[str]
    values_of: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    defaults: Sequence[object]

    def write(self, rows: Rows, cursor: Cursor[Any]) -> None:
        with cursor.copy(self.statement) as copy:
            copy.set_types(self.types)
            for row in rows:
                copy.write_row((*self.values_of(row), *self.defaults))


@lru_cache(maxsize=64)
def _copying(table: Table, names: tuple[str, ...], dialect: Dialect) -> _Copying:
    defaults = {name: value for name, value in _defaults(table) if name not in names}
    columns = [table.c[name] for name in (*names, *defaults)]
    listed = ", ".join(dialect.identifier_preparer.quote(one.name) for one in columns)
    return _Copying(
        statement=f"COPY {table.name} ({listed}) FROM STDIN (FORMAT BINARY)",
        types=[str(one.type.compile(dialect=dialect)).lower() for one in columns],
        values_of=itemgetter(*names),
        defaults=tuple(defaults.values()),
    )


def _defaults(table: Table) -> Iterator[tuple[str, object]]:
    """Yield the values that the tables' classes, not the server, give to columns that are not named."""
    for one in table.columns:
        if isinstance(one.default, ScalarElementColumnDefault):
            yield one.name, one.default.arg


def _table_of(table: type[Base]) -> Table:
    return Base.metadata.tables[table.__tablename__]
