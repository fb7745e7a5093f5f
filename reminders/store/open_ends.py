"""Messages whose end a provider has to be asked about: what may have gone, and what no receipt tells of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from reminders.domain.states import State
from reminders.domain.words import Channel
from reminders.store import attempts, outbox, paces
from reminders.store.bulk import among
from reminders.store.claims import sealed_addresses
from reminders.store.now import Now
from reminders.store.tables.messages import Attempt, Message
from reminders.store.tables.people import Address
from reminders.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEnd:
    """One such message with its newest hand-over."""

    message_id: UUID
    clinic_id: UUID
    state: State
    channel: Channel
    checks: int
    """How often its provider was asked already."""
    give_up_at: datetime | None
    """Until when a provider that does not answer is asked, in machine time; None: it answered the last time."""
    sender_id: UUID
    attempt_id: UUID
    provider_id: str | None
    launched_at: datetime
    """Machine time."""
    to: str | None = field(repr=False)
    """None, like *text*: it cannot be decrypted."""
    text: str | None = field(repr=False)


def take(session: Session, vault: Vault, *, limit: int, lease: timedelta) -> list[OpenEnd]:
    """Return messages to be asked about now, and put them off by *lease*, so that nobody else asks meanwhile.

    Those of a sender that is shut wait: its provider is out, or asked for a pause. Emails do not, for nobody is asked.
    """
    rows = session.execute(
        select(
            Message.id,
            Message.clinic_id,
            Message.state,
            Message.channel,
            Message.checks,
            Message.lease_until,
            Message.address_id,
            Message.launched_at,
        )
        .where(_is_due(), or_(Message.channel != Channel.SMS, ~paces.is_shut()))
        .order_by(Message.check_at)
        .limit(limit)
        .with_for_update(of=Message, key_share=True, skip_locked=True)
    ).all()
    if not rows:
        return []
    ids = [row.id for row in rows]
    put_off(session, dict.fromkeys(ids, lease))
    tries = _newest_tries(session, ids)
    addresses = sealed_addresses(session, [row.address_id for row in rows])
    return [
        OpenEnd(
            message_id=row.id,
            clinic_id=row.clinic_id,
            state=State(row.state),
            channel=Channel(row.channel),
            checks=row.checks,
            give_up_at=row.lease_until,
            sender_id=tries[row.id].sender_id,
            attempt_id=tries[row.id].id,
            provider_id=tries[row.id].provider_id,
            launched_at=tries[row.id].launched_at or row.launched_at,
            to=vault.open_whole(Address.value, row.address_id, addresses[row.address_id]),
            text=vault.open_whole(Attempt.body, tries[row.id].id, tries[row.id].body),
        )
        for row in rows
    ]


def _is_due() -> ColumnElement[bool]:
    return Message.check_at <= func.clock_timestamp()


def put_off_due(session: Session, sender_ids: Collection[UUID], pause: timedelta) -> None:
    """Ask after *pause* about whatever texts of *sender_ids* are to be asked about now; what somebody holds is left."""
    due = (
        select(Message.id)
        .where(_is_due(), Message.channel == Channel.SMS, among(Message.sender_id, sender_ids))
        .order_by(Message.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    put_off(session, dict.fromkeys(session.scalars(due), pause))


def _newest_tries(session: Session, message_ids: Sequence[UUID]) -> dict[UUID, Attempt]:
    newer = aliased(Attempt)
    tried_again = select(newer.id).where(newer.message_id == Attempt.message_id, newer.number > Attempt.number)
    rows = session.scalars(select(Attempt).where(Attempt.message_id.in_(message_ids), ~tried_again.exists()))
    return {row.message_id: row for row in rows}


def put_off(
    session: Session, by_message: dict[UUID, timedelta], *, counted: bool = False, patience: timedelta | None = None
) -> None:
    """Ask about each message again after its pause; *counted*: it was asked about now.

    Nobody answered, where a *patience* is given: it is not asked for longer than that from the first time on.
    """
    silent = {"lease_until": func.coalesce(Message.lease_until, func.clock_timestamp() + patience)} if patience else {}
    for pause in set(by_message.values()):
        ids = [message_id for message_id, its in by_message.items() if its == pause]
        session.execute(
            update(Message)
            .where(Message.id.in_(ids), Message.check_at.is_not(None))
            .values(check_at=func.clock_timestamp() + pause, checks=Message.checks + int(counted), **silent)
            .execution_options(synchronize_session=False)
        )


def note_answered(session: Session, message_ids: Collection[UUID]) -> None:
    """Note that the provider of *message_ids* answers again: the patience with its silence begins anew."""
    if message_ids:
        session.execute(
            update(Message)
            .where(among(Message.id, message_ids), Message.check_at.is_not(None))
            .values(lease_until=None)
            .execution_options(synchronize_session=False)
        )


def close(session: Session, message_ids: Collection[UUID]) -> None:
    """Ask no more about *message_ids*: they stay as they are unless a receipt comes."""
    session.execute(
        update(Message)
        .where(Message.id.in_(message_ids))
        .values(check_at=None)
        .execution_options(synchronize_session=False)
    )


def send_again(session: Session, message_id: UUID, now: Now) -> None:
    """Schedule anew, as if it had never been handed over, what its provider was proven not to have."""
    attempts.remember(session, [message_id])
    outbox.advance(
        session,
        [message_id],
        start=[State.UNKNOWN],
        to=State.SCHEDULED,
        at=now.clinic_at,
        reason=None,
        resends=Message.resends + 1,
        launched_at=None,
        launched_on_clock=None,
    )


def explained(session: Session, provider_ids: Collection[str], *, but: Collection[UUID] = ()) -> set[str]:
    """Return those of *provider_ids* that an attempt of ours has, leaving out the attempts *but*."""
    found = session.scalars(
        select(Attempt.provider_id).where(among(Attempt.provider_id, provider_ids), Attempt.id.not_in(list(but)))
    )
    return {provider_id for provider_id in found if provider_id is not None}


def resends(session: Session, message_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how often each of *message_ids* was sent again after its fate had been unknown."""
    return dict(session.execute(select(Message.id, Message.resends).where(Message.id.in_(message_ids))).all())


def went_twice(session: Session, clinic_id: UUID, *, since: datetime) -> dict[UUID, list[str]]:
    """Return messages of a clinic, due after *since*, that a provider took more than once, with its ids."""
    names = func.array_agg(Attempt.provider_id)
    rows = session.execute(
        select(Attempt.message_id, names)
        .join(Message, Message.id == Attempt.message_id)
        .where(
            Message.clinic_id == clinic_id,
            Message.due_at > since,
            Message.resends > 0,
            Attempt.provider_id.is_not(None),
        )
        .group_by(Attempt.message_id)
        .having(func.count() > 1)
    )
    return {message_id: [name for name in found if name is not None] for message_id, found in rows}
