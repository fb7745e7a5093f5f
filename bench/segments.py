"""How many texts a second are measured for their segments: planning and the claim measure each one."""

from reminders.domain.segments import measure

TEXTS = (
    "Lakeside: see you Wed Oct 7 at 10:30 AM, 12 Harbor St. Questions? 312-555-0142. Reply STOP to opt out.",
    "Lakeside: no food after 11:30 PM Tuesday, clear liquids until 5:30 AM. " * 3,
    "Lakeside: su visita es el mié 7 oct a las 10:30. ¿Preguntas? 312-555-0142.",
)
REPEATS = 1_000


def measure_texts() -> int:
    """Measure every text many times; return how many that were."""
    for _ in range(REPEATS):
        for text in TEXTS:
            measure(text)
    return REPEATS * len(TEXTS)
