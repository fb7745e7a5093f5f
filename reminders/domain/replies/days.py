"""Whether a text speaks of another day than today: "tomorrow", "on Friday", "el 14"."""

from datetime import date

from reminders.domain.replies.phrases import phrases
from reminders.domain.replies.plain_words import Said

_WEEKDAYS = (
    ("monday", "mon", "lunes"),
    ("tuesday", "tue", "tues", "martes"),
    ("wednesday", "wed", "miercoles"),
    ("thursday", "thu", "thur", "thurs", "jueves"),
    ("friday", "fri", "viernes"),
    ("saturday", "sabado"),
    ("sunday", "domingo"),
)
"""From Monday on, as `date.weekday` counts them."""

_TODAY = phrases(
    r"""
    today|tonight|this (?:morning|afternoon|evening)|hoy|esta (?:manana|tarde|noche)|right now|ahora
    """
)
_OTHER = phrases(
    r"""
    tomorrow|tmrw|tmr|(?<!la )(?<!esta )manana|next (?:week|time|month|one|visit|appointment)
        |(?:proxima|otra) (?:semana|vez|cita)
        |day after|in (?:two|three|a few) days|pasado manana|later this week
        |(?:the|el|on|dia) \d{1,2}(?:st|nd|rd|th)?(?= |$)(?! (?:am|pm|o clock))|\d{1,2}(?:st|nd|rd|th)(?= |$)
        |(?:jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)\w* \d{1,2}|\d{1,2} de \w+
    """
)


def is_of_another_day(said: Said, today: date) -> bool:
    """Whether *said* names a day, and not *today*."""
    words = set(said.words.split())
    names = {name for day, names in enumerate(_WEEKDAYS) if day != today.weekday() for name in names}
    if _TODAY.search(said.clauses) or words & set(_WEEKDAYS[today.weekday()]):
        return False
    return bool(words & names or _OTHER.search(said.clauses))
