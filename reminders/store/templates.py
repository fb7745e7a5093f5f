"""The published wordings of a clinic, chosen by channel and language."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reminders.domain.wording import Template
from reminders.domain.words import Channel
from reminders.store.base import Json
from reminders.store.tables import clinic as t


@dataclass(frozen=True, slots=True)
class Chosen:
    """A wording, its version, and whether it is only the clinic's language for want of the patient's."""

    version_id: UUID
    digest: str
    template: Template
    is_fallback: bool


class Shelf:
    """All published wordings of one clinic."""

    def __init__(self, rows: dict[tuple[str, str, str], tuple[UUID, str, Template]], language: str) -> None:
        self._rows = rows
        self._language = language

    def choose(self, key: str, channel: Channel, language: str) -> Chosen | None:
        """Return the wording *key* in *language*, else in the clinic's; None where there is neither."""
        for wanted in (language, language.partition("-")[0]):
            if found := self._rows.get((key, channel, wanted)):
                return Chosen(*found, is_fallback=False)
        for wanted in (self._language, self._language.partition("-")[0]):
            if found := self._rows.get((key, channel, wanted)):
                return Chosen(*found, is_fallback=True)
        return None


def read_shelf(session: Session, clinic_id: UUID, language: str) -> Shelf:
    """Return the published wordings of a clinic whose own language is *language*."""
    rows = session.execute(
        select(t.Template, t.TemplateVersion.id, t.TemplateVersion.digest, t.TemplateVersion.body)
        .join(t.TemplateVersion, t.TemplateVersion.id == t.Template.published_id)
        .where(t.Template.clinic_id == clinic_id)
    )
    return Shelf(
        {
            (row.key, row.channel, row.language): (version_id, digest, from_body(row, body))
            for row, version_id, digest, body in rows
        },
        language,
    )


def to_body(template: Template) -> Json:
    """Return what a version keeps of *template*."""
    return {
        "body": template.body,
        "subject": template.subject,
        "rides": template.rides,
        "together": template.together,
        "segments_limit": template.segments_limit,
    }


def from_body(row: t.Template, body: Json) -> Template:
    """Return the wording that *body* keeps for *row*."""
    return Template(key=row.key, channel=Channel(row.channel), language=row.language, **body)
