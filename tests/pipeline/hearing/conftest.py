"""A patient who was reminded of a visit, and the phone in her hand."""

import pytest

from tests.pipeline.hearing.telephone import Telephone
from tests.working_clinic import DUE, WorkingClinic


@pytest.fixture
def ana(clinic: WorkingClinic) -> Telephone:
    """The phone of a patient who has just been asked whether she comes tomorrow at two."""
    clinic.reminder("Ana")
    clinic.send_at(DUE)
    return Telephone(clinic)
