"""Receiving: a provider's reports are stored raw, many in one transaction, before anybody answers them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from reminders.pipeline.parts import Parts
from reminders.store import receipts
from reminders.store.base import new_id
from reminders.store.tables.messages import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report, verified and not yet stored."""

    attempt_id: UUID
    """From our token; the attempt may be gone, as after a restored backup."""
    provider_id: str
    status: str
    code: str | None
    raw: str = field(repr=False)


def receive(parts: Parts, reports: Sequence[Report]) -> None:
    """Store *reports*; they are durable when this returns. One that comes twice is stored twice, and harmless."""
    if not reports:
        return
    rows = [_row(parts, one) for one in reports]
    with parts.transaction() as session:
        receipts.keep(session, rows)


def _row(parts: Parts, report: Report) -> dict[str, object]:
    receipt_id = new_id()
    return {
        "id": receipt_id,
        "attempt_id": report.attempt_id,
        "provider_id": report.provider_id,
        "status": report.status,
        "code": report.code,
        "raw": parts.vault.seal(Receipt.raw, receipt_id, report.raw),
    }
