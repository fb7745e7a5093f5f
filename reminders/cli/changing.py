"""Commands that change what is laid down: `seed`, `sign`, and the stepped `clock`."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from reminders import bootstrap, settings
from reminders.cli.printing import print_json, print_table
from reminders.domain.errors import RefusedError
from reminders.domain.offset_text import parse_length
from reminders.pipeline import clockwork
from reminders.pipeline.parts import Parts
from reminders.pipeline.seeding import seed as seed_all
from reminders.pipeline.signoff import sign_off, unsigned
from reminders.store.now import read
from reminders.store.starters import Seeded

clock = typer.Typer(help="Clinic time, where it is stepped.", no_args_is_help=True)


def seed(as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False) -> None:
    """Add what config/ lays down and the database has not; never overwrite; show what differs."""
    found = seed_all(bootstrap.parts(), settings.load_place().config_dir, bootstrap.senders())
    if as_json:
        print_json(found)
        return
    news = [one for one in found if one.seeded is not Seeded.SAME]
    if news:
        print_table(["what", "which", ""], [[one.what, one.key, _SEEDED[one.seeded]] for one in news])
    print(f"{len(found) - len(news)} of {len(found)} are as in the files.")


_SEEDED = {Seeded.ADDED: "added", Seeded.DIFFERS: "differs from the file; the database rules"}


def sign(
    key: Annotated[str, typer.Argument(metavar="KEY", help="protocol:SLUG, service:SLUG, replies:LANGUAGE, or all.")],
    by: Annotated[str, typer.Option(help="The clinician who signs.")],
) -> None:
    """Record a clinician's sign-off; unsigned protocols never reach a real channel."""
    for signed in sign_off(bootstrap.parts(), key, by=by):
        print(f"{signed} signed by {by}.")
    left = unsigned(bootstrap.parts())
    print(f"Still unsigned: {', '.join(left)}" if left else "Everything is signed.")


@clock.command("show")
def show_clock() -> None:
    """Show clinic time."""
    with bootstrap.parts().transaction() as session:
        print(read(session).clinic_at.isoformat())


@clock.command("set")
def set_clock(at: Annotated[str, typer.Argument(metavar="TIME", help="ISO 8601 with an offset.")]) -> None:
    """Start the stepped clock at TIME, or move it on to TIME at once."""
    clockwork.set_clock(_stepped(), _instant(at))
    show_clock()


@clock.command("advance")
def advance_clock(
    to: Annotated[str | None, typer.Option(help="Until this time: ISO 8601 with an offset.")] = None,
    by: Annotated[str | None, typer.Option(help='By this much: "90 min", "3 d".')] = None,
    patience: Annotated[int, typer.Option(help="Seconds that one moment may take.")] = 60,
) -> None:
    """Move the stepped clock from due moment to due moment, waiting for everything due to come to rest."""
    parts = _stepped()
    if (to is None) == (by is None):
        raise typer.BadParameter("give either --to or --by")
    with parts.transaction() as session:
        now_at = read(session).clinic_at
    until = _instant(to) if to else now_at + parse_length(by or "")
    for at in clockwork.advance(parts, until, patience=timedelta(seconds=patience)):
        print(at.isoformat())


def _stepped() -> Parts:
    if not bootstrap.is_stepped():
        raise RefusedError("The clock is the system's; start everything with REMINDERS_CLOCK=stepped to move it.")
    return bootstrap.parts()


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise RefusedError(f"{text!r} is no time. Write it like 2026-10-12T08:00-04:00.") from None
    if at.tzinfo is None:
        raise RefusedError(f"{text!r} has no offset. Write it like 2026-10-12T08:00-04:00.")
    return at
