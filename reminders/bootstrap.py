"""How the product is put together: settings are read here, and become the parts that everything else is given.

A worker's child calls `parts` after the fork, so clients and pools are its own.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache, partial

from pydantic import SecretStr
from sqlalchemy import Engine

from reminders import telemetry
from reminders.channels.pager import PagerChannel
from reminders.channels.sandbox import SandboxChannel
from reminders.channels.smtp import SmtpChannel, mail_account
from reminders.channels.twilio import TwilioChannel
from reminders.domain.discretion import refused
from reminders.domain.errors import RefusedError
from reminders.domain.replies.inbound import Heard, Inbound
from reminders.domain.segments import measure
from reminders.pipeline import examining, hearing, keeping
from reminders.pipeline.parts import Parts
from reminders.pipeline.times import Times
from reminders.settings import Settings, load
from reminders.store import key_marks, migrate
from reminders.store.engine import Transaction, connect, transactions
from reminders.store.senders import SenderSetup
from reminders.store.vault import Vault

_BELIEVABLE_RECEIPTS = timedelta(seconds=1)
_STEPPED_RECEIPTS = timedelta(milliseconds=150)
"""How late the sandbox's receipts are; a stepped clock waits for each of them."""

_SANDBOX_NUMBER = "+15005550006"
_SANDBOX_MAILBOX = "Reminders <visits@sandbox.invalid>"


_also: dict[str, str] = {}
"""Settings that a running `up` or `demo` keeps, for what the environment leaves open."""


def use(also: Mapping[str, str]) -> None:
    """Take what the environment does not set from *also*; called before anything is read."""
    _also.update(also)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once; raise `RefusedError` that lists all that is wrong."""
    found = load(_also)
    telemetry.start(found.log_format)
    return found


def is_stepped() -> bool:
    """Return whether clinic time is a row that somebody moves."""
    return settings().clock == "stepped"


def broker_url() -> str:
    """Return where Celery finds its broker."""
    return settings().broker()


@lru_cache(maxsize=1)
def times() -> Times:
    """Return how long each part of a hand-over may take."""
    found = Times().scaled(settings().time_factor)
    return found.when_watched() if is_stepped() else found


@lru_cache(maxsize=1)
def engine() -> Engine:
    """Return this process's connection pool."""
    return connect(settings().database_url, idle=times().idle)


@lru_cache(maxsize=1)
def vault() -> Vault:
    """Return what opens the encrypted columns."""
    found = settings()
    return Vault(found.data_key_pairs(), found.lookup_key_bytes())


@lru_cache(maxsize=1)
def parts() -> Parts:
    """Return the parts of this process; refuse a database that has not this code's schema."""
    if not migrate.is_ready(engine()):
        raise RefusedError(
            "The database has not this version's schema. Run: reminders db migrate", code="schema_behind"
        )
    transaction = transactions(engine())
    _refuse_other_keys(transaction)
    sandbox = _sandbox(transaction)
    twilio = TwilioChannel(timeout=times().call, connect=times().connect)
    return Parts(
        transaction=transaction,
        vault=vault(),
        public_url=settings().public_url,
        token_key=_key_for("callback tokens"),
        channels={
            "sandbox": sandbox,
            "twilio": twilio,
            "smtp": SmtpChannel(timeout=times().call),
            "pager": PagerChannel(is_practice=settings().practice == "yes"),
        },
        inquirers={"sandbox": sandbox, "twilio": twilio},
        times=times(),
        is_practice=settings().practice == "yes",
    )


def hear() -> Callable[[Inbound], Heard]:
    """Return what understands a text to us."""
    return partial(hearing.hear, parts())


def _refuse_other_keys(transaction: Transaction) -> None:
    """Refuse keys other than those that the database was written with: its patients could not be read or found."""
    with transaction() as session:
        wrong = key_marks.differing(session, vault(), _key_for("key mark"))
    if wrong:
        raise RefusedError(
            "These are not the keys that the database was written with:\n  "
            + "\n  ".join(wrong)
            + "\nSet those of the processes that run, or of the backup (`reminders up` keeps them in "
            "DATA_DIR/secrets.env). A data key that was in use stays in the list. If SECRET_KEY was changed "
            "on purpose, run: reminders db adopt-secret-key",
            code="other_keys",
        )


