"""`reminders demo`: five weeks of a clinic on the stepped clock, in about 90 seconds."""

import csv
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.text import Text

from reminders.cli.importing import bring_in
from reminders.cli.machine import Machine
from reminders.cli.people import Act, carry_out, misheard, read_acts
from reminders.cli.printing import print_table
from reminders.domain.dates import clock, short_date
from reminders.domain.errors import RefusedError
from reminders.domain.reasons import explain
from reminders.domain.states import State
from reminders.pipeline import clockwork, working
from reminders.store import happenings
from reminders.store.happenings import Happening, Written

BEGINS_AT = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)
ENDS_AT = datetime(2026, 11, 17, 14, 0, tzinfo=UTC)
"""Five weeks, with the end of daylight saving on Sunday, November 1, inside."""

PATIENCE = timedelta(seconds=60)
"""Machine time that one moment may take on a slow machine."""

WATCHABLE = timedelta(seconds=85)
"""How long the month takes at least when somebody watches."""

_TOLD = {
    State.DELIVERED: "green",
    State.SENT: "green",
    State.UNDELIVERED: "red",
    State.SUPPRESSED: "yellow",
    State.EXPIRED: "red",
    State.CANCELLED: "dim",
    State.MERGED: "cyan",
    State.PARKED: "red",
}
_WORDS = {
    State.SENT: "handed over",
    State.MERGED: "sent as part of another",
    State.SUPPRESSED: "not sent",
    State.EXPIRED: "too late",
}


