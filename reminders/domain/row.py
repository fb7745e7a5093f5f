"""One visit as a source of appointments tells it, and the reading of its cells.

A source (CSV today) hands over text by column; `read_row` judges every cell and
gives a `VisitRow`, or all that is wrong with it.

Rows of one patient may differ in personal data. The later `updated_at` is right;
among rows without one, the row that stands later.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TypeVar

from reminders.domain import cells as rules
from reminders.domain.contact import read_email, read_emergency_phone, read_phone
from reminders.domain.errors import RefusedError
from reminders.domain.words import VisitStatus

REQUIRED = (
    "appointment_id",
    "status",
    "service",
    "location",
    "starts_at",
    "duration_minutes",
    "patient_id",
    "first_name",
    "last_name",
    "sms_consent",
    "email_consent",
)
OPTIONAL = (
    "clinic",
    "updated_at",
    "cancelled_by",
    "booked_at",
    "birth_date",
    "phone",
    "email",
    "language",
    "time_zone",
    "nudge_consent",
    "consent_at",
    "consent_how",
    "driver_name",
    "driver_phone",
    "emergency_name",
    "emergency_phone",
    "course",
    "visit_number",
)
COLUMNS = REQUIRED + OPTIONAL

Value = TypeVar("Value")
_read_name = partial(rules.read_plain, longest=100)
_read_id = partial(rules.read_plain, longest=200)
_NO_START = rules.Start(datetime(2100, 1, 1, tzinfo=UTC), datetime(2100, 1, 1), has_offset=True)  # noqa: DTZ001


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicReference:
    """What a row of one clinic may name."""

    region: str
    """The country of a phone that is written without a country code."""
    countries: Collection[str]
    language: str
    locations: Mapping[str, str]
    """Time zone by slug."""
    services: Collection[str]
    courses: Collection[str]


@dataclass(frozen=True, slots=True)
class Reference:
    """What rows may name: clinics by slug."""

    clinics: Mapping[str, ClinicReference]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PatientRow:
    """The columns of a row that tell about the patient."""

    patient_id: str
    first_name: str
    last_name: str
    born_on: date | None
    phone: str | None
    email: str | None
    language: str
    """The clinic's where the row says none."""
    time_zone: str | None
    """The patient's own; None: that of the visit's location."""
    sms_consent: bool
    email_consent: bool
    nudge_consent: bool | None
    consent_at: datetime | None
    consent_how: str | None
    emergency_name: str | None
    emergency_phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class VisitRow:
    """One row, normalised. Its `repr` names only the line, for rows are full of personal data."""

    line: int
    columns: frozenset[str]
    """Which of our columns the source has: an empty cell says "none", a missing column says nothing."""
    clinic: str
    appointment_id: str
    updated_at: datetime | None
    status: VisitStatus
    confirmed: bool
    cancelled_by: str | None
    """`clinic` or `patient`; None unless cancelled."""
    service: str
    location: str
    zone: str
    """The location's; `starts_local` is wall time there."""
    starts_at: datetime
    starts_local: datetime
    given_as_instant: bool
    """Whether the source gave an offset; if not, `starts_local` is what it said."""
    duration: timedelta
    booked_at: datetime | None
    course: str | None
    visit_number: int | None
    driver_name: str | None
    driver_phone: str | None
    patient: PatientRow
    facts: frozenset[str]
    """Which columns that are not ours the source has."""
    extra: Mapping[str, str]
    """Those of them that are not empty, by their normalised name."""

    def __repr__(self) -> str:
        return f"VisitRow(line={self.line})"


def read_row(
    cells: Mapping[str, str], reference: Reference, *, line: int, columns: frozenset[str] = frozenset(COLUMNS)
) -> VisitRow | list[str]:
    """Return the visit that *cells* tell, or every reason why they tell none.

    *cells* has text by column name, ours and others'; what is missing or blank is not said.
    """
    reading = _Reading(cells)
    slug = _find_clinic(reading, reference)
    if slug is None:
        return reading.reasons
    clinic = reference.clinics[slug]
    location = reading.need("location", partial(rules.read_known, known=clinic.locations, what="location"), "")
    zone = clinic.locations.get(location, "UTC")
    start = reading.need("starts_at", partial(rules.read_start, zone=zone), _NO_START)
    patient = _read_patient(reading, clinic, zone)
    status, confirmed = reading.need("status", rules.read_status, (VisitStatus.BOOKED, False))
    cancelled_by = reading.take("cancelled_by", rules.read_canceller) or "clinic"
    read_instant = partial(rules.read_instant, zone=zone)
    row = VisitRow(
        line=line,
        columns=columns,
        clinic=slug,
        appointment_id=reading.need("appointment_id", _read_id, ""),
        updated_at=reading.take("updated_at", read_instant),
        status=status,
        confirmed=confirmed,
        cancelled_by=cancelled_by if status is VisitStatus.CANCELLED else None,
        service=reading.need("service", partial(rules.read_known, known=clinic.services, what="service"), ""),
        location=location,
        zone=zone,
        starts_at=start.at,
        starts_local=start.local,
        given_as_instant=start.has_offset,
        duration=reading.need("duration_minutes", rules.read_duration, timedelta()),
        booked_at=reading.take("booked_at", read_instant),
        course=reading.take("course", partial(rules.read_known, known=clinic.courses, what="course")),
        visit_number=reading.take("visit_number", rules.read_visit_number),
        driver_name=reading.take("driver_name", _read_name),
        driver_phone=reading.take("driver_phone", _phone_rule(clinic)),
        patient=patient,
        facts=frozenset(column for column in cells if column not in COLUMNS),
        extra=_read_extra(reading),
    )
    _judge_whole(reading, row)
    return reading.reasons or row


