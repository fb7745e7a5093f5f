"""How the product is put together from its settings."""

import pytest

from reminders import bootstrap
from reminders.domain.errors import RefusedError
from reminders.settings import Settings, fresh_secrets, load


def settings(email_from: str) -> Settings:
    return load(
        {
            **fresh_secrets(),
            "REMINDERS_DATABASE_URL": "postgresql://localhost/reminders",
            "REMINDERS_REDIS_URL": "redis://localhost",
            "REMINDERS_PUBLIC_URL": "https://visits.example.com",
            "REMINDERS_EMAIL_CHANNEL": "smtp",
            "REMINDERS_SMTP_URL": "smtps://mail.example.com",
            "REMINDERS_EMAIL_FROM": email_from,
        }
    )


def test_a_mailbox_that_tells_what_the_clinic_treats_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "settings", lambda: settings("Ketamine Center <visits@cedar.example>"))

    with pytest.raises(RefusedError, match="REMINDERS_EMAIL_FROM cannot be used"):
        bootstrap.senders()


def test_a_discreet_mailbox_is_a_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "settings", lambda: settings("Cedar Clinic <visits@cedar.example>"))

    assert [(one.channel, one.provider) for one in bootstrap.senders()] == [("sms", "sandbox"), ("email", "smtp")]
