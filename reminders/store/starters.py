"""Seeds a clinic from values: adds what is missing, never overwrites, tells what differs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.domain import safety_file
from reminders.domain.clinic_file import course_kind_to_body, service_to_body
from reminders.domain.clinic_setup import ClinicSetup, LocationSetup, StaffSetup
from reminders.domain.protocol import Protocol
from reminders.domain.protocol_file import to_body
from reminders.domain.wording import Template
from reminders.store import templates
from reminders.store.base import Json, new_id
from reminders.store.now import Now
from reminders.store.signatures import digest
from reminders.store.tables import clinic as t
from reminders.store.vault import Vault

SEEDER = "seed"


class Seeded(StrEnum):
    """What seeding did with one thing."""

    ADDED = "added"
    SAME = "same"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing of the configuration, and what became of it."""

    what: str
    key: str
    seeded: Seeded


def seed_clinic(session: Session, vault: Vault, setup: ClinicSetup) -> tuple[UUID, list[Finding]]:
    """Seed a clinic with its locations, services, kinds of course and staff; return its id."""
    columns = _clinic_columns(setup)
    row = session.scalars(select(t.Clinic).where(t.Clinic.slug == setup.slug)).one_or_none()
    if row is None:
        clinic_id = new_id()
        session.add(t.Clinic(id=clinic_id, **columns))
        session.flush()
        found = [Finding("clinic", setup.slug, Seeded.ADDED)]
    else:
        clinic_id = row.id
        row.safety = row.safety or columns["safety"]  # a clinic of an older version has no plan yet
        found = [Finding("clinic", setup.slug, _compared(row, columns))]
    found += [_seed_location(session, clinic_id, location) for location in setup.locations]
    found += _seed_bodies(session, t.Service, clinic_id, [(s.slug, service_to_body(s)) for s in setup.services])
    found += _seed_bodies(
        session, t.CourseKind, clinic_id, [(kind.slug, course_kind_to_body(kind)) for kind in setup.course_kinds]
    )
    found += [
        _seed_staff(session, vault, clinic_id, position, staff) for position, staff in enumerate(setup.staff, start=1)
    ]
    return clinic_id, found


def _clinic_columns(setup: ClinicSetup) -> dict[str, Any]:
    return {
        "slug": setup.slug,
        "name": setup.name,
        "display_name": setup.display_name,
        "phone": setup.phone,
        "language": setup.policy.language,
        "region": setup.region,
        "countries": list(setup.countries),
        "quiet_from": setup.policy.quiet_from,
        "quiet_until": setup.policy.quiet_until,
        "texts_per_day": setup.policy.texts_per_day,
        "texts_per_week": setup.policy.texts_per_week,
        "answers_stop": setup.answers_stop,
        "safety": safety_file.to_body(setup.safety) if setup.safety else {},
    }


def _compared(row: object, columns: dict[str, Any]) -> Seeded:
    same = all(getattr(row, name) == value for name, value in columns.items())
    return Seeded.SAME if same else Seeded.DIFFERS


def _seed_location(session: Session, clinic_id: UUID, setup: LocationSetup) -> Finding:
    columns = {
        "name": setup.name,
        "address": setup.address,
        "time_zone": setup.hours.zone,
        "hours": {
            str(day): [[opens.isoformat("minutes"), closes.isoformat("minutes")] for opens, closes in spans]
            for day, spans in setup.hours.spans.items()
        },
    }
    row = session.scalars(
        select(t.Location).where(t.Location.clinic_id == clinic_id, t.Location.slug == setup.slug)
    ).one_or_none()
    if row is not None:
        closed_on = set(session.scalars(select(t.ClosedDate.closed_on).where(t.ClosedDate.location_id == row.id)))
        same = _compared(row, columns) is Seeded.SAME and closed_on == setup.hours.closed_on
        return Finding("location", setup.slug, Seeded.SAME if same else Seeded.DIFFERS)
    location_id = new_id()
    session.add(t.Location(id=location_id, clinic_id=clinic_id, slug=setup.slug, **columns))
    session.flush()
    session.add_all(
        t.ClosedDate(id=new_id(), clinic_id=clinic_id, location_id=location_id, closed_on=day)
        for day in setup.hours.closed_on
    )
    return Finding("location", setup.slug, Seeded.ADDED)


def _seed_bodies(
    session: Session, table: type[t.Service | t.CourseKind], clinic_id: UUID, wanted: Iterable[tuple[str, Json]]
) -> Iterator[Finding]:
    what = "service" if table is t.Service else "course"
    standing = dict(session.execute(select(table.slug, table.body).where(table.clinic_id == clinic_id)).all())
    for slug, body in wanted:
        if slug not in standing:
            session.add(table(id=new_id(), clinic_id=clinic_id, slug=slug, body=body))
            yield Finding(what, slug, Seeded.ADDED)
        else:
            yield Finding(what, slug, Seeded.SAME if standing[slug] == body else Seeded.DIFFERS)


