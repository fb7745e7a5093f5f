"""The commands speak to a clinic of the test."""

import pytest

from reminders import bootstrap
from tests.pipeline.conftest import clinic, seeded
from tests.working_clinic import WorkingClinic

__all__ = ["clinic", "commanded", "seeded"]


@pytest.fixture
def commanded(clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch) -> WorkingClinic:
    """A clinic that the commands find, on a stepped clock."""
    monkeypatch.setattr(bootstrap, "parts", lambda: clinic.parts)
    monkeypatch.setattr(bootstrap, "is_stepped", lambda: True)
    return clinic
