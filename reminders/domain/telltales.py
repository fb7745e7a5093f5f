"""The words and turns that discretion looks for, each list with the function that finds them.

Case and accents never matter, except where only capitals make a reply word. Whole words
are meant, so that an address or a street is no dose; medicines and their specialists are
found inside links and longer names too.
"""

import re
import unicodedata
from collections.abc import Sequence


def treatment_words(text: str) -> list[str]:
    """Return what tells a bystander which treatment the visit is for."""
    flat = _flat(text)
    return _unique([*_NAMES.findall(flat), *_TREATMENT.findall(flat)])


def private_words(text: str, words: Sequence[str]) -> list[str]:
    """Return which of a clinic's own *words* stand in *text*; `word*` takes every ending."""
    patterns = [_pattern(word.strip()) for word in words if word.strip(" *")]
    return _unique(_whole(*patterns).findall(_flat(text))) if patterns else []


def payment_words(text: str) -> list[str]:
    """Return what makes a reminder a bill or an offer."""
    flat = _flat(text)
    return _unique([*_MONEY.findall(flat), *_PAYMENT.findall(flat)])


def relative_days(text: str) -> list[str]:
    """Return the days that mean another day once the text is late."""
    return _unique(_RELATIVE.findall(_flat(text)))


def shorteners(text: str) -> list[str]:
    """Return the public link shorteners in *text*."""
    return _unique(_SHORTENERS.findall(text.casefold()))


def unfilled(text: str) -> list[str]:
    """Return what is left of a placeholder that nobody filled in: its braces, or a None in a sentence."""
    return _unique(_UNFILLED.findall(text))


def names(text: str, name: str) -> bool:
    """Whether *text* holds *name*, however it is spaced and written."""
    return " ".join(_flat(name).split()) in " ".join(_flat(text).split())


def offers_stop(text: str) -> bool:
    """Whether *text* tells the reader to reply STOP, which "stop eating" does not."""
    bare = _bare(text)
    return bool(_REPLY_STOP.search(bare) or _STOP_TO.search(bare))


def cancel_replies(text: str) -> list[str]:
    """Return where *text* asks for CANCEL as a reply; carriers take it for STOP."""
    return _replies(text, _CANCEL)


def stop_word_replies(text: str) -> list[str]:
    """Return where *text* asks for another word that carriers take for STOP, or for STOP to cancel a visit."""
    return _unique([*_replies(text, _STOP_WORDS), *_STOP_A_VISIT.findall(_bare(text))])


def _flat(text: str) -> str:
    """Return *text* in lower case without accents and invisible characters; `_` parts words."""
    return _bare(text).replace("_", " ").casefold()


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(point for point in decomposed if unicodedata.category(point) not in {"Mn", "Cf"})


def _unique(found: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(" ".join(each.split()) for each in found))


