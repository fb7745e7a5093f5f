"""Work items: `reminders work list|show|done`."""

from typing import Annotated
from uuid import UUID

import typer

from reminders import bootstrap
from reminders.cli.printing import print_json, print_table
from reminders.domain.errors import RefusedError
from reminders.domain.words import WorkKind
from reminders.pipeline import working
from reminders.pipeline.working import Item

app = typer.Typer(help="What people must do.", no_args_is_help=True)


@app.command("list")
def show_list(
    kind: Annotated[
        WorkKind | None, typer.Option(help="Only those: phone_patient is the call list.", case_sensitive=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Done ones too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """List what people must do, the most urgent first."""
    items = working.items(bootstrap.parts(), with_done=everything, kind=kind)
    if as_json:
        print_json(items)
    elif not items:
        print("Nobody has to do anything.")
    else:
        print_table(["id", "until", "what", "patient", "visit", "state", "because"], [_row(item) for item in items])


def _row(item: Item) -> list[str]:
    hours = " (after hours)" if item.is_after_hours else ""
    until = item.due_local.strftime("%a %b %d %H:%M %Z") + hours
    return [str(item.id), until, item.what, item.patient_id or "", item.appointment_id or "", item.state, item.because]


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="ID")],
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False,
) -> None:
    """Show one item, with whom to call."""
    item = working.item(bootstrap.parts(), _id(name))
    if as_json:
        print_json(item)
        return
    for label, value in working.words(item):
        print(f"{label:12} {value}")


@app.command("done")
def done(
    name: Annotated[str, typer.Argument(metavar="ID")],
    by: Annotated[str, typer.Option(help="Who did it.")],
    outcome: Annotated[str, typer.Option(help="What came of it.")],
) -> None:
    """Close an item with what came of it."""
    working.finish(bootstrap.parts(), _id(name), by=by, outcome=outcome)
    print("Done.")


def _id(name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        raise RefusedError(f"{name!r} is not the id of a work item. See: reminders work list") from None
