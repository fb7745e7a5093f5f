"""Fasting: each stop of a service as an instant, and all of them as one sentence with clock times.

Stops count elapsed time back from the start, so that eight hours are eight hours across
a change of the clocks. The sentence shows the location's clock, names the weekday of a
stop that is not on the day of the visit, and says midnight by the night it ends:
"no food after midnight Tuesday night, clear liquids until 6:00 AM".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from reminders.domain.dates import clock, weekday
from reminders.domain.errors import WordingError
from reminders.domain.protocol import Service, Stop
from reminders.domain.wallclock import is_repeated, local, local_day


@dataclass(frozen=True, slots=True)
class SpokenStop:
    """One stop as a template may show it."""

    name: str
    """The words before the time: "no food after"."""
    time: str
    """The time as the sentence says it, with its day where needed: "11:30 PM Tuesday"."""
    weekday: str


def stops_of(service: Service, starts_at: datetime) -> tuple[tuple[str, datetime], ...]:
    """Return each stop of a visit and its instant, soonest first."""
    return tuple((stop.slug, starts_at - stop.before) for stop in _in_order(service))


def first_stop(service: Service, starts_at: datetime) -> datetime | None:
    """Return when the fast begins; None where the service has no fast."""
    stops = stops_of(service, starts_at)
    return stops[0][1] if stops else None


def begun(service: Service, starts_at: datetime, now: datetime) -> bool:
    """Whether the first stop has passed, so that the patient may have eaten since."""
    first = first_stop(service, starts_at)
    return first is not None and first <= now


def joined(stops: Iterable[SpokenStop]) -> str:
    """Return *stops* as one sentence."""
    return ", ".join(f"{stop.name} {stop.time}" for stop in stops)


def spoken(service: Service, starts_at: datetime, zone: str, language: str) -> tuple[SpokenStop, ...]:
    """Return the stops in the words of *language*, soonest first."""
    return tuple(_speak(stop, starts_at, zone, language) for stop in _in_order(service))


def _in_order(service: Service) -> list[Stop]:
    return sorted(service.stops, key=lambda stop: (-stop.before, stop.slug))


def _speak(stop: Stop, starts_at: datetime, zone: str, language: str) -> SpokenStop:
    at, known = starts_at - stop.before, _language_of(stop, language)
    say = _SAYINGS.get(known.partition("-")[0], _say)
    return SpokenStop(
        name=stop.say[known],
        time=say(at, zone, known, name_day=local_day(at, zone) != local_day(starts_at, zone)),
        weekday=weekday(at, zone, known),
    )


def _language_of(stop: Stop, language: str) -> str:
    """Return the language to speak: *language*, the same without its region, English, or whichever there is."""
    for wanted in (language, language.partition("-")[0], "en", *stop.say):
        if wanted in stop.say:
            return wanted
    raise WordingError(f"The stop {stop.slug!r} has no words: give it some under `say`.", code="stop_without_words")


def _say(at: datetime, zone: str, language: str, *, name_day: bool) -> str:
    if _is_midnight(at, zone):
        return f"{clock(at, zone, language)} {_night(at, zone, language)}/{weekday(at, zone, language)}"
    return _clock(at, zone, language) + (f" {weekday(at, zone, language)}" if name_day else "")


def _say_in_english(at: datetime, zone: str, language: str, *, name_day: bool) -> str:
    if _is_midnight(at, zone):
        return f"midnight {_night(at, zone, language)} night"
    return _say(at, zone, language, name_day=name_day)


def _say_in_spanish(at: datetime, zone: str, language: str, *, name_day: bool) -> str:
    if _is_midnight(at, zone):
        return f"la medianoche del {_night(at, zone, language)} al {weekday(at, zone, language)}"
    article = "la" if local(at, zone).hour % 12 == 1 else "las"
    day = f" del {weekday(at, zone, language)}" if name_day else ""
    return f"{article} {_clock(at, zone, language)}{day}"


_SAYINGS: Mapping[str, Callable[..., str]] = {"en": _say_in_english, "es": _say_in_spanish}


def _clock(at: datetime, zone: str, language: str) -> str:
    """Return the time; one that the clocks show twice that day carries its zone's name."""
    return clock(at, zone, language, name_zone=is_repeated(at, zone))


def _is_midnight(at: datetime, zone: str) -> bool:
    return local(at, zone).time() == time(0)


def _night(midnight: datetime, zone: str, language: str) -> str:
    return weekday(midnight - timedelta(minutes=1), zone, language)
