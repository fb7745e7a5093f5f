import base64
import re
from itertools import pairwise
from pathlib import Path

import pytest

from reminders import settings
from reminders.domain.errors import RefusedError
from reminders.settings import Settings, environment, fresh_secrets, load

KEY = base64.b64encode(bytes(32)).decode()
GOOD = {
    "DATABASE_URL": "postgresql://reminders:pass-word@localhost/reminders",
    "REDIS_URL": "redis://localhost:6379/0",
    "PUBLIC_URL": "https://visits.example.com/",
    "SECRET_KEY": "x" * 32,
    "DATA_KEYS": f"new:{KEY},old:{KEY}",
    "LOOKUP_KEY": KEY,
}
TWILIO = {
    "SMS_CHANNEL": "twilio",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
    "TWILIO_AUTH_TOKEN": "pass-word",
    "TWILIO_FROM": "+15005550006",
}
SMTP = {"EMAIL_CHANNEL": "smtp", "SMTP_URL": "smtps://u:pass-word@mail.example.com", "EMAIL_FROM": "L <l@example.com>"}
STAND_INS = {"PRACTICE": "yes", "TWILIO_API_URL": "http://127.0.0.1:9000", "SMTP_URL": "smtp://localhost:1025"}


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"REMINDERS_{field.upper()}", raising=False)


def named(values: dict[str, str]) -> dict[str, str]:
    return {f"REMINDERS_{name}": value for name, value in values.items()}


def problems(**values: str) -> list[str]:
    with pytest.raises(RefusedError) as refusal:
        load(named({**GOOD, **values}))
    assert refusal.value.code == "invalid_settings"
    first, *lines = str(refusal.value).splitlines()
    assert first == "cannot start until these are fixed:"
    return [line.strip().removeprefix("REMINDERS_") for line in lines]


def test_the_required_six_are_enough() -> None:
    loaded = load(named(GOOD))

    assert loaded.database_url == "postgresql+psycopg://reminders:pass-word@localhost/reminders"
    assert loaded.public_url == "https://visits.example.com"
    assert (loaded.sms_channel, loaded.email_channel, loaded.clock, loaded.practice) == (
        *("sandbox", "sandbox"),
        *("system", "no"),
    )
    assert loaded.data_key_pairs() == [("new", bytes(32)), ("old", bytes(32))]
    assert loaded.lookup_key_bytes() == bytes(32)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_each_required_setting_is_missed_by_name(name: str) -> None:
    assert problems(**{name: ""}) == [f"{name} is not set"]


def test_every_problem_stands_in_one_message() -> None:
    found = problems(DATABASE_URL="", SMS_CHANNEL="twillio", CLOCK="stepped", EMAIL_CHANNEL="smtp")

    assert "DATABASE_URL is not set" in found
    assert "SMS_CHANNEL is 'twillio'; it is one of: sandbox, twilio" in found
    assert "SMTP_URL is not set, and EMAIL_CHANNEL=smtp needs it" in found
    assert any(problem.startswith("CLOCK is stepped, and EMAIL_CHANNEL=smtp would send") for problem in found)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("DATABASE_URL", "mysql://u:pass-word@h/d", "has to start with postgresql://"),
        ("REDIS_URL", "amqp://u:pass-word@h", "has to start with one of: redis://"),
        ("BROKER_URL", "kafka://u:pass-word@h", "has to start with one of: redis://"),
        ("PUBLIC_URL", "visits.example.com", "has to be an address such as"),
        ("PUBLIC_URL", "https://my_host.example.com", "has an underscore in its host"),
        ("PUBLIC_URL", "https://example.com/?a=b", "has to end with the host or a path"),
        ("SECRET_KEY", "pass-word", "is shorter than 32 characters"),
        ("DATA_KEYS", KEY, "is not ID:KEY"),
        ("DATA_KEYS", "a:pass-word", "is not ID:KEY"),
        ("DATA_KEYS", f"a:{KEY},a:{KEY}", "has two keys with the same id"),
        ("LOOKUP_KEY", "pass-word", "is not 32 bytes in base64"),
        ("TWILIO_FROM", "312 555 0142", "has to be a number such as"),
        ("TWILIO_ACCOUNT_SID", "SK123", "has to begin with AC"),
        ("TWILIO_MESSAGING_SERVICE_SID", "AC123", "has to begin with MG"),
        ("TWILIO_API_URL", "http://api.example.com", "has to start with https://"),
        ("SMTP_URL", "mail.example.com:pass-word", "has to look like smtps://"),
        ("EMAIL_FROM", "Lakeside", "has to be a mailbox"),
    ],
)
def test_a_wrong_value_is_explained_and_a_secret_never_shown(name: str, value: str, problem: str) -> None:
    found = problems(**{name: value})

    assert [line.startswith(f"{name} {problem}") for line in found] == [True]
    assert "pass-word" not in found[0]


