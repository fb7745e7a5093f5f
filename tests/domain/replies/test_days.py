"""Whether a text speaks of another day than today."""

from datetime import date

import pytest

from reminders.domain.replies.days import is_of_another_day
from reminders.domain.replies.plain_words import read

TUESDAY = date(2026, 9, 29)


@pytest.mark.parametrize(
    "text",
    [
        "I can't make it tomorrow",
        "can't come Wednesday",
        "I need to move my visit on the 14th",
        "cancel my Oct 6 appointment",
        "next week does not work",
        "no puedo ir mañana",
        "no puedo el viernes",
        "no puedo ir el 14",
        "la próxima semana no puedo",
    ],
)
def test_another_day(text: str) -> None:
    assert is_of_another_day(read(text), TUESDAY)


@pytest.mark.parametrize(
    "text",
    [
        "I can't make it",
        "I can't make it today, Wednesday is better",
        "can't come this Tuesday",
        "I cannot come at 2 pm",
        "hoy no puedo",
        "no puedo ir esta mañana",
        "no puedo ir por la mañana",
        "not coming, I will be sick until 9",
    ],
)
def test_today_or_no_day(text: str) -> None:
    assert not is_of_another_day(read(text), TUESDAY)
