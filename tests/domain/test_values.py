"""What templates may say about one visit: above all, by which clock."""

from dataclasses import replace
from typing import Any

from reminders.domain.values import Sayable, values_of
from tests.domain.planning_clinic import KETAMINE, NEW_YORK, at, visit

SAYABLE = Sayable(clinic_name="Cedar Clinic", clinic_phone="212-555-0142", first_name="Ana", place_name="Midtown")
SERVICE = replace(
    KETAMINE,
    stops=tuple(replace(stop, say={"en": f"no {stop.slug} after"}) for stop in KETAMINE.stops),
)
VISIT = visit("2026-10-07 10:30", service=SERVICE)


def values(patient_zone: str) -> Any:
    return values_of(SAYABLE, VISIT, language="en", patient_zone=patient_zone, now=at("2026-10-06 17:00"))


def test_a_patient_of_the_same_clock_reads_no_zone() -> None:
    said = values(NEW_YORK)

    assert said["visit"]["time"] == "10:30 AM"
    assert said["fasting"]["sentence"].startswith("no food after 2:30 AM, ")
    assert "EDT" not in said["fasting"]["sentence"]


def test_a_patient_of_another_clock_reads_by_which_one_the_fast_goes() -> None:
    said = values("America/Chicago")

    assert said["visit"]["time"] == "10:30 AM EDT"
    assert said["fasting"]["sentence"].endswith(" (EDT)")
    assert all(stop["time"].endswith(" (EDT)") for stop in said["fasting"]["stops"])


def test_a_zone_with_another_name_and_the_same_clock_is_not_named() -> None:
    assert "EDT" not in values("America/Detroit")["fasting"]["sentence"]