def _seed_staff(session: Session, vault: Vault, clinic_id: UUID, position: int, setup: StaffSetup) -> Finding:
    row = session.scalars(
        select(t.StaffContact).where(t.StaffContact.clinic_id == clinic_id, t.StaffContact.slug == setup.slug)
    ).one_or_none()
    if row is not None:
        same = (
            row.role == setup.role
            and vault.open(t.StaffContact.name, row.id, row.name) == setup.name
            and vault.open_some(t.StaffContact.phone, row.id, row.phone) == setup.phone
            and vault.open_some(t.StaffContact.email, row.id, row.email) == setup.email
            and vault.open_some(t.StaffContact.pager, row.id, row.pager) == setup.pager
        )
        return Finding("staff", setup.slug, Seeded.SAME if same else Seeded.DIFFERS)
    staff_id = new_id()
    session.add(
        t.StaffContact(
            id=staff_id,
            clinic_id=clinic_id,
            slug=setup.slug,
            role=setup.role,
            position=position,
            name=vault.seal(t.StaffContact.name, staff_id, setup.name),
            phone=vault.seal_some(t.StaffContact.phone, staff_id, setup.phone),
            email=vault.seal_some(t.StaffContact.email, staff_id, setup.email),
            pager=vault.seal_some(t.StaffContact.pager, staff_id, setup.pager),
        )
    )
    return Finding("staff", setup.slug, Seeded.ADDED)


def seed_protocols(session: Session, clinic_id: UUID, wanted: Iterable[Protocol], now: Now) -> list[Finding]:
    """Seed protocols: each that is missing is added and published."""
    standing = dict(
        session.execute(
            select(t.Protocol.slug, t.ProtocolVersion.digest)
            .join(t.ProtocolVersion, t.ProtocolVersion.id == t.Protocol.published_id)
            .where(t.Protocol.clinic_id == clinic_id)
        ).all()
    )
    found: list[Finding] = []
    for protocol in wanted:
        body = to_body(protocol)
        if protocol.slug not in standing:
            _add_protocol(session, clinic_id, protocol, body, now)
        found.append(Finding("protocol", protocol.slug, _told(standing.get(protocol.slug), digest(body))))
    return found


def _told(standing: str | None, wanted: str) -> Seeded:
    if standing is None:
        return Seeded.ADDED
    return Seeded.SAME if standing == wanted else Seeded.DIFFERS


def _add_protocol(session: Session, clinic_id: UUID, protocol: Protocol, body: Json, now: Now) -> None:
    protocol_id, version_id = new_id(), new_id()
    session.add(
        t.Protocol(
            id=protocol_id, clinic_id=clinic_id, slug=protocol.slug, title=protocol.title, published_id=version_id
        )
    )
    session.flush()
    session.add(t.ProtocolVersion(protocol_id=protocol_id, **_version(version_id, clinic_id, body, now)))


def _version(version_id: UUID, clinic_id: UUID, body: Json, now: Now) -> dict[str, Any]:
    return {
        "id": version_id,
        "clinic_id": clinic_id,
        "number": 1,
        "body": body,
        "digest": digest(body),
        "made_by": SEEDER,
        "made_at": now.clinic_at,
        "published_at": now.clinic_at,
    }


def seed_templates(session: Session, clinic_id: UUID, wanted: Iterable[Template], now: Now) -> list[Finding]:
    """Seed wordings: each that is missing is added and published."""
    rows = session.execute(
        select(t.Template.key, t.Template.channel, t.Template.language, t.TemplateVersion.digest)
        .join(t.TemplateVersion, t.TemplateVersion.id == t.Template.published_id)
        .where(t.Template.clinic_id == clinic_id)
    )
    standing = {(key, channel, language): sum_ for key, channel, language, sum_ in rows}
    found: list[Finding] = []
    for template in wanted:
        body = templates.to_body(template)
        there = standing.get((template.key, template.channel, template.language))
        if there is None:
            _add_template(session, clinic_id, template, body, now)
        found.append(Finding("template", template.name, _told(there, digest(body))))
    return found


def _add_template(session: Session, clinic_id: UUID, template: Template, body: Json, now: Now) -> None:
    template_id, version_id = new_id(), new_id()
    session.add(
        t.Template(
            id=template_id,
            clinic_id=clinic_id,
            key=template.key,
            channel=template.channel,
            language=template.language,
            published_id=version_id,
        )
    )
    session.flush()
    session.add(t.TemplateVersion(template_id=template_id, **_version(version_id, clinic_id, body, now)))
