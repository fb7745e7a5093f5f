"""Work items: `reminders work list|show|take|note|done`."""

from dataclasses import asdict
from typing import Annotated

import typer

from reminders import bootstrap
from reminders.cli.printing import print_json, print_table
from reminders.domain.words import PersonStatus, WorkKind
from reminders.pipeline import attending, working
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
    about = f"driver of {item.patient_id}" if item.is_of_driver else item.patient_id or ""
    return [str(item.id), until, item.what, about, item.appointment_id or "", item.state, item.because]


Name = Annotated[str, typer.Argument(metavar="ID", help="The item's id, or its beginning or end.")]


@app.command("show")
def show(
    name: Name,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False,
) -> None:
    """Show one item: whom to call, what was written, what was noted."""
    item_id = attending.named(bootstrap.parts(), name)
    item, story = working.item(bootstrap.parts(), item_id), attending.story(bootstrap.parts(), item_id)
    if as_json:
        print_json({**asdict(item), "notes": story.notes, "thread": story.thread})
        return
    for label, value in (("id", str(item.id)), *working.words(item)):
        print(f"{label:12} {value}")
    for line in story.thread:
        print(f"{'they wrote' if line.is_theirs else 'we wrote':12} {line.at:%a %b %d %H:%M}  {line.text}")
    for note in story.notes:
        print(f"{'note':12} {note.at:%a %b %d %H:%M}  {note.by}: {note.text}")


@app.command("take")
def take(name: Name, by: Annotated[str, typer.Option(help="Who takes it.")]) -> None:
    """Take an item: whoever has it looks after it. A cry for help is acknowledged by this."""
    attending.take(bootstrap.parts(), attending.named(bootstrap.parts(), name), by=by)
    print("Taken. Write down what came of it: reminders work done")


@app.command("note")
def write_note(
    name: Name,
    text: Annotated[str, typer.Argument(help="What is known now.")],
    by: Annotated[str, typer.Option(help="Who writes it.")],
) -> None:
    """Write something down about an item; it stays open."""
    attending.note(bootstrap.parts(), attending.named(bootstrap.parts(), name), by=by, text=text)
    print("Noted.")


@app.command("done")
def done(
    name: Name,
    by: Annotated[str, typer.Option(help="Who did it.")],
    outcome: Annotated[str, typer.Option(help="What came of it.")],
    patient: Annotated[
        PersonStatus | None, typer.Option(help="What is known of the patient now: who is gone gets no text any more.")
    ] = None,
) -> None:
    """Close an item with what came of it."""
    item_id = attending.named(bootstrap.parts(), name)
    working.finish(bootstrap.parts(), item_id, by=by, outcome=outcome, patient=patient)
    print("Done.")
