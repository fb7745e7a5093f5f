"""The plan of a torture run: which fault and which act of the desk comes when, drawn from the seed alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from reminders.pipeline.times import Times

SEND = ("worker-send-1", "worker-send-2", "worker-all")


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One thing that happens at a moment of the run."""

    at: float
    """Seconds from the start."""
    what: str
    whom: str = ""
    lasting: float = 0
    """Seconds."""

    def __str__(self) -> str:
        lasting = f" for {self.lasting:.1f} s" if self.lasting else ""
        return f"{self.at:6.1f} s  {self.what} {self.whom}{lasting}"


def faults(random: Random, times: Times, *, seconds: float) -> list[Step]:
    """Return the faults of a run: every kind once in each round, in an order of its own."""
    menu = _menu(random, times)
    longest = max(step.lasting for step in menu)
    rounds = max(1, round(seconds / max(35.0, 2 * longest)))
    length = seconds / rounds
    steps: list[Step] = []
    for number in range(rounds):
        menu = _menu(random, times)
        random.shuffle(menu)
        gap = (length - 2) / len(menu)
        for place, step in enumerate(menu):
            at = number * length + 1 + (place + random.random()) * gap
            steps.append(Step(at, step.what, step.whom, step.lasting))
    return sorted(steps)


def _menu(random: Random, times: Times) -> list[Step]:
    lease = times.lease.total_seconds()
    call = times.call.total_seconds()
    short = max(1.0, call)
    return [
        Step(0, "kill", random.choice(SEND)),
        Step(0, "kill", random.choice(SEND)),
        Step(0, "kill the child of", random.choice(SEND)),
        Step(0, "kill only the parent of", random.choice(SEND)),
        Step(0, "kill", random.choice(("worker-safety", "worker-desk"))),
        Step(0, "kill", "scheduler"),
        Step(0, "kill", "web"),
        Step(0, "deploy", random.choice((*SEND, "worker-desk"))),
        Step(0, "freeze", random.choice(SEND), lease * random.uniform(1.2, 2.2)),
        Step(0, "freeze", random.choice(SEND), call * random.uniform(0.3, 1.5)),
        Step(0, "freeze", "worker-desk", lease * random.uniform(0.3, 1.3)),
        Step(0, "freeze", "scheduler", max(1.5, 2 * times.leadership.total_seconds())),
        Step(0, "freeze", "web", short * random.uniform(0.5, 3)),
        Step(0, "restart", "valkey"),
        Step(0, "empty", "valkey"),
        Step(0, "take away", "valkey", short * random.uniform(1, 3)),
        Step(0, "freeze", "valkey", short * random.uniform(1, 3)),
        Step(0, "restart", "postgres"),
        Step(0, "end the sessions of", "postgres"),
        Step(0, "outage", "twilio", short * random.uniform(1, 3)),
        Step(0, "callback of a stranger", "twilio"),
        Step(0, "callback of a stranger", "twilio"),
    ]


def acts(random: Random, *, seconds: float, waves: int) -> list[Step]:
    """Return what the desk does: files of new visits, and edits while their messages are in flight."""
    steps = [
        Step(0, "import", str(wave)) if wave == 0 else Step(wave * seconds / waves, "import", str(wave))
        for wave in range(waves)
    ]
    for wave in range(waves):
        # Planned, dispatched and sent within about two seconds: the edits meet what has just set out.
        steps += [
            Step(wave * seconds / waves + random.uniform(0.2, 2.2), what) for what in _EDITS if random.random() < 0.6
        ]
    steps += [Step(seconds * 0.3, "spoil"), Step(seconds * 0.5, "publish", "changed")]
    if seconds > 120:
        steps += [Step(seconds * 0.7, "publish", "original"), Step(seconds * 0.8, "publish", "changed")]
    return sorted(step for step in steps if step.at < seconds)


_EDITS: Sequence[str] = (
    "move",
    "cancel by the clinic",
    "cancel by the patient",
    "opt out",
    "opt out",
    "withdraw consent",
)


def until(steps: Sequence[Step]) -> timedelta:
    """Return how long it takes until the last fault of *steps* is over."""
    return timedelta(seconds=max((step.at + step.lasting for step in steps), default=0))
