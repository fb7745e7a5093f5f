"""Intake of addresses: a phone or mailbox is one row of its clinic, whoever has it and however often it is named."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reminders.domain.words import Channel
from reminders.store.base import Json, new_id
from reminders.store.bulk import together
from reminders.store.locks import LinksGrewError
from reminders.store.tables.people import Address
from reminders.store.vault import Vault


class Addresses:
    """The addresses that a chunk of rows names; one that is unknown gets its row at the end."""

    def __init__(self, session: Session, vault: Vault, clinic_id: UUID) -> None:
        self._session = session
        self._vault = vault
        self._clinic_id = clinic_id
        self._known: dict[tuple[str, bytes], UUID] = {}
        self._new: dict[tuple[str, bytes], Json] = {}

    def find(self, wanted: Iterable[tuple[Channel, str]]) -> Collection[UUID]:
        """Read which of *wanted* are known; return their ids."""
        lookups = {(channel, self._vault.lookup(channel, value)) for channel, value in wanted}
        rows = self._session.execute(
            select(Address.channel, Address.lookup, Address.id).where(
                Address.clinic_id == self._clinic_id, Address.lookup.in_(sorted({lookup for _, lookup in lookups}))
            )
        )
        self._known = {(channel, lookup): address_id for channel, lookup, address_id in rows}
        return self._known.values()

    def id_of(self, channel: Channel, value: str) -> UUID:
        """Return the id of an address."""
        key = (channel.value, self._vault.lookup(channel, value))
        if key not in self._known:
            address_id = new_id()
            self._known[key] = address_id
            self._new[key] = {
                "id": address_id,
                "clinic_id": self._clinic_id,
                "channel": channel.value,
                "lookup": key[1],
                "value": self._vault.seal(Address.value, address_id, value),
            }
        return self._known[key]

    def write(self) -> None:
        """Insert the unknown ones; start over when somebody else brought one of them meanwhile."""
        if not self._new:
            return
        rows = [self._new[key] for key in sorted(self._new)]
        new = together(Address, rows)
        statement = insert(Address).from_select(list(rows[0]), select(*new.c)).on_conflict_do_nothing()
        if len(self._session.scalars(statement.returning(Address.id)).all()) < len(rows):
            raise LinksGrewError
