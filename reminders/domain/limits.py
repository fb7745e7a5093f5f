"""How many texts a person gets: what is planned for which day, and who gives way.

Days are the recipient's. Every text counts but answers; those that a rule calls limited
give way, the lower lane first, then the later, and go on the next day with room at the
same time of day. A message that rides in another needs no room.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from reminders.domain.facts import ClinicPolicy, Slot, Standing
from reminders.domain.history import History
from reminders.domain.quiet import next_open
from reminders.domain.scenes import Known
from reminders.domain.states import HANDED_OVER, State
from reminders.domain.wallclock import local_day, shift_days
from reminders.domain.words import Channel, SubjectKind

_WEEK = 7
_MAY_HAVE_GONE = HANDED_OVER | {State.PARKED}
_LOOK_AHEAD = 60
"""Days after which nobody looks for room any more."""


class Texts:
    """How many texts a person gets on each day."""

    def __init__(self, policy: ClinicPolicy) -> None:
        self._policy = policy
        self._count: Counter[date] = Counter()

    def add(self, day: date, texts: int = 1) -> None:
        """Count *texts* more on *day* (fewer: negative)."""
        self._count[day] += texts

    def have_room(self, day: date, more: int = 1) -> bool:
        """Whether *more* on *day* keep that day and every seven days around it within the limits."""
        if self._count[day] + more > self._policy.texts_per_day:
            return False
        days = [self._count[day + timedelta(days=n)] for n in range(1 - _WEEK, _WEEK)]
        fullest = max(sum(days[first : first + _WEEK]) for first in range(_WEEK))
        return fullest + more <= self._policy.texts_per_week


def count_texts(texts: Texts, rows: Iterable[Standing], zone: str) -> None:
    """Count the texts among *rows*, each on the day it went or is due; answers and riders do not count."""
    for row in rows:
        if row.channel is Channel.SMS and row.state is not State.MERGED and not is_answer(row.slot):
            texts.add(local_day(row.launched_at or row.due_at, zone))


def is_answer(slot: Slot) -> bool:
    """Whether the message answers a reply: the patient asked for it."""
    return slot.subject_kind is SubjectKind.REPLY


def handed_over(history: History, recipient_id: UUID) -> Iterator[Standing]:
    """Yield the rows that a provider was given for a person; one that is parked, and may have gone, counts too."""
    for row in history.all:
        if row.slot.recipient_id == recipient_id and row.state in _MAY_HAVE_GONE and row.launched_at:
            yield row


def later_days(due_at: datetime, known: Known) -> Iterator[datetime]:
    """Yield the same time of day on the days after *due_at*, out of the quiet hours."""
    zone = known.person.zone
    for days in range(1, _LOOK_AHEAD):
        yield next_open(shift_days(due_at, days, zone), zone, known.policy)
