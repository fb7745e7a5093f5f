"""The placeholders that wordings may use; one that is not here stops a wording when it is saved."""

from collections.abc import Mapping
from difflib import get_close_matches

VOCABULARY: Mapping[str, str] = {
    "clinic.name": "the clinic's discreet name",
    "clinic.phone": "the number to call",
    "patient.first_name": "left out of a text where it makes it too long or too dear: always inside an if",
    "visit.date": "Wed Oct 7",
    "visit.weekday": "Wednesday",
    "visit.time": "10:30 AM, with the zone's name where the patient's clock differs",
    "visit.home_time": "1:30 PM: when the patient may go home",
    "visit.place": "name of the location",
    "visit.address": "address of the location",
    "visit.number": "which visit of the course it is",
    "fasting.sentence": "no food after 11:30 PM Tuesday, clear liquids until 5:30 AM",
    "fasting.begun": "whether the first stop has passed; only for an if",
    "fasting.stops": "each stop with name, time and weekday; only for a for",
    "course.next_date": "when the next visit of the course would be due",
    "item.id": "only in alerts to staff: the short id of the to-do",
    "also": "what rides in this message from others of the same day",
}

ANSWERS_ONLY: Mapping[str, str] = {
    "clinic.opens": "when somebody is there again; empty while somebody is, so inside an if",
    "options": "the things between which is asked back",
}
"""What only automatic answers print; in a rule's wording it has no value, and so is refused."""

_EXTRA = ("visit", "extra")
"""`visit.extra.<column>` stands for a column of the source that is not ours, as in a rule's conditions."""

_LIST_STEPS = {"first", "last", "name", "time", "weekday"}
_LIST = ("fasting", "stops")


def is_known(path: tuple[str | int, ...]) -> bool:
    """Whether a wording may use the placeholder with these steps: `("visit", "date")`."""
    if path[:2] == _EXTRA:
        return len(path) == 3
    if path[:2] == _LIST and len(path) > 2:
        return all(isinstance(step, int) or step in _LIST_STEPS for step in path[2:]) or path[2:] == ("size",)
    return dotted(path) in VOCABULARY or dotted(path) in ANSWERS_ONLY


def dotted(path: tuple[str | int, ...]) -> str:
    """Return a placeholder as it is written: `visit.date`."""
    return ".".join(map(str, path))


def advice(wrong: str = "") -> str:
    """Return what to use instead of the placeholder *wrong*."""
    close = get_close_matches(wrong, VOCABULARY, n=1, cutoff=0.7)
    meant = f"Did you mean {close[0]}? " if close else ""
    return f"{meant}You can use: {', '.join(VOCABULARY)}, visit.extra.<column>."
