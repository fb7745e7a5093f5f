"""The front desk: `reminders appointment show|arrived|ready|home`."""

from typing import Annotated

import typer

from reminders import bootstrap
from reminders.cli.printing import print_json
from reminders.pipeline import visiting

app = typer.Typer(help="A visit on its day: who is there, who may be fetched.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="ID", help="The source's id of the appointment.")]
By = Annotated[str, typer.Option(help="Who says so.")]

_DESK = "front desk"


@app.command("show")
def show(name: Name, as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False) -> None:
    """Show a visit, what is known of its driver, and what people have to do about it."""
    shown = visiting.show(bootstrap.parts(), name)
    if as_json:
        print_json(shown)
        return
    for label, value in visiting.words(shown):
        print(f"{label:8} {value}")


@app.command("arrived")
def arrived(name: Name, by: By = _DESK) -> None:
    """Say that the patient has arrived; an older import does not take it back."""
    _answer("The patient has arrived.", is_new=visiting.arrive(bootstrap.parts(), name, by=by))


@app.command("ready")
def ready(name: Name, by: By = _DESK) -> None:
    """Say that the patient may be fetched: the driver is told where."""
    _answer("The patient is ready.", is_new=visiting.ready(bootstrap.parts(), name, by=by))
    shown = visiting.show(bootstrap.parts(), name)
    if shown.needs_driver and not (shown.may_text_driver and shown.driver != "said no"):
        print(f"No driver is texted (driver: {shown.driver}): phone whoever takes the patient home.")


@app.command("home")
def home(name: Name, by: By = _DESK) -> None:
    """Say that the patient has gone home: what to mind until tomorrow is sent at once."""
    _answer("The patient has gone home.", is_new=visiting.home(bootstrap.parts(), name, by=by))


def _answer(says: str, *, is_new: bool) -> None:
    print(says if is_new else f"{says} That was known.")
