"""TwiML: what is said back to a text in the webhook's own response, and how that is read.

https://www.twilio.com/docs/messaging/twiml/message names the attributes; of the two for receipts
Twilio's own libraries call `statusCallback` deprecated in favour of `action`.
"""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, tostring

MEDIA_TYPE = "application/xml"

RETRY_CALLBACKS = "#rc=5&rp=all"
"""Without it Twilio repeats a callback only when it cannot connect, not when we answer 503."""

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, written out neither."""


@dataclass(frozen=True, slots=True)
class Answering:
    """The one text that an answer sends."""

    text: str = field(repr=False)
    callback_url: str | None = field(default=None, repr=False)
    """Where its receipts go; it carries our token."""


def say(answering: Answering | None) -> bytes:
    """Return the document that sends *answering*, or nothing."""
    response = Element("Response")
    if answering is not None:
        message = SubElement(response, "Message")
        if answering.callback_url:
            message.attrib |= {"action": answering.callback_url + RETRY_CALLBACKS, "method": "POST"}
        message.text = _NO_XML.sub("", answering.text)
    return bytes(tostring(response, encoding="utf-8", xml_declaration=True))


def read(document: bytes) -> Answering | None:
    """Return what *document* sends; None: nothing, or it is no TwiML."""
    try:
        message = fromstring(document).find("Message")  # noqa: S314  the sandbox reads our own web process alone
    except ParseError:
        return None
    if message is None or not message.text:
        return None
    return Answering(message.text, (message.get("action") or "").removesuffix(RETRY_CALLBACKS) or None)
