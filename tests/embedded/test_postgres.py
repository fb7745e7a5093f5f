import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from reminders.domain.errors import RefusedError
from reminders.embedded import datadir, postgres
from reminders.embedded.supervisor import Supervisor
from tests.embedded.conftest import Run

pytestmark = [pytest.mark.system, pytest.mark.db]


def query(url: str, *statements: str) -> object:
    engine = create_engine(url)
    with engine.begin() as connection:
        results = [connection.execute(text(statement)) for statement in statements]
        value = results[-1].scalar() if results[-1].returns_rows else None
    engine.dispose()
    return value


@pytest.fixture
def server(supervisor: Supervisor) -> postgres.Postgres:
    return postgres.start(supervisor, durable=False)


def test_it_runs_in_utc_and_listens_on_its_socket_alone(server: postgres.Postgres) -> None:
    url = server.create("clinic")

    assert query(url, "SHOW timezone") == "UTC"
    assert query(url, "SHOW listen_addresses") == ""
    assert query(url, "SHOW server_version_num")[:2] == "18"  # type: ignore[index]


def test_making_a_database_twice_keeps_it(server: postgres.Postgres) -> None:
    query(server.create("clinic"), "CREATE TABLE visits ()")

    again = server.create("clinic")

    assert query(again, "SELECT count(*) FROM visits") == 0


@pytest.mark.parametrize(("durable", "fsync"), [(True, "on"), (False, "off")])
def test_only_tests_may_forget(supervisor: Supervisor, durable: bool, fsync: str) -> None:  # noqa: FBT001
    server = postgres.start(supervisor, durable=durable)

    assert query(server.url("postgres"), "SHOW fsync") == fsync


@pytest.mark.parametrize("name", ['a space, a "quote" and a comma', "long " * 30])
def test_data_outlives_a_restart_on_any_path(data_path: Path, name: str) -> None:
    path = data_path / name
    with datadir.opened(path) as folder, Supervisor(folder) as supervisor:
        query(postgres.start(supervisor).create(), "CREATE TABLE kept AS SELECT 42 AS value")

    with datadir.opened(path) as folder, Supervisor(folder) as supervisor:
        value = query(postgres.start(supervisor).create(), "SELECT value FROM kept")

    assert value == 42


def test_committed_data_outlives_a_kill_of_everything(data_path: Path, run: Run) -> None:
    process = run(f"""
        import time
        from pathlib import Path
        import psycopg
        from reminders.embedded import datadir, postgres
        from reminders.embedded.supervisor import Supervisor
        with datadir.opened(Path({str(data_path)!r})) as folder, Supervisor(folder) as supervisor:
            url = postgres.start(supervisor).create().replace("+psycopg", "")
            with psycopg.connect(url) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
            print("ready", flush=True)
            time.sleep(600)
    """)
    postmaster = int((data_path / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    process.kill()
    process.wait()

    with datadir.opened(data_path) as folder, Supervisor(folder) as supervisor:
        value = query(postgres.start(supervisor).create(), "SELECT value FROM kept")

    assert value == 42


def test_a_lock_file_whose_process_is_another_by_now_does_not_stop_the_start(data_path: Path) -> None:
    with datadir.opened(data_path) as folder, Supervisor(folder) as supervisor:
        postgres.start(supervisor)
    (data_path / "postgres" / "postmaster.pid").write_text(f"{os.getppid()}\n{data_path}\n1\n5432\n\n\n\n")

    with datadir.opened(data_path) as folder, Supervisor(folder) as supervisor:
        value = query(postgres.start(supervisor).create(), "SELECT 42")

    assert value == 42


def test_half_a_cluster_is_made_anew(data_path: Path) -> None:
    with datadir.opened(data_path) as folder, Supervisor(folder) as supervisor:
        (folder.servers_folder("postgres.new") / "PG_VERSION").touch()

        value = query(postgres.start(supervisor).create(), "SELECT 42")

    assert value == 42


def test_data_of_another_version_is_refused(supervisor: Supervisor) -> None:
    (supervisor.folder.servers_folder("postgres") / "PG_VERSION").write_text("16\n")

    with pytest.raises(RefusedError, match="holds PostgreSQL 16 data") as refusal:
        postgres.start(supervisor)

    assert refusal.value.code == "database_version"


def test_a_server_that_cannot_start_is_refused_with_the_end_of_its_log(data_path: Path) -> None:
    with datadir.opened(data_path) as folder, Supervisor(folder) as supervisor:
        postgres.start(supervisor)
    (data_path / "postgres" / "postgresql.conf").write_text("nonsense = 1\n")

    with (
        datadir.opened(data_path) as folder,
        Supervisor(folder) as supervisor,
        pytest.raises(RefusedError, match="nonsense"),
    ):
        postgres.start(supervisor)
