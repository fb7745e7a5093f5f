"""How many texts a second are measured for their segments: planning and the claim measure each one."""

import time
from collections.abc import Iterator

from bench.measure import Finding, Spread
from bench.stage import Stage
from reminders.domain.segments import measure

TEXTS = (
    "Lakeside: see you Wed Oct 7 at 10:30 AM, 12 Harbor St. Questions? 312-555-0142. Reply STOP to opt out.",
    "Lakeside: no food after 11:30 PM Tuesday, clear liquids until 5:30 AM. " * 3,
    "Lakeside: su visita es el mié 7 oct a las 10:30. ¿Preguntas? 312-555-0142.",
)
REPEATS = 1_000


def run(_stage: Stage, _scale: str, rounds: int) -> Iterator[Finding]:
    """Measure, and yield what was found."""
    rates = []
    for _ in range(rounds):
        started = time.perf_counter()
        measure_texts()
        rates.append(REPEATS * len(TEXTS) / (time.perf_counter() - started))
    yield Finding(section="segments", what="texts measured for their length", found=Spread.of(rates), unit="a second")


def measure_texts() -> None:
    """Measure every text many times."""
    for number in range(REPEATS):
        for text in TEXTS:
            measure(f"{text} {number}")  # each is another text: planning remembers what it has measured
