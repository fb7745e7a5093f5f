"""The clinic's book of a torture run: patients and visits made from the seed, and the files that bring them.

It is what the judge knows without asking the system: who should get which text, and where it is night.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tests.torture.clinic import PREP_BEFORE, USE_ENDS, Night, local_text

_AREAS = ("212", "312", "415", "646", "718", "503")
_KINDS = (
    *("visit",) * 10, *("far",) * 2, *("notes",) * 2, *("care",) * 2, "brief",
    *("night",) * 2, "night prep", *("dusk",) * 2, *("dusk prep",) * 2,
)  # fmt: skip
"""What becomes of the patients, 24 in turn; it is night for the last seven, or falls during the run."""
_SERVICES = {"visit": "visit", "far": "visit", "notes": "notes", "care": "care", "brief": "brief"}
NAMES_BEGIN = "Zqkvor"
"""A canary: no word of any program begins like that."""


@dataclass(slots=True)
class Patient:
    """One person of the book."""

    number: int
    kind: str
    phone: str
    zone: str
    is_night: bool
    """It is night during the run, or becomes so: what is due may have to wait."""
    email: str
    sms_consent: str = "yes"
    opted_out_at: datetime | None = None
    """When the opt-out was committed for sure."""
    spoilt_at: datetime | None = None
    """When it was committed for sure that nobody can decrypt the name any more."""

    @property
    def id(self) -> str:
        """As the source names the patient."""
        return f"P{self.number:05d}"

    @property
    def first_name(self) -> str:
        """Unlike any other, and nothing but letters."""
        return NAMES_BEGIN + "".join(chr(ord("a") + int(digit)) for digit in f"{self.number:04d}")


@dataclass(slots=True)
class Visit:
    """One visit, and what was done to it."""

    patient: Patient
    place: int
    service: str
    starts_at: datetime
    wave: int
    status: str = "booked"
    cancelled_by: str = ""
    booked_at: datetime | None = None
    imported_at: datetime | None = None
    over: dict[str, datetime] = field(default_factory=dict)
    """Times of the visit that are no longer true, with when that was committed for sure."""
    was: dict[str, datetime] = field(default_factory=dict)
    """When it was to start, by those times."""
    cancelled_at: datetime | None = None
    is_touched: bool = False
    """Somebody moved or cancelled it, or changed what its patient allows."""

    @property
    def id(self) -> str:
        """As the source names the visit."""
        return f"{self.patient.id}-{self.place}"

    @property
    def said(self) -> str:
        """Its time as texts name it."""
        return local_text(self.starts_at)

    def useful_until(self, rule: str, said: str) -> datetime:
        """Return until when a text of *rule* that names the time *said* is of use."""
        return self.was.get(said, self.starts_at) - USE_ENDS.get(rule, timedelta())


@dataclass(frozen=True, slots=True)
class Book:
    """All patients and visits of a run."""

    patients: Sequence[Patient]
    visits: Sequence[Visit]

    def of_wave(self, wave: int) -> list[Visit]:
        """Return the visits that the file of a wave brings."""
        return [visit for visit in self.visits if visit.wave == wave]

    def at(self, phone: str) -> list[Patient]:
        """Return who has *phone*."""
        return [patient for patient in self.patients if patient.phone == phone]


def plain(
    night: Night, now: datetime, *, patients: int, visits: int = 1, service: str = "visit", first: int = 0
) -> Book:
    """Return a book of people for whom it is day, with visits some days ahead."""
    zone = night.zones(now, quiet=False)[0]
    people = [
        Patient(number, "far", f"+1646555{number:04d}", zone, is_night=False, email=f"zqk{number:04d}@mailbox.example")
        for number in range(first, first + patients)
    ]
    starts = now + timedelta(days=4)
    made = [
        Visit(one, place, service, starts + timedelta(hours=place, minutes=one.number % 50), wave=0)
        for one in people
        for place in range(visits)
    ]
    return Book(people, made)


class Drawing:
    """Draws the book of a run that begins at *begins_at* and in which faults end at *calm_at*."""

    def __init__(self, random: Random, night: Night, *, begins_at: datetime, calm_at: datetime) -> None:
        self._random = random
        self._begins_at = begins_at
        self._calm_at = calm_at
        self._first = random.randrange(1000, 8000)
        self._zones = {
            "day": night.zones(begins_at, quiet=False),
            "night": night.zones(begins_at, quiet=True),
            "dusk": [night.falls_in],
        }

    def draw(self, *, patients: int, waves: int) -> Book:
        """Return a book whose visits come in *waves* files."""
        people = [self._patient(number) for number in range(patients)]
        return Book(people, [visit for patient in people for visit in self._visits(patient, waves)])

    def _patient(self, number: int) -> Patient:
        kind, hour = _kind(number), _hour(number)
        # Every tenth shares the phone of the one before: what binds an address binds both.
        is_sharing = number % 10 == 9 and hour == _hour(number - 1) == "day"
        place = self._first + number - is_sharing
        return Patient(
            number=number,
            kind=kind,
            phone=f"+1{_AREAS[place % len(_AREAS)]}555{place % 10_000:04d}",
            zone=self._random.choice(self._zones[hour]),
            is_night=hour != "day",
            email=f"zqk{number:04d}@mailbox.example" if number % 3 == 0 else "",
        )

    def _visits(self, patient: Patient, waves: int) -> Iterator[Visit]:
        wave = 0 if self._random.random() < 0.45 else self._random.randrange(waves)
        service = _SERVICES.get(patient.kind, "visit")
        for place in range(3 if patient.kind == "notes" else 1):
            yield Visit(patient, place, service, self._start(patient, place), wave)

    def _start(self, patient: Patient, place: int) -> datetime:
        span = (self._calm_at - self._begins_at).total_seconds()
        if patient.kind in {"visit", "night prep", "dusk prep"}:
            return self._begins_at + PREP_BEFORE + timedelta(seconds=self._random.uniform(-20, span - 2))
        if patient.kind == "brief":
            return self._begins_at + timedelta(seconds=self._random.uniform(20, span + 20))
        ahead = timedelta(days=3 + self._random.randrange(5), minutes=self._random.randrange(600), hours=place)
        return self._begins_at + ahead


def _kind(number: int) -> str:
    return _KINDS[(number * 7) % len(_KINDS)]


def _hour(number: int) -> str:
    """Return whether it is `day`, `night` or `dusk` for a patient."""
    first = _kind(number).partition(" ")[0]
    return first if first in {"night", "dusk"} else "day"


COLUMNS = (
    "appointment_id", "patient_id", "first_name", "last_name", "phone", "email", "status", "cancelled_by", "service",
    "location", "starts_at", "duration_minutes", "booked_at", "sms_consent", "email_consent", "time_zone",
)  # fmt: skip


def file_of(visits: Iterable[Visit]) -> bytes:
    """Return the file that brings *visits* as they stand."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_row(visit) for visit in visits)
    return text.getvalue().encode()


def _row(visit: Visit) -> Sequence[str]:
    patient = visit.patient
    return (
        visit.id,
        patient.id,
        patient.first_name,
        f"{NAMES_BEGIN}son",
        patient.phone,
        patient.email,
        visit.status,
        visit.cancelled_by,
        visit.service,
        "main",
        visit.starts_at.isoformat(timespec="seconds"),
        "45",
        visit.booked_at.isoformat(timespec="seconds") if visit.booked_at else "",
        patient.sms_consent,
        "yes" if patient.email else "no",
        patient.zone,
    )
