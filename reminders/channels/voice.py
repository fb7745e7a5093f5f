"""What a call says: TwiML that reads one sentence twice, for whoever picks up was not listening yet."""

from xml.etree.ElementTree import Element, SubElement, tostring

_ACCENTS = {"es": "es-MX"}
_USUAL = "en-US"
"""How Twilio's voices read a language; one that none of them knows is read as English."""


def read_aloud(text: str, language: str) -> str:
    """Return the TwiML of a call that reads *text*."""
    accent = _ACCENTS.get(language.partition("-")[0], _USUAL)
    response = Element("Response")
    SubElement(response, "Pause", length="1")
    for _ in range(2):
        SubElement(response, "Say", language=accent).text = text
        SubElement(response, "Pause", length="1")
    return tostring(response, encoding="unicode")
