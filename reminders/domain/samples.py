"""Worst-case values: the longest day, time, name and fast that a clinic's wordings may have to print.

Each is the longest of its kind by itself, so that a text which fits them fits any patient.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from reminders.domain import dates, fasting
from reminders.domain.clinic_setup import ClinicSetup
from reminders.domain.protocol import Service, Stop
from reminders.domain.segments import measure, plain
from reminders.domain.wording import Values

LONG_NAME = "Christopher"
"""A longer name gives way: `render_sms` leaves it out where it does not fit."""

_USUAL_FAST = Service(
    slug="usual",
    stops=(
        Stop(slug="food", before=timedelta(hours=8), say={"en": "no food after", "es": "no coma después de"}),
        Stop(
            slug="clear-liquids",
            before=timedelta(hours=2),
            say={"en": "clear liquids until", "es": "bebidas claras hasta"},
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What of a clinic its wordings may print."""

    name: str = "Cedar Clinic"
    """The discreet one."""
    phone: str = "212-555-0142"
    places: tuple[tuple[str, str], ...] = (("Midtown office", "250 Linden Avenue, New York"),)
    """Name and address of each location."""
    zones: tuple[str, ...] = ("America/New_York",)
    services: tuple[Service, ...] = ()
    private_words: tuple[str, ...] = ()

    @classmethod
    def of(cls, clinic: ClinicSetup) -> "Voice":
        """Return the voice of a clinic as its file lays it down."""
        return cls(
            name=clinic.display_name,
            phone=clinic.phone,
            places=tuple((location.name, location.address) for location in clinic.locations),
            zones=tuple(dict.fromkeys(location.hours.zone for location in clinic.locations)),
            services=clinic.services,
        )


def worst_values(voice: Voice, language: str) -> Values:
    """Return the placeholders of a message in *language*, each as long as it gets; the fast has not begun."""
    day = _longest_day(language)
    stops = _longest_fast(_fasts(voice.services), voice.zones, language)
    zone_named = f" ({_longest(dates.zone_name(at, zone) for zone in voice.zones for at in _days(366))})"
    return {
        "clinic": {"name": voice.name, "phone": voice.phone},
        "patient": {"first_name": LONG_NAME},
        "visit": {
            "date": day,
            "weekday": _longest_weekday(language),
            "time": _longest_time(voice.zones, language, name_zone=True),
            "home_time": _longest_time(voice.zones, language, name_zone=False),
            "place": _longest(name for name, _ in voice.places),
            "address": _longest(address for _, address in voice.places),
            "number": 24,
        },
        "fasting": {
            "sentence": ", ".join(f"{stop.name} {stop.time}" for stop in stops) + zone_named,
            "begun": False,
            "stops": [
                {"name": stop.name, "time": f"{stop.time}{zone_named}", "weekday": stop.weekday} for stop in stops
            ],
        },
        "course": {"next_date": day},
        "also": "",
    }


def _longest(texts: Iterable[str]) -> str:
    return max(texts, key=lambda text: measure(plain(text)).units, default="")


def _fasts(services: Sequence[Service]) -> tuple[tuple[Stop, ...], ...]:
    return tuple(service.stops for service in services if service.stops) or (_USUAL_FAST.stops,)


@lru_cache(maxsize=32)
def _longest_day(language: str) -> str:
    return _longest(dates.short_date(at, "UTC", language) for at in _days(366))


@lru_cache(maxsize=32)
def _longest_weekday(language: str) -> str:
    return _longest(dates.weekday(at, "UTC", language) for at in _days(7))


@lru_cache(maxsize=32)
def _longest_time(zones: Sequence[str], language: str, *, name_zone: bool) -> str:
    return _longest(
        dates.clock(at, zone, language, name_zone=name_zone)
        for zone in zones
        for months in (0, 6)
        for at in _starts(zone, datetime(2026, 1 + months, 15, tzinfo=ZoneInfo(zone)))
    )


def _longest_fast(
    fasts: Sequence[tuple[Stop, ...]], zones: Sequence[str], language: str
) -> tuple[fasting.SpokenStop, ...]:
    """Return the fast that takes the most words over the visits of a week that ends with a change of the clocks."""
    spoken = (
        fasting.spoken(Service(slug="", stops=stops), at, zone, language)
        for stops in fasts
        for zone in zones
        for day in range(26, 33)
        for at in _starts(zone, datetime(2026, 10, 1, tzinfo=ZoneInfo(zone)) + timedelta(days=day - 1))
    )
    return max(spoken, key=lambda stops: sum(measure(plain(f"{stop.name} {stop.time}")).units for stop in stops))


def _days(count: int) -> Iterator[datetime]:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    return (noon + timedelta(days=day) for day in range(count))


def _starts(zone: str, day: datetime) -> Iterator[datetime]:
    """Yield the half hours at which visits begin on the local *day*, 6 AM to 8 PM."""
    for half in range(12, 41):
        yield datetime.combine(day.date(), time(half // 2, half % 2 * 30), ZoneInfo(zone)).astimezone(UTC)
