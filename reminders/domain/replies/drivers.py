"""The driver whom a patient names: "my sister Maria will drive, 312 555 0142"."""

import re

import phonenumbers
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher

from reminders.domain.replies.intents import DriverDetails
from reminders.domain.replies.phrases import words

_NO_NAME = words(
    """
    my, our, the, a, an, is, it, its, will, he, she, they, him, her, his, be, can, going, to, and, or, of, for, on,
    at, in, from, with, as, so, yes, ok, hi, hello, y, d, this, that, who, i, im, me, you, we, s, ll, name, named,
    called, phone, number, cell, mobile, tel, telephone, contact, call, text, reach, drive, drives, driving, driver,
    drivers, driven, ride, pick, picking, picks, up, take, takes, taking, home, bring, bringing, get, getting, wait,
    waiting, come, coming, husband, wife, spouse, partner, boyfriend, girlfriend, fiance, fiancee, sister, brother,
    mom, mother, dad, father, son, daughter, friend, neighbor, neighbour, cousin, aunt, uncle, niece, nephew,
    roommate, coworker, caregiver, grandma, grandmother, law, pastor, buddy, best, good, thanks, thank, please, again,
    same, person, someone, there, here, arranged, tomorrow, today, monday, tuesday, wednesday, thursday, friday,
    saturday, sunday, if, need, anything, just, hers, theirs, mrs, mr, ms, sure, done, set, has, have, got, not, no,
    reply, agreed, said, mi, mis, el, la, los, un, una, es, se, llama, su, numero, telefono, celular, cel, lleva,
    llevara, va, llevar, recoge, recogera, recoger, maneja, manejara, manejar, viene, por, que, con, de, en, si,
    esposo, esposa, marido, mujer, novio, novia, hermana, hermano, hijo, hija, amigo, amiga, vecino, vecina, primo,
    prima, tia, tio, cunada, cunado, suegra, suegro, chofer, conductor, mama, papa, hola, gracias, casa, nombre,
    manana, hoy, ella, al, pareja, senor, senora, trae, traer, pasa, ya, tengo, favor, llamar, companero, companera,
    nieta, nieto, sobrina, sobrino, para
    """
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_LONGEST_NAME = 3


def find(raw: str, region: str) -> DriverDetails:
    """Return the name and the phone in *raw*; a phone without a country code is one of *region*."""
    match = next(iter(PhoneNumberMatcher(raw, region, leniency=Leniency.VALID)), None)
    phone = phonenumbers.format_number(match.number, PhoneNumberFormat.E164) if match else None
    rest = raw if match is None else f"{raw[: match.start]} . {raw[match.end :]}"
    return DriverDetails(name=_name(rest), phone=phone)


def is_bare_name(raw: str) -> bool:
    """Whether *raw* is a name and nothing else: Maria, Maria Lopez."""
    found = _WORD.findall(raw)
    return 0 < len(found) <= _LONGEST_NAME and all(word[0].isupper() and _flat(word) not in _NO_NAME for word in found)


def _name(text: str) -> str | None:
    """Return the longest run of words that may be a name; one with capitals before one without."""
    runs: list[list[str]] = [[]]
    for part in re.split(r"([^\W\d_]+(?:['\u2019-][^\W\d_]+)*)", text):
        if _WORD.fullmatch(part) and _flat(part) not in _NO_NAME:
            runs[-1].append(part)
        elif part.strip() or _WORD.fullmatch(part):
            runs.append([])
    names = [run for run in runs if 0 < len(run) <= _LONGEST_NAME and len("".join(run)) > 1]
    best = max(names, key=lambda run: (all(word[0].isupper() for word in run), len(run)), default=None)
    return " ".join(word if word[0].isupper() else word.capitalize() for word in best) if best else None


def _flat(word: str) -> str:
    return word.casefold().translate(str.maketrans("áéíóúñ", "aeioun"))
