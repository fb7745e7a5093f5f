"""Senders: they follow the settings and the clinic file; one whose set-up is wrong is held until it is seeded anew."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session, aliased

from reminders.domain.clinic_setup import PaceSetup
from reminders.domain.errors import BrokenSealError
from reminders.domain.states import UNSENT, State
from reminders.domain.words import Channel, WorkKind
from reminders.store import work
from reminders.store.base import new_id
from reminders.store.now import read
from reminders.store.paces import forget_doubts
from reminders.store.tables.clinic import Clinic, Pace, Sender
from reminders.store.tables.messages import Attempt, Message
from reminders.store.vault import Vault

SANDBOX = "sandbox"

_SAFE_PACE = MappingProxyType({SANDBOX: Decimal(50), "smtp": Decimal(10), "pager": Decimal(10)})
_ONE_NUMBER = Decimal(1)
"""What carriers take from one long code; more is queued at the provider, or refused (30022)."""
_MESSAGING_SERVICE = Decimal("3.75")
"""What all carriers together take from the smallest registered brand, whatever the numbers of its service."""
_STAND_IN = Decimal(50)
"""Behind an address of this machine there is no carrier."""
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


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


def follow(
    session: Session,
    vault: Vault,
    clinic_id: UUID,
    setups: Iterable[SenderSetup],
    paces: Mapping[Channel, PaceSetup] = MappingProxyType({}),
) -> None:
    """Make *setups* the senders in use of a clinic, held or not; unsent messages of their channels change over.

    A token that changes is kept as the previous one: receipts on their way are signed with it.
    *paces*, by channel, are taken over each time, and where there is none a pace that is safe
    for the provider: how fast a sender goes is for ops to say, not for whoever seeded first.
    """
    now = read(session)
    for setup in setups:
        row = session.scalars(
            select(Sender).where(
                Sender.clinic_id == clinic_id, Sender.channel == setup.channel, Sender.provider == setup.provider
            )
        ).one_or_none()
        row = row or _add(session, vault, clinic_id, setup)
        if setup.provider != SANDBOX:
            _update(vault, row, setup)
        if row.held_at is not None:
            work.close_moot(session, held_key(row.id, row.held_at), now=now.clinic_at)
        row.is_active, row.held_at, row.held_because, row.set_up_at = True, None, None, now.machine_at
        forget_doubts(session, row.id)
        pace = paces.get(Channel(setup.channel), PaceSetup())
        row.per_second, row.segments_per_day = pace.per_second or _safe_pace(setup), pace.segments_per_day
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
        per_second=_safe_pace(setup),
    )
    session.add(row)
    return row


def _safe_pace(setup: SenderSetup) -> Decimal:
    """Return how many messages a second may be handed over where the clinic file says nothing."""
    if setup.provider in _SAFE_PACE:
        return _SAFE_PACE[setup.provider]
    if urlsplit(setup.api_url or "").hostname in _THIS_MACHINE:
        return _STAND_IN
    return _MESSAGING_SERVICE if setup.messaging_service else _ONE_NUMBER


def _update(vault: Vault, row: Sender, setup: SenderSetup) -> None:
    row.account = setup.account
    row.from_address = setup.from_address
    row.messaging_service = setup.messaging_service
    row.api_url = setup.api_url
    old = _open(vault, row)
    if old != setup.token:
        row.previous_token = vault.seal_some(Sender.previous_token, row.id, old)
        row.token = vault.seal(Sender.token, row.id, setup.token)


def _open(vault: Vault, row: Sender) -> str | None:
    """Return the token of *row*; None where it cannot be opened, for then a new one is all that helps."""
    try:
        return vault.open_some(Sender.token, row.id, row.token)
    except BrokenSealError:
        return None


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


def change_over_late(session: Session) -> None:
    """Give what came back from a hand-over to a sender now out of use to the one that is in use instead."""
    old, new = aliased(Sender), aliased(Sender)
    instead = select(old.id, new.id).where(
        ~old.is_active, new.is_active, new.clinic_id == old.clinic_id, new.channel == old.channel
    )
    # Few have such senders; a join with all that is scheduled would read it all.
    for unused_id, in_use_id in session.execute(instead).all():
        session.execute(
            update(Message)
            .where(Message.state == State.SCHEDULED, Message.sender_id == unused_id)
            .values(sender_id=in_use_id)
            .execution_options(synchronize_session=False)
        )


def of_texts(session: Session, clinic_id: UUID) -> Sequence[UUID]:
    """Return a clinic's senders of texts that are in use."""
    return session.scalars(
        select(Sender.id).where(Sender.clinic_id == clinic_id, Sender.is_active, Sender.channel == "sms")
    ).all()


def of_sandbox(session: Session, clinic_id: UUID | None) -> Sequence[UUID]:
    """Return the senders in use whose texts stay on this machine, of one clinic or of all."""
    ours = [Sender.clinic_id == clinic_id] if clinic_id else []
    return session.scalars(
        select(Sender.id).where(Sender.is_active, Sender.channel == "sms", Sender.provider == SANDBOX, *ours)
    ).all()


def working(session: Session, clinic_id: UUID) -> Sequence[str]:
    """Return by which channels a clinic can hand over now: their sender is neither held nor its provider out."""
    is_out = exists().where(Pace.sender_id == Sender.id, Pace.trips > 0)
    return session.scalars(
        select(Sender.channel).where(Sender.clinic_id == clinic_id, Sender.is_active, Sender.held_at.is_(None), ~is_out)
    ).all()


def hold(session: Session, sender_id: UUID, *, because: str, attempt_id: UUID | None = None) -> tuple[UUID, str] | None:
    """Stop a sender whose credentials or registration are wrong; its messages wait until `follow`.

    What an attempt came to that was launched before the sender was last set up says nothing of it.
    Returns its clinic and the key of what ops must do; None when it was held already.
    """
    is_old = exists().where(Attempt.id == attempt_id, Attempt.launched_at <= Sender.set_up_at)
    held = session.execute(
        update(Sender)
        .where(Sender.id == sender_id, Sender.held_at.is_(None), ~is_old)
        .values(held_at=func.clock_timestamp(), held_because=because)
        .returning(Sender.clinic_id, Sender.held_at)
    ).one_or_none()
    return None if held is None or held.held_at is None else (held.clinic_id, held_key(sender_id, held.held_at))


def held_key(sender_id: UUID, held_at: datetime) -> str:
    """Return the key of the work item that a hold opens, and `follow` closes."""
    return f"{WorkKind.SENDER_HELD}/{sender_id}/{held_at.isoformat()}"
