"""A clinic for tests of planning: two places in two zones, one patient, the rules of a ketamine visit."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from reminders.domain.facts import (
    ClinicPolicy,
    ContactPoint,
    Course,
    OpenHours,
    PatientFacts,
    Person,
    Place,
    Visit,
)
from reminders.domain.protocol import (
    Anchor,
    Condition,
    CourseKind,
    Direction,
    Elapsed,
    FactValue,
    Landmark,
    Late,
    Moment,
    Phase,
    Protocol,
    Rule,
    Service,
    Stop,
    Test,
    WallClock,
)
from reminders.domain.rulebook import ActiveProtocol
from reminders.domain.words import Category, Channel, Context, Lane, VisitStatus

NEW_YORK, CHICAGO = "America/New_York", "America/Chicago"
_NAMES = UUID("6f1f2c0e-58f1-4b8a-9d0b-3a8f0c9a7b11")


def named(name: str) -> UUID:
    """Return the id that stands for *name* in these tests."""
    return uuid5(_NAMES, name)


def at(text: str, zone: str = NEW_YORK) -> datetime:
    """Return the instant of a wall time such as `2026-10-07 10:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def wall(instant: datetime, zone: str = NEW_YORK) -> str:
    """Return *instant* as clocks in *zone* show it."""
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def hours(zone: str, *closed_on: date) -> OpenHours:
    return OpenHours(
        zone=zone,
        spans={weekday: [(time(8), time(18))] for weekday in range(5)},
        closed_on=frozenset(closed_on),
    )


MIDTOWN = Place(id=named("midtown"), slug="midtown", hours=hours(NEW_YORK, date(2026, 11, 26)))
LAKESIDE = Place(id=named("lakeside"), slug="lakeside", hours=hours(CHICAGO))

KETAMINE = Service(
    slug="iv-ketamine",
    stops=(Stop(slug="food", before=timedelta(hours=8)), Stop(slug="clear-liquids", before=timedelta(hours=2))),
    recovery=timedelta(hours=2),
    driver_required=True,
)
CONSULTATION = Service(slug="consultation")

INDUCTION = Phase(slug="induction", first=1, last=6, interval=timedelta(days=3))
MAINTENANCE = Phase(slug="maintenance", first=7, last=None, interval=timedelta(days=21))
COURSE_KIND = CourseKind(slug="iv-ketamine-course", service="iv-ketamine", phases=(INDUCTION, MAINTENANCE))


def when(fact: str, value: FactValue, test: Test = Test.EQUAL) -> Condition:
    return Condition(fact=fact, test=test, value=value)


def hours_of(number: float) -> timedelta:
    return timedelta(hours=number)


BOOKED = Rule(
    slug="booked",
    anchor=Anchor.BOOKED,
    offset=Elapsed(timedelta()),
    category=Category.ADMIN,
    template="booked",
    useful_until=Moment(Landmark.START, -hours_of(24)),
    asks=Context.CONFIRM,
)
OVERVIEW = Rule(
    slug="overview",
    anchor=Anchor.START,
    offset=WallClock(-3, time(10)),
    category=Category.ADMIN,
    template="overview",
    quiet=Direction.EARLIER,
    useful_until=Moment(Landmark.START, -hours_of(24)),
)
DRIVER_ASK = Rule(
    slug="driver-ask",
    anchor=Anchor.START,
    offset=Elapsed(-hours_of(48)),
    category=Category.PREP,
    lane=Lane.PREP,
    template="driver-ask",
    limited=False,
    useful_until=Moment(Landmark.START, -hours_of(24)),
    late=Late.SKIP,
    asks=Context.DRIVER_ASK,
    when=(when("driver.state", "none"),),
)
PREP = Rule(
    slug="prep",
    anchor=Anchor.START,
    offset=WallClock(-1, time(17)),
    at_latest=Moment(Landmark.FIRST_STOP, -hours_of(2)),
    category=Category.PREP,
    lane=Lane.PREP,
    template="prep",
    quiet=Direction.EARLIER,
    useful_until=Moment(Landmark.LAST_STOP),
    limited=False,
    asks=Context.PREP,
    rescue=True,
)
MOVED = Rule(
    slug="moved",
    anchor=Anchor.MOVED,
    offset=Elapsed(timedelta()),
    category=Category.ADMIN,
    template="moved",
    useful_until=Moment(Landmark.START),
    limited=False,
    asks=Context.MOVED,
    rescue=True,
    when=(when("move.near", value=False),),
)
MOVED_PREP = Rule(
    slug="moved-prep",
    anchor=Anchor.MOVED,
    offset=Elapsed(timedelta()),
    category=Category.PREP,
    lane=Lane.PREP,
    template="moved-prep",
    useful_until=Moment(Landmark.LAST_STOP),
    limited=False,
    asks=Context.MOVED,
    rescue=True,
    replaces=("prep",),
    when=(when("move.near", value=True),),
)
CANCELLED = Rule(
    slug="cancelled",
    anchor=Anchor.CANCELLED,
    offset=Elapsed(timedelta()),
    category=Category.ADMIN,
    template="cancelled",
    useful_until=Moment(Landmark.START),
    limited=False,
    rescue=True,
)
NOSHOW = Rule(
    slug="noshow",
    anchor=Anchor.NOSHOW,
    offset=Elapsed(hours_of(2)),
    category=Category.ADMIN,
    template="noshow",
    useful_until=Moment(Landmark.DUE, hours_of(24)),
)
GOING_HOME = Rule(
    slug="going-home",
    anchor=Anchor.ARRIVED,
    offset=Elapsed(timedelta(minutes=170)),
    category=Category.SAFETY,
    lane=Lane.SAFETY,
    template="going-home",
    useful_until=Moment(Landmark.DUE, hours_of(6)),
    limited=False,
)
CHECKIN = Rule(
    slug="checkin",
    anchor=Anchor.END,
    offset=WallClock(1, time(10)),
    category=Category.CHECK_IN,
    template="checkin",
    useful_until=Moment(Landmark.DUE, hours_of(36)),
    asks=Context.CHECKIN,
    when=(when("visit.status", "fulfilled"),),
)
NUDGE = Rule(
    slug="nudge",
    anchor=Anchor.COURSE,
    offset=WallClock(-7, time(10)),
    category=Category.NUDGE,
    lane=Lane.NUDGE,
    template="nudge",
    useful_until=Moment(Landmark.ANCHOR, timedelta(days=14)),
    when=(when("course.phase", "maintenance"),),
)
NUDGE_AGAIN = replace(NUDGE, slug="nudge-again", offset=WallClock(-4, time(10)))

KETAMINE_RULES = (
    BOOKED,
    OVERVIEW,
    DRIVER_ASK,
    PREP,
    MOVED,
    MOVED_PREP,
    CANCELLED,
    NOSHOW,
    GOING_HOME,
    CHECKIN,
    NUDGE,
    NUDGE_AGAIN,
)


def protocol(*rules: Rule, version: str = "v1") -> ActiveProtocol:
    """Return a protocol that looks after ketamine visits, consultations and the ketamine course."""
    return ActiveProtocol(
        named(version),
        Protocol(
            slug="iv-ketamine",
            title="IV ketamine visit",
            services=("iv-ketamine", "consultation"),
            courses=("iv-ketamine-course",),
            rules=rules,
        ),
    )


ALL_RULES = (protocol(*KETAMINE_RULES),)


def phone(number: str = "phone", /, **marks: bool) -> ContactPoint:
    return ContactPoint(
        channel=Channel.SMS, address_id=named(number), **{"consented": True, "nudge_consented": True, **marks}
    )


def mailbox(address: str = "mailbox", /, **marks: bool) -> ContactPoint:
    return ContactPoint(
        channel=Channel.EMAIL, address_id=named(address), **{"consented": True, "nudge_consented": True, **marks}
    )


def person(*contacts: ContactPoint, **values: Any) -> Person:
    found = contacts or (phone(),)
    return Person(
        id=named("patient"),
        contacts={contact.channel: contact for contact in found},
        **{"zone": NEW_YORK, **values},
    )


def visit(starts: str | datetime = "2026-10-07 10:30", **values: Any) -> Visit:
    """Return a booked visit, seen long before unless *values* say otherwise."""
    starts_at = at(starts, values.get("zone", NEW_YORK)) if isinstance(starts, str) else starts
    given: Mapping[str, Any] = {
        "id": named("visit"),
        "status": VisitStatus.BOOKED,
        "duration": timedelta(minutes=50),
        "zone": NEW_YORK,
        "service": KETAMINE,
        "place": MIDTOWN,
        "first_seen_at": starts_at - timedelta(days=30),
        "booked_at": starts_at - timedelta(days=30),
        "driver_state": "yes",
        **values,
    }
    return Visit(starts_at=starts_at, **given)


def facts(*visits: Visit, **values: Any) -> PatientFacts:
    given = {"person": person(), "policy": ClinicPolicy(language="en"), **values}
    return PatientFacts(visits=visits, **given)


def course(**values: Any) -> Course:
    return Course(**{"id": named("course"), "kind": COURSE_KIND, **values})
