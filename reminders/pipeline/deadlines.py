"""The driver's deadline: when it passes, the patient is planned again, and planning asks people to find a driver."""

from reminders.pipeline.parts import Parts
from reminders.store import deadlines
from reminders.store.now import read

AT_A_TIME = 500


def notice(parts: Parts) -> int:
    """Owe plans for visits whose driver's deadline has passed; return how many."""
    with parts.transaction() as session:
        return deadlines.notice(session, read(session), limit=AT_A_TIME)
