"""The `reminders` command: which words it knows, where it finds a running system, how a refusal is shown."""

import sys

import typer

from reminders.cli import (
    asking,
    changing,
    check,
    doctoring,
    finding,
    importing,
    queues,
    replying,
    running,
    visiting,
    working,
)
from reminders.domain.errors import RemindersError

app = typer.Typer(
    help="Tells people about their visits, by SMS and email, at the right hour, once.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog="Exit status: 0 done, 1 refused (the message says why), 2 wrong usage.",
    callback=finding.find,
)
app.command()(running.up)
app.command()(running.demo)
app.command()(running.web)
app.command("scheduler")(running.clockworks)
app.add_typer(running.database, name="db")
app.command()(changing.seed)
app.command("import")(importing.import_file)
app.command("timeline")(asking.show_timeline)
app.command()(asking.why)
app.command()(check.check)
app.command()(replying.reply)
app.command()(changing.sign)
app.add_typer(working.app, name="work")
app.add_typer(visiting.app, name="appointment")
app.add_typer(queues.app, name="queue")
app.command()(doctoring.doctor)
app.add_typer(changing.clock, name="clock")


def main() -> None:
    """Run the command line; a refusal is one message on standard error and exit status 1."""
    try:
        app()
    except RemindersError as refused:
        print(refused, file=sys.stderr)
        raise SystemExit(1) from None
