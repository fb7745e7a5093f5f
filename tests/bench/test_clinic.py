"""The clinic that is measured is one that the product would have made."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from bench import clinic as measured
from bench.clinic import NUDGE, PREP, REMINDER, Kind, book_planned, zone_of_five
from reminders.store import debts
from reminders.store.tables.messages import Message
from tests.working_clinic import WorkingClinic


@pytest.mark.parametrize("kind", [REMINDER, PREP, NUDGE], ids=lambda kind: kind.rule)
def test_planning_finds_nothing_to_change_about_the_copies(clinic: WorkingClinic, kind: Kind) -> None:
    book_planned(clinic.parts, kind, 4)
    before = versions(clinic, kind)

    with clinic.parts.transaction() as session:
        debts.owe_all(session, list(session.scalars(select(Message.patient_id).where(Message.rule == kind.rule))))
    measured.plan(clinic.parts)

    assert len(before) == 4
    assert versions(clinic, kind) == before


def versions(clinic: WorkingClinic, kind: Kind) -> dict[str, str]:
    """Return of each message of a rule which version of its row stands."""
    with clinic.parts.transaction() as session:
        rows = session.execute(
            text("SELECT id::text, xmin::text FROM messages WHERE rule = :rule"), {"rule": kind.rule}
        )
        return dict(rows.all())


@pytest.mark.parametrize("hour", range(24))
def test_it_is_always_between_five_and_six_in_the_afternoon(hour: int) -> None:
    now = datetime(2026, 3, 8, hour, 59, tzinfo=UTC)

    assert now.astimezone(ZoneInfo(zone_of_five(now))).hour == 17
