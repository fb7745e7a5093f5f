"""Senders: they follow the settings; one whose set-up is wrong is held until it is seeded anew."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reminders.domain.states import UNSENT
from reminders.store.base import new_id
from reminders.store.tables.clinic import Clinic, Sender
from reminders.store.tables.messages import Message
from reminders.store.vault import Vault

SANDBOX = "sandbox"
_DEFAULT_PACE = Decimal(50)


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderSetup:
    """A sender as the settings describe it."""

    channel: str
    provider: str
    account: str = ""
    token: str = field(default="", repr=False)
    from_address: str | None = None
    messaging_service: str | None = None
    api_url: str | None = None


def only_clinic(session: Session) -> UUID | None:
    """Return the only clinic; None where there is none yet or several, whose senders are rows of their own."""
    found = session.scalars(select(Clinic.id).limit(2)).all()
    return found[0] if len(found) == 1 else None


def follow(session: Session, vault: Vault, clinic_id: UUID, setups: Iterable[SenderSetup]) -> None:
    """Make *setups* the senders in use of a clinic, held or not; unsent messages of their channels change over.

    A token that changes is kept as the previous one: receipts on their way are signed with it.
    """
    for setup in setups:
        row = session.scalars(
            select(Sender).where(
                Sender.clinic_id == clinic_id, Sender.channel == setup.channel, Sender.provider == setup.provider
            )
        ).one_or_none()
        row = row or _add(session, vault, clinic_id, setup)
        if setup.provider != SANDBOX:
            _update(vault, row, setup)
        row.is_active, row.held_at, row.held_because = True, None, None
        session.flush()
        _change_over(session, row)


def _add(session: Session, vault: Vault, clinic_id: UUID, setup: SenderSetup) -> Sender:
    sender_id = new_id()
    made_up = setup.provider == SANDBOX
    row = Sender(
        id=sender_id,
        clinic_id=clinic_id,
        channel=setup.channel,
        provider=setup.provider,
        account=f"AC{secrets.token_hex(16)}" if made_up else setup.account,
        token=vault.seal(Sender.token, sender_id, secrets.token_hex(16) if made_up else setup.token),
        from_address=setup.from_address,
        messaging_service=setup.messaging_service,
        api_url=setup.api_url,
        per_second=_DEFAULT_PACE,
    )
    session.add(row)
    return row


def _update(vault: Vault, row: Sender, setup: SenderSetup) -> None:
    row.account = setup.account
    row.from_address = setup.from_address
    row.messaging_service = setup.messaging_service
    row.api_url = setup.api_url
    if vault.open_some(Sender.token, row.id, row.token) != setup.token:
        old = vault.open_some(Sender.token, row.id, row.token)
        row.previous_token = vault.seal_some(Sender.previous_token, row.id, old)
        row.token = vault.seal(Sender.token, row.id, setup.token)


def _change_over(session: Session, row: Sender) -> None:
    others = select(Sender.id).where(
        Sender.clinic_id == row.clinic_id, Sender.channel == row.channel, Sender.id != row.id
    )
    session.execute(update(Sender).where(Sender.id.in_(others), Sender.is_active).values(is_active=False))
    session.execute(
        update(Message)
        .where(Message.clinic_id == row.clinic_id, Message.channel == row.channel, Message.state.in_(UNSENT))
        .where(Message.sender_id.is_distinct_from(row.id))
        .values(sender_id=row.id)
        .execution_options(synchronize_session=False)
    )


def hold(session: Session, sender_id: UUID, *, because: str) -> tuple[UUID, datetime] | None:
    """Stop a sender whose credentials or registration are wrong; its messages wait until `follow`.

    Returns its clinic and the machine time of the hold; None when it was held already.
    """
    held = session.execute(
        update(Sender)
        .where(Sender.id == sender_id, Sender.held_at.is_(None))
        .values(held_at=func.clock_timestamp(), held_because=because)
        .returning(Sender.clinic_id, Sender.held_at)
    ).one_or_none()
    return None if held is None or held.held_at is None else (held.clinic_id, held.held_at)
