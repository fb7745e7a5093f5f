"""Commands that run something: everything (`up`, `demo`), or one process (`web`, `scheduler`)."""

from typing import Annotated

import typer

from reminders import bootstrap, scheduler, settings
from reminders.cli.demo import BEGINS_AT, Month
from reminders.cli.machine import machine
from reminders.pipeline import clockwork
from reminders.store import migrate
from reminders.web import serving

database = typer.Typer(help="The database's schema.", no_args_is_help=True)

_HEEDED_BY_DEMO = {"DATA_DIR", "CONFIG_DIR", "LOG_FORMAT"}


def up() -> None:
    """Run the whole system on this machine, on the real clock, until Ctrl-C."""
    settings.refuse_servers_of_others()
    with machine("up", stepped=False, fresh=False, report=_say) as running:
        running.start()
        _say(f"Reminders runs at {running.address} (data in {running.folder.path}). Ctrl-C stops it.")
        running.supervisor.watch()


def demo(
    once: Annotated[bool, typer.Option("--once", help="Leave after the closing table.")] = False,
) -> None:
    """Play five weeks of a clinic in about 90 seconds, then stay up until Ctrl-C."""
    settings.heed_only(_HEEDED_BY_DEMO)
    _say("Starting PostgreSQL, Valkey, web, scheduler and workers …")
    with machine("demo", stepped=True, fresh=True, report=_say) as running:
        clockwork.set_clock(running.parts, BEGINS_AT)
        running.start()
        _say(f"Watch the phones at {running.address}/phones")
        month = Month(running, settings.load_place().config_dir / "demo")
        month.play(watched=not once)
        status = month.close()
        if not once:
            _say("Ctrl-C stops everything.")
            running.supervisor.watch()
    raise typer.Exit(status)


def web(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Run the web process: webhooks, health, pages."""
    serving.run(host, port)


def clockworks() -> None:
    """Run the scheduler; any number may run, one works."""
    scheduler.run()


@database.command("migrate")
def migrate_database() -> None:
    """Bring the database to this version's schema."""
    migrate.upgrade(bootstrap.engine())
    _say(f"The database is at {migrate.head()}.")


@database.command("adopt-secret-key")
def adopt_secret_key() -> None:
    """Take the SECRET_KEY that is set now for the database's own, after it was changed on purpose."""
    bootstrap.adopt_secret_key()
    _say("From now on the database belongs to this SECRET_KEY. Start every process again with it.")


def _say(line: str) -> None:
    print(line, flush=True)
