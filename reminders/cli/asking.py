"""Questions: what will go (`timeline`), and why something did or did not (`why`)."""

from datetime import timedelta
from typing import Annotated

import typer

from reminders import bootstrap
from reminders.cli.printing import print_json, print_table
from reminders.domain.reasons import explain
from reminders.pipeline import why as asked_why
from reminders.pipeline.timeline import Line, Question, timeline


def show_timeline(
    patient: Annotated[str | None, typer.Option(help="The source's id of a patient.")] = None,
    appointment: Annotated[str | None, typer.Option(help="The source's id of an appointment.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days ahead.")] = 14,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """Show what will go, when, to whom, and why then.

    For a patient or an appointment it shows what went, too.
    """
    lines = timeline(bootstrap.parts(), Question(patient=patient, appointment=appointment, ahead=timedelta(days=days)))
    if as_json:
        print_json(lines)
        return
    if not lines:
        print("Nothing is planned. Import appointments first: reminders import FILE")
        return
    print_table(
        ["goes at", "patient", "visit", "message", "by", "state", "text, or why not"], [_row(line) for line in lines]
    )


def _row(line: Line) -> list[str]:
    return [
        line.due_local.strftime("%a %b %d %H:%M %Z"),
        line.patient_id,
        line.appointment_id or "",
        line.rule,
        line.channel,
        line.state,
        explain(line.reason) if line.reason else (line.text or "").replace("\n", " "),
    ]


def why(
    name: Annotated[str, typer.Argument(metavar="ID", help="A message's id, or an appointment's.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list of sentences.")] = False,
) -> None:
    """Tell everything that did and did not go about a message or an appointment, and the reason."""
    answer = asked_why.why(bootstrap.parts(), name)
    if as_json:
        print_json(answer)
    else:
        print("\n".join(answer))