def _whole(*patterns: str) -> re.Pattern[str]:
    """Match any of *patterns* as whole words; a space in one stands for spaces or a hyphen."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)".replace(" ", r"[\s-]+"))


def _pattern(word: str) -> str:
    return re.escape(_flat(word)).replace(r"\*", r"\w*").replace(r"\ ", " ")


_NAMES = re.compile(
    r"(?<!\w)\w*(?:ketamin|spravato|infusion|depressi|depresi|suicid"
    r"|psychiatr|psycholog|psychother|psychedel|psychos|psychot|psiquiatr|psicolog|psicoter|psicodel|psicosis)\w*"
)

_TREATMENT = _whole(
    r"infused|intravenous(?:ly)?|intravenos[oa]s?|iv (?:drip|treatment|visit|session|appointment|line)s?",
    r"(?:anti)?depress(?:ed|ants?)|deprimid[oa]s?|psych",
    r"mental(?:ly)? (?:health|ill|illness)|(?:salud|enfermedad) mental",
    r"dos(?:e|es|ed|ing|age|ages)|overdos\w+|dosis|dosificacion|sobredosis",
    r"ptsd|tept|ocd|bipolar(?:es)?|anxiety|ansiedad",
    r"therap(?:y|ies|ists?|eutics?)|terapias?|terapeut(?:as?|ic[oa]s?)",
    r"dissociat\w+|disociati\w+|disociacion|hallucinat\w+|alucina\w+",
    r"self harm\w*|autolesi\w+|addict\w*|adicci\w+|adict[oa]s?|rehab|detox|desintoxicacion",
    r"phq(?:-?\d)?|gad-?7",
)

_PAYMENT = _whole(
    r"(?:re|pre)?pay(?:ments?|ing|able)?(?! attention)|(?:pre)?paid|co-?pay(?:ment)?s?|deductibles?|refunds?",
    r"pric(?:es?|ing)|costs?|fees?|invoices?|billing|billed|bills|(?:your|the|a|this|unpaid) bill",
    r"balance (?:due|of|owed)|(?:amount|past) due|owed?|(?:credit|debit) cards?|discounts?|special offers?",
    r"pag(?:o|os|ar|ue|ado|ados)|factur(?:as?|acion|ado)|precios?|cost[oe]s?|tarifas?|cobr(?:os?|ar)|copagos?",
    r"deducibles?|saldo pendiente|tarjetas? de (?:credito|debito)|descuentos?|reembolsos?|dolares",
)
_MONEY = re.compile(r"[$€£]\s?\d[\d.,]*\d|[$€£]\s?\d|(?<!\w)\d[\d.,]*\s?(?:usd|dollars?)(?!\w)")

_WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun)",
    r"(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)",
)
_COUNT = r"(?:\d+|a|one|two|three|four|five|six|seven|a few|a couple of|un|dos|tres|cuatro|cinco|seis|siete|unos)"
_RELATIVE = _whole(
    r"today|tomorrow|tonight|yesterday|tomm?orr?ow|tmrw|tmw|tonite|2day|2morrow|2nite",
    rf"this (?:morning|afternoon|evening|week|weekend|{_WEEKDAY[0]})|next (?:week|weekend|day|{_WEEKDAY[0]})",
    rf"in {_COUNT} (?:days?|weeks?)|{_COUNT} (?:days?|weeks?) from now",
    r"hoy|ayer|anoche|anteayer|(?<!la\s)(?<!una\s)(?<!cada\s)(?<!media\s)manana",
    rf"esta (?:misma )?(?:noche|tarde|semana)|(?:este|proximo) {_WEEKDAY[1]}|{_WEEKDAY[1]} (?:proximo|que viene)",
    rf"(?:la )?proxima semana|semana que viene|(?:en|dentro de) {_COUNT} (?:dias?|semanas?)",
)

_SHORTENERS = re.compile(
    r"(?<![\w.-])(?:www\.)?("
    r"bit\.ly|bitly\.com|tinyurl\.com|goo\.gl|t\.co|ow\.ly|is\.gd|v\.gd|buff\.ly|rebrand\.ly|cutt\.ly|rb\.gy|tiny\.cc"
    r"|shorturl\.at|t\.ly|lnkd\.in|bl\.ink|s\.id|adf\.ly|soo\.gd|snip\.ly|short\.io|trib\.al|dlvr\.it|shorte\.st"
    r"|clck\.ru|qr\.ae|x\.gd|urlz\.fr|tinu\.be|1url\.com|j\.mp|dub\.sh|tr\.im|cli\.gs|mcaf\.ee|t2m\.io"
    r")(?![\w-]|\.\w)"
)

_UNFILLED = re.compile(r"\{\{.*?(?:\}\}|$)|\{%.*?(?:%\}|$)|(?<=\w )None(?!\w| of\b)|(?<!\w)(?:undefined|NaN)(?!\w)")

_VERB = (
    r"(?:repl(?:y|ying)|respond(?:ing)?|text(?:ing)?|txt|send(?:ing)?|answer(?:ing)?|typ(?:e|ing)|writ(?:e|ing)"
    r"|respond(?:a|e|er|iendo)|contest(?:e|a|ar)|envi(?:e|a|ar)|escrib(?:a|e|ir)|mand(?:e|a|ar))"
)
_GAP = r"[^\w.!?\n]+"
_FILLER = rf"(?:(?:back|us|with|by|just|only|the|word|message|con|la|palabra|solo|un|el|mensaje){_GAP})*"
_REPLY_STOP = re.compile(rf"\b(?i:{_VERB}{_GAP}{_FILLER}STOP)\b|\b(?i:{_VERB})\b[^.!?\n]{{0,300}}\bSTOP\b")
_STOP_TO = re.compile(r"\bSTOP\b\W{0,2}(?:=|to\b|opts\b|ends\b|stops\b|for\b|para\b|termina\b)")

_CANCEL = r"(?:cancel(?:ar|e|a)?)"
_STOP_WORDS = r"(?:end|quit|unsubscribe|revoke|stopall|stop all|opt ?-?out)"
_STOP_A_VISIT = re.compile(
    r"(?i)\bSTOP (?:to|para) (?:cancel|change|move|reschedule|skip|cambiar|mover)\w*"
    r"(?= [^.!?\n]{0,300}\b(?:visit|appointment|appt|cita|visita))"
)


def _replies(text: str, word: str) -> list[str]:
    """Return each place where a sentence asks for *word* as a reply.

    Right after "reply" any spelling counts. Elsewhere only what looks like a key does: in
    quotes, before its own "to …", or in capitals; never the purpose of another key ("C to
    cancel").
    """
    bare = _bare(text)
    capital = rf"(?<!to )(?<!TO )(?<!para )(?<!PARA )(?<!=)(?<!= )\b{word.upper()}\b"
    key = rf"[\"'\u2018\u2019\u201c\u201d](?i:{word})\b(?=[\"'\u2018\u2019\u201c\u201d])"
    option = rf"(?:(?<=\bor )|(?<=, )|(?<=\bo ))(?i:{word})(?=\s*=|\s(?:to|para)\b)"
    asked = re.compile(rf"\b(?i:{_VERB}{_GAP}{_FILLER}{word})\b")
    later = re.compile(rf"\b(?i:{_VERB})\b[^.!?\n]{{0,300}}?({key}|{option}|{capital})")
    alone = re.compile(rf"{capital}(?=\s*[=:]|\s(?:to|para|si|if)\b)")
    found = [match.group() for match in asked.finditer(bare)] or [match.group(1) for match in later.finditer(bare)]
    return _unique(found or alone.findall(bare))
