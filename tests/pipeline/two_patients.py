"""Two patients, one of whom has something wrong: the other must not feel it."""

from uuid import UUID

from tests.working_clinic import DUE, WorkingClinic

BEAS = "+13125550143"


def two(clinic: WorkingClinic) -> tuple[UUID, UUID]:
    """Return the messages of Ana and of Bea, both due."""
    ids = clinic.reminder(), clinic.reminder("Bea", BEAS)
    clinic.clock(DUE)
    return ids


def states(clinic: WorkingClinic, *message_ids: UUID) -> list[tuple[str, str | None]]:
    """Return how messages stand, and why."""
    return [(clinic.get(one).state, clinic.get(one).reason) for one in message_ids]
