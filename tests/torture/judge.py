"""The judgement on a run: what the ledger says happened, held against the book and what our tables claim."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from reminders.pipeline.times import Times
from tests.torture.book import Book, Patient, Visit
from tests.torture.clinic import LIMITED, PREP_BEFORE, TEXTS_PER_DAY, Night
from tests.torture.evidence import Ledger, Row, Tables, Taken

_DEAD = frozenset({30005, 30006})
"""Reports after which a number is not tried again."""
_SLEPT = "excused, its sender was frozen after its last look: "
_TOLD = (
    *("sent twice", "lost", "state parked", "expired instead of sent, its tries had failed"),
    *(f"in flight at {what}" for what in ("opt-out", "cancel", "move")),
    *(_SLEPT + what for what in ("in quiet hours", "past its use")),
)
"""What is told even when there was none."""
_ON_THE_WIRE = timedelta(seconds=0.5)
"""What left before the night, or before it was of no use, may be heard in it."""
_AWAKE = timedelta(seconds=1)
"""Who is woken sends at once what it was about to send."""
_TO_DELIVER = timedelta(seconds=10)
"""What is of use for less is not handed over: no provider would deliver it in time."""
_RESTLESS = frozenset({"queued", "sending", "unknown"})
_HANDED_OVER = frozenset({"sent", "delivered", "undelivered"})
_UNSENT_AT_REST = frozenset({"suppressed", "expired", "cancelled"})


@dataclass
class Judge:
    """Holds what happened against what must hold; each check adds to `violations` and `counts`."""

    book: Book
    night: Night
    ledger: Ledger
    tables: Tables
    times: Times
    calm_at: datetime
    frozen: Sequence[tuple[datetime, datetime]] = ()
    violations: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._patients = {(patient.phone, patient.first_name): patient for patient in self.book.patients}
        self._visits = {visit.id: visit for visit in self.book.visits}
        self._rows = {(row.visit, row.rule): row for row in self.tables.rows if row.channel == "sms"}
        self._dead = {one.to for one in self.ledger.taken if self.ledger.ended.get(one.sid, (None, 0))[1] in _DEAD}

    @property
    def _longest_stop(self) -> timedelta:
        """How long planning may stand still, under faults: a visit that is over by then is not planned any more."""
        return 3 * self.times.lease + timedelta(seconds=15)

    def judge(self) -> None:
        """Run every check."""
        self.counts.update(dict.fromkeys(_TOLD, 0))
        self.counts["accepted by the provider"] = len(self.ledger.taken)
        self.counts["messages in our tables"] = len(self.tables.rows)
        for one in self.ledger.taken:
            self._judge_text(one)
        self._find_doubles()
        self._find_losses()
        self._find_overlaps()
        self._find_over_limit()
        for row in self.tables.rows:
            self._judge_row(row)

    def _fail(self, what: str, told: object) -> None:
        self.counts[what] += 1
        self.violations.append(f"{what}: {told}")

    # --- text by text

    def _judge_text(self, one: Taken) -> None:
        patient, row = self._patients.get((one.to, one.name)), self.tables.by_token.get(one.token)
        if patient is None or row is None:
            self._fail("accepted, but nobody of ours", one)
            return
        if self.night.is_quiet(one.heard_at - _ON_THE_WIRE, patient.zone):
            fell_asleep_at = self._asleep_since(one, row)
            is_day = fell_asleep_at is not None and not self.night.is_quiet(fell_asleep_at, patient.zone)
            self._excuse("in quiet hours", f"{one} in {patient.zone}", is_excused=is_day)
        self._judge_use(one, patient, row)
        self._judge_wanted(one, patient, row)

    def _judge_use(self, one: Taken, patient: Patient, row: Row) -> None:
        """Find what came too late to help, by the book and what the text says: whatever our tables hold."""
        visits = (visit for visit in self.book.visits if visit.patient is patient)
        visit = next((visit for visit in visits if one.said in {visit.said, *visit.was}), None)
        if visit is None:
            self._fail("sent about a time that no visit had", one)
            return
        until = visit.useful_until(one.rule, one.said)
        slack = self.times.call + self.times.last_wave + timedelta(seconds=1)
        is_late = one.heard_at - _ON_THE_WIRE > until
        if is_late or one.heard_at + timedelta(seconds=one.validity) > until + slack:
            slept = self._asleep_since(one, row)
            what = "past its use" if is_late else "so that it may be delivered past its use"
            self._excuse(what, f"{one}, useful until {until}", is_excused=slept is not None and slept < until)

    def _excuse(self, what: str, told: str, *, is_excused: bool) -> None:
        """Count what no check can prevent, and find the rest."""
        if is_excused:
            self.counts[_SLEPT + what] += 1
        else:
            self._fail(f"sent {what}", told)

    def _asleep_since(self, one: Taken, row: Row) -> datetime | None:
        """Return when the process that sent a text was frozen, if it was right before that.

        It had launched the text before, and the text was heard at its waking: what it had just checked may be over.
        """
        launched_at = row.launched.get(one.token)
        if launched_at is None:
            return None
        naps = ((since, until) for since, until in self.frozen if until <= one.heard_at <= until + _AWAKE)
        return next((since for since, _ in naps if launched_at <= since + _ON_THE_WIRE), None)

    def _judge_wanted(self, one: Taken, patient: Patient, row: Row) -> None:
        """Count what was on its way when it was forbidden, and find what was launched after that."""
        launched_at = row.launched.get(one.token)
        for what, forbidden_at in self._forbidden(one, patient, row):
            if one.heard_at <= forbidden_at:
                continue
            if launched_at is not None and launched_at <= forbidden_at:
                self.counts[f"in flight at {what}"] += 1
            else:
                self._fail(f"launched after {what}", f"{one}, launched {launched_at}, {what} at {forbidden_at}")

    def _forbidden(self, one: Taken, patient: Patient, row: Row) -> Iterator[tuple[str, datetime]]:
        if patient.opted_out_at is not None:
            yield "opt-out", patient.opted_out_at
        if patient.spoilt_at is not None:
            # What was in words by then may still go with a later wave of its batch.
            yield "spoiling", patient.spoilt_at + self.times.last_wave
        visit = self._visits.get(row.visit or "")
        if visit is None:
            return
        if visit.cancelled_at is not None and one.rule != "cancelled":
            yield "cancel", visit.cancelled_at
        if one.said in visit.over:
            yield "move", visit.over[one.said]

    # --- message by message

    def _find_doubles(self) -> None:
        told: defaultdict[tuple[str, str, str, str], list[Taken]] = defaultdict(list)
        for one in sorted(self.ledger.taken, key=lambda one: one.at):
            if any(not self._had_failed(earlier, one.heard_at) for earlier in told[one.identity]):
                self._fail("sent twice", one)
            elif told[one.identity]:
                self.counts["sent again after a proven failure"] += 1
            told[one.identity].append(one)

    def _had_failed(self, one: Taken, before: datetime) -> bool:
        ended = self.ledger.ended.get(one.sid)
        return ended is not None and ended[1] > 0 and ended[0] < before

    def _find_losses(self) -> None:
        told = Counter((one.to, one.name, one.rule, one.said) for one in self.ledger.taken)
        for visit in self.book.visits:
            for rule in self._expected(visit):
                if told[visit.patient.phone, visit.patient.first_name, rule, visit.said] == 0:
                    self._miss(visit, rule)
                self.counts["expected of the book"] += 1
        self._find_lost_notes(told)
        self._find_lost_news()

    def _find_lost_notes(self, told: Counter[tuple[str, str, str, str]]) -> None:
        """Find patients who got none of their notes: the limit leaves room for one."""
        notes: defaultdict[str, list[Visit]] = defaultdict(list)
        for visit in self.book.visits:
            if visit.service == "notes" and self._is_plain(visit):
                notes[visit.patient.id].append(visit)
        for visits in notes.values():
            found = sum(told[one.patient.phone, one.patient.first_name, "note", one.said] for one in visits)
            if len(visits) == 3 and found == 0:
                self._miss(visits[0], "note")

    def _find_lost_news(self) -> None:
        """Find patients who were told of a visit and not that it was moved, or called off by the clinic."""
        told: defaultdict[tuple[str, str], list[Taken]] = defaultdict(list)
        for one in self.ledger.taken:
            if self.ledger.ended.get(one.sid, (None, 0))[1] == 0:
                told[one.to, one.name].append(one)
        for visit in self.book.visits:
            rule = self._news(visit, {one.said for one in told[visit.patient.phone, visit.patient.first_name]})
            if rule is None:
                continue
            self.counts[f"expected of what was {rule}"] += 1
            if not any(
                one.identity == (visit.patient.phone, visit.patient.first_name, rule, visit.said)
                for one in self.ledger.taken
            ):
                self._miss(visit, rule)

    def _news(self, visit: Visit, told: set[str]) -> str | None:
        """Return the rule whose text must tell of an edit to somebody who was *told* of those times."""
        if not self._may_be_told(visit) or visit.service != "visit":
            return None
        if visit.cancelled_at is not None:
            knows = bool(told & {visit.said, *visit.over})
            return "cancelled" if knows and visit.cancelled_by == "clinic" else None
        return "moved" if told & visit.over.keys() else None

    def _miss(self, visit: Visit, rule: str) -> None:
        row = self._rows.get((visit.id, rule))
        if row is not None and row.state == "parked" and row.has_open_item:
            self.counts[f"parked instead of sent: {row.reason}"] += 1
        elif row is not None and rule == "brief" and row.state == "expired" and self._has_failed_in_time(row, visit):
            self.counts["expired instead of sent, its tries had failed"] += 1
        else:
            self._fail("lost", f"{rule} for {visit.id} ({visit.patient.phone}), our table: {row}")

    def _has_failed_in_time(self, row: Row, visit: Visit) -> bool:
        """Whether *row* was launched while it helped: a fault let that try come to nothing."""
        until = visit.useful_until("brief", visit.said)
        return any(launched_at is not None and launched_at < until for launched_at in row.launched.values())

    def _expected(self, visit: Visit) -> Iterator[str]:
        """Yield the rules whose text must have been accepted, whatever our tables say."""
        if not self._is_plain(visit):
            return
        if visit.service == "visit":
            yield "booked"
            if visit.starts_at - PREP_BEFORE <= self.calm_at:
                yield "prep"
        elif visit.service == "care":
            yield "safe"
        elif visit.service == "brief" and self._has_time(visit):
            yield "brief"

    def _has_time(self, visit: Visit) -> bool:
        """Whether there is time for a text that helps only until the visit starts, whatever stands still meanwhile.

        At a number that others share one of theirs, whose fate is unknown, may hold it for longer.
        """
        if visit.imported_at is None or len(self.book.at(visit.patient.phone)) > 1:
            return False
        return visit.starts_at - visit.imported_at > self._longest_stop + _TO_DELIVER

    def _is_plain(self, visit: Visit) -> bool:
        """Whether nothing speaks against its texts: nobody edited it, and its number takes them."""
        return self._may_be_told(visit) and not visit.is_touched

    def _may_be_told(self, visit: Visit) -> bool:
        """Whether texts about it may and can reach its patient."""
        patient = visit.patient
        is_reachable = patient.phone not in self.ledger.refused_numbers and patient.phone not in self._dead
        is_open = visit.imported_at is not None and patient.opted_out_at is None
        return is_open and is_reachable and not patient.is_night

    def _find_overlaps(self) -> None:
        """Find addresses with two texts on their way at once."""
        last: dict[str, Taken] = {}
        for one in sorted(self.ledger.taken, key=lambda one: one.heard_at):
            before = last.get(one.to)
            if before is not None and one.heard_at < before.at:
                self._fail("two on their way to one number", f"{before} and {one}")
            last[one.to] = one

    def _find_over_limit(self) -> None:
        days: Counter[tuple[str, object]] = Counter()
        for one in sorted(self.ledger.taken, key=lambda one: one.heard_at):
            patient = self._patients.get((one.to, one.name))
            if patient is None:
                continue
            day = (patient.id, one.heard_at.astimezone(ZoneInfo(patient.zone)).date())
            if one.rule in LIMITED and days[day] >= TEXTS_PER_DAY:
                self._fail("over the limit", one)
            days[day] += 1

    # --- row by row

    def _judge_row(self, row: Row) -> None:
        self.counts[f"state {row.state}"] += 1
        taken = [one for one in self.ledger.taken if one.token in row.launched] if row.channel == "sms" else []
        was_refused = any(token in self.ledger.refused for token in row.launched)
        if row.state in _RESTLESS:
            self._fail("left in the middle", row)
        if row.state == "scheduled" and row.due_at <= self.tables.read_at:
            self._fail("due and never handed over", row)
        if row.state in {*_UNSENT_AT_REST, "parked", "undelivered"} and not row.reason:
            self._fail("at rest without a reason", row)
        if row.state in _UNSENT_AT_REST and taken:
            self._fail("accepted, but said to be unsent", row)
        if row.channel == "sms" and row.state in _HANDED_OVER and not taken and not was_refused:
            self._fail("said to be sent, but never accepted", row)
        if row.state == "parked" and not row.has_open_item:
            self._fail("parked without a work item", row)
        is_early = row.useful_until > self.tables.read_at + timedelta(seconds=10)
        if row.state == "expired" and is_early and not self._sleeps_through(row):
            self._fail("expired too early", row)

    def _sleeps_through(self, row: Row) -> bool:
        """Whether its patient's night lasts longer than it helps."""
        return any(patient.id == row.patient and patient.is_night for patient in self.book.patients)
