"""Everything an operator may choose: read from the environment once, checked as a whole, never changed.

`load` is the way in: it names every problem in one message. `config/example.env` says what
each setting means. Secrets never show in a `repr` or in a message.
"""

import base64
import binascii
import ipaddress
import os
import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from reminders.domain.errors import RefusedError

PREFIX = "REMINDERS_"
KEY_BYTES = 32
SHORTEST_SECRET = 32
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
DATABASE_SCHEMES = ("postgresql", "postgresql+psycopg", "postgres")
REDIS_SCHEMES = {"redis": "redis", "rediss": "rediss", "redis+socket": "redis+socket", "unix": "redis+socket"}
BROKER_SCHEMES = {**REDIS_SCHEMES, "amqp": "amqp", "amqps": "amqps"}

REAL_CHANNELS = {"sms_channel": "twilio", "email_channel": "smtp"}

Finding = tuple[str, str]
"""The name of a field, and the rest of the sentence that begins with it."""


def _database_url(value: str) -> str:
    scheme, found, rest = value.partition("://")
    if not found or scheme not in DATABASE_SCHEMES:
        raise ValueError("has to start with postgresql://")
    return f"postgresql+psycopg://{rest}"


def _of(schemes: Mapping[str, str]) -> AfterValidator:
    """Return what lets only addresses of *schemes* pass, each under the name that Celery knows."""

    def check(value: str) -> str:
        scheme, found, rest = value.partition("://")
        if not found or scheme not in schemes:
            raise ValueError(f"has to start with one of: {', '.join(f'{known}://' for known in schemes)}")
        return f"{schemes[scheme]}://{rest}"

    return AfterValidator(check)


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("has to be an address such as https://visits.example.com")
    if "_" in parts.hostname:
        raise ValueError("has an underscore in its host, and Twilio does not call such hosts")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("has to end with the host or a path: no ?, # or user name")
    return value.rstrip("/")


def _secret_key(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"is shorter than {SHORTEST_SECRET} characters; make one with: openssl rand -base64 48")
    return value


def _lookup_key(value: SecretStr) -> SecretStr:
    if len(_decoded(value.get_secret_value())) != KEY_BYTES:
        raise ValueError("is not 32 bytes in base64; make one with: openssl rand -base64 32")
    return value


def _data_keys(value: SecretStr) -> SecretStr:
    pairs = _key_pairs(value)
    if not all(KEY_ID.fullmatch(key_id) and len(key) == KEY_BYTES for key_id, key in pairs):
        raise ValueError("is not ID:KEY,ID:KEY with 32-byte keys in base64; make a key with: openssl rand -base64 32")
    if len({key_id for key_id, _ in pairs}) < len(pairs):
        raise ValueError("has two keys with the same id; give each its own")
    return value


def _key_pairs(value: SecretStr) -> list[tuple[str, bytes]]:
    entries = (entry.strip().partition(":") for entry in value.get_secret_value().split(","))
    return [(key_id, _decoded(key)) for key_id, _, key in entries]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), altchars=b"-_" if set(text) & set("-_") else None, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _loopback_or_https(value: str) -> str:
    if not _is_loopback(value) and urlsplit(value).scheme != "https":
        raise ValueError("has to start with https:// unless it is an address of this machine")
    return value


