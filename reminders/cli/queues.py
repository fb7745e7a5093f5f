"""The delivery queues: `reminders queue show|send|drop`, for ops."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from reminders import bootstrap
from reminders.cli.printing import print_json, print_table
from reminders.domain.errors import RefusedError
from reminders.domain.reasons import explain
from reminders.domain.states import State
from reminders.pipeline import deciding
from reminders.store import stock
from reminders.store.now import read
from reminders.store.stock import SenderStand, Waiting

app = typer.Typer(help="What waits to be sent, and what the senders do.", no_args_is_help=True)

_DAY = timedelta(days=1)


@app.command("show")
def show(as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False) -> None:
    """Show what is due or under way, by lane, and how every sender stands."""
    with bootstrap.parts().transaction() as session:
        now = read(session)
        waiting, senders = stock.waiting(session, now), stock.senders(session, now)
        doubles = stock.doubles(session, since=now.clinic_at - _DAY, until=now.clinic_at)
    if as_json:
        print_json({"at": now.clinic_at, "waiting": waiting, "senders": senders, "doubles_without_proof": doubles})
        return
    if waiting:
        print_table(["lane", "state", "messages", "oldest due"], [_waiting(one) for one in waiting])
    else:
        print("Nothing waits.")
    print_table(["clinic", "sender", "stands", "a second", "segments today"], [_sender(one) for one in senders])
    print(f"Sent on a second channel without proof in the last day: {doubles}")


def _waiting(one: Waiting) -> list[str]:
    state = "due" if one.state == State.SCHEDULED else one.state
    return [one.lane, state, str(one.count), f"{one.oldest_due_at:%a %b %d %H:%M:%S} UTC"]


def _sender(one: SenderStand) -> list[str]:
    most = f" of {one.segments_per_day}" if one.segments_per_day is not None else ""
    return [one.clinic, f"{one.channel} ({one.provider})", _stands(one), f"{one.per_second:g}", f"{one.segments}{most}"]


def _stands(one: SenderStand) -> str:
    if one.held_because:
        return f"held, because {explain(one.held_because)}"
    if one.shut_until:
        return f"shut until {one.shut_until:%H:%M:%S} UTC, because {explain(one.shut_because or '')}"
    return "open"


Name = Annotated[str, typer.Argument(metavar="MESSAGE", help="The id that `reminders work show` or `why` names.")]
By = Annotated[str, typer.Option(help="Who decides.")]


@app.command("send")
def send(name: Name, by: By) -> None:
    """Let a parked message go after all; it is judged again before it does."""
    state = deciding.send_parked(bootstrap.parts(), _id(name), by=by)
    print(f"It is {state} now.")


@app.command("drop")
def drop(name: Name, by: By) -> None:
    """Bring a parked message to rest without sending it."""
    deciding.drop_parked(bootstrap.parts(), _id(name), by=by)
    print("It is not sent.")


def _id(name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        raise RefusedError(f"{name!r} is not the id of a message. See: reminders work list") from None
