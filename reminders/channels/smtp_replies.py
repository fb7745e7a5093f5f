"""What a mail server's reply, or its silence, proves about an email.

A reply is a proof: 4xx may be tried again, 5xx is final. Up to the sender's address it is about
us; to the recipient's address and to the content mostly about that email, but a relay that has
turned away from us says so only there: such a reply is doubtful. Silence is a proof only before
the final dot went out; after it the server may have taken the email, so the answer is unknown.
The server's own words never go into a reason: they often repeat the address.
"""

import re
from datetime import timedelta

from aiosmtplib import SMTPException, SMTPResponseException, SMTPSenderRefused, SMTPServerDisconnected

from reminders.domain.answers import Answer, Deferred, Fault, Hold, Refused, Unknown

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?!\d)")

_AUTHENTICATION = frozenset({530, 534, 535, 538})
_DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
"""No such mailbox or domain, by RFC 3463; a full or disabled mailbox may come back."""
_DOUBTFUL = ("5.1.7", "5.1.8", "5.7.")
"""The sender's address, or a policy: against us, or against this email or its recipient."""
_WORDING = ("5.6.", "5.3.4")
_TOO_MUCH = 552
"""Of what this email is: too large, or content that is blocked."""

_NOT_YET = re.compile(r"(?i)gr[ea]y-?\s?list")
_NOT_YET_STATUS = "4.7.1"
_GREYLISTED_FOR = timedelta(minutes=6)
"""Greylisting turns strangers away for five minutes as a rule; whoever is back sooner begins anew."""

_TOO_MANY = re.compile(r"(?i)too many (?:\w+ ){0,2}(?:connections|sessions)|concurrent|connection (?:rate|limit)")
_BUSY = frozenset({"4.3.2", "4.4.5", "4.7.0"})
_LEAVING = 421


def judge_reply(code: int, text: str) -> Answer:
    """Return what a reply that refuses an email says about it."""
    status = _status(code, text)
    reason = f"smtp_{status or code}"
    if code in _AUTHENTICATION:
        return Deferred(reason, Hold.CONFIGURATION)
    if status.startswith(_DOUBTFUL) and code != _TOO_MUCH:
        return Deferred(reason, Hold.DOUBTFUL)
    if 500 <= code < 600:
        return Refused(reason, _fault(code, status))
    if not 400 <= code < 500:
        return Deferred("smtp_unreadable")
    return Deferred(reason, retry_after=_GREYLISTED_FOR if _is_greylisting(code, status, text) else None)


def has_ended(error: BaseException) -> bool:
    """Whether *error* says that the server has ended the connection, or is about to."""
    if isinstance(error, SMTPResponseException):
        return error.code == _LEAVING
    return isinstance(error, SMTPServerDisconnected)


def has_too_many(error: SMTPException) -> bool:
    """Whether a server says by *error* that it has too many connections of ours."""
    if not isinstance(error, SMTPResponseException):
        return False
    if error.code == _LEAVING and _status(error.code, error.message) in _BUSY:
        return True
    return 400 <= error.code < 500 and _TOO_MANY.search(error.message) is not None


def judge_failure(error: SMTPException | OSError, *, handed_over: bool) -> Answer:
    """Return what an exchange that broke with *error* says; *handed_over*: the final dot was on its way."""
    if handed_over:
        return Unknown("timeout" if isinstance(error, TimeoutError) else "dropped")
    if isinstance(error, SMTPResponseException):
        return _before_the_recipient(error)
    if isinstance(error, OSError):
        return Deferred("no_connection")
    return Deferred("smtp_setup", Hold.CONFIGURATION)


def _before_the_recipient(error: SMTPResponseException) -> Answer:
    """Judge a refusal of greeting, TLS, log-in or sender: it concerns us, not the patient."""
    status = _status(error.code, error.message)
    # A relay may refuse one message at MAIL for its size or wording: that is not the sender's fault.
    if isinstance(error, SMTPSenderRefused) and (status.startswith(_WORDING) or error.code == _TOO_MUCH):
        return judge_reply(error.code, error.message)
    if 500 <= error.code < 600:
        return Deferred(f"smtp_{status or error.code}", Hold.CONFIGURATION)
    return judge_reply(error.code, error.message)


def _is_greylisting(code: int, status: str, text: str) -> bool:
    return code in {450, 451} and (status == _NOT_YET_STATUS or _NOT_YET.search(text) is not None)


def _fault(code: int, status: str) -> Fault:
    if status in _DEAD:
        return Fault.DEAD_ADDRESS
    is_full = status.startswith("5.2.")
    is_content = status.startswith(_WORDING) or (code == _TOO_MUCH and not is_full)
    return Fault.CONTENT if is_content else Fault.UNREACHABLE


def _status(code: int, text: str) -> str:
    """Return the enhanced status (RFC 3463) at the head of *text* if it agrees with *code*, else nothing."""
    found = _ENHANCED.match(text)
    return found.group() if found and found.group(1) == str(code)[:1] else ""
