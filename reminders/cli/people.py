"""What people do in the demo month: patients and drivers write, and the clinic's staff acts.

    2026-10-17T15:10Z, P-1001,        writes,  Y,                 same_driver
    2026-10-17T14:26Z, Nia (nurse),   takes,   safety of P-1007,
    2026-10-17T14:50Z, Nia (nurse),   closes,  safety of P-1007,  what came of it
    2026-10-19T17:20Z, Sam,           readies, V-2001,

Who writes is a patient's id or a phone. What a text must come to stands in the last column.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reminders.domain.errors import RefusedError
from reminders.domain.words import WorkKind
from reminders.pipeline import attending, texting, visiting, working
from reminders.pipeline.parts import Parts
from reminders.pipeline.working import Item
from reminders.store import correspondents
from reminders.store.happenings import Written


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody does."""

    at: datetime
    who: str
    does: str
    what: str
    then: str
    """What a text must come to; the outcome of an item that is closed."""


def read_acts(path: Path) -> Mapping[datetime, list[Act]]:
    """Return what people do, by its moment."""
    found: dict[datetime, list[Act]] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            act = Act(datetime.fromisoformat(row["at"]), row["who"], row["does"], row["what"], row["then"])
            found.setdefault(act.at, []).append(act)
    return found


def carry_out(parts: Parts, act: Act) -> str | None:
    """Do *act*; return what was answered to a text at once. Raises `RefusedError` where it cannot be done."""
    match act.does:
        case "writes":
            return _write(parts, act)
        case "takes":
            attending.take(parts, _item(parts, act).id, by=act.who)
        case "closes":
            working.finish(parts, _item(parts, act).id, by=act.who, outcome=act.then)
        case "readies":
            visiting.ready(parts, act.what, by=act.who)
        case _:
            raise RefusedError(f"people.csv: {act.does!r} is nothing that somebody does here.")
    return None


def _write(parts: Parts, act: Act) -> str | None:
    phone = act.who if act.who.startswith("+") else _phone_of(parts, act.who)
    said = texting.text_in(parts, sender=phone, body=act.what)
    if not said.is_taken:
        raise RefusedError(f"The text of {act.who} did not reach us: the webhook answered {said.status}.")
    return said.answer


def _phone_of(parts: Parts, patient: str) -> str:
    with parts.transaction() as session:
        phone = correspondents.number_of(session, parts.vault, patient)
    if phone is None:
        raise RefusedError(f"people.csv: no patient {patient} with a phone is known yet.")
    return phone


def _item(parts: Parts, act: Act) -> Item:
    kind, _, patient = act.what.partition(" of ")
    found = [one for one in working.items(parts, with_done=False, kind=WorkKind(kind)) if one.patient_id == patient]
    if not found:
        raise RefusedError(f"people.csv: {act.at:%b %d %H:%M}: there is no item {act.what}.")
    return found[0]


def misheard(acts: Mapping[datetime, list[Act]], written: Sequence[Written]) -> list[str]:
    """Return the texts that came to something else than they must, in words."""
    wanted = [act for at in sorted(acts) for act in acts[at] if act.does == "writes"]
    found = [one.effect or "" for one in written]
    if len(wanted) != len(found):
        return [f"{len(wanted)} texts were written, and {len(found)} are stored."]
    return [
        f"{act.who} wrote {act.what!r}: it should come to {act.then}, and came to {effect or 'nothing'}."
        for act, effect in zip(wanted, found, strict=True)
        if act.then != effect
    ]
