"""One rule for each kind of cell that a source of visits may fill: text in, value out.

A rule gets text that is not empty and without blanks around it. It raises
`RefusedError` with the reason and the cure; the reader puts the place, the column
and the value before it, so no rule repeats the value.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches

from reminders.domain.errors import RefusedError
from reminders.domain.wallclock import local, read_wall, zone_info
from reminders.domain.words import VisitStatus

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a cell that starts with one of these."""

YEARS = range(1990, 2101)
"""Years in which a visit, a booking or a consent can lie; far from where instants overflow."""

_INSTANT = re.compile(
    r"\d{4}(-?)\d{2}\1\d{2}[T ]\d{2}(:?)\d{2}(?:\2\d{2}(?:\.\d{1,6})?)?(?P<offset> ?(?:Z|[+-]\d{2}(?::?\d{2})?))?",
    re.ASCII | re.IGNORECASE,
)
# Control characters, marks that turn the direction of text around, and what a wrong conversion leaves behind.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffd]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LANGUAGE = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?(?P<rest>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)",
    re.ASCII | re.IGNORECASE,
)

_NO_PLACE = re.compile(r"(?!UTC$)[A-Z]{3}(?:\d[A-Z]{3})?|Etc/.*|GMT.*|Factory|localtime|.{65,}", re.DOTALL)

_STATUSES = {status.value: status for status in VisitStatus} | {
    "scheduled": VisitStatus.BOOKED,
    "confirmed": VisitStatus.BOOKED,
    "completed": VisitStatus.FULFILLED,
    "canceled": VisitStatus.CANCELLED,
    "no-show": VisitStatus.NOSHOW,
    "checked-in": VisitStatus.ARRIVED,
}
_ANSWERS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_CANCELLERS = ("clinic", "patient")


@dataclass(frozen=True, slots=True)
class Start:
    """When a visit begins: the instant, the wall time at its location, and which of the two the source gave."""

    at: datetime
    local: datetime
    has_offset: bool


def read_status(text: str) -> tuple[VisitStatus, bool]:
    """Return the status, and whether the source calls the visit confirmed."""
    word = "-".join(text.casefold().replace("_", " ").split())
    status = _STATUSES.get(word) or _STATUSES.get(word.replace("-", ""))
    if status is None:
        raise _refuse(f"is not a status; use one of: {', '.join(_STATUSES)}")
    return status, word == "confirmed"


def read_canceller(text: str) -> str:
    """Return who cancelled: `clinic` or `patient`."""
    if text.casefold() not in _CANCELLERS:
        raise _refuse("must be clinic or patient")
    return text.casefold()


def read_answer(text: str) -> bool:
    """Return a yes or no."""
    answer = _ANSWERS.get(text.casefold())
    if answer is None:
        raise _refuse("must be yes or no")
    return answer


def read_known(text: str, known: Collection[str], what: str) -> str:
    """Return the slug *text* if it is one of *known*."""
    slug = read_plain(text, longest=200).casefold()
    if slug in known:
        return slug
    near = get_close_matches("-".join(slug.split()), known, n=1, cutoff=0.7)
    hint = f"did you mean {near[0]}? " if near else ""
    listed = ", ".join(sorted(known)[:20]) or "none yet"
    raise _refuse(f"is not a {what} that is known here; {hint}Known: {listed}")


def read_plain(text: str, *, longest: int) -> str:
    """Return *text* as one line in composed Unicode; a formula or control character is refused."""
    if text.startswith(FORMULA_MARKS):
        raise _refuse("starts like a spreadsheet formula; remove the first character")
    return read_fact(" ".join(text.split()), longest=longest)


def read_fact(text: str, *, longest: int = 10_000) -> str:
    """Return *text* in composed Unicode; it may have several lines, but no other control character."""
    if _UNPRINTABLE.search(text):
        raise _refuse("has a character that cannot be printed, or was damaged on its way; type it again")
    if text.startswith(("=", "@", "\t")):
        raise _refuse("starts like a spreadsheet formula; remove the first character")
    if len(text) > longest:
        raise _refuse(f"has {len(text):,} characters; at most {longest:,} are taken")
    return unicodedata.normalize("NFC", text)


def read_start(text: str, zone: str) -> Start:
    """Return when a visit starts: with an offset an instant, without one a wall time in *zone*."""
    given = _read_iso(text)
    at = _to_instant(given, zone)
    return Start(at, local(at, zone).replace(tzinfo=None), given.tzinfo is not None)


def read_instant(text: str, zone: str) -> datetime:
    """Return an instant in UTC; without an offset *text* is a wall time in *zone*."""
    return _to_instant(_read_iso(text), zone)


def read_day_or_instant(text: str, zone: str) -> datetime:
    """Return an instant in UTC; a date alone means noon in *zone*, which is that day for everybody near."""
    if _DATE.fullmatch(text):
        return read_instant(f"{text}T12:00", zone)
    return read_instant(text, zone)


def read_birth_date(text: str) -> date:
    """Return a date of birth; whether it lies before the visit is judged with the whole row."""
    if not _DATE.fullmatch(text):
        raise _refuse("is not a date; write it like 1984-03-31")
    try:
        born_on = date.fromisoformat(text)
    except ValueError:
        raise _refuse("is not a date of the calendar") from None
    if born_on.year < 1900:
        raise _refuse("lies before 1900; check the year")
    return born_on


def read_duration(text: str) -> timedelta:
    """Return a duration given in whole minutes, at most a day."""
    return timedelta(minutes=_read_number(text, 1440, "minutes"))


def read_visit_number(text: str) -> int:
    """Return which visit of a course it is."""
    return _read_number(text, 999, "the number of the visit in its course")


def read_language(text: str) -> str:
    """Return a language tag in canonical case: `es`, `es-MX`, `zh-Hant-TW`."""
    tag = _LANGUAGE.fullmatch(text.replace("_", "-"))
    if tag is None:
        raise _refuse("is not a language tag; write it like en, es or es-MX")
    parts = [tag["language"].lower(), (tag["script"] or "").title(), (tag["region"] or "").upper()]
    return "-".join(filter(None, parts)) + tag["rest"].lower()


def read_zone(text: str) -> str:
    """Return an IANA time zone that is a place: `EST` and its like know no summer time."""
    if _NO_PLACE.fullmatch(text):
        raise _refuse("is not the time zone of a place; write it like America/New_York")
    zone_info(text)
    return text


def _read_iso(text: str) -> datetime:
    shape = _INSTANT.fullmatch(text)
    if shape is None:
        raise _refuse("is not an ISO 8601 date and time; write it like 2026-10-28T10:30 or 2026-10-28T10:30-04:00")
    offset = (shape["offset"] or "").strip().upper()
    try:
        given = datetime.fromisoformat(text[: shape.start("offset")] + offset if offset else text)
    except ValueError:
        raise _refuse("is not a date and time of the calendar") from None
    if given.year not in YEARS:
        raise _refuse("lies in a year that cannot be meant; check it")
    return given


def _to_instant(given: datetime, zone: str) -> datetime:
    return given.astimezone(UTC) if given.tzinfo else read_wall(given, zone)


def _read_number(text: str, most: int, what: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not 1 <= int(text) <= most:
        raise _refuse(f"must be {what}, a whole number from 1 to {most}")
    return int(text)


def _refuse(reason: str) -> RefusedError:
    return RefusedError(reason, code="invalid_value")
