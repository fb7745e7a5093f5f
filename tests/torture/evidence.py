"""What a run left behind: the stand-in's ledger, read as texts, and our tables, read as claims about them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.domain.tokens import make_token
from reminders.pipeline.parts import Parts
from reminders.store.tables.messages import Attempt, Message, Receipt, WorkItem
from reminders.store.tables.people import Person
from reminders.store.tables.visits import Appointment
from tests.torture.clinic import WORDS
from tests.torture.standin.ledger import Line, lines

_TEXT = re.compile(
    rf"Cedar Clinic: (?:(?P<name>\w+), )?(?P<words>{'|'.join(WORDS.values())}) "
    r"(?P<said>[A-Z][a-z]{2} [A-Z][a-z]{2} \d+ \d+:\d\d [AP]M)\b"
)
_RULES = {words: rule for rule, words in WORDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A text that the stand-in accepted: what it is stands in the text itself."""

    sid: str
    to: str
    name: str
    rule: str
    said: str
    token: str
    validity: int
    heard_at: datetime
    at: datetime

    def __str__(self) -> str:
        return f"{self.sid} {self.rule} for {self.said} to {self.to}, heard {self.heard_at:%H:%M:%S.%f}"

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """The logical message, as the one who reads it sees it."""
        return self.to, self.name, self.rule, self.said


@dataclass(frozen=True, slots=True)
class Ledger:
    """The stand-in's ledger."""

    taken: Sequence[Taken]
    refused: dict[str, int]
    """Code by token."""
    refused_numbers: frozenset[str]
    ended: dict[str, tuple[datetime, int]]
    """Of each sid when it ended, and with which code (0: delivered)."""
    reports: Sequence[Line]
    faults: Counter[str]

    @classmethod
    def read(cls, path: Path) -> "Ledger":
        """Read a ledger."""
        by_kind: defaultdict[str, list[Line]] = defaultdict(list)
        for line in lines(path):
            by_kind[line["what"]].append(line)
        return cls(
            taken=[_taken(line) for line in by_kind["accepted"]],
            refused={line["token"]: line["code"] for line in by_kind["refused"]},
            refused_numbers=frozenset(line["to"] for line in by_kind["refused"]),
            ended={line["sid"]: (_instant(line["at"]), line["code"]) for line in by_kind["ended"]},
            reports=by_kind["report"],
            faults=Counter(line["kind"] for line in by_kind["fault"]),
        )


def _taken(line: Line) -> Taken:
    found = _TEXT.match(line["body"])
    if found is None:
        raise AssertionError(f"a text that cannot be told apart: {line['sid']}")
    return Taken(
        sid=line["sid"],
        to=line["to"],
        name=found["name"] or "",
        rule=_RULES[found["words"]],
        said=found["said"],
        token=line["token"],
        validity=int(line["validity"] or 0),
        heard_at=_instant(line["heard_at"]),
        at=_instant(line["at"]),
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@dataclass(slots=True, kw_only=True)
class Row:
    """A message as our tables tell it."""

    id: UUID
    patient: str
    visit: str | None
    rule: str
    step: int
    channel: str
    state: str
    reason: str | None
    due_at: datetime
    useful_until: datetime
    has_open_item: bool
    launched: dict[str, datetime | None] = field(default_factory=dict)
    """Of each attempt, by its token, when it was launched."""

    def __str__(self) -> str:
        return (
            f"{self.rule} of {self.visit} by {self.channel}, step {self.step}: {self.state} ({self.reason}) {self.id}"
        )


@dataclass(frozen=True, slots=True)
class Tables:
    """Our tables at the end."""

    rows: Sequence[Row]
    by_token: dict[str, Row]
    receipts: Counter[tuple[str, str, str]]
    """How many reports are stored, by token, sid and status."""
    answers: Counter[tuple[str, str, str]]
    """The same of what the provider was asked."""
    read_at: datetime

    @classmethod
    def read(cls, parts: Parts, read_at: datetime) -> "Tables":
        """Read the tables."""
        with parts.transaction() as session:
            rows = {row.id: row for row in _rows(session)}
            for attempt_id, message_id, launched_at in session.execute(
                select(Attempt.id, Attempt.message_id, Attempt.launched_at).order_by(Attempt.number)
            ):
                rows[message_id].launched[make_token(parts.token_key, attempt_id)] = launched_at
            reports, answers = _receipts(session, parts)
        by_token = {token: row for row in rows.values() for token in row.launched}
        return cls(list(rows.values()), by_token, reports, answers, read_at)


def _rows(session: Session) -> Iterable[Row]:
    waits = select(WorkItem.id).where(WorkItem.message_id == Message.id, WorkItem.state != "done").exists()
    found = session.execute(
        select(Message, Person.source_id, Appointment.source_id, waits)
        .outerjoin(Person, Person.id == Message.patient_id)
        .outerjoin(Appointment, Appointment.id == Message.appointment_id)
    )
    for message, patient, visit, has_item in found:
        yield Row(
            id=message.id,
            patient=patient or "",
            visit=visit,
            rule=message.rule,
            step=message.step,
            channel=message.channel,
            state=message.state,
            reason=message.reason,
            due_at=message.due_at,
            useful_until=message.useful_until,
            has_open_item=has_item,
        )


def _receipts(session: Session, parts: Parts) -> tuple[Counter[tuple[str, str, str]], Counter[tuple[str, str, str]]]:
    """Return the stored receipts: those that were reported, and those that were asked for."""
    reports: Counter[tuple[str, str, str]] = Counter()
    answers: Counter[tuple[str, str, str]] = Counter()
    for one in session.scalars(select(Receipt).where(Receipt.attempt_id.is_not(None))):
        if one.attempt_id is not None:
            raw = parts.vault.open(Receipt.raw, one.id, one.raw)
            which = answers if raw.startswith('{"source": "asked"') else reports
            which[make_token(parts.token_key, one.attempt_id), one.provider_id, one.status] += 1
    return reports, answers
