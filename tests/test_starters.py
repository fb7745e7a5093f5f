"""What a clinic starts from: the files of config/ load, fit each other, and say what the product promises."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import phonenumbers
import pytest

from reminders.domain.clinic_file import read_clinic
from reminders.domain.clinic_setup import ClinicSetup
from reminders.domain.protocol import Anchor, Direction, Elapsed, Landmark, Moment, Protocol, Rule
from reminders.domain.protocol_file import read_protocols
from reminders.domain.words import Audience, Category, Channel, Context

CONFIG = Path(__file__).parents[1] / "config"
TREATMENTS = ("iv-ketamine", "spravato")


@cache
def clinic() -> ClinicSetup:
    return read_clinic((CONFIG / "clinic.yaml").read_text(encoding="utf-8"), "clinic.yaml")


@cache
def protocols() -> dict[str, Protocol]:
    files = sorted((CONFIG / "protocols").glob("*.yaml"))
    read = read_protocols({f"protocols/{file.name}": file.read_text(encoding="utf-8") for file in files}, clinic())
    return {protocol.slug: protocol for protocol in read}


def rules() -> Iterator[tuple[str, Rule]]:
    for protocol in protocols().values():
        for rule in protocol.rules:
            yield f"{protocol.slug}: {rule.slug}", rule


def rule(protocol: str, slug: str) -> Rule:
    return next(rule for rule in protocols()[protocol].rules if rule.slug == slug)


def test_every_service_has_its_protocol() -> None:
    assert sorted(protocols()) == sorted(service.slug for service in clinic().services)


def test_the_clinic_has_two_locations_in_different_zones() -> None:
    zones = {location.slug: location.hours.zone for location in clinic().locations}

    assert zones == {"midtown": "America/New_York", "lakeside": "America/Chicago"}


def test_every_phone_of_the_clinic_is_kept_for_fiction() -> None:
    phones = [clinic().phone, *(staff.phone for staff in clinic().staff if staff.phone)]

    assert all(phone.replace("-", "")[-7:-2] == "55501" for phone in phones)
    assert all(phonenumbers.is_possible_number(phonenumbers.parse(phone, "US")) for phone in phones)


def test_every_stop_is_told_in_english_and_spanish() -> None:
    stops = [stop for service in clinic().services for stop in service.stops]

    assert len(stops) == 5
    assert all(set(stop.say) == {"en", "es"} for stop in stops)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_rule_has_its_wording_on_each_of_its_channels(language: str) -> None:
    endings = {Channel.SMS: "sms.liquid", Channel.EMAIL: "email.md"}
    wanted = {f"{rule.template}.{endings[channel]}" for _, rule in rules() for channel in rule.channels}

    assert wanted - {file.name for file in (CONFIG / "templates" / language).iterdir()} == set()


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_getting_ready_is_one_text_that_can_be_obeyed(treatment: str) -> None:
    prep = rule(treatment, "prep")

    assert prep.at_latest == Moment(Landmark.FIRST_STOP, timedelta(hours=-2))
    assert prep.useful_until == Moment(Landmark.LAST_STOP)
    assert (prep.quiet, prep.limited, prep.rescue, prep.asks) == (Direction.EARLIER, False, True, Context.PREP)
    assert rule(treatment, "moved-prep").replaces == ("prep",)


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_going_home_comes_when_treatment_and_recovery_are_over(treatment: str) -> None:
    going_home = rule(treatment, "going-home")

    service = next(service for service in clinic().services if service.slug == treatment)
    assert going_home.category is Category.SAFETY
    assert (going_home.anchor, going_home.offset) == (Anchor.HOME, Elapsed(timedelta()))
    assert service.recovery == timedelta(minutes=120)


def test_word_of_a_changed_visit_that_does_not_get_through_becomes_a_call() -> None:
    changes = {
        name: rule
        for name, rule in rules()
        if rule.anchor in {Anchor.MOVED, Anchor.CANCELLED} and rule.audience is Audience.PATIENT
    }

    assert len(changes) == 2 * 3 + 3 * 2
    assert {name for name, rule in changes.items() if rule.limited or not rule.rescue} == set()


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_a_driver_is_asked_once_hears_of_changes_and_is_called_when_the_patient_is_ready(treatment: str) -> None:
    to_drivers = {one.slug: one for one in protocols()[treatment].rules if one.audience is Audience.DRIVER}

    assert {slug: one.anchor for slug, one in to_drivers.items()} == {
        "driver-person": Anchor.DRIVER,
        "driver-moved": Anchor.MOVED,
        "driver-cancelled": Anchor.CANCELLED,
        "driver-pickup": Anchor.READY,
        "driver-expected": Anchor.HOME,
    }
    assert not any(one.limited or one.rescue or one.channels != (Channel.SMS,) for one in to_drivers.values())
    assert {slug for slug, one in to_drivers.items() if one.asks} == {"driver-person", "driver-moved"}


def test_nudges_wait_for_the_course_and_stop_at_a_booking() -> None:
    nudges = [rule for _, rule in rules() if rule.category is Category.NUDGE]

    assert len(nudges) == 4
    for nudge in nudges:
        assert nudge.anchor is Anchor.COURSE
        assert ("course.booked_ahead", False) in {(one.fact, one.value) for one in nudge.when}


def test_every_rule_before_a_visit_asks_whether_it_is_still_booked() -> None:
    ahead = [rule for _, rule in rules() if rule.anchor in {Anchor.START, Anchor.BOOKED, Anchor.MOVED}]

    assert all(("visit.status", ("booked",)) in {(one.fact, one.value) for one in rule.when} for rule in ahead)
