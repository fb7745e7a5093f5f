"""What rows of a source may name at each clinic, and the ids that stand behind the names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.domain.row import ClinicReference, Reference
from reminders.store.tables.clinic import Clinic, CourseKind, Location, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """One clinic's locations, services and kinds of course by slug."""

    clinic_id: UUID
    slug: str
    reference: ClinicReference
    locations: Mapping[str, UUID]
    services: Mapping[str, UUID]
    course_kinds: Mapping[str, UUID]


def read_catalogs(session: Session) -> dict[str, Catalog]:
    """Return the catalog of every clinic by slug."""
    zones: dict[UUID, dict[str, str]] = {}
    for clinic_id, slug, zone in session.execute(select(Location.clinic_id, Location.slug, Location.time_zone)):
        zones.setdefault(clinic_id, {})[slug] = zone
    locations, services, kinds = (_ids(session, table) for table in (Location, Service, CourseKind))
    return {
        clinic.slug: Catalog(
            clinic_id=clinic.id,
            slug=clinic.slug,
            reference=ClinicReference(
                region=clinic.region,
                countries=frozenset(clinic.countries),
                language=clinic.language,
                locations=zones.get(clinic.id, {}),
                services=services.get(clinic.id, {}).keys(),
                courses=kinds.get(clinic.id, {}).keys(),
            ),
            locations=locations.get(clinic.id, {}),
            services=services.get(clinic.id, {}),
            course_kinds=kinds.get(clinic.id, {}),
        )
        for clinic in session.scalars(select(Clinic))
    }


def reference_of(catalogs: Iterable[Catalog]) -> Reference:
    """Return what a reader of rows needs of *catalogs*."""
    return Reference({catalog.slug: catalog.reference for catalog in catalogs})


def _ids(session: Session, table: type[Location | Service | CourseKind]) -> dict[UUID, dict[str, UUID]]:
    found: dict[UUID, dict[str, UUID]] = {}
    for clinic_id, slug, row_id in session.execute(select(table.clinic_id, table.slug, table.id)):
        found.setdefault(clinic_id, {})[slug] = row_id
    return found
