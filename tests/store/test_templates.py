"""Which wording a patient gets: in their language, else in the clinic's, and flagged then."""

import pytest

from reminders.domain.words import Channel
from reminders.store.templates import Shelf, read_shelf
from tests.working_clinic import WorkingClinic


def shelf(clinic: WorkingClinic, language: str = "en") -> Shelf:
    with clinic.parts.transaction() as session:
        return read_shelf(session, clinic.id, language)


@pytest.mark.parametrize(
    ("asked", "given", "is_fallback"),
    [("en", "en", False), ("es", "es", False), ("es-MX", "es", False), ("pt", "en", True), ("pt-BR", "en", True)],
)
def test_a_wording_is_in_the_patients_language_or_flagged(
    clinic: WorkingClinic,
    asked: str,
    given: str,
    is_fallback: bool,  # noqa: FBT001
) -> None:
    chosen = shelf(clinic).choose("prep", Channel.SMS, asked)

    assert chosen is not None
    assert (chosen.template.language, chosen.is_fallback) == (given, is_fallback)


def test_a_clinics_regional_language_finds_its_plain_one(clinic: WorkingClinic) -> None:
    chosen = shelf(clinic, "es-US").choose("prep", Channel.SMS, "pt")

    assert chosen is not None
    assert chosen.template.language == "es"


def test_a_wording_that_nobody_wrote_is_not_made_up(clinic: WorkingClinic) -> None:
    assert shelf(clinic).choose("valentine", Channel.SMS, "en") is None


def test_a_wording_comes_back_whole(clinic: WorkingClinic) -> None:
    chosen = shelf(clinic).choose("booked", Channel.SMS, "en")

    assert chosen is not None
    assert chosen.template.segments_limit == 2
    assert "visit.time" in chosen.template.rides
