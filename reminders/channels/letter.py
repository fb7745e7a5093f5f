"""An email as it goes over the wire: headers that cannot be broken out of, text and HTML side by side."""

import hashlib
import re
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formatdate

from reminders.channels.base import Outgoing, SenderAccount
from reminders.domain.answers import Answer, Deferred, Fault, Hold, Refused

_POLICY = SMTP.clone(cte_type="7bit")  # so that no server's lack of 8BITMIME can matter
_POLICY_UTF8 = SMTPUTF8.clone(cte_type="7bit")

_MAILBOX = re.compile(r"""([^\s<>()\[\]\\,;:"@\x00-\x1f]+)@([^\s<>()\[\]\\,;:"@\x00-\x1f]+)""")
"""Unquoted mailboxes, beyond ASCII too; the library's own parser takes neither quietly."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One email, with the envelope it travels in."""

    sender: str
    recipient: str = field(repr=False)
    message_id: str
    content: bytes = field(repr=False)

    @property
    def needs_utf8(self) -> bool:
        """Whether only a server with SMTPUTF8 can carry the envelope."""
        return not (self.sender + self.recipient).isascii()


def make_message_id(outgoing: Outgoing, domain: str) -> str:
    """Return the Message-ID of an email, the same at every try of its message.

    A server, a bounce or a person can tell by it that two copies are one email. It is a digest:
    whoever reads the header must not learn the token, which signs receipts.
    """
    name = str(outgoing.message_id or outgoing.attempt_token)
    return f"<{hashlib.sha256(name.encode()).hexdigest()[:32]}@{domain}>"


def compose(outgoing: Outgoing, account: SenderAccount) -> Letter | Answer:
    """Return the email that *outgoing* is, or the answer when no server need be asked.

    The library's policy refuses a line break in a header, so nothing in a subject or
    an address can add a header of its own.
    """
    sender = _sender(account.from_address or "")
    if sender is None:
        return Deferred("no_sender", Hold.CONFIGURATION)
    recipient = _mailbox(outgoing.to)
    if recipient is None:
        return Refused("bad_address", Fault.DEAD_ADDRESS)
    message_id = make_message_id(outgoing, sender.domain)
    try:
        message = _message(outgoing, sender, recipient, message_id)
        is_ascii = (sender.addr_spec + recipient.addr_spec).isascii()
        content = message.as_bytes(policy=_POLICY if is_ascii else _POLICY_UTF8)
    except (ValueError, MessageError):
        return Refused("bad_content", Fault.CONTENT)
    return Letter(sender.addr_spec, recipient.addr_spec, message_id, content)


def _message(outgoing: Outgoing, sender: Address, recipient: Address, message_id: str) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = outgoing.subject or ""
    message["Date"] = formatdate()
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # asks out-of-office answers to stay away
    message.set_content(outgoing.text)
    if outgoing.html is not None:
        message.add_alternative(outgoing.html, subtype="html")
    return message


def _sender(text: str) -> Address | None:
    """Return the mailbox in a From such as `Lakeside <visits@lakeside.example>`."""
    probe = EmailMessage()
    try:
        probe["From"] = text
    except ValueError:
        return None
    header = probe["From"]
    if not isinstance(header, AddressHeader) or len(header.addresses) != 1:
        return None
    address = header.addresses[0]
    return address if address.username and address.domain else None


def _mailbox(text: str) -> Address | None:
    """Return the address that *text* is, or None when it is none."""
    found = _MAILBOX.fullmatch(text)
    return Address(username=found.group(1), domain=found.group(2)) if found else None
