r"""What a text costs as SMS: its encoding, its segments, and the plain characters that would spare some.

    GSM-7   160 septets in one text, 153 in each segment of a longer one; ^ { } [ ] ~ \ | € and form feed take two
    UCS-2    70 UTF-16 units in one text, 67 in each segment of a longer one

One character outside GSM 03.38 turns the whole text to UCS-2. What must stay together is never
split across segments: the two septets of an extension character, a surrogate pair, a grapheme
(a letter with its accents, a flag, a family). Segments and units agree with Twilio's public
calculator: a line end CR LF is two characters, and an empty text is one segment of no units.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import regex

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM = _BASIC | _EXTENSION

_ALIKE_RUNS = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u00b4`\u275b",
    '"': "\u201c\u201d\u201e\u201f\u2033\u2036\u02ba\u02ee\u00ab\u00bb\u275d\u275e\u301d\u301e",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u2023\u2043\u25aa\u25cf\ufe58\ufe63",
    " ": "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    "\n": "\u000b\u0085\u2028\u2029",
    ".": "\u00b7\u2024\u3002",
    ",": "\u3001",
    "/": "\u2044\u2215",
    "~": "\u02dc\u223c",
    "^": "\u02c6",
    "|": "\u00a6\u2223",
}
_ALIKE = {alike: plain for plain, alikes in _ALIKE_RUNS.items() for alike in alikes} | {
    "\u2026": "...",
    "\u00bc": " 1/4",
    "\u00bd": " 1/2",
    "\u00be": " 3/4",
    "\u00d7": "x",
    "\u00f7": "/",
    "\u00ba": "o",
    "\u00aa": "a",
    "\u00a9": "(c)",
    "\u00ae": "(R)",
    "\u2122": "(TM)",
    "\u2116": "No.",
    "\u2190": "<-",
    "\u2192": "->",
    "\u0131": "i",
    "\u0142": "l",
    "\u0141": "L",
    "\u0111": "d",
    "\u0110": "D",
    "\u00f0": "d",
    "\u00d0": "D",
    "\u00fe": "th",
    "\u00de": "Th",
    "\u0153": "oe",
    "\u0152": "OE",
    "\u0127": "h",
    "\u0126": "H",
    "\u1e9e": "SS",
}

_INVISIBLE = {"Cc", "Cf", "Mn", "Me"}
"""Controls, joiners and marks: nothing is left of them once their base letter is plain."""
_FULL_WIDTH_FIRST, _FULL_WIDTH_LAST = "\uff01", "\uff5e"

_NOT_GSM = regex.compile(f"[^{regex.escape(''.join(sorted(_GSM)), special_only=False)}]", regex.VERSION0)
_EXTENDED = regex.compile(f"[{regex.escape(''.join(sorted(_EXTENSION)), special_only=False)}]", regex.VERSION0)
_SURROGATES = regex.compile(r"[\U00010000-\U0010ffff]")
_GRAPHEME = regex.compile(r"\X")


class Encoding(StrEnum):
    """How a text travels."""

    GSM = "GSM-7"
    UCS2 = "UCS-2"


_ALONE = {Encoding.GSM: 160, Encoding.UCS2: 70}
_JOINED = {Encoding.GSM: 153, Encoding.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Forcing:
    """One character as people see it that GSM-7 cannot carry, and what could stand for it."""

    character: str
    replacement: str | None
    """None: nothing plain looks like it."""

    @property
    def name(self) -> str:
        """What Unicode calls it: `EM DASH`."""
        return " + ".join(unicodedata.name(point, f"U+{ord(point):04X}") for point in self.character)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a text costs."""

    encoding: Encoding
    segments: int
    units: int
    """Septets in GSM-7 (an extension character counts two), UTF-16 units in UCS-2; no headers, no padding."""
    forced_by: tuple[Forcing, ...] = ()
    """Each character that makes it UCS-2, once, in the order of the text."""


