"""Protocols: the ordered rules that a clinic keeps for one kind of visit or phase of a course.

These are values; `protocol_file` reads them from YAML, the store keeps them as versions,
`plan` turns them into messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum

from reminders.domain.words import Audience, Category, Channel, Context, Lane


class Anchor(StrEnum):
    """The instant that a rule's offset counts from."""

    START = "start"
    END = "end"
    """End of the treatment itself; recovery is `offset`'s business."""
    BOOKED = "booked"
    """When the visit was booked, or first seen here."""
    MOVED = "moved"
    """When a visit that the patient was told of was moved by 15 minutes or more."""
    CANCELLED = "cancelled"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    NOSHOW = "noshow"
    DRIVER = "driver"
    """When the driver may be asked: the patient has agreed to it, and the visit is near."""
    READY = "ready"
    """When staff says that the patient may be fetched."""
    HOME = "home"
    """When staff says that the patient goes home; until then arrival plus treatment plus recovery."""
    COURSE = "course"
    """Start of the course's last fulfilled visit plus the interval of its phase."""


class Direction(StrEnum):
    """Where a message goes that falls into quiet hours."""

    EARLIER = "earlier"
    LATER = "later"


class Late(StrEnum):
    """What happens to a message whose moment had passed when it was first planned."""

    SEND = "send"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Elapsed:
    """An offset in elapsed time: "-3 h", "+90 min"."""

    by: timedelta


@dataclass(frozen=True, slots=True)
class WallClock:
    """An offset in calendar days at a wall time: "day before at 17:00", "+10 d at 10:00", "-3 d".

    `at` None keeps the anchor's own wall time.
    """

    days: int
    at: time | None = None


Offset = Elapsed | WallClock


class Landmark(StrEnum):
    """A moment of the visit that a rule may lean on."""

    DUE = "due"
    """When the message itself is due before quiet hours or limits move it."""
    ANCHOR = "anchor"
    START = "start"
    END = "end"
    FIRST_STOP = "first stop"
    LAST_STOP = "last stop"


@dataclass(frozen=True, slots=True)
class Moment:
    """A landmark plus elapsed time: "start - 24 h", "anchor + 36 h", "last stop"."""

    of: Landmark
    plus: timedelta = timedelta()


class Test(StrEnum):
    """How a condition compares."""

    __test__ = False  # not a pytest class

    EQUAL = "equal"
    NOT_EQUAL = "not equal"
    IN = "in"
    NOT_IN = "not in"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    PRESENT = "present"
    MISSING = "missing"


FactValue = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Condition:
    """One {fact, is, value} of a rule; all of a rule's conditions must hold."""

    fact: str
    test: Test
    value: FactValue | tuple[FactValue, ...] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of a protocol; `slug` is stable, messages are keyed by it."""

    slug: str
    anchor: Anchor
    offset: Offset
    category: Category
    template: str
    useful_until: Moment
    channels: tuple[Channel, ...] = (Channel.SMS, Channel.EMAIL)
    audience: Audience = Audience.PATIENT
    lane: Lane = Lane.ROUTINE
    quiet: Direction = Direction.LATER
    at_latest: Moment | None = None
    """Never later than this: "first stop - 2 h" brings a message forward so that it can be obeyed."""
    when: tuple[Condition, ...] = ()
    limited: bool = True
    asks: Context | None = None
    """What it asks, which is what an answer to it can mean; at most one message of a merged text asks."""
    late: Late = Late.SEND
    replaces: tuple[str, ...] = ()
    """Slugs of rules of the same visit that are not needed when this one goes."""
    rescue: bool = False
    """Whether a message that does not get through becomes "phone this patient"."""
    also_after: timedelta | None = None
    """Send on the next channel too, without proof of failure, after this time; such doubles are counted apart."""
    double_harmless: bool = False
    """Whether one whose fate nobody can tell (an email) is sent once more instead of waiting for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """The rules for the visits of some services, or for courses of some kinds."""

    slug: str
    title: str
    services: tuple[str, ...]
    phases: tuple[str, ...] = ()
    """Only visits of these phases; empty: any."""
    courses: tuple[str, ...] = ()
    """Kinds of course that the rules with anchor `course` look after."""
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stop of a fast: nothing of this kind less than `before` ahead of the start."""

    slug: str
    before: timedelta
    say: Mapping[str, str] = field(default_factory=dict)
    """By language, the words before the time: {"en": "no food after", "es": "no coma después de"}."""


DRIVER_DEADLINE = timedelta(hours=20)
"""What a service has that does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A kind of visit, with what a patient must do before and after it."""

    slug: str
    title: Mapping[str, str] = field(default_factory=dict)
    stops: tuple[Stop, ...] = ()
    recovery: timedelta = timedelta()
    driver_required: bool = False
    driver_deadline: timedelta = DRIVER_DEADLINE
    """So long before the start a visit without a driver is a person's business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of a course: from visit number `first` to `last` (None: open), `interval` apart."""

    slug: str
    first: int
    last: int | None
    interval: timedelta
    at_most: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseKind:
    """A kind of treatment plan."""

    slug: str
    service: str
    phases: tuple[Phase, ...]
