"""How a migration runs: one transaction each, short lock waits, noted in `schema_history`."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql import insert

from reminders.store.tables import Base
from reminders.store.tables.machinery import SchemaHistory


def _note(ctx: Any, step: Any, heads: Any, run_args: Any) -> None:  # noqa: ARG001  Alembic's names
    if step.is_upgrade:
        for revision in step.up_revision_ids:
            ctx.connection.execute(insert(SchemaHistory).values(revision=revision).on_conflict_do_nothing())


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        on_version_apply=_note,
        compare_server_default=True,
    )
    with context.begin_transaction():
        connection.execute(text("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '15min'"))
        context.run_migrations()


_run(context.config.attributes["connection"])
