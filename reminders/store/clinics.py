"""What a clinic laid down, read as values: policy, places, services, courses, protocols."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.domain import protocol_file
from reminders.domain.clinic_file import course_kind_from_body, service_from_body
from reminders.domain.facts import ClinicPolicy, OpenHours, Place
from reminders.domain.protocol import CourseKind, Protocol, Service
from reminders.domain.rulebook import ActiveProtocol, Rulebook
from reminders.store.base import Json
from reminders.store.tables import clinic as t


@dataclass(frozen=True, slots=True)
class ClinicBook:
    """One clinic's reference data, as planning and rendering need it."""

    id: UUID
    slug: str
    display_name: str
    phone: str
    policy: ClinicPolicy
    places: Mapping[UUID, Place]
    addresses: Mapping[UUID, tuple[str, str]]
    """Of each location its name and street address."""
    services: Mapping[UUID, Service]
    course_kinds: Mapping[UUID, CourseKind]
    protocols: Rulebook

    def hours_at(self, location_id: UUID | None) -> OpenHours:
        """Return when somebody is at a location; None: at the first by name."""
        if location_id is not None:
            return self.places[location_id].hours
        return min(self.places.values(), key=lambda place: place.slug).hours


def read_books(session: Session, clinic_ids: Collection[UUID]) -> dict[UUID, ClinicBook]:
    """Return the books of *clinic_ids*."""
    return {clinic_id: _read_book(session, clinic_id) for clinic_id in clinic_ids}


def zones(session: Session) -> dict[UUID, str]:
    """Return of each clinic the zone in which its own day is counted: that of its first location by name."""
    rows = session.execute(
        select(t.Clinic.id, t.Location.time_zone)
        .outerjoin(t.Location, t.Location.clinic_id == t.Clinic.id)
        .order_by(t.Location.slug.desc())
    )
    return {clinic_id: zone or "UTC" for clinic_id, zone in rows}


def _read_book(session: Session, clinic_id: UUID) -> ClinicBook:
    row = session.execute(select(t.Clinic).where(t.Clinic.id == clinic_id)).scalar_one()
    locations = session.scalars(select(t.Location).where(t.Location.clinic_id == clinic_id)).all()
    closed = _closed_dates(session, clinic_id)
    return ClinicBook(
        id=row.id,
        slug=row.slug,
        display_name=row.display_name,
        phone=row.phone,
        policy=ClinicPolicy(
            language=row.language,
            quiet_from=row.quiet_from,
            quiet_until=row.quiet_until,
            texts_per_day=row.texts_per_day,
            texts_per_week=row.texts_per_week,
        ),
        places={place.id: _place(place, closed.get(place.id, frozenset())) for place in locations},
        addresses={place.id: (place.name, place.address) for place in locations},
        services={
            service.id: service_from_body(service.body)
            for service in session.scalars(select(t.Service).where(t.Service.clinic_id == clinic_id))
        },
        course_kinds={
            kind.id: course_kind_from_body(kind.body)
            for kind in session.scalars(select(t.CourseKind).where(t.CourseKind.clinic_id == clinic_id))
        },
        protocols=Rulebook(_published(session, clinic_id)),
    )


def _closed_dates(session: Session, clinic_id: UUID) -> dict[UUID, frozenset[date]]:
    found: dict[UUID, set[date]] = {}
    for location_id, closed_on in session.execute(
        select(t.ClosedDate.location_id, t.ClosedDate.closed_on).where(t.ClosedDate.clinic_id == clinic_id)
    ):
        found.setdefault(location_id, set()).add(closed_on)
    return {location_id: frozenset(days) for location_id, days in found.items()}


def _place(row: t.Location, closed_on: frozenset[date]) -> Place:
    return Place(
        id=row.id, slug=row.slug, hours=OpenHours(zone=row.time_zone, spans=_spans(row.hours), closed_on=closed_on)
    )


def _spans(hours: Json) -> dict[int, list[tuple[time, time]]]:
    return {
        int(weekday): [(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in spans]
        for weekday, spans in hours.items()
    }


def _published(session: Session, clinic_id: UUID) -> list[ActiveProtocol]:
    rows = session.execute(
        select(t.ProtocolVersion.id, t.ProtocolVersion.body)
        .join(t.Protocol, t.Protocol.published_id == t.ProtocolVersion.id)
        .where(t.Protocol.clinic_id == clinic_id)
        .order_by(t.Protocol.slug)
    )
    return [ActiveProtocol(version_id, _parsed(version_id, body)) for version_id, body in rows]


class _Versions:
    """Parsed protocol versions; a version never changes, so its id is enough to know it."""

    def __init__(self) -> None:
        self._known: dict[UUID, Protocol] = {}

    def parse(self, version_id: UUID, body: Json) -> Protocol:
        if version_id not in self._known:
            self._known[version_id] = protocol_file.from_body(body)
        return self._known[version_id]


@lru_cache(maxsize=1)
def _versions() -> _Versions:
    return _Versions()


def _parsed(version_id: UUID, body: Json) -> Protocol:
    return _versions().parse(version_id, body)
