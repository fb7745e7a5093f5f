"""One Celery task a message with the provider's own synchronous client: a text by Twilio's, an email by smtplib.

No database: nothing is recorded before or after the call. Texts go over the client's kept
connections, emails over a connection each, as `smtplib` is mostly used.
"""

import os
import smtplib
from email.message import EmailMessage
from functools import lru_cache
from typing import Any

from celery import Celery
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

app = Celery("texts", broker=os.environ["REMINDERS_REDIS_URL"])  # noqa: TID251  a process of the bench
app.conf.update(task_ignore_result=True, task_create_missing_queues=True)

_HTTP = os.environ["BENCH_HTTP"]  # noqa: TID251
_SMTP_PORT = int(os.environ["BENCH_SMTP_PORT"])  # noqa: TID251
_API = "https://api.twilio.com"


class _Redirected(TwilioHttpClient):  # type: ignore[misc]  # the library ships no types
    def request(self, method: str, url: str, *rest: Any, **named: Any) -> Any:
        return super().request(method, url.replace(_API, _HTTP, 1), *rest, **named)


@lru_cache(maxsize=1)
def _client() -> Client:
    return Client("AC" + "0" * 32, "token", http_client=_Redirected())


@app.task(name="texts.text")
def text(number: int) -> None:
    """Send one text."""
    _client().messages.create(
        to=f"+1212{2_000_000 + number}",
        from_="+15005550006",
        body="Cedar Clinic: see you Wed Oct 7 at 10:30 AM, 250 Linden Avenue. Questions? 212-555-0142.",
        status_callback=f"https://visits.example.com/webhooks/twilio/status?t={number}",
    )


@app.task(name="texts.email")
def email(number: int) -> None:
    """Send one email."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "visits@example.com", f"a{number}@example.com", "Your visit"
    letter.set_content("See you Wed Oct 7 at 10:30 AM, 250 Linden Avenue.")
    letter.add_alternative("<p>See you Wed Oct 7 at 10:30 AM, 250 Linden Avenue.</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", _SMTP_PORT, timeout=30) as server:
        server.send_message(letter)
