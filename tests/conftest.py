"""What tests share: a PostgreSQL of their own, and a migrated database for each test that asks.

Without DATABASE_URL each pytest process starts the embedded server in a folder that it
removes again; with it, databases are made and dropped on that server.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from reminders.embedded import datadir, postgres
from reminders.embedded.supervisor import Supervisor
from reminders.store.engine import Transaction, connect, transactions
from reminders.store.migrate import upgrade
from tests.restoring import Restorable

LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests that use a database or real processes reach this machine, and nothing else."""
    for item in items:
        if "server" in getattr(item, "fixturenames", ()):
            item.add_marker("db")
        if item.get_closest_marker("db") or item.get_closest_marker("system") or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where CI is set (`.ci/run` does), a skipped test fails the run: nobody would notice that it never ran."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not os.environ.get("CI"):  # noqa: TID251  of the test run
        return
    skipped = reporter.stats.get("skipped", [])
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(skipped)} tests were skipped, and this run refuses that", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def data_path() -> Iterator[Path]:
    """A path for a data folder, removed afterwards.

    Not below pytest's own folder: that one is closed to the user that root's servers run as.
    """
    with _folder() as folder:
        yield folder / "data"


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="reminders-tests-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def server() -> Iterator[Engine]:
    """A server to make databases on."""
    given = os.environ.get("DATABASE_URL")  # noqa: TID251  a choice of the test run, not of the product
    if given:
        yield _administrator(make_url(given).set(drivername="postgresql+psycopg"))
        return
    with _folder() as folder, datadir.opened(folder / "data") as data, Supervisor(data) as supervisor:
        yield _administrator(make_url(postgres.start(supervisor, durable=False).url("postgres")))


def _administrator(url: URL) -> Engine:
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)


@pytest.fixture(scope="session")
def template(server: Engine) -> Iterator[str]:
    """The name of a migrated database that others are copied from, which takes less than a migration."""
    with _database(server) as url:
        engine = connect(url)
        upgrade(engine)
        engine.dispose()
        yield str(make_url(url).database)


@pytest.fixture
def empty_database_url(server: Engine) -> Iterator[str]:
    """A database without any table, for tests of migrations."""
    with _database(server) as url:
        yield url


@pytest.fixture(scope="session")
def migrated(server: Engine, template: str) -> Iterator[Restorable]:
    """A migrated database for this process's tests, one after the other."""
    with _database(server, template) as url:
        engine = connect(url)
        yield Restorable(engine)
        engine.dispose()


@pytest.fixture
def database_url(migrated: Restorable) -> Iterator[str]:
    """A migrated database without a row, of this test alone."""
    yield migrated.engine.url.render_as_string(hide_password=False)
    migrated.restore()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on this test's database."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Makes sessions on this test's database."""
    return sessionmaker(engine, expire_on_commit=False)


@pytest.fixture
def transaction(engine: Engine) -> Transaction:
    """Opens a transaction on this test's database, as the pipeline is given it."""
    return transactions(engine)


@contextmanager
def _database(server: Engine, template: str = "template0") -> Iterator[str]:
    """Make a database and drop it again, whoever is still connected."""
    name = f"reminders_test_{secrets.token_hex(6)}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        try:
            yield server.url.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
