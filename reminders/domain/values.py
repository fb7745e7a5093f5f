"""What a template may say: the placeholders and their values for one message.

The times are those of the visit's location; a text names the zone when the patient's
differs. A value that does not apply is an empty text: a template may test it, and is
stopped when it prints it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reminders.domain import dates, fasting
from reminders.domain.facts import Visit
from reminders.domain.wallclock import local

Values = Mapping[str, Mapping[str, Any] | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayable:
    """The names that a text about a patient may carry, opened only to be said."""

    clinic_name: str
    clinic_phone: str
    first_name: str
    place_name: str = ""
    place_address: str = ""
    next_at: datetime | None = None
    """When the course's next visit would be due."""


def values_of(
    sayable: Sayable,
    visit: Visit | None,
    *,
    language: str,
    patient_zone: str,
    now: datetime,
    also: str = "",
) -> Values:
    """Return the placeholders of a text in *language*.

    Args:
        sayable: Names of clinic, patient and place.
        visit: The visit it is about; None for a text about a course.
        language: BCP 47.
        patient_zone: IANA zone of the recipient.
        now: Clinic time of the hand-over: a fast has begun or not.
        also: The sentences of the messages that ride in this one.
    """
    return {
        "clinic": {"name": sayable.clinic_name, "phone": sayable.clinic_phone},
        "patient": {"first_name": sayable.first_name},
        "visit": _visit(visit, sayable, language, patient_zone) if visit else {},
        "fasting": _fasting(visit, language, patient_zone, now) if visit else {},
        "course": {"next_date": _date(sayable.next_at, visit, patient_zone, language)},
        "also": also,
    }


def _date(at: datetime | None, visit: Visit | None, patient_zone: str, language: str) -> str:
    return dates.short_date(at, visit.zone if visit else patient_zone, language) if at else ""


def _visit(visit: Visit, sayable: Sayable, language: str, patient_zone: str) -> Mapping[str, Any]:
    start, zone = visit.starts_at, visit.zone
    return {
        "date": dates.short_date(start, zone, language),
        "weekday": dates.weekday(start, zone, language),
        "time": dates.clock(start, zone, language, name_zone=_differs(zone, patient_zone, start)),
        "home_time": dates.clock(visit.home_expected_at, zone, language),
        "place": sayable.place_name,
        "address": sayable.place_address,
        "number": visit.number or "",
        "extra": visit.extra,
    }


def _fasting(visit: Visit, language: str, patient_zone: str, now: datetime) -> Mapping[str, Any]:
    start, zone = visit.starts_at, visit.zone
    # A patient who lives by another clock would stop eating an hour late by their own.
    named = f" ({dates.zone_name(start, zone)})" if _differs(zone, patient_zone, start) else ""
    stops = fasting.spoken(visit.service, start, zone, language)
    sentence = fasting.joined(stops)
    return {
        "sentence": sentence and f"{sentence}{named}",
        "begun": fasting.begun(visit.service, start, now),
        "stops": [{"name": stop.name, "time": f"{stop.time}{named}", "weekday": stop.weekday} for stop in stops],
    }


def _differs(zone: str, other: str, at: datetime) -> bool:
    """Whether clocks of the two zones show different times at *at*."""
    return local(at, zone).utcoffset() != local(at, other).utcoffset()