class Month:
    """The demo's month: plays it, tells it, and compares its end with what is expected."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self._machine = machine
        self._parts = machine.parts
        self._folder = folder
        self._console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
        self._told: dict[object, State] = {}
        self._alerted: set[UUID] = set()
        self._told_until = BEGINS_AT

    def play(self, *, watched: bool) -> None:
        """Import the first file, then move the clock to the end, telling what happens."""
        began = time.monotonic()
        changes, acts = dict(_changes(self._folder / "changes")), read_acts(self._folder / "people.csv")
        bring_in(self._parts, self._folder / "appointments.csv")
        self._tell()

        def arrived(at: datetime) -> None:
            for path in changes.get(at, ()):
                bring_in(self._parts, path)
            for act in acts.get(at, ()):
                self._act(act)

        stops = changes.keys() | acts.keys()
        for at in clockwork.advance(self._parts, ENDS_AT, patience=PATIENCE, stops=stops, arrived=arrived):
            self._machine.supervisor.tend()
            self._tell()
            self._told_until = at
            if watched:
                self._keep_pace(at, began)

    def _keep_pace(self, at: datetime, began: float) -> None:
        """Wait until as much of the show is over as of the month."""
        share = (at - BEGINS_AT) / (ENDS_AT - BEGINS_AT)
        early = began + share * WATCHABLE.total_seconds() - time.monotonic()
        while early > 0:
            time.sleep(min(early, 0.2))
            self._machine.supervisor.tend()
            early = began + share * WATCHABLE.total_seconds() - time.monotonic()

    def _act(self, act: Act) -> None:
        """Let somebody do something, and tell it."""
        answer = carry_out(self._parts, act)
        what = f'"{act.what}"' if act.does == "writes" else act.what
        line = Text(f"{'':20} {act.who:24} {act.does} {what}", style="bold")
        if answer is not None:
            line.append(f"  -> {answer[:110]}", style="not bold dim")
        self._console.print(line)

    def _tell(self) -> None:
        with self._parts.transaction() as session:
            found = happenings.since(session, self._parts.vault, self._told_until, _TOLD)
            alerted = happenings.alerted(session, self._parts.vault, self._told_until)
        for alert in alerted:
            if alert.message_id not in self._alerted:
                self._alerted.add(alert.message_id)
                self._console.print(Text(f"{'':20} {alert.who:24} is told by {alert.channel}", style="red"))
        for one in found:
            if self._told.get(one.message_id) is not one.state:
                self._told[one.message_id] = one.state
                self._console.print(_line(one))

    def close(self) -> int:
        """Print the closing tables; return 0 when every message ended as expected, else 1."""
        with self._parts.transaction() as session:
            everything = happenings.since(session, self._parts.vault, datetime(2000, 1, 1, tzinfo=UTC), set(State))
            written = happenings.written(session, self._parts.vault)
        print()
        _print_ends(everything)
        _print_written(written)
        _print_work(self._machine)
        surprises = _surprises(self._folder / "expected.csv", everything)
        surprises += misheard(read_acts(self._folder / "people.csv"), written)
        for surprise in surprises:
            self._console.print(Text(surprise, style="red"))
        print()
        print(f"Phones and mailboxes: {self._machine.address}/phones")
        return 1 if surprises else 0


def _changes(folder: Path) -> Iterator[tuple[datetime, list[Path]]]:
    """Yield each moment at which files arrive, with the files; their names begin with the moment in UTC."""
    found: dict[datetime, list[Path]] = {}
    for path in sorted(folder.glob("*.csv")):
        try:
            at = datetime.strptime(path.name[:17], "%Y-%m-%dT%H-%MZ").replace(tzinfo=UTC)
        except ValueError:
            raise RefusedError(
                f"{path.name}: the name of a change file begins with its time, such as 2026-10-14T13-00Z."
            ) from None
        found.setdefault(at, []).append(path)
    yield from found.items()


def _line(one: Happening) -> Text:
    when = f"{short_date(one.at, one.zone, 'en')} {clock(one.at, one.zone, 'en')}"
    size = f" [{one.segments}]" if one.segments else ""
    said = f"  {' '.join(one.text.split())[:150]}" if one.text and one.state is not State.MERGED else ""
    why = f": {explain(one.reason)}" if one.reason and one.state not in {State.DELIVERED, State.SENT} else ""
    outcome = _WORDS.get(one.state, one.state.value)
    line = Text(f"{when:20} {one.patient_name:10} {one.channel:5} {one.category:8} ")
    line.append(f"{one.rule:14} ")
    line.append(f"{outcome}{why}", style=_TOLD[one.state])
    line.append(f"{size}{said}", style="dim")
    return line


def _print_ends(everything: Sequence[Happening]) -> None:
    print(f"{len(everything)} messages planned. How they ended:")
    ends = Counter((one.state, one.reason if one.state is not State.DELIVERED else None) for one in everything)
    rows = [
        [state, str(count), explain(reason) if reason else ""]
        for (state, reason), count in sorted(ends.items(), key=lambda end: (end[0][0], -end[1]))
    ]
    print_table(["state", "messages", "because"], rows)


def _print_written(written: Sequence[Written]) -> None:
    print()
    print("What people wrote, and what came of it:")
    rows = [
        [
            f"{short_date(one.at, one.zone, 'en')} {clock(one.at, one.zone, 'en')}",
            one.who,
            one.text,
            one.intent or "",
            one.effect or "",
            one.work or "",
        ]
        for one in written
    ]
    print_table(["when", "who", "wrote", "understood as", "so", "for a person"], rows)


def _print_work(machine: Machine) -> None:
    items = working.items(machine.parts, with_done=False)
    print()
    print("What a person has to do:")
    rows = [
        [
            item.due_local.strftime("%a %b %d %H:%M") + (" after hours" if item.is_after_hours else ""),
            item.what,
            item.patient_name or "",
            item.appointment_id or "",
            item.because,
        ]
        for item in items
    ]
    print_table(["until", "what", "patient", "visit", "because"], rows)


COLUMNS = ("patient", "visit", "rule", "occurrence", "step", "channel", "state", "reason")


def _surprises(path: Path, everything: Sequence[Happening]) -> list[str]:
    """Return what ended otherwise than the demo's table expects."""
    with path.open(newline="", encoding="utf-8") as file:
        expected = Counter(tuple(row[column] for column in COLUMNS) for row in csv.DictReader(file))
    found = Counter(ended(one) for one in everything)
    missing = [f"expected, but it did not happen: {_shown(row)}" for row in (expected - found).elements()]
    extra = [f"not expected: {_shown(row)}" for row in (found - expected).elements()]
    return missing + extra


def ended(one: Happening) -> tuple[str, ...]:
    """Return how a message ended, as a row of the demo's table."""
    values: Mapping[str, object] = {
        "patient": one.patient_source_id,
        "visit": one.appointment_source_id or "",
        "rule": one.rule,
        "occurrence": one.occurrence,
        "step": one.step,
        "channel": one.channel,
        "state": one.state,
        "reason": one.reason or "",
    }
    return tuple(str(values[column]) for column in COLUMNS)


def _shown(row: tuple[str, ...]) -> str:
    return ", ".join(f"{column} {value}" for column, value in zip(COLUMNS, row, strict=True) if value)
