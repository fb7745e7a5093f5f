"""What the sandbox took instead of sending it, and the receipts that it still has to post."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.orm import Session

from reminders.store.base import new_id
from reminders.store.now import read
from reminders.store.tables.clinic import Sender
from reminders.store.tables.machinery import KeptCallback, KeptMessage
from reminders.store.tables.messages import Attempt
from reminders.store.vault import Vault

_SMS = "sms"
_UNDER_WAY, _SENT, _FINAL = "queued", "sent", ("delivered", "undelivered", "failed")
"""Where a kept message stands, in Twilio's words; one without receipts to come goes no further than `sent`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCopy:
    """One message as the sandbox took it."""

    attempt_id: UUID
    channel: str
    provider_id: str
    recipient: str = field(repr=False)
    body: str = field(repr=False)
    subject: str | None = field(repr=False)
    html: str | None = field(repr=False)
    callback_url: str = field(repr=False)
    receipts: Sequence[tuple[timedelta, str, str | None]]
    """Of each receipt to come how long after now in machine time, its status and its code."""


def keep(session: Session, vault: Vault, copy: KeptCopy) -> None:
    """Store *copy* beside its attempt, and when each of its receipts is to be posted."""
    clinic_id = session.execute(select(Attempt.clinic_id).where(Attempt.id == copy.attempt_id)).scalar_one()
    now = read(session)
    kept_id = new_id()
    session.execute(
        insert(KeptMessage).values(
            id=kept_id,
            clinic_id=clinic_id,
            attempt_id=copy.attempt_id,
            channel=copy.channel,
            provider_id=copy.provider_id,
            lookup=vault.lookup(copy.channel, copy.recipient),
            recipient=vault.seal(KeptMessage.recipient, kept_id, copy.recipient),
            body=vault.seal(KeptMessage.body, kept_id, copy.body),
            subject=vault.seal_some(KeptMessage.subject, kept_id, copy.subject),
            html=vault.seal_some(KeptMessage.html, kept_id, copy.html),
            callback_url=copy.callback_url,
            status=_UNDER_WAY if copy.receipts else _SENT,
            kept_at=now.clinic_at,
        )
    )
    if copy.receipts:
        session.execute(
            insert(KeptCallback),
            [
                {
                    "clinic_id": clinic_id,
                    "kept_id": kept_id,
                    "status": status,
                    "code": code,
                    "post_at": now.machine_at + after,
                }
                for after, status, code in copy.receipts
            ],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptText:
    """One text on the shelf, as a provider would list it."""

    provider_id: str
    recipient: str = field(repr=False)
    body: str = field(repr=False)
    status: str
    code: str | None
    taken_at: datetime
    """Machine time, unlike what the phones show: whoever asks measures from a launch."""


def texts(  # noqa: PLR0913  one for each thing a list is filtered by
    session: Session,
    vault: Vault,
    *,
    account: str,
    provider_id: str | None = None,
    recipient: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[KeptText]:
    """Return the texts that were kept for the senders of *account*, oldest first."""
    taken_at = func.coalesce(Attempt.launched_at, KeptMessage.kept_at)
    code = (
        select(func.max(KeptCallback.code))
        .where(KeptCallback.kept_id == KeptMessage.id, KeptCallback.status == KeptMessage.status)
        .scalar_subquery()
    )
    wanted = [
        KeptMessage.provider_id == provider_id if provider_id is not None else None,
        KeptMessage.lookup == vault.lookup(_SMS, recipient) if recipient is not None else None,
        taken_at >= since if since is not None else None,
        taken_at <= until if until is not None else None,
    ]
    rows = session.execute(
        select(KeptMessage, taken_at, code)
        .join(Attempt, Attempt.id == KeptMessage.attempt_id)
        .join(Sender, Sender.id == Attempt.sender_id)
        .where(Sender.account == account, KeptMessage.channel == _SMS, *(one for one in wanted if one is not None))
        .order_by(taken_at, KeptMessage.id)
    )
    return [
        KeptText(
            provider_id=kept.provider_id,
            recipient=vault.open(KeptMessage.recipient, kept.id, kept.recipient),
            body=vault.open(KeptMessage.body, kept.id, kept.body),
            status=kept.status,
            code=its_code,
            taken_at=its_moment,
        )
        for kept, its_moment, its_code in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCallback:
    """One receipt that is to be posted now."""

    id: UUID
    kept_id: UUID
    sender_id: UUID
    provider_id: str
    recipient: str = field(repr=False)
    callback_url: str = field(repr=False)
    status: str
    code: str | None
    tries: int
    """How often it was tried before."""


def take_due(session: Session, vault: Vault, *, limit: int, lease: timedelta) -> list[DueCallback]:
    """Return callbacks whose moment has come, and put each off by *lease*: a poster that dies holds none up longer.

    One statement tests and sets, so of two posters one gets the row.
    """
    due = (
        select(KeptCallback.id)
        .where(KeptCallback.posted_at.is_(None), KeptCallback.post_at <= func.clock_timestamp())
        .order_by(KeptCallback.post_at, KeptCallback.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = session.scalars(
        update(KeptCallback)
        .where(KeptCallback.id.in_(due), KeptCallback.posted_at.is_(None))
        .values(post_at=func.clock_timestamp() + lease, tries=KeptCallback.tries + 1)
        .returning(KeptCallback.id)
        .execution_options(synchronize_session=False)
    ).all()
    return _read_due(session, vault, taken) if taken else []


def _read_due(session: Session, vault: Vault, callback_ids: Collection[UUID]) -> list[DueCallback]:
    rows = session.execute(
        select(KeptCallback, KeptMessage, Attempt.sender_id)
        .join(KeptMessage, KeptMessage.id == KeptCallback.kept_id)
        .join(Attempt, Attempt.id == KeptMessage.attempt_id)
        .where(KeptCallback.id.in_(callback_ids))
        .order_by(KeptCallback.kept_id, KeptCallback.id)
    )
    return [
        DueCallback(
            id=callback.id,
            kept_id=kept.id,
            sender_id=sender_id,
            provider_id=kept.provider_id,
            recipient=vault.open(KeptMessage.recipient, kept.id, kept.recipient),
            callback_url=kept.callback_url,
            status=callback.status,
            code=callback.code,
            tries=callback.tries - 1,
        )
        for callback, kept, sender_id in rows
    ]


def close(session: Session, posted: Sequence[DueCallback]) -> None:
    """Mark *posted* as posted, and let their messages stand where the receipts say."""
    if not posted:
        return
    session.execute(
        update(KeptCallback)
        .where(KeptCallback.id.in_([one.id for one in posted]))
        .values(posted_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )
    for one in posted:
        # Two receipts of one text may be posted the wrong way round; what is final stays.
        session.execute(
            update(KeptMessage)
            .where(KeptMessage.id == one.kept_id)
            .values(status=case((KeptMessage.status.in_(_FINAL), KeptMessage.status), else_=one.status))
            .execution_options(synchronize_session=False)
        )


def put_off(session: Session, waits: Mapping[UUID, timedelta]) -> None:
    """Let each of the callbacks in *waits* be tried again when its wait in machine time is over."""
    for callback_id, wait in sorted(waits.items()):
        session.execute(
            update(KeptCallback)
            .where(KeptCallback.id == callback_id)
            .values(post_at=func.clock_timestamp() + wait)
            .execution_options(synchronize_session=False)
        )
