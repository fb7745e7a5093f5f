"""The stage of a run or scene: servers, stand-in, schema and clinic; the processes are the caller's to start."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update

from reminders import bootstrap
from reminders.embedded import datadir
from reminders.pipeline.parts import Parts
from reminders.pipeline.seeding import seed
from reminders.pipeline.times import Times
from reminders.store import migrate
from reminders.store.tables.clinic import Clinic
from tests.torture import clinic, twilio
from tests.torture.clinic import Night
from tests.torture.fleet import ROOT, Fleet, fleet

FACTOR = 1 / 30
"""Of the times of sending, in a run that is not given the real ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted."""

    seed: int
    seconds: float = 0
    factor: float = FACTOR
    package: Path = ROOT
    """Where the `reminders` under test stands."""

    @property
    def times(self) -> Times:
        """The times of sending in this run."""
        return Times().scaled(self.factor)


class Teller:
    """Says what happens, with the seconds since the start."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, line: str) -> None:
        """Say *line*."""
        sys.stdout.write(f"[{time.monotonic() - self._began:6.1f}] {line}\n")
        sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything but the processes."""

    fleet: Fleet
    parts: Parts
    night: Night
    ledger: Path


@contextmanager
def staged(
    order: Order, folder: Path, say: Teller, options: twilio.Options, *, mail_pause: float | None = None
) -> Iterator[Stage]:
    """Set the stage in *folder* and clear it again; once in a process, for settings are read once.

    With *mail_pause* emails go to a stand-in of their own, which takes so many seconds for each.
    """
    with (
        datadir.opened(folder) as data,
        fleet(data, factor=order.factor, package=order.package, report=say) as running,
    ):
        standin = running.stand_in(options)
        if mail_pause is not None:
            running.post_office(order.seed, pause=mail_pause)
        night = Night.around(clinic.now())
        config = clinic.write_folder(folder / "config", night)
        bootstrap.use(running.environment)
        bootstrap.settings()
        logging.getLogger().setLevel(logging.ERROR)
        migrate.upgrade(bootstrap.engine())
        _unburden()
        parts = bootstrap.parts()
        seed(parts, config, bootstrap.senders())
        say("servers, stand-in and clinic are there")
        yield Stage(running, parts, night, standin.ledger)
        bootstrap.engine().dispose()


def fall(parts: Parts, night: Night) -> None:
    """Let the clinic's quiet hours begin to the second, as no clinic file can say it."""
    with parts.transaction() as session:
        session.execute(update(Clinic).values(quiet_from=night.begins))


def _unburden() -> None:
    """Let the database leave it to the kernel when to write to the disk.

    A killed server loses nothing by that, and comes back in a second instead of ten. Only a
    crash of the machine would, and none is part of this test.
    """
    with bootstrap.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
