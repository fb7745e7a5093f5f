"""What a process remembers of a clinic's content: all of it while nobody writes, nothing that somebody changed."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from reminders.store.base import new_id
from reminders.store.library import Content, Library
from reminders.store.tables import clinic as t
from tests.domain.planning_clinic import at
from tests.working_clinic import WorkingClinic

SIGNED_AT = at("2026-09-28 09:00")


def read(clinic: WorkingClinic, library: Library) -> Content:
    with clinic.parts.transaction() as session:
        return library.read(session, [clinic.id])[clinic.id]


def test_what_nobody_changed_is_asked_for_in_one_statement(clinic: WorkingClinic) -> None:
    library = Library()
    first = read(clinic, library)

    with clinic.statements() as statements:
        second = read(clinic, library)

    assert (second is first, len(statements)) == (True, 1)


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (t.Clinic, {"display_name": "Elm"}),
        (t.Location, {"address": "1 Elm Street"}),
        (t.Service, {"slug": "another"}),
        (t.CourseKind, {"slug": "another"}),
        (t.Protocol, {"title": "Another"}),
        (t.ProtocolVersion, {"made_by": "somebody"}),
        (t.Template, {"language": "fr"}),
        (t.TemplateVersion, {"made_by": "somebody"}),
    ],
)
def test_whatever_is_written_is_in_the_next_reading(clinic: WorkingClinic, table: Any, columns: dict[str, Any]) -> None:
    library = Library()
    before = read(clinic, library)
    row_id = clinic.scalar(select(table.id).limit(1)) if table not in VERSIONS else published(clinic, table)

    clinic.set(table, table.id == row_id, **columns)

    assert read(clinic, library) is not before


VERSIONS: dict[Any, Any] = {t.ProtocolVersion: t.Protocol, t.TemplateVersion: t.Template}


def published(clinic: WorkingClinic, table: Any) -> Any:
    """Return a version in force."""
    return clinic.scalar(select(VERSIONS[table].published_id).limit(1))


def test_a_day_that_is_closed_and_a_signature_are_in_the_next_reading(clinic: WorkingClinic) -> None:
    library = Library()
    before = read(clinic, library)
    place_id = clinic.scalar(select(t.Location.id).where(t.Location.slug == "midtown"))
    version = clinic.scalar(select(t.Protocol.published_id).where(t.Protocol.slug == "consultation"))
    digest = clinic.scalar(select(t.ProtocolVersion.digest).where(t.ProtocolVersion.id == version))

    with clinic.parts.transaction() as session:
        session.add(t.ClosedDate(clinic_id=clinic.id, location_id=place_id, closed_on=date(2026, 12, 28)))
        session.add(
            t.Signature(
                clinic_id=clinic.id,
                key="protocol:consultation",
                digest=digest,
                signed_by="Dr. Reyes",
                signed_at=SIGNED_AT,
            )
        )

    now = read(clinic, library)
    assert date(2026, 12, 28) in now.book.places[place_id].hours.closed_on
    assert (version in before.signed_versions, version in now.signed_versions) == (False, True)
    assert before.unsigned - now.unsigned == {"protocol:consultation"}


def test_a_change_that_was_rolled_back_is_not_remembered(clinic: WorkingClinic) -> None:
    library = Library()
    with clinic.parts.transaction() as session:
        session.execute(update(t.Clinic).values(display_name="Elm"))
        seen = library.read(session, [clinic.id])[clinic.id].book.display_name
        session.rollback()

    assert (seen, read(clinic, library).book.display_name) == ("Elm", "Cedar Clinic")


def test_each_clinic_is_remembered_by_itself(clinic: WorkingClinic) -> None:
    other_id = new_id()
    with clinic.parts.transaction() as session:
        ours = session.scalars(select(t.Clinic)).one()
        copied = {one.key: getattr(ours, one.key) for one in t.Clinic.__table__.columns}
        session.add(t.Clinic(**copied | {"id": other_id, "slug": "elm", "display_name": "Elm"}))
    library = Library()

    with clinic.parts.transaction() as session:
        found = library.read(session, [clinic.id, other_id])

    assert {one.book.display_name for one in found.values()} == {"Cedar Clinic", "Elm"}