@lru_cache(maxsize=4)
def measure(text: str) -> Measured:
    """Say how *text* travels as it stands: nothing is swapped first."""
    forced_by = tuple(Forcing(character, _swapped(character)) for character in _foreign(text))
    encoding = Encoding.UCS2 if forced_by else Encoding.GSM
    units = _units(text, encoding)
    return Measured(encoding, len(_split(text, encoding, units)), units, forced_by)


def split(text: str) -> list[str]:
    """Return the segments of *text*; together they are the text."""
    encoding = Encoding.UCS2 if _NOT_GSM.search(text) else Encoding.GSM
    return _split(text, encoding, _units(text, encoding))


def _split(text: str, encoding: Encoding, units: int) -> list[str]:
    if units <= _ALONE[encoding]:
        return [text]
    if encoding is Encoding.GSM and units == len(text):  # one septet each: any place may be cut
        size = _JOINED[encoding]
        return [text[start : start + size] for start in range(0, units, size)]
    return list(_filled(_atoms(text, encoding), encoding))


def plain(text: str) -> str:
    """Swap what GSM-7 cannot carry for what looks alike: “ ” — … á; what nothing looks like stays.

    Letters of GSM-7 (é ñ ü à) stay. Invisible characters go.
    """
    if not _NOT_GSM.search(text):
        return text
    return "".join(_plain_grapheme(grapheme) for grapheme in _GRAPHEME.findall(text))


def _foreign(text: str) -> list[str]:
    """Return the graphemes that GSM-7 cannot carry, each once."""
    if not _NOT_GSM.search(text):
        return []
    return list(dict.fromkeys(found for found in _GRAPHEME.findall(text) if _NOT_GSM.search(found)))


def _units(text: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM:
        return len(text) + len(_EXTENDED.findall(text))
    return len(text) + len(_SURROGATES.findall(text))


def _atoms(text: str, encoding: Encoding) -> Iterator[tuple[str, int]]:
    """Yield the pieces that a segment's end may not cut, with their units.

    A grapheme longer than a segment has to be cut after all.
    """
    if encoding is Encoding.GSM:
        yield from ((point, 2 if point in _EXTENSION else 1) for point in text)
        return
    for grapheme in _GRAPHEME.findall(text):
        size = _units(grapheme, encoding)
        if grapheme == "\r\n" or size > _JOINED[encoding]:
            yield from ((point, _units(point, encoding)) for point in grapheme)
        else:
            yield grapheme, size


def _filled(atoms: Iterable[tuple[str, int]], encoding: Encoding) -> Iterator[str]:
    """Fill one segment after the other, as a network does."""
    room = _JOINED[encoding]
    segment: list[str] = []
    for atom, size in atoms:
        if size > room:
            yield "".join(segment)
            room, segment = _JOINED[encoding], []
        room -= size
        segment.append(atom)
    yield "".join(segment)


def _plain_grapheme(grapheme: str) -> str:
    if not _NOT_GSM.search(grapheme):
        return grapheme
    swapped = _swapped(grapheme)
    return grapheme if swapped is None else swapped


@lru_cache(maxsize=1024)
def _swapped(grapheme: str) -> str | None:
    """Return what GSM-7 can carry instead of *grapheme*, or None; half a swap would help nobody."""
    composed = unicodedata.normalize("NFC", grapheme)
    swapped = "".join(point if point in _GSM else _swapped_point(point) for point in composed)
    return None if _NOT_GSM.search(swapped) else swapped


def _swapped_point(point: str) -> str:
    if point in _ALIKE:
        return _ALIKE[point]
    if unicodedata.category(point) in _INVISIBLE:
        return ""
    if _FULL_WIDTH_FIRST <= point <= _FULL_WIDTH_LAST:
        return chr(ord(point) - ord(_FULL_WIDTH_FIRST) + ord("!"))
    if not point.isalpha():
        return point
    return "".join(part for part in unicodedata.normalize("NFKD", point) if not unicodedata.combining(part))
