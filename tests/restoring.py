"""A database that a process's tests share: each finds it as it was when it was new, a tenth of the time of a copy."""

from sqlalchemy import Engine, delete, func, select, text

from reminders.store.tables import Base

_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Restorable:
    """The database of *engine*, with a copy of every row that it holds now."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        tables = Base.metadata.sorted_tables
        with engine.begin() as connection:
            filled = [table for table in tables if connection.scalar(select(func.count()).select_from(table))]
            connection.exec_driver_sql("CREATE SCHEMA kept")
            for table in filled:
                connection.exec_driver_sql(f"CREATE TABLE kept.{table.name} AS TABLE {table.name}")
        empty = [str(delete(table)) for table in reversed(tables)]
        fill = [f"INSERT INTO {one} OVERRIDING SYSTEM VALUE TABLE kept.{one.name}" for one in filled]
        self._script = "; ".join([*empty, *fill])

    def restore(self) -> None:
        """Undo everything that a test has written, and leave nobody else connected: an open transaction would wait."""
        self.engine.dispose()
        with self.engine.begin() as connection:
            connection.execute(_OTHERS)
            connection.exec_driver_sql(self._script)
