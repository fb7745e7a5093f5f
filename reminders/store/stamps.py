"""A message's plan stamp as JSON."""

from datetime import datetime
from uuid import UUID

from reminders.domain.facts import Stamp
from reminders.store.base import Json


def to_json(stamp: Stamp) -> Json:
    """Return *stamp* as its column keeps it; instants in ISO 8601, UTC."""
    return {
        "anchor_at": stamp.anchor_at.isoformat(),
        "starts_at": stamp.starts_at.isoformat() if stamp.starts_at else None,
        "zone": stamp.zone,
        "place_id": str(stamp.place_id) if stamp.place_id else None,
        "stops": [[slug, at.isoformat()] for slug, at in stamp.stops],
        "address_id": str(stamp.address_id) if stamp.address_id else None,
        "cause": stamp.cause,
    }


def from_json(body: Json) -> Stamp:
    """Return the stamp that `to_json` made *body* of."""
    return Stamp(
        anchor_at=datetime.fromisoformat(body["anchor_at"]),
        starts_at=datetime.fromisoformat(body["starts_at"]) if body["starts_at"] else None,
        zone=body["zone"],
        place_id=UUID(body["place_id"]) if body["place_id"] else None,
        stops=tuple((slug, datetime.fromisoformat(at)) for slug, at in body["stops"]),
        address_id=UUID(body["address_id"]) if body["address_id"] else None,
        cause=body["cause"],
    )
