"""Rules that speak to drivers, and the deadline of a service, as a coordinator writes them."""

from datetime import timedelta

import pytest

from reminders.domain.clinic_file import read_clinic, service_from_body, service_to_body
from reminders.domain.errors import InvalidConfigError
from reminders.domain.protocol import DRIVER_DEADLINE, Anchor, Rule
from reminders.domain.protocol_file import from_body, read_protocol, to_body
from reminders.domain.words import Audience, Channel
from tests.domain.test_clinic_file import GOOD as CLINIC


def protocol_of(fields: str) -> str:
    return f"protocol: p\ntitle: P\nservices: [s]\ncourses: [c]\nrules:\n  - {{slug: r, template: t, {fields}}}"


ASK = "audience: driver, anchor: driver, offset: at once, category: admin, useful_until: start"


def rule_of(fields: str) -> Rule:
    return read_protocol(protocol_of(fields), "p.yaml").rules[0]


def test_a_drivers_text_is_a_text_that_nothing_holds_back() -> None:
    rule = rule_of(ASK)

    assert (rule.audience, rule.anchor, rule.channels) == (Audience.DRIVER, Anchor.DRIVER, (Channel.SMS,))
    assert (rule.limited, rule.rescue) == (False, False)


def test_getting_ready_of_a_driver_rescues_nobody() -> None:
    assert rule_of(ASK.replace("admin", "prep")).rescue is False


def test_a_drivers_rule_is_kept_as_it_is_read() -> None:
    protocol = read_protocol(protocol_of(ASK), "p.yaml")

    assert from_body(to_body(protocol)) == protocol


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (f"{ASK}, limited: yes", "limited: limits never hold back a message to a driver; remove this line."),
        (f"{ASK}, channels: [sms, email]", "channels: a driver has a phone only; write [sms] or remove this line."),
        (f"{ASK}, rescue: yes", "rescue: it means phone this patient; a driver's text has none: remove this line."),
        (ASK.replace("admin", "nudge"), "category: a driver is not asked to book; choose admin."),
        (
            ASK.replace("anchor: driver", "anchor: course").replace("until: start", "until: anchor + 1 d"),
            "anchor: a driver is written to about visits; choose another anchor.",
        ),
        (
            ASK.replace("audience: driver, ", ""),
            "anchor: driver is the moment for a driver's text; add audience: driver.",
        ),
    ],
)
def test_what_a_drivers_text_cannot_be_is_refused_with_the_cure(fields: str, problem: str) -> None:
    with pytest.raises(InvalidConfigError) as refused:
        read_protocol(protocol_of(fields), "p.yaml")

    assert [str(one).split("rule r, ")[1] for one in refused.value.problems] == [problem]


def test_the_drivers_deadline_is_twenty_hours_unless_the_service_says_otherwise() -> None:
    service = read_clinic(CLINIC, "clinic.yaml").services[0]

    assert service.driver_deadline == DRIVER_DEADLINE
    assert "driver_deadline" not in service_to_body(service)
    assert service_from_body(service_to_body(service)) == service


def clinic_with(line: str, policy: str = "driver: required") -> str:
    """Return a clinic file whose service has *line* besides its *policy* of drivers."""
    return CLINIC.replace("    driver: required\n", f"    {policy}\n    {line}\n")


def test_a_service_may_have_a_deadline_of_its_own() -> None:
    service = read_clinic(clinic_with("driver_deadline: 26 h"), "clinic.yaml").services[0]

    assert service.driver_deadline == timedelta(hours=26)
    assert service_from_body(service_to_body(service)) == service


@pytest.mark.parametrize(
    ("line", "policy", "problem"),
    [
        ("driver_deadline: 0 min", "driver: required", "leaves nobody time"),
        ("driver_deadline: 8 d", "driver: required", "give 1 h to 7 d"),
        ("driver_deadline: soon", "driver: required", "is not a length of time"),
        ("driver_deadline: 20 h", "driver: not needed", "nobody has to drive here"),
    ],
)
def test_a_deadline_that_cannot_be_is_refused(line: str, policy: str, problem: str) -> None:
    with pytest.raises(InvalidConfigError, match=problem):
        read_clinic(clinic_with(line, policy), "clinic.yaml")