def adopt_secret_key() -> None:
    """Take the SECRET_KEY that is set now for the database's own."""
    with transactions(engine())() as session:
        key_marks.adopt_secret(session, _key_for("key mark"))


def is_real() -> bool:
    """Return whether texts reach real phones."""
    return settings().sms_channel == "twilio" and settings().practice != "yes"


def refuse_unready() -> None:
    """Refuse to start a real channel where a cry for help would be answered wrongly or heard by nobody."""
    if not is_real():
        return
    found = examining.hindrances(parts())
    if found:
        lines = "\n".join(f"  {check.what}: {check.wrong} {check.cure}" for check in found)
        raise RefusedError(
            f"A channel that reaches patients cannot start until these are fixed:\n{lines}\nSee: reminders doctor",
            code="not_ready",
        )


def look_before_start() -> None:
    """Refuse what `parts` would refuse, or a process that sends; keep nothing open: for a process that will fork."""
    try:
        parts()
        refuse_unready()
    finally:
        engine().dispose()
        parts.cache_clear()
        engine.cache_clear()


def _sandbox(transaction: Transaction) -> SandboxChannel:
    return SandboxChannel(
        keeping.keeper(transaction, vault()),
        keeping.looker(transaction, vault()),
        count=lambda text: measure(text).segments,
        slowest=_STEPPED_RECEIPTS if is_stepped() else _BELIEVABLE_RECEIPTS,
    )


def senders() -> list[SenderSetup]:
    """Return the senders that the settings describe; refused where they could not be anybody's."""
    found = settings()
    return [_sms_sender(found), _email_sender(found), *_call_sender(found), _pager_sender(found)]


def pager_key() -> str:
    """Return the key under which pages are signed."""
    return _key_for("pages").hex()


def _call_sender(found: Settings) -> list[SenderSetup]:
    """Return who calls: the number that texts; a messaging service or a short code cannot call."""
    if found.sms_channel == "sandbox":
        return [SenderSetup(channel="call", provider="sandbox", from_address=_SANDBOX_NUMBER)]
    if not (found.twilio_from or "").startswith("+"):
        return []
    return [replace(_sms_sender(found), channel="call", messaging_service=None)]


def _pager_sender(found: Settings) -> SenderSetup:
    if found.sms_channel == "sandbox":
        return SenderSetup(channel="pager", provider="sandbox")
    return SenderSetup(channel="pager", provider="pager", account="pager", token=pager_key())


def _sms_sender(found: Settings) -> SenderSetup:
    if found.sms_channel == "sandbox":
        return SenderSetup(channel="sms", provider="sandbox", from_address=_SANDBOX_NUMBER)
    return SenderSetup(
        channel="sms",
        provider="twilio",
        account=found.twilio_account_sid or "",
        token=_secret(found.twilio_auth_token),
        from_address=found.twilio_from,
        messaging_service=found.twilio_messaging_service_sid,
        api_url=found.twilio_api_url,
    )


def _email_sender(found: Settings) -> SenderSetup:
    if found.email_channel == "sandbox":
        return SenderSetup(channel="email", provider="sandbox", from_address=_SANDBOX_MAILBOX)
    telling = refused(found.email_from or "", part="sender")
    if telling:
        raise RefusedError(f"REMINDERS_EMAIL_FROM cannot be used: {telling[0].message}", code=telling[0].code)
    account = mail_account(_secret(found.smtp_url), found.email_from or "")
    return SenderSetup(
        channel="email",
        provider="smtp",
        account=account.account,
        token=account.token,
        from_address=account.from_address,
        api_url=account.api_url,
    )


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


def _key_for(purpose: str) -> bytes:
    """Derive a key for one purpose from SECRET_KEY, so that no two uses share one."""
    return hmac.new(settings().secret_key.get_secret_value().encode(), purpose.encode(), hashlib.sha256).digest()
