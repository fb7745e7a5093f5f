"""A clinic on the sandbox, and attempts that were handed over to it: what receipts and phones are about."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from reminders.channels.sandbox import Kept, Step
from reminders.domain.tokens import make_token
from reminders.domain.words import Channel
from reminders.pipeline.keeping import keeper
from reminders.pipeline.parts import Parts
from reminders.store.base import new_id
from reminders.store.engine import Transaction
from reminders.store.now import start_stepped
from reminders.store.tables.clinic import Clinic, Location, Sender
from reminders.store.tables.machinery import KeptMessage
from reminders.store.tables.messages import Attempt, Message
from reminders.store.tables.people import Address, Person
from reminders.store.vault import Vault

VAULT = Vault([("k1", b"k" * 32)], b"l" * 32)
TOKEN_KEY = b"token key of tests".ljust(32)
ACCOUNT = "AC" + "1" * 32
TOKEN = "current-token"
PREVIOUS_TOKEN = "previous-token"
PHONE = "+13125550142"
MAILBOX = "ana@example.com"
NOON = datetime(2026, 10, 28, 16, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Scene:
    """One clinic with its sender, and the parts of a process that works for it."""

    parts: Parts
    clinic_id: UUID
    sender_id: UUID
    ana: UUID
    counts: dict[str, int] = field(default_factory=dict)

    def person(self, first_name: str, **columns: Any) -> UUID:
        """Make a person."""
        return _person(self.parts, self.clinic_id, first_name, **columns)

    def attempt(self, **columns: Any) -> UUID:
        """Make a message that was handed over, and return its attempt; *columns* are those of its message."""
        with self.parts.transaction() as session:
            return _attempt(session, self, columns)

    def token(self, attempt_id: UUID) -> str:
        """Return our token of an attempt."""
        return make_token(self.parts.token_key, attempt_id)

    def address(self, value: str, channel: str = "sms") -> UUID:
        """Make an address."""
        vault, address_id = self.parts.vault, new_id()
        with self.parts.transaction() as session:
            session.add(
                Address(
                    id=address_id,
                    clinic_id=self.clinic_id,
                    channel=channel,
                    lookup=vault.lookup(channel, value),
                    value=vault.seal(Address.value, address_id, value),
                )
            )
        return address_id

    def text(self, text: str, *steps: Step, to: str = PHONE, webhook: str = "", **columns: Any) -> UUID:
        """Let the sandbox keep *text*, whose receipts go to *webhook*; return the kept message."""
        return self._keep(Channel.SMS, to, text, columns, script=steps, webhook=webhook)

    def email(self, text: str, *, to: str = MAILBOX, subject: str, html: str | None = None, **columns: Any) -> UUID:
        """Let the sandbox keep an email; return the kept message."""
        return self._keep(Channel.EMAIL, to, text, {"channel": "email"} | columns, subject=subject, html=html)

    def ride(self, kept_id: UUID, *, rule: str) -> None:
        """Let a message of *rule* ride in the one that was kept as *kept_id*."""
        with self.parts.transaction() as session:
            carrier_id = session.scalars(
                select(Attempt.message_id)
                .join(KeptMessage, KeptMessage.attempt_id == Attempt.id)
                .where(KeptMessage.id == kept_id)
            ).one()
            _attempt(session, self, {"rule": rule, "state": "merged", "carrier_id": carrier_id})

    def _keep(self, channel: Channel, to: str, text: str, columns: dict[str, Any], **kept: Any) -> UUID:
        attempt_id = self.attempt(**columns)
        token = self.token(attempt_id)
        given = {"subject": None, "html": None, "script": ()} | kept
        callback_url = f"{given.pop('webhook', '')}/webhooks/twilio/status?t={token}"
        keeper(self.parts.transaction, self.parts.vault)(
            Kept(
                provider_id=provider_id(token),
                channel=channel,
                attempt_token=token,
                to=to,
                text=text,
                callback_url=callback_url,
                **given,
            )
        )
        with self.parts.transaction() as session:
            return session.scalars(select(KeptMessage.id).where(KeptMessage.attempt_id == attempt_id)).one()


def provider_id(token: str) -> str:
    """Return a message's id as a provider would give it."""
    return f"SM{token.encode().hex()[:32]}"


