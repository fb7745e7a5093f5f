"""Finds the system that a command speaks to: the environment's, or an `up` or `demo` that runs here."""

from pathlib import Path

import typer

from reminders import bootstrap, settings
from reminders.cli.machine import ENVIRONMENT
from reminders.domain.errors import RefusedError
from reminders.embedded import datadir

_OWN_SYSTEM = {"up", "demo", "check", "reply"}
"""Commands that start their own system, or need none."""

_SERVICES = {"web", "scheduler", "db"}
"""Commands that a deployment starts: they name every setting that is missing."""


def find(context: typer.Context) -> None:
    """Take the settings of a running `up` or `demo` for what the environment leaves open."""
    if context.invoked_subcommand in _OWN_SYSTEM:
        return
    place = settings.load_place()
    folders = (
        [place.data_dir]
        if place.data_dir
        else [datadir.default_path(verb, below=Path.cwd()) for verb in ("up", "demo")]
    )
    for folder in folders:
        kept = datadir.kept(folder, ENVIRONMENT)
        if kept:
            bootstrap.use(kept)
            return
    if context.invoked_subcommand not in _SERVICES and not settings.is_set("DATABASE_URL"):
        raise RefusedError(
            f"There is no system to speak to: neither `reminders up` nor `reminders demo` runs in "
            f"{' or '.join(map(str, folders))}, and REMINDERS_DATABASE_URL is not set. Start one of them, name its "
            "folder with REMINDERS_DATA_DIR, or set the environment (config/example.env).",
            code="no_system",
        )
