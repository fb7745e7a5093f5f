"""Dates and times as people of a language write them: "Wed Oct 7", "10:30 AM", "mié 7 oct".

Times of a visit are always those of its location's zone. No special space is ever put
in, for one would turn a whole text into UCS-2.
"""

from datetime import datetime
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_skeleton

from reminders.domain.wallclock import local

_SHORT_DATE = {"en": "EEE MMM d", "es": "EEE d MMM"}
_CLOCK = {"en": "h:mm a", "es": "h:mm a"}


@cache
def locale_of(language: str) -> Locale:
    """Return the locale of a BCP 47 *language*: English where it is not known."""
    for tag in (language, language.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return Locale("en")


_SAID = 4_096
"""Phrases kept: visits start at the same few times of the same few days, and making one takes long."""


@lru_cache(_SAID)
def short_date(instant: datetime, zone: str, language: str) -> str:
    """Return the day of *instant* in *zone*: "Wed Oct 7", "mié 7 oct"."""
    locale, shown = locale_of(language), local(instant, zone)
    pattern = _SHORT_DATE.get(str(locale))
    text = format_datetime(shown, pattern, locale=locale) if pattern else format_skeleton("MMMEd", shown, locale=locale)
    return _plain_spaces(text)


@lru_cache(_SAID)
def weekday(instant: datetime, zone: str, language: str) -> str:
    """Return the weekday of *instant* in *zone*: "Wednesday", "miércoles"."""
    return format_datetime(local(instant, zone), "EEEE", locale=locale_of(language))


@lru_cache(_SAID)
def clock(instant: datetime, zone: str, language: str, *, name_zone: bool = False) -> str:
    """Return the time of *instant* in *zone*: "10:30 AM", "10:30 a. m.", or "10:30 AM EDT"."""
    locale = locale_of(language)
    pattern = _CLOCK.get(str(locale)) or locale.time_formats["short"].pattern
    text = _plain_spaces(format_datetime(local(instant, zone), pattern, locale=locale))
    return f"{text} {zone_name(instant, zone)}" if name_zone else text


def zone_name(instant: datetime, zone: str) -> str:
    """Return what people call *zone* at *instant*: "EDT", or "GMT-3" where it has no name of its own."""
    name = local(instant, zone).tzname() or "UTC"
    if name[0] not in "+-":
        return name
    hours, minutes = name[1:3].lstrip("0") or "0", name[3:]
    return f"GMT{name[0]}{hours}" + (f":{minutes}" if minutes else "")


def _plain_spaces(text: str) -> str:
    return " ".join(text.split())
