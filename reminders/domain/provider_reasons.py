"""Why a provider did not take or deliver a message, in words for a coordinator.

Every line ends the sentence "not sent, because …" or "not delivered, because …". A code that is
not listed is shown raw with what is known from its form; `reasons.explain` is the one to ask.
"""

import re
from collections.abc import Mapping

_SETUP = "the clinic's sender is not set up for it; ops has to look at it"
_DAILY = "the carrier's limit of texts for today is used up"
_NOT_A_NUMBER = "this is not a phone number that exists"
_NO_TEXTS = "this number cannot receive texts"
_WORDS = "the provider refused the wording"
_ACCOUNT = "the clinic's account at the provider is not active, or out of funds; ops has to look at it"
_LOG_IN = "the log-in at the provider is wrong; ops has to look at it"
_SERVER = "the provider had a fault of its own"

PROVIDER_SAYS: Mapping[str, str] = {
    "no_sender": "no number or mailbox to send from is set up; ops has to look at it",
    "bad_api_url": "the provider's address is written wrongly; ops has to look at it",
    "bad_smtp_url": "the mail server's address is written wrongly; ops has to look at it",
    "no_connection": "the provider could not be reached",
    "no_room": "other emails took all the connections to the mail server",
    "timeout": "the provider did not answer in time, so it may have gone",
    "dropped": "the connection broke while it was handed over, so it may have gone",
    "unreadable": "the provider's answer could not be read, so it may have gone",
    "bad_address": "this is not an email address",
    "bad_content": "the email could not be put together; its subject or text holds a forbidden character",
    "http_429": "the provider asked for a pause",
    "smtp_setup": "the mail server offers no safe connection or no log-in; ops has to look at it",
    "smtp_unreadable": "the mail server's answer could not be read",
    "smtp_utf8": "the mail server cannot write to an address with letters like these",
    "smtp_5.1.1": "there is no such mailbox",
    "smtp_5.1.2": "there is no such mail domain",
    "smtp_5.1.3": "this is not an email address",
    "smtp_5.1.6": "this mailbox has moved and left no new address",
    "smtp_5.1.10": "this domain takes no mail",
    "smtp_5.2.1": "this mailbox is switched off",
    "smtp_5.2.2": "this mailbox is full",
    "smtp_5.3.4": "the email is too large",
    "smtp_5.7.1": "the mail server did not want this email",
    "smtp_5.7.8": _LOG_IN,
    "smtp_530": _LOG_IN,
    "smtp_535": _LOG_IN,
    "twilio_failed": "the provider could not send it and did not say why",
    "twilio_undelivered": "the carrier did not deliver it and did not say why",
    "twilio_canceled": "it was cancelled at the provider",
    "twilio_10001": _ACCOUNT,
    "twilio_14107": "texts were handed over too quickly",
    "twilio_20003": _LOG_IN,
    "twilio_20005": _ACCOUNT,
    "twilio_20006": _LOG_IN,
    "twilio_20008": "the log-in is one for tests; ops has to look at it",
    "twilio_20010": _ACCOUNT,
    "twilio_20403": _LOG_IN,
    "twilio_20404": _SETUP,
    "twilio_20429": "the provider asked for a pause",
    "twilio_20500": _SERVER,
    "twilio_20503": _SERVER,
    "twilio_21210": _SETUP,
    "twilio_21211": _NOT_A_NUMBER,
    "twilio_21212": _SETUP,
    "twilio_21214": "this number cannot be called",
    "twilio_21215": "calls to this country are not switched on at the provider",
    "twilio_21216": "the provider does not call this number",
    "twilio_21217": _NOT_A_NUMBER,
    "twilio_21219": _SETUP,
    "twilio_21265": _NOT_A_NUMBER,
    "twilio_21266": "this is the clinic's own number",
    "twilio_21408": "texts to this country are not switched on at the provider",
    "twilio_21421": _NOT_A_NUMBER,
    "twilio_21601": _SETUP,
    "twilio_21602": "the text was empty",
    "twilio_21603": _SETUP,
    "twilio_21604": "there was no number to send it to",
    "twilio_21606": _SETUP,
    "twilio_21608": _SETUP,
    "twilio_21609": "the address for delivery reports is refused; ops has to look at it",
    "twilio_21610": "this number replied STOP; only its owner can undo that, by replying START",
    "twilio_21611": "too many texts wait at the provider",
    "twilio_21612": _NO_TEXTS,
    "twilio_21614": "this is not a mobile number",
    "twilio_21617": "the text is longer than the provider takes",
    "twilio_21618": _WORDS,
    "twilio_21620": _WORDS,
    "twilio_21635": "this is not a mobile number",
    "twilio_21657": _SETUP,
    "twilio_21659": _SETUP,
    "twilio_21660": _SETUP,
    "twilio_21661": _SETUP,
    "twilio_21663": _SETUP,
    "twilio_21701": _SETUP,
    "twilio_21702": _SETUP,
    "twilio_21703": _SETUP,
    "twilio_21704": _SETUP,
    "twilio_21705": _SETUP,
    "twilio_30001": "too many texts wait at the provider",
    "twilio_30002": "the clinic's account at the provider is suspended; ops has to look at it",
    "twilio_30003": "the phone was switched off or out of reach",
    "twilio_30004": "the phone or its carrier blocks texts from us",
    "twilio_30005": "the carrier does not know this number",
    "twilio_30006": "this is a landline, or its carrier takes no texts",
    "twilio_30007": "the carrier filtered it out because of its wording",
    "twilio_30008": "the carrier did not deliver it and did not say why",
    "twilio_30010": "a text to this number costs more than is allowed",
    "twilio_30017": "the carrier's network is overloaded",
    "twilio_30018": "this carrier takes texts only from senders registered with it",
    "twilio_30019": "the text is longer than the carrier takes",
    "twilio_30020": _SERVER,
    "twilio_30021": _SERVER,
    "twilio_30022": "texts were handed over too quickly for the carrier",
    "twilio_30023": _DAILY,
    "twilio_30024": "this carrier does not know the clinic's sender",
    "twilio_30025": _DAILY,
    "twilio_30026": _DAILY,
    "twilio_30027": _DAILY,
    "twilio_30032": "the clinic's toll-free number is not verified; ops has to look at it",
    "twilio_30034": "the clinic's number is not registered with the carriers; ops has to look at it",
    "twilio_30036": "it could not be delivered while it was of use",
    "twilio_30410": _SERVER,
    "twilio_30500": _SERVER,
    "twilio_63003": "the provider does not know this recipient",
    "twilio_63014": "the recipient has blocked us",
    "twilio_63016": _WORDS,
    "twilio_63017": "texts were handed over too quickly",
    "twilio_63018": "texts were handed over too quickly",
    "twilio_63024": "the provider does not know this recipient",
    "twilio_63033": "the recipient has blocked us",
    "twilio_63038": "the clinic's limit of texts for today is used up",
    "twilio_70051": _LOG_IN,
    "twilio_90010": _ACCOUNT,
    "twilio_572005": _SETUP,
}

_FAMILIES = (
    (r"twilio_(11\d{3}|12\d{3}|351\d\d|57\d{3})", _SETUP),
    (r"twilio_(\d+)", "Twilio reported error {0}, which is not in our list"),
    (
        r"http_(401|403|404|405|407|3\d\d)",
        "address or log-in of the provider is wrong (answer {0}); ops has to look at it",
    ),
    (r"http_(5\d\d)", "the provider had a fault of its own (answer {0}), so it may have gone"),
    (r"http_(\d{3})", "the provider refused it (answer {0})"),
    (r"smtp_(4[\d.]+)", "the mail server asked to try again later (reply {0})"),
    (r"smtp_([\d.]+)", "the mail server refused it (reply {0})"),
)
_PATTERNS = tuple((re.compile(pattern), words) for pattern, words in _FAMILIES)


def say(code: str) -> str | None:
    """Return the words for a provider's *code*, or None when it is none of theirs."""
    if code in PROVIDER_SAYS:
        return PROVIDER_SAYS[code]
    for pattern, words in _PATTERNS:
        found = pattern.fullmatch(code)
        if found:
            return words.format(found.group(1))
    return None
