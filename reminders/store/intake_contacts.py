"""Intake of contact points: which address a person has on each channel, and what was said of consent.

What the source says of consent is compared with what it said last; only a change is an
entry of the ledger. A `yes` never lifts a STOP: those stand in `opted_out_at` of the point
and of the address, which nothing here touches. Nor does an address known dead come alive.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.domain.row import VisitRow
from reminders.domain.row_news import Said
from reminders.domain.words import Channel
from reminders.store import ledger
from reminders.store.base import new_id
from reminders.store.bulk import insert_all, update_all
from reminders.store.intake_addresses import Addresses
from reminders.store.ledger import Entry
from reminders.store.tables.people import ContactPoint

COLUMNS: Mapping[Channel, tuple[str, str]] = {
    Channel.SMS: ("phone", "sms_consent"),
    Channel.EMAIL: ("email", "email_consent"),
}
"""For each channel the column of its address and that of its consent."""

SOURCE = "import"


@dataclass(slots=True, kw_only=True)
class Point:
    """The contact point of one person on one channel, as it will be written."""

    id: UUID
    clinic_id: UUID
    person_id: UUID
    channel: str
    address_id: UUID | None = None
    consented: bool = False
    nudge_consented: bool = False
    stated_consent: bool | None = None
    stated_nudge_consent: bool | None = None


_COLUMNS = tuple(one.name for one in fields(Point))


def _columns(point: Point | ContactPoint) -> dict[str, Any]:
    return {name: getattr(point, name) for name in _COLUMNS}


class Contacts:
    """The contact points of a chunk's people and the entries of the ledger that its rows make."""

    def __init__(self, session: Session, clinic_id: UUID, addresses: Addresses) -> None:
        self._session = session
        self._clinic_id = clinic_id
        self._addresses = addresses
        self._points: dict[tuple[UUID, str], Point] = {}
        self._new: set[UUID] = set()
        self._changed: dict[UUID, Point] = {}
        self._entries: list[Entry] = []

    def load(self, person_ids: Collection[UUID]) -> None:
        """Read the points of *person_ids*."""
        rows = self._session.scalars(select(ContactPoint).where(ContactPoint.person_id.in_(person_ids)))
        for row in rows:
            point = Point(**_columns(row))
            self._points[point.person_id, point.channel] = point

    def take(self, person_id: UUID, row: VisitRow, said: Said, taken: Collection[str]) -> bool:
        """Take over the columns *taken* of what a row *said*; return whether anything is different now."""
        changes = [self._take_channel(person_id, channel, row, said, taken) for channel in COLUMNS]
        return any(changes)

    def add_driver(self, person_id: UUID, phone: str) -> None:
        """Give a driver a phone, without consent: nobody is texted before the patient says so."""
        point = self._point(person_id, Channel.SMS)
        point.address_id = self._addresses.id_of(Channel.SMS, phone)
        self._changed[point.id] = point

    def write(self, *, now: datetime) -> None:
        """Write points and entries; addresses and persons must be there."""
        changed = [_columns(self._changed[point_id]) for point_id in sorted(self._changed)]
        new = [point for point in changed if point["id"] in self._new]
        old = [point for point in changed if point["id"] not in self._new]
        insert_all(self._session, ContactPoint, new)
        update_all(self._session, ContactPoint, old)
        ledger.enter(self._session, self._entries, now=now)

    def _point(self, person_id: UUID, channel: Channel) -> Point:
        point = self._points.get((person_id, channel.value))
        if point is None:
            point = Point(id=new_id(), clinic_id=self._clinic_id, person_id=person_id, channel=channel.value)
            self._points[person_id, channel.value] = point
            self._new.add(point.id)
            self._changed[point.id] = point
        return point

    def _take_channel(
        self, person_id: UUID, channel: Channel, row: VisitRow, said: Said, taken: Collection[str]
    ) -> bool:
        point = self._point(person_id, channel)
        before = replace(point)
        address, consent = COLUMNS[channel]
        if address in taken:
            point.address_id = self._addresses.id_of(channel, said[address]) if address in said else None
        if consent in taken and (granted := said[consent] == "yes") != point.stated_consent:
            point.stated_consent = point.consented = granted
            self._enter(point, row, "visits", granted=granted)
        if "nudge_consent" in taken:
            self._take_nudges(point, row, said.get("nudge_consent"))
        if point == before:
            return False
        self._changed[point.id] = point
        return True

    def _take_nudges(self, point: Point, row: VisitRow, answer: str | None) -> None:
        granted = answer == "yes"
        # A blank where a yes stood is no yes any more; where nothing stood it is nothing said.
        if granted == point.stated_nudge_consent or (answer is None and point.stated_nudge_consent is None):
            return
        point.stated_nudge_consent = point.nudge_consented = granted
        self._enter(point, row, "nudges", granted=granted)

    def _enter(self, point: Point, row: VisitRow, purpose: str, *, granted: bool) -> None:
        self._entries.append(
            Entry(
                clinic_id=point.clinic_id,
                channel=point.channel,
                purpose=purpose,
                granted=granted,
                source=SOURCE,
                entered_by=SOURCE,
                person_id=point.person_id,
                address_id=point.address_id,
                how=row.patient.consent_how,
                said_at=row.patient.consent_at,
            )
        )
