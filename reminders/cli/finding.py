"""Finds the system that a command speaks to: the environment's, or an `up` or `demo` that runs here."""

from pathlib import Path

import typer

from reminders import bootstrap, settings
from reminders.cli.machine import ENVIRONMENT
from reminders.embedded import datadir

_OWN_SYSTEM = {"up", "demo", "check"}
"""Commands that start their own system, or need none."""


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
