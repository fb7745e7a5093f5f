"""The plain words of a reply: what is left of a text when case, accents, marks, emoji and slips no longer matter.

    "Re: I CAN'T breath!!  😭"   words "i can not breathe"   clauses "i can not breathe |"

A clause ends with ` |`, one that ended with a question mark with ` ?`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from reminders.domain.replies.rules import spellings

LONGEST = 2_000
"""Characters that are read; a text of a phone has 1,600 at most."""


@dataclass(frozen=True, slots=True)
class Said:
    """A reply, ready for the rules."""

    raw: str
    words: str
    """Without any mark, for phrases that may run over one."""
    clauses: str
    """With the ends of its clauses."""

    @property
    def is_asking(self) -> bool:
        """Whether a clause ends with a question mark."""
        return "?" in self.clauses


def read(text: str) -> Said:
    """Return what *text* says."""
    raw = _LEAD.sub("", _SIGNED.sub("", text[:LONGEST])).strip()
    clauses = _clauses(_mend(_marked(raw)))
    return Said(raw=raw, words=" ".join(_MARKS.sub(" ", clauses).split()), clauses=clauses)


_LEAD = re.compile(r"^\s*(?:(?:re|fwd?|rv)\s*:\s*)+", re.IGNORECASE)
_SIGNED = re.compile(r"\n\s*(?:sent from my|enviado desde mi|get outlook for)\b.*\Z", re.IGNORECASE | re.DOTALL)
_MARKS = re.compile(r"[|?]")

_QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4`\u2032", "'"))
_HALF_DAY = re.compile(r"\b([ap])\.\s?m\b\.?")
_END = re.compile(r"[.!;,\n\u2026\u00a1]+|\s[-\u2013\u2014]+\s")
_ASKED = re.compile(r"[\u00bf]")
_OTHER = re.compile(r"[^\w\s|?'*@$!]")
_LEET = re.compile(r"(?<=[a-z])[0134578@$!*]+(?=[a-z])|(?<![\w])\$(?=[a-z]{2})")


def _marked(raw: str) -> str:
    """Return *raw* in lower case and without accents; clauses end with their mark."""
    text = "".join(map(_emoji_word, raw.translate(_QUOTES)))
    bare = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(point for point in bare if unicodedata.category(point) not in {"Mn", "Me", "Cf"})
    text = _LEET.sub(lambda found: found.group().translate(spellings.LEET), _HALF_DAY.sub(r"\1m", text))
    text = _END.sub(" | ", _ASKED.sub(" ", text)).replace("?", " ? ")
    return _OTHER.sub(" ", text)


def _emoji_word(point: str) -> str:
    if point.isascii():
        return point
    if point in spellings.DANGEROUS_EMOJI:
        return f" {spellings.DANGEROUS_EMOJI[point]} "
    if point in spellings.YES_EMOJI:
        return " emojiyes "
    if point in spellings.NO_EMOJI:
        return " emojino "
    if point in spellings.THANKS_EMOJI:
        return " emojithanks "
    return " emojiother " if unicodedata.category(point) == "So" else "" if _is_tone(point) else point


def _is_tone(point: str) -> bool:
    return "\U0001f3fb" <= point <= "\U0001f3ff"


def _mend(text: str) -> str:
    """Return *text* with contractions written out and slips mended."""
    mended = " ".join(_mended_word(word) for word in _joined_letters(text).split())
    for found, joined in spellings.JOINED:
        mended = found.sub(joined, mended)
    return _BUT.sub(r"| \1", mended)


_BUT = re.compile(r"(?<![|?] )\b(but|however|although|though|pero|aunque)\b")
"""What follows is a clause of its own: I have not eaten | but I drank coffee."""
_SPELLED = re.compile(r"(?<!\S)(?:[a-z] ){2,}[a-z](?!\S)")


def _joined_letters(text: str) -> str:
    """Join letters that stand alone: s t o p."""
    return _SPELLED.sub(lambda found: found.group().replace(" ", ""), text)


@lru_cache(maxsize=8192)
def _mended_word(word: str) -> str:
    if word in {"|", "?"}:
        return word
    word = spellings.APOSTROPHES.get(word) or _without_apostrophe(word)
    word = " ".join(re.sub(r"[^\w\s*]", "", part) for part in word.split())
    return " ".join(_mended_part(part) for part in word.split())


def _without_apostrophe(word: str) -> str:
    for ending, full in spellings.ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return word.removesuffix(ending) + full
    return word


def _mended_part(part: str) -> str:
    part = part.replace("*", "")
    short = _shortened(part)
    return spellings.SLIPS.get(part) or spellings.SLIPS.get(short) or _near_target(short) or short


_RUN = re.compile(r"([^\W\d_])\1{2,}")


def _shortened(word: str) -> str:
    """Return *word* with each run of three letters or more as one, or as two where the word has two."""
    twice = _RUN.sub(r"\1\1", word)
    return twice if twice in spellings.DOUBLED else _RUN.sub(r"\1", word)


def _near_target(word: str) -> str | None:
    """Return the word that matters which *word* is a slip of."""
    if len(word) < 5 or word in spellings.REAL_WORDS or word in spellings.TARGETS:
        return None
    for target in spellings.TARGETS:
        room = 2 if target in spellings.LOOSE_TARGETS else 1
        if word[0] == target[0] and word != f"{target}s" and _distance(word, target) <= room:
            return target
    return None


def _distance(one: str, other: str) -> int:
    """Return how many slips (a letter more, less, wrong, or two swapped) part the words; 9 for more than two."""
    if abs(len(one) - len(other)) > 2:
        return 9
    before, last = [9] * (len(other) + 1), list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, wanted in enumerate(other, start=1):
            best = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                best = min(best, before[column - 2] + 1)
            line.append(best)
        before, last = last, line
    return last[-1]


def _clauses(text: str) -> str:
    """Return *text* with one mark at most after each clause, and one at its end."""
    parts = [part.strip() for part in re.split(r"([|?])", text)]
    clauses: list[str] = []
    for words, mark in zip(parts[::2], [*parts[1::2], "|"], strict=True):
        if words:
            clauses.append(f"{words} {mark}")
        elif clauses and mark == "?":
            clauses[-1] = clauses[-1][:-1] + "?"
        elif mark == "?":
            clauses.append("?")
    return " ".join(clauses)
