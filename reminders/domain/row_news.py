"""What a row says, as one text for each of its columns, and which of these are news.

A source writes whole rows, of which most columns say what they said before. Where a row
has an `updated_at`, all that a row says is taken unless something newer stands there;
without one only the columns that changed since the source's last row of that visit are.
A column that the source does not have says nothing; a blank cell says "none".
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from reminders.domain.row import VisitRow

FACT = "fact:"
"""Stands before the name of a column that is not ours."""

_NO_NEWS = frozenset({"clinic", "appointment_id", "updated_at", "consent_at", "consent_how"})
"""What only tells of which visit, when and how the other columns were said."""

PERSONAL = frozenset(
    {
        "first_name",
        "last_name",
        "birth_date",
        "phone",
        "email",
        "language",
        "time_zone",
        "sms_consent",
        "email_consent",
        "nudge_consent",
        "emergency_name",
        "emergency_phone",
    }
)
"""Columns about the patient, which all of a patient's rows share."""

Said = Mapping[str, str]
"""Texts by column; a blank cell is left out."""


def _answer(given: bool | None) -> str | None:  # noqa: FBT001  an answer, not a switch
    return None if given is None else ("yes" if given else "no")


def _start(row: VisitRow) -> str:
    # The zone belongs to a wall time: at another location the same wall time is another instant.
    given = row.starts_at if row.given_as_instant else row.starts_local
    return f"{given.isoformat()} {row.zone}"


_TEXTS: Mapping[str, Callable[[VisitRow], str | None]] = {
    "status": lambda row: f"{row.status} confirmed" if row.confirmed else row.status.value,
    "cancelled_by": lambda row: row.cancelled_by,
    "service": lambda row: row.service,
    "location": lambda row: row.location,
    "starts_at": _start,
    "duration_minutes": lambda row: str(row.duration),
    "booked_at": lambda row: row.booked_at.isoformat() if row.booked_at else None,
    "course": lambda row: row.course,
    "visit_number": lambda row: str(row.visit_number) if row.visit_number else None,
    "driver_name": lambda row: row.driver_name,
    "driver_phone": lambda row: row.driver_phone,
    "patient_id": lambda row: row.patient.patient_id,
    "first_name": lambda row: row.patient.first_name,
    "last_name": lambda row: row.patient.last_name,
    "birth_date": lambda row: row.patient.born_on.isoformat() if row.patient.born_on else None,
    "phone": lambda row: row.patient.phone,
    "email": lambda row: row.patient.email,
    "language": lambda row: row.patient.language,
    "time_zone": lambda row: row.patient.time_zone,
    "sms_consent": lambda row: _answer(row.patient.sms_consent),
    "email_consent": lambda row: _answer(row.patient.email_consent),
    "nudge_consent": lambda row: _answer(row.patient.nudge_consent),
    "emergency_name": lambda row: row.patient.emergency_name,
    "emergency_phone": lambda row: row.patient.emergency_phone,
}


def columns_of(row: VisitRow) -> frozenset[str]:
    """Return the columns in which *row* says something, be it "none"."""
    return (row.columns - _NO_NEWS) | {FACT + name for name in row.facts}


def said_by(row: VisitRow) -> Said:
    """Return what *row* says; however it is written, the same is the same text."""
    found = {column: _TEXTS[column](row) for column in row.columns - _NO_NEWS}
    found |= {FACT + name: value for name, value in row.extra.items()}
    return {column: text for column, text in found.items() if text is not None}


def said_since(row: VisitRow, said: Said, last: Said) -> Said:
    """Return what the source has said up to *row*: columns that it does not have keep what they said *last*."""
    own = columns_of(row)
    return {**{column: text for column, text in last.items() if column not in own}, **said}


def canonical(row: VisitRow, said: Said) -> str:
    """Return *row* as one text; the same for rows that say the same and have the same `updated_at`."""
    updated_at = row.updated_at.isoformat() if row.updated_at else ""
    return json.dumps([updated_at, said], sort_keys=True)


def news_in(row: VisitRow, said: Said, last: Said | None) -> frozenset[str]:
    """Return the columns that differ from the source's last row of this visit; without one, all."""
    columns = columns_of(row)
    if last is None:
        return columns
    return frozenset(column for column in columns if said.get(column) != last.get(column))


def is_older(row: VisitRow, known_at: datetime | None) -> bool:
    """Whether the source has told of this visit more lately: *known_at* is its `updated_at` that we have."""
    return row.updated_at is not None and known_at is not None and row.updated_at < known_at


def taken_of_visit(row: VisitRow, news: frozenset[str]) -> frozenset[str]:
    """Return the columns of *row* that the visit takes over; the row must not be older."""
    return news if row.updated_at is None else columns_of(row)


def taken_of_patient(
    row: VisitRow, news: frozenset[str], *, visit_known_at: datetime | None, patient_known_at: datetime | None
) -> frozenset[str]:
    """Return the columns of *row* that the patient takes over.

    Of rows that differ the later `updated_at` is right. But an `updated_at` is the visit's:
    when a patient's phone changes, it stays, and the row of a later visit may no longer be
    in the file. So a row that we know with this very `updated_at` brings what is new in it.
    """
    if row.updated_at is not None and (patient_known_at is None or row.updated_at >= patient_known_at):
        return columns_of(row) & PERSONAL
    return news & PERSONAL if row.updated_at in {None, visit_known_at} else frozenset()


def takes_status(row: VisitRow, news: frozenset[str], staff_status_at: datetime | None) -> bool:
    """Whether the status of *row* is taken over: one that staff set after `updated_at` outranks it."""
    if row.updated_at is None:
        return "status" in news
    return staff_status_at is None or staff_status_at <= row.updated_at