def _smtp_url(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("has to look like smtps://user:password@mail.example.com:465")
    return value


def _mailbox(value: str) -> str:
    _, address = parseaddr(value)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValueError("has to be a mailbox such as Lakeside <visits@lakeside.example>")
    return value


def _sender_number(value: str) -> str:
    if not re.fullmatch(r"\+[1-9]\d{6,14}|\d{5,6}", value):
        raise ValueError("has to be a number such as +13125550142, or a short code")
    return value


def _begins_with(letters: str) -> AfterValidator:
    def check(value: str) -> str:
        if not value.startswith(letters):
            raise ValueError(f"has to begin with {letters}")
        return value

    return AfterValidator(check)


def _time_factor(value: str | float) -> float:
    try:
        factor = float(value)
    except ValueError:
        factor = 0
    if not 0.001 <= factor <= 1:
        raise ValueError("has to be a number from 0.001 to 1")
    return factor


class Place(BaseSettings):
    """What `up` and `demo` need before they have a database: all of it has a default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True, extra="ignore")

    data_dir: Path | None = None
    config_dir: Path = Path(__file__).parent.parent / "config"
    log_format: Literal["console", "json"] = "console"


class Settings(Place):
    """Everything an operator may choose; config/example.env says what each one means."""

    database_url: Annotated[str, AfterValidator(_database_url)] = Field(repr=False)
    redis_url: Annotated[str, _of(REDIS_SCHEMES)] | None = Field(default=None, repr=False)
    broker_url: Annotated[str, _of(BROKER_SCHEMES)] | None = Field(default=None, repr=False)
    public_url: Annotated[str, AfterValidator(_public_url)]
    secret_key: Annotated[SecretStr, AfterValidator(_secret_key)]
    data_keys: Annotated[SecretStr, AfterValidator(_data_keys)]
    lookup_key: Annotated[SecretStr, AfterValidator(_lookup_key)]

    sms_channel: Literal["sandbox", "twilio"] = "sandbox"
    email_channel: Literal["sandbox", "smtp"] = "sandbox"
    clock: Literal["system", "stepped"] = "system"
    practice: Literal["no", "yes"] = "no"
    time_factor: Annotated[float, BeforeValidator(_time_factor)] = 1

    twilio_account_sid: Annotated[str, _begins_with("AC")] | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_messaging_service_sid: Annotated[str, _begins_with("MG")] | None = None
    twilio_from: Annotated[str, AfterValidator(_sender_number)] | None = None
    twilio_api_url: Annotated[str, AfterValidator(_loopback_or_https)] | None = None
    smtp_url: Annotated[SecretStr, AfterValidator(_smtp_url)] | None = None
    email_from: Annotated[str, AfterValidator(_mailbox)] | None = None

    def broker(self) -> str:
        """Return where Celery finds its broker."""
        return self.broker_url or self.redis_url or ""

    def data_key_pairs(self) -> list[tuple[str, bytes]]:
        """Return (key id, key) of the data keys; the first seals, all open."""
        return _key_pairs(self.data_keys)

    def lookup_key_bytes(self) -> bytes:
        """Return the key of the keyed hashes."""
        return _decoded(self.lookup_key.get_secret_value())


def _conflicts(given: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with settings taken together, whether or not each of them is right by itself."""
    return [f"{PREFIX}{name.upper()} {text}" for rule in _RULES for name, text in rule(given)]


def _without_broker(given: Mapping[str, Any]) -> Iterator[Finding]:
    if not given.get("redis_url") and not given.get("broker_url"):
        yield "redis_url", "is not set"


def _missing_for_twilio(given: Mapping[str, Any]) -> Iterator[Finding]:
    if given.get("sms_channel") != "twilio":
        return
    for name in ("twilio_account_sid", "twilio_auth_token"):
        if not given.get(name):
            yield name, "is not set, and SMS_CHANNEL=twilio needs it"
    if not given.get("twilio_from") and not given.get("twilio_messaging_service_sid"):
        yield "twilio_from", f"and {PREFIX}TWILIO_MESSAGING_SERVICE_SID are not set, and SMS_CHANNEL=twilio needs one"


def _missing_for_smtp(given: Mapping[str, Any]) -> Iterator[Finding]:
    if given.get("email_channel") != "smtp":
        return
    for name in ("smtp_url", "email_from"):
        if not given.get(name):
            yield name, "is not set, and EMAIL_CHANNEL=smtp needs it"


def _real_on_a_stepped_clock(given: Mapping[str, Any]) -> Iterator[Finding]:
    if given.get("clock") != "stepped" or given.get("practice") == "yes":
        return
    for name, real in REAL_CHANNELS.items():
        if given.get(name) == real:
            yield (
                "clock",
                (
                    f"is stepped, and {name.upper()}={real} would send to real people at made-up times; "
                    f"use the sandbox, or {PREFIX}PRACTICE=yes with stand-ins on this machine"
                ),
            )


def _strangers_in_practice(given: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the provider addresses that are no stand-ins on this machine, though PRACTICE says so."""
    if given.get("practice") != "yes":
        return
    for name, channel in (("twilio_api_url", "sms_channel"), ("smtp_url", "email_channel")):
        address = given.get(name)
        if address and not _is_loopback(address):
            yield name, "is not an address of this machine, and PRACTICE=yes allows no other"
        if not address and given.get(channel) == "twilio":
            yield name, "is not set, and PRACTICE=yes needs the address of a stand-in on this machine"


def _hurried_for_real(given: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a time factor that real providers would meet: they need the times that stand in the code."""
    is_real = any(given.get(name) == real for name, real in REAL_CHANNELS.items())
    if is_real and given.get("practice") != "yes" and given.get("time_factor", "1") not in {"1", "1.0"}:
        yield "time_factor", f"is for rehearsals; leave it out, or use the sandbox or {PREFIX}PRACTICE=yes"


_RULES = (
    _without_broker,
    _missing_for_twilio,
    _missing_for_smtp,
    _real_on_a_stepped_clock,
    _strangers_in_practice,
    _hurried_for_real,
)


def _is_loopback(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _problem(detail: ErrorDetails) -> str:
    """Return one sentence on one setting; a secret's value is never in it."""
    field = str(detail["loc"][0])
    name = f"{PREFIX}{field.upper()}"
    match detail["type"]:
        case "missing":
            return f"{name} is not set"
        case "literal_error":
            expected = detail["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
            return f"{name} is {detail['input']!r}; it is one of: {expected}"
        case _:
            return f"{name} {detail['msg'].removeprefix('Value error, ')}"


def _refusal(problems: Sequence[str]) -> RefusedError:
    lines = "\n".join(f"  {problem}" for problem in problems)
    return RefusedError(f"cannot start until these are fixed:\n{lines}", code="invalid_settings")


def _given(also: Mapping[str, str]) -> dict[str, Any]:
    """Return what is set, by the names of the fields; an empty value is as good as none."""
    both = environment(also)
    names = {name: f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return {name: both[variable] for name, variable in names.items() if both.get(variable)}


def load(also: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the environment, and of *also* for what is not set there.

    Raise one `RefusedError` that names every problem.
    """
    given = _given(also or {})
    problems = _conflicts(given)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        problems = [*map(_problem, error.errors(include_url=False)), *problems]
    else:
        if not problems:
            return settings
    raise _refusal(problems)


def load_place() -> Place:
    """Return the settings that need no database; raise one `RefusedError` that names every problem."""
    try:
        return Place()
    except ValidationError as error:
        raise _refusal([_problem(detail) for detail in error.errors(include_url=False)]) from None


def environment(also: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a process that we start: ours, and *also* for what is not set in it."""
    return {**also, **{name: value for name, value in os.environ.items() if value}}  # noqa: TID251  this is Settings


def is_set(name: str) -> bool:
    """Return whether the environment sets *name* (without our prefix)."""
    return bool(os.environ.get(f"{PREFIX}{name}"))  # noqa: TID251  this is Settings


def heed_only(names: Collection[str]) -> None:
    """Let this process and those it starts forget all of our settings in the environment but *names*."""
    for variable in list(os.environ):  # noqa: TID251  this is Settings
        if variable.startswith(PREFIX) and variable.removeprefix(PREFIX) not in names:
            del os.environ[variable]  # noqa: TID251


def refuse_servers_of_others() -> None:
    """Refuse a database or broker in the environment of a command that starts its own."""
    given = [f"{PREFIX}{name}" for name in ("DATABASE_URL", "REDIS_URL", "BROKER_URL") if is_set(name)]
    if given:
        raise RefusedError(
            f"`reminders up` starts servers of its own, but {' and '.join(given)} is set. Unset it, or start "
            "web, scheduler and workers one by one (docs/operating.md).",
            code="servers_of_others",
        )


def fresh_secrets() -> dict[str, str]:
    """Return newly made keys by the names of their settings."""
    return {
        f"{PREFIX}SECRET_KEY": secrets.token_urlsafe(48),
        f"{PREFIX}DATA_KEYS": f"k1:{_encoded_key()}",
        f"{PREFIX}LOOKUP_KEY": _encoded_key(),
    }


def _encoded_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
