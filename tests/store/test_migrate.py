"""Migrations: they are the tables, they run on an empty database, they wait for nobody long, and tell that they ran."""

from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, delete, event, insert, select

from reminders.store import migrate
from reminders.store.engine import connect
from reminders.store.migrate import _config, head, is_ready, upgrade
from reminders.store.tables.machinery import SchemaHistory

MIGRATIONS = sorted((Path(migrate.__file__).parent / "migrations" / "versions").glob("[0-9]*.py"))


def test_the_tables_are_what_the_migrations_make(engine: Engine) -> None:
    config = _config()

    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)


def test_there_is_one_head() -> None:
    assert ScriptDirectory.from_config(_config()).get_heads() == [head()]


def test_an_empty_database_is_not_ready_and_is_after_its_upgrade(empty_database_url: str) -> None:
    engine = connect(empty_database_url)
    before = is_ready(engine)

    upgrade(engine)

    assert (before, is_ready(engine)) == (False, True)
    engine.dispose()


def test_an_upgrade_that_finds_nothing_to_do_changes_nothing(engine: Engine) -> None:
    before = _history(engine)

    upgrade(engine)

    assert _history(engine) == before


def test_a_database_that_a_newer_version_has_migrated_serves_this_one_too(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(SchemaHistory).values(revision="9999"))

    assert is_ready(engine)


def test_a_database_without_this_versions_head_is_not_ready(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(delete(SchemaHistory).where(SchemaHistory.revision == head()))

    assert not is_ready(engine)


def test_a_migration_sets_its_time_outs_before_it_touches_a_table(empty_database_url: str) -> None:
    engine, seen = connect(empty_database_url), list[str]()
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))

    upgrade(engine)

    engine.dispose()
    set_at = next(place for place, statement in enumerate(seen) if "lock_timeout = '5s'" in statement)
    touched_at = next(place for place, statement in enumerate(seen) if statement.lstrip().startswith("CREATE TABLE"))
    assert set_at < touched_at


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda path: path.stem)
def test_every_migration_has_time_outs_of_its_own(migration: Path) -> None:
    text = migration.read_text(encoding="utf-8")

    assert "SET LOCAL lock_timeout = '5s'" in text
    assert "SET LOCAL statement_timeout" in text


def _history(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        rows = connection.execute(select(SchemaHistory.revision, SchemaHistory.ran_at).order_by(SchemaHistory.ran_at))
        return [tuple(row) for row in rows]
