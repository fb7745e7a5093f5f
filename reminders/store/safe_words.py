"""The safe answers of each clinic by the number that a text came to, rendered, for a process that will keep them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from reminders.domain.errors import WordingError
from reminders.domain.replies.danger import Kind
from reminders.domain.replies.safe_answer import SAFE_ANSWERS, SafeWords
from reminders.domain.replies.wordings import PREFIX
from reminders.domain.wording import render_sms
from reminders.store import signatures
from reminders.store.senders import SANDBOX
from reminders.store.tables.clinic import Clinic, Sender, Template, TemplateVersion
from reminders.store.templates import from_body

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spokesman:
    """A number or service of an account, and what may be said there."""

    account: str
    from_address: str | None
    messaging_service: str | None
    words: SafeWords = field(repr=False)

    def is_called(self, to: str, messaging_service: str | None) -> bool:
        """Whether a text to the number *to*, or to that service, is one to it."""
        return bool(to and to == self.from_address) or bool(
            messaging_service and messaging_service == self.messaging_service
        )


def read_safe_words(session: Session, *, is_practice: bool) -> list[Spokesman]:
    """Return who may be written to by text, senders no longer in use included, those in use first.

    On a real provider only what a clinician has signed is said.
    """
    rows = session.execute(
        select(Sender, Clinic)
        .join(Clinic, Clinic.id == Sender.clinic_id)
        .where(Sender.channel == "sms")
        .order_by(Sender.is_active.desc(), Sender.id)
    ).all()
    wordings = {clinic.id: dict(_rendered(session, clinic)) for _, clinic in rows}
    unsigned = {clinic_id: set(signatures.unsigned(session, clinic_id)) for clinic_id in wordings}
    return [
        Spokesman(
            account=sender.account,
            from_address=sender.from_address,
            messaging_service=sender.messaging_service,
            words=SafeWords(
                clinic.language,
                _sayable(
                    wordings[clinic.id],
                    frozenset() if is_practice or sender.provider == SANDBOX else unsigned[clinic.id],
                ),
            ),
        )
        for sender, clinic in rows
    ]


Said = Mapping[tuple[Kind, str], str]


def _sayable(said: Said, unsigned: set[str] | frozenset[str]) -> Said:
    return {(kind, language): text for (kind, language), text in said.items() if f"replies:{language}" not in unsigned}


def _rendered(session: Session, clinic: Clinic) -> Iterator[tuple[tuple[Kind, str], str]]:
    """Yield a clinic's safe answers; one that cannot be rendered is logged and left out."""
    values = {"clinic": {"name": clinic.display_name, "phone": clinic.phone}}
    for row in _published(session, clinic.id):
        kind = Kind(row.Template.key.removeprefix(PREFIX))
        try:
            yield (kind, row.Template.language), render_sms(from_body(row.Template, row.body), values)
        except WordingError:
            _log.exception("safe_words.not_rendered", clinic_id=clinic.id, template=row.Template.key)


def _published(session: Session, clinic_id: UUID) -> list[Row[Any]]:
    return list(
        session.execute(
            select(Template, TemplateVersion.body)
            .join(TemplateVersion, TemplateVersion.id == Template.published_id)
            .where(
                Template.clinic_id == clinic_id,
                Template.channel == "sms",
                Template.key.in_([PREFIX + kind for kind in SAFE_ANSWERS]),
            )
        )
    )