def scene(transaction: Transaction, *, public_url: str = "https://visits.example.com") -> Scene:
    """Make the clinic, at noon in New York on a stepped clock."""
    parts = Parts(transaction=transaction, vault=VAULT, public_url=public_url, token_key=TOKEN_KEY)
    clinic_id, sender_id = new_id(), new_id()
    with transaction() as session:
        start_stepped(session, NOON)
        session.add(_clinic(clinic_id))
        session.flush()
        session.add(_location(clinic_id))
        session.add(_sender(VAULT, clinic_id, sender_id))
    return Scene(parts, clinic_id, sender_id, _person(parts, clinic_id, "Ana", last_name="Lee"))


def _clinic(clinic_id: UUID) -> Clinic:
    return Clinic(
        id=clinic_id,
        slug="cedar",
        name="Cedar Clinic",
        display_name="Cedar Clinic",
        phone="212-555-0142",
        language="en",
        region="US",
        countries=["US"],
        quiet_from=time(20),
        quiet_until=time(9),
        texts_per_day=1,
        texts_per_week=3,
    )


def _location(clinic_id: UUID) -> Location:
    return Location(
        clinic_id=clinic_id,
        slug="midtown",
        name="Midtown office",
        address="250 Linden Avenue",
        time_zone="America/New_York",
        hours={},
    )


def _sender(vault: Vault, clinic_id: UUID, sender_id: UUID) -> Sender:
    return Sender(
        id=sender_id,
        clinic_id=clinic_id,
        channel="sms",
        provider="sandbox",
        account=ACCOUNT,
        token=vault.seal(Sender.token, sender_id, TOKEN),
        previous_token=vault.seal(Sender.previous_token, sender_id, PREVIOUS_TOKEN),
        per_second=Decimal(50),
    )


def _person(parts: Parts, clinic_id: UUID, first_name: str, **columns: Any) -> UUID:
    person_id = new_id()
    last_name = columns.pop("last_name", None)
    values = {"kind": "patient", "source_id": str(person_id), "language": "en"} | columns
    with parts.transaction() as session:
        session.execute(
            insert(Person).values(
                id=person_id,
                clinic_id=clinic_id,
                first_name=parts.vault.seal(Person.first_name, person_id, first_name),
                last_name=parts.vault.seal_some(Person.last_name, person_id, last_name),
                **values,
            )
        )
    return person_id


def _attempt(session: Session, scene: Scene, columns: dict[str, Any]) -> UUID:
    scene.counts["messages"] = scene.counts.get("messages", 0) + 1
    person_id = columns.pop("person_id", scene.ana)
    segments = columns.pop("segments", 1)
    message_id, attempt_id = new_id(), new_id()
    values = {
        "subject_kind": "person",
        "subject_id": person_id,
        "about_person_id": person_id,
        "rule": "prep",
        "occurrence": scene.counts["messages"],
        "recipient_kind": "person",
        "recipient_id": person_id,
        "recipient_person_id": person_id,
        "patient_id": person_id,
        "channel": "sms",
        "sender_id": scene.sender_id,
        "lane": 1,
        "category": "prep",
        "template": "prep",
        "limited": False,
        "asks": False,
        "rescue": False,
        "due_at": NOON,
        "useful_until": NOON + timedelta(hours=5),
        "stamp": {},
        "state": "sent",
        "planned_at": NOON,
        "moved_at": NOON,
    }
    session.execute(insert(Message).values(id=message_id, clinic_id=scene.clinic_id, **(values | columns)))
    session.execute(
        insert(Attempt).values(
            id=attempt_id,
            clinic_id=scene.clinic_id,
            message_id=message_id,
            number=1,
            sender_id=scene.sender_id,
            language="en",
            body=b"",
            segments=segments,
            made_at=NOON,
        )
    )
    return attempt_id
