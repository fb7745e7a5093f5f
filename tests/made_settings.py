"""Settings of an installation that is nowhere: enough to be read, with keys of their own."""

from reminders.settings import Settings, fresh_secrets, load

TWILIO = {
    "REMINDERS_SMS_CHANNEL": "twilio",
    "REMINDERS_TWILIO_ACCOUNT_SID": "AC1",
    "REMINDERS_TWILIO_AUTH_TOKEN": "token",
}


def settings(**more: str) -> Settings:
    """Return them with *more* set."""
    return load(
        {
            **fresh_secrets(),
            "REMINDERS_DATABASE_URL": "postgresql://localhost/reminders",
            "REMINDERS_REDIS_URL": "redis://localhost",
            "REMINDERS_PUBLIC_URL": "https://visits.example.com",
            **more,
        }
    )
