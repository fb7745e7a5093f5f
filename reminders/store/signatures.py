"""Sign-offs: which content of a clinic a clinician has signed, found by its digest."""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reminders.domain.replies.wordings import PREFIX
from reminders.store.base import Json, new_id
from reminders.store.tables import clinic as t


def digest(body: Json) -> str:
    """Return what tells one content from every other."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def contents(session: Session, clinic_id: UUID) -> dict[str, str]:
    """Return the digest of everything in force that needs a signature, by its key.

    That is each protocol:…, each service:…, and the automatic answers of each language, replies:….
    """
    protocols = session.execute(
        select(t.Protocol.slug, t.ProtocolVersion.digest)
        .join(t.ProtocolVersion, t.ProtocolVersion.id == t.Protocol.published_id)
        .where(t.Protocol.clinic_id == clinic_id)
    )
    services = session.execute(select(t.Service.slug, t.Service.body).where(t.Service.clinic_id == clinic_id))
    return {
        **{f"protocol:{slug}": sum_ for slug, sum_ in protocols},
        **{f"service:{slug}": digest(body) for slug, body in services},
        **_answers(session, clinic_id),
    }


def _answers(session: Session, clinic_id: UUID) -> dict[str, str]:
    rows = session.execute(
        select(t.Template.language, t.Template.key, t.TemplateVersion.digest)
        .join(t.TemplateVersion, t.TemplateVersion.id == t.Template.published_id)
        .where(t.Template.clinic_id == clinic_id, t.Template.key.startswith(PREFIX))
    )
    found: dict[str, Json] = {}
    for language, key, sum_ in rows:
        found.setdefault(language, {})[key] = sum_
    return {f"replies:{language}": digest(of_language) for language, of_language in found.items()}


def sign(session: Session, clinic_id: UUID, key: str, *, by: str, now: datetime) -> bool:
    """Sign what *key* holds now; return False when exactly this was signed before."""
    found = contents(session, clinic_id)[key]
    signed = session.execute(
        insert(t.Signature)
        .values(id=new_id(), clinic_id=clinic_id, key=key, digest=found, signed_by=by, signed_at=now)
        .on_conflict_do_nothing(index_elements=["clinic_id", "key", "digest"])
        .returning(t.Signature.id)
    )
    return signed.one_or_none() is not None


def unsigned(session: Session, clinic_id: UUID) -> list[str]:
    """Return the keys whose content of now nobody signed."""
    signed = set(session.execute(select(t.Signature.key, t.Signature.digest).where(t.Signature.clinic_id == clinic_id)))
    return sorted(key for key, sum_ in contents(session, clinic_id).items() if (key, sum_) not in signed)


def signed_versions(session: Session, clinic_id: UUID) -> frozenset[UUID]:
    """Return the versions of protocols, published or not, that were signed."""
    rows = session.scalars(
        select(t.ProtocolVersion.id)
        .join(t.Protocol, t.Protocol.id == t.ProtocolVersion.protocol_id)
        .join(
            t.Signature,
            and_(
                t.Signature.clinic_id == t.Protocol.clinic_id,
                t.Signature.key == "protocol:" + t.Protocol.slug,
                t.Signature.digest == t.ProtocolVersion.digest,
            ),
        )
        .where(t.Protocol.clinic_id == clinic_id)
    )
    return frozenset(rows)