@pytest.mark.parametrize("redis_url", ["", "redis://localhost:6379/0"])
def test_another_broker_takes_the_place_of_redis(redis_url: str) -> None:
    loaded = load(named({**GOOD, "REDIS_URL": redis_url, "BROKER_URL": "amqps://u:pass-word@h/reminders"}))

    assert loaded.broker() == "amqps://u:pass-word@h/reminders"
    assert "pass-word" not in repr(loaded)


def test_redis_is_the_broker_unless_another_is_named() -> None:
    assert load(named({**GOOD, "REDIS_URL": "unix:///run/redis.sock"})).broker() == "redis+socket:///run/redis.sock"


@pytest.mark.parametrize("missing", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"])
def test_twilio_needs_an_account_its_token_and_a_sender(missing: str) -> None:
    found = problems(**{**TWILIO, missing: ""})

    assert [problem.split()[0] for problem in found] == [missing]


def test_a_messaging_service_is_a_sender_too() -> None:
    loaded = load(named({**GOOD, **TWILIO, "TWILIO_FROM": "", "TWILIO_MESSAGING_SERVICE_SID": "MG1"}))

    assert loaded.twilio_from is None


@pytest.mark.parametrize("channel", [TWILIO, SMTP])
def test_a_stepped_clock_never_meets_a_real_channel(channel: dict[str, str]) -> None:
    (problem,) = problems(**channel, CLOCK="stepped")

    assert problem.startswith("CLOCK is stepped")


@pytest.mark.parametrize("clock", ["system", "stepped"])
def test_practice_lets_every_channel_run_against_stand_ins_on_any_clock(clock: str) -> None:
    loaded = load(named({**GOOD, **TWILIO, **SMTP, **STAND_INS, "CLOCK": clock}))

    assert loaded.practice == "yes"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("TWILIO_API_URL", "https://api.twilio.com"),
        ("TWILIO_API_URL", "https://127.0.0.1.example.com"),
        ("TWILIO_API_URL", ""),
        ("SMTP_URL", "smtps://mail.example.com"),
    ],
)
def test_practice_is_refused_unless_every_provider_is_on_this_machine(name: str, address: str) -> None:
    (problem,) = problems(**{**TWILIO, **SMTP, **STAND_INS, name: address})

    assert problem.split()[0] == name


@pytest.mark.parametrize("where", [{}, {**TWILIO, **SMTP, **STAND_INS}])
def test_a_rehearsal_may_hurry(where: dict[str, str]) -> None:
    loaded = load(named({**GOOD, **where, "TIME_FACTOR": "0.05"}))

    assert loaded.time_factor == 0.05


@pytest.mark.parametrize("channel", [TWILIO, SMTP])
def test_real_providers_are_given_their_time(channel: dict[str, str]) -> None:
    (problem,) = problems(**channel, TIME_FACTOR="0.05")

    assert problem.startswith("TIME_FACTOR is for rehearsals")


@pytest.mark.parametrize("value", ["0", "2", "-1", "nan", "quick"])
def test_a_time_factor_is_a_share(value: str) -> None:
    assert problems(TIME_FACTOR=value) == ["TIME_FACTOR has to be a number from 0.001 to 1"]


def test_the_environment_outranks_what_up_has_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMINDERS_PUBLIC_URL", "https://chosen.example.com")
    monkeypatch.setenv("REMINDERS_SECRET_KEY", "")

    loaded = load(named(GOOD))

    assert loaded.public_url == "https://chosen.example.com"
    assert environment(named(GOOD))["REMINDERS_SECRET_KEY"] == GOOD["SECRET_KEY"]


def test_secrets_never_show() -> None:
    shown = repr(load(named({**GOOD, **TWILIO, **SMTP})))

    assert "pass-word" not in shown
    assert KEY not in shown


def test_fresh_secrets_are_good_and_never_the_same() -> None:
    first, second = fresh_secrets(), fresh_secrets()

    load({**named(GOOD), **first})
    assert not set(first.values()) & set(second.values())


def test_the_example_names_every_setting_with_a_sentence_and_no_other() -> None:
    lines = (Path(__file__).parent.parent / "config" / "example.env").read_text().splitlines()

    found = {
        match[1]: above for above, line in pairwise(lines) if (match := re.match(r"(?:# )?REMINDERS_([A-Z_]+)=", line))
    }

    assert set(found) == {field.upper() for field in settings.Settings.model_fields}
    assert [name for name, above in found.items() if not re.match(r"# [A-Z].+", above)] == []
