"""The pages' templates: everything is escaped, a name that is missing is an error, times are written by the server."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reminders.domain.dates import clock, short_date

HERE = Path(__file__).parent
STATIC = HERE / "static"

_LANGUAGE = "en"


def render(page: str, **values: Any) -> str:
    """Return *page* filled with *values*."""
    return _templates().get_template(page).render(values)


@cache
def _templates() -> Environment:
    found = Environment(
        loader=FileSystemLoader(HERE / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["day"] = _day
    found.filters["hour"] = _hour
    return found


def _day(at: datetime, zone: str) -> str:
    return short_date(at, zone, _LANGUAGE)


def _hour(at: datetime, zone: str) -> str:
    return clock(at, zone, _LANGUAGE, name_zone=True)