def _read_patient(reading: "_Reading", clinic: ClinicReference, zone: str) -> PatientRow:
    return PatientRow(
        patient_id=reading.need("patient_id", _read_id, ""),
        first_name=reading.need("first_name", _read_name, ""),
        last_name=reading.need("last_name", _read_name, ""),
        born_on=reading.take("birth_date", rules.read_birth_date),
        phone=reading.take("phone", _phone_rule(clinic)),
        email=reading.take("email", read_email),
        language=reading.take("language", rules.read_language) or clinic.language,
        time_zone=reading.take("time_zone", rules.read_zone),
        sms_consent=reading.need("sms_consent", rules.read_answer, instead=False),
        email_consent=reading.need("email_consent", rules.read_answer, instead=False),
        nudge_consent=reading.take("nudge_consent", rules.read_answer),
        consent_at=reading.take("consent_at", partial(rules.read_day_or_instant, zone=zone)),
        consent_how=reading.take("consent_how", partial(rules.read_fact, longest=500)),
        emergency_name=reading.take("emergency_name", _read_name),
        emergency_phone=reading.take("emergency_phone", partial(read_emergency_phone, region=clinic.region)),
    )


def _read_extra(reading: "_Reading") -> Mapping[str, str]:
    found = {column: reading.take(column, rules.read_fact) for column in reading.cells if column not in COLUMNS}
    return MappingProxyType({column: value for column, value in found.items() if value is not None})


def _judge_whole(reading: "_Reading", row: VisitRow) -> None:
    """Add what is wrong between cells, each of which may be right."""
    if not (reading.says("phone") or reading.says("email")):
        reading.reasons.append("phone and email are both empty: give at least one, or nobody can be reached")
    if reading.says("visit_number") and not reading.says("course"):
        reading.reasons.append("course is empty, but visit_number is given: name the course that it counts")
    if row.patient.born_on and row.patient.born_on > row.starts_local.date():
        reading.reasons.append(f'birth_date "{row.patient.born_on}": lies after the visit; check the year')


def _phone_rule(clinic: ClinicReference) -> Callable[[str], str]:
    return partial(read_phone, region=clinic.region, countries=clinic.countries)


def _find_clinic(reading: "_Reading", reference: Reference) -> str | None:
    known = reference.clinics
    if reading.says("clinic"):
        return reading.take("clinic", partial(rules.read_known, known=known, what="clinic"))
    if len(known) == 1:
        return next(iter(known))
    reading.reasons.append(f"clinic is empty: name one of {', '.join(sorted(known)) or 'none yet'}")
    return None


class _Reading:
    """The cells of one row, and what was found wrong with them so far."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self.cells = cells
        self.reasons: list[str] = []

    def says(self, column: str) -> bool:
        """Whether the cell is there and not blank."""
        return bool(self.cells.get(column, "").strip())

    def take(self, column: str, rule: Callable[[str], Value]) -> Value | None:
        """Return the value of a cell, or None when it is blank or refused (then the reason is kept)."""
        if not self.says(column):
            return None
        text = self.cells[column].rstrip()
        try:
            # Blanks in front mean nothing, but a tab or a line end there makes a spreadsheet run the cell.
            return rule(text.lstrip(" \u00a0"))
        except RefusedError as refusal:
            self.reasons.append(f'{column} "{shown(text)}": {refusal}')
            return None

    def need(self, column: str, rule: Callable[[str], Value], instead: Value) -> Value:
        """Return the value of a cell that must be filled.

        A blank or refused one gives *instead*, so that the rest of the row can be judged too.
        """
        if not self.says(column):
            self.reasons.append(f"{column} is empty: every row must have it")
        value = self.take(column, rule)
        return instead if value is None else value


def shown(text: str, longest: int = 60) -> str:
    """Return *text* as a terminal may show it: one short line without control characters."""
    short = text if len(text) <= longest else f"{text[:longest]}…"
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in short)
