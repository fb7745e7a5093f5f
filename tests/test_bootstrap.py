"""How the product is put together from its settings."""

from collections.abc import Callable, Iterator

import pytest

from reminders import bootstrap, tasks
from reminders.domain.errors import RefusedError
from reminders.settings import Settings, fresh_secrets, load
from tests.made_settings import TWILIO, settings

Process = Callable[..., None]


def mailed_from(address: str) -> Settings:
    return settings(
        REMINDERS_EMAIL_CHANNEL="smtp", REMINDERS_SMTP_URL="smtps://mail.example.com", REMINDERS_EMAIL_FROM=address
    )


def test_a_mailbox_that_tells_what_the_clinic_treats_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "settings", lambda: mailed_from("Ketamine Center <visits@cedar.example>"))

    with pytest.raises(RefusedError, match="REMINDERS_EMAIL_FROM cannot be used"):
        bootstrap.senders()


def test_a_discreet_mailbox_is_a_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "settings", lambda: mailed_from("Cedar Clinic <visits@cedar.example>"))

    assert {one.channel: one.provider for one in bootstrap.senders()} == {
        "sms": "sandbox",
        "email": "smtp",
        "call": "sandbox",
        "pager": "sandbox",
    }


def test_the_number_that_texts_calls_too_and_pages_have_a_key_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"REMINDERS_TWILIO_FROM": "+13125550100", "REMINDERS_TWILIO_MESSAGING_SERVICE_SID": "MG1"}
    found = settings(**TWILIO, **both)
    monkeypatch.setattr(bootstrap, "settings", lambda: found)

    senders = {one.channel: one for one in bootstrap.senders()}

    assert (senders["call"].provider, senders["call"].from_address) == ("twilio", "+13125550100")
    assert senders["call"].messaging_service is None
    assert (senders["pager"].provider, senders["pager"].token) == ("pager", bootstrap.pager_key())


@pytest.mark.parametrize(
    "sender", [{"REMINDERS_TWILIO_MESSAGING_SERVICE_SID": "MG1"}, {"REMINDERS_TWILIO_FROM": "55512"}]
)
def test_a_messaging_service_or_a_short_code_calls_nobody(
    monkeypatch: pytest.MonkeyPatch, sender: dict[str, str]
) -> None:
    found = settings(**TWILIO, **sender)
    monkeypatch.setattr(bootstrap, "settings", lambda: found)

    assert "call" not in {one.channel for one in bootstrap.senders()}


@pytest.fixture
def process(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    """Starts processes on this test's database, each with fresh keys but for those that are given."""
    forget()
    yield lambda **keys: _start(monkeypatch, database_url, keys)
    forget()


def _start(monkeypatch: pytest.MonkeyPatch, database_url: str, keys: dict[str, str]) -> None:
    forget()
    found = load(
        {
            "REMINDERS_DATABASE_URL": database_url,
            "REMINDERS_REDIS_URL": "redis://localhost",
            "REMINDERS_PUBLIC_URL": "https://visits.example.com",
            **keys,
        }
    )
    monkeypatch.setattr(bootstrap, "settings", lambda: found)
    bootstrap.look_before_start()


def forget() -> None:
    bootstrap.vault.cache_clear()
    bootstrap.times.cache_clear()


def test_the_keys_of_the_database_start_a_process_again(process: Process) -> None:
    keys = fresh_secrets()
    process(**keys)

    process(**keys)


@pytest.mark.parametrize("name", ["REMINDERS_DATA_KEYS", "REMINDERS_LOOKUP_KEY", "REMINDERS_SECRET_KEY"])
def test_another_key_is_refused_by_name_and_never_shown(process: Process, name: str) -> None:
    keys = fresh_secrets()
    process(**keys)
    other = {**keys, name: fresh_secrets()[name]}

    with pytest.raises(RefusedError, match=name) as refusal:
        process(**other)

    assert refusal.value.code == "other_keys"
    assert "secrets.env" in str(refusal.value)
    assert other[name] not in str(refusal.value)


def test_another_secret_key_that_is_adopted_starts(process: Process) -> None:
    keys = fresh_secrets()
    process(**keys)
    other = {**keys, "REMINDERS_SECRET_KEY": fresh_secrets()["REMINDERS_SECRET_KEY"]}
    with pytest.raises(RefusedError):
        process(**other)

    bootstrap.adopt_secret_key()

    process(**other)


def test_a_worker_with_other_keys_ends_before_it_takes_a_task(process: Process) -> None:
    process(**fresh_secrets())
    with pytest.raises(RefusedError):
        process(**fresh_secrets())

    with pytest.raises(SystemExit, match="not the keys"):
        tasks.refuse_to_start()
