"""Bring a database to this code's schema, and tell whether it is there.

Each migration that ran is noted in `schema_history`; a database is ready when this code's
own head is among them, so that a newer migration may run before the deploy.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, select

from reminders.store.tables.machinery import SchemaHistory

_MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def head() -> str:
    """Return the revision that this code needs."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise LookupError("there is no migration")
    return found


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run every migration up to *revision* that *engine*'s database does not have yet."""
    config = _config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def is_ready(engine: Engine) -> bool:
    """Return whether *engine*'s database has this code's schema."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(SchemaHistory.__tablename__):
            return False
        ran = connection.execute(select(SchemaHistory.revision).where(SchemaHistory.revision == head()))
        return ran.one_or_none() is not None
