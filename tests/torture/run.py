"""One torture run: faults and edits let loose on the real system, a bounded wait until it is quiet, the judgement."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.torture import clinic, plan, receipts, twilio
from tests.torture.book import Drawing
from tests.torture.desk import Desk
from tests.torture.evidence import Ledger, Tables
from tests.torture.faults import Faults
from tests.torture.fleet import EVERYBODY
from tests.torture.judge import Judge
from tests.torture.leaks import find_leaks
from tests.torture.quiet import await_quiet, patience
from tests.torture.ready import await_ready, who_is_missing
from tests.torture.shift import Shift
from tests.torture.stage import Order, Stage, Teller, fall, staged

WAVE_EVERY = 3.0
"""Seconds between two files of new visits."""
PATIENTS_A_SECOND = 4
LATENCY = 0.15
"""Seconds that the provider takes for an answer at least."""
SKEW = timedelta(minutes=5)
SKEWED = ("worker-all", "worker-all", "worker-send-1", "scheduler-1", "web")
"""Whose clock may be wrong; the one who does everything more often."""
START = timedelta(seconds=12)
"""About how long the processes take to start."""


@dataclass
class Outcome:
    """What came of a run."""

    violations: list[str] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=dict)


def run(order: Order, folder: Path, say: Teller) -> Outcome:
    """Run the real system under faults; its artefacts stay in *folder*."""
    with staged(order, folder, say, twilio.Options(seed=order.seed, times=order.times, pause=LATENCY)) as stage:
        return _Run(order, stage, say).run()


class _Run:
    """One run on a stage that is set."""

    def __init__(self, order: Order, stage: Stage, say: Teller) -> None:
        self._order = order
        self._stage = stage
        self._say = say
        random = Random(order.seed)  # noqa: S311  repeatable on purpose
        waves = max(2, round(order.seconds / WAVE_EVERY))
        begins_at = clinic.now() + START
        self._calm_at = begins_at + timedelta(seconds=order.seconds)
        drawing = Drawing(random, stage.night, begins_at=begins_at, calm_at=self._calm_at)
        self._book = drawing.draw(patients=round(order.seconds * PATIENTS_A_SECOND), waves=waves)
        self._steps = plan.faults(random, order.times, seconds=order.seconds)
        skewed, skew = random.choice(SKEWED), random.choice((SKEW, -SKEW))
        self._crew = EVERYBODY.with_skew(skewed, skew)
        say(f"the clock of {skewed} will be off by {skew.total_seconds():+.0f} s")
        self._desk = Desk(stage.parts, say)
        acts = plan.acts(random, seconds=order.seconds, waves=waves)
        config = (stage.fleet.folder.path / "config" / "clinic.yaml").read_text()
        self._shift = Shift(self._desk, self._book, Random(order.seed + 1), acts, config)  # noqa: S311
        self._faults = Faults(stage.fleet, stage.parts, Random(order.seed + 2), say)  # noqa: S311

    def run(self) -> Outcome:
        """Do it all."""
        self._stage.fleet.start(self._crew)
        await_ready(self._stage.fleet, self._stage.parts, self._crew)
        self._say("they work")
        self._night = self._stage.night.falling(clinic.now() + timedelta(seconds=self._order.seconds / 2))
        fall(self._stage.parts, self._night)
        self._shift.begin()
        try:
            self._faults.run(self._steps)
        finally:
            self._shift.end()
            self._faults.finish()
        self._stage.fleet.order(calm=True)
        self._say(f"calm; quiet is awaited for at most {patience(self._order.times).total_seconds():.0f} s")
        is_quiet = await_quiet(self._stage.fleet, self._stage.parts, self._say)
        missing = who_is_missing(self._stage.fleet, self._stage.parts, self._crew)
        return self._judge(is_quiet=is_quiet, missing=missing)

    def _judge(self, *, is_quiet: bool, missing: Sequence[str]) -> Outcome:
        ledger, tables = Ledger.read(self._stage.ledger), Tables.read(self._stage.parts, clinic.now())
        judge = Judge(
            self._book,
            self._night,
            ledger,
            tables,
            self._order.times,
            self._calm_at,
            [(_instant(since), _instant(until)) for since, until in self._faults.frozen],
        )
        judge.judge()
        wrong, counts = receipts.find_faults(ledger, tables, self._stage.parts, self._faults.strangers)
        folder = self._stage.fleet.folder
        leaks = find_leaks(self._book, [folder.logs, folder.path / "valkey"])
        restless = [] if is_quiet else ["it did not become quiet in time"]
        gone = [f"runs, and does not work any more: {name}" for name in missing]
        errors = [f"the desk failed: {self._shift.error}"] if self._shift.error else []
        return Outcome(
            [*restless, *gone, *errors, *judge.violations, *wrong, *leaks],
            {
                "faults of processes": self._faults.counts,
                "faults of the provider": ledger.faults,
                "edits": Counter(self._desk.counts),
                "messages": judge.counts,
                "receipts": counts,
            },
        )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
