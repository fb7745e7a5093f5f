"""The demo month as the reader gives it: every row of every file, and when the file is imported."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from reminders.domain.row import ClinicReference, Reference, VisitRow
from reminders.sources.csv_file import read_visits

CONFIG = Path(__file__).parents[2] / "config"
DEMO = CONFIG / "demo"
STARTS_AT = datetime(2026, 10, 12, 12, tzinfo=UTC)
ENDS_AT = datetime(2026, 11, 16, 13, tzinfo=UTC)
NAME = "%Y-%m-%dT%H-%MZ"
"""How the name of a file of changes begins: the instant at which it is imported."""


def _reference() -> Reference:
    """Return what the clinic of the starters lets a row name."""
    clinic = YAML(typ="safe").load(CONFIG / "clinic.yaml")
    known = ClinicReference(
        region=clinic["region"],
        countries=clinic["countries"],
        language=clinic["language"],
        locations={location["slug"]: location["zone"] for location in clinic["locations"]},
        services=[service["slug"] for service in clinic["services"]],
        courses=[course["slug"] for course in clinic["courses"]],
    )
    return Reference({clinic["clinic"]: known})


@dataclass(frozen=True)
class Told:
    """One row, and when the clinic hears of it."""

    at: datetime
    row: VisitRow


def change_files() -> list[Path]:
    """Return the files of changes in the order of their names."""
    return sorted((DEMO / "changes").iterdir())


def imported_at(path: Path) -> datetime:
    """Return the instant in the name of a file of changes."""
    return datetime.strptime(path.name[:17], NAME).replace(tzinfo=UTC)


@cache
def told() -> tuple[Told, ...]:
    """Return every row of the month in the order of the imports; a problem in a file is an error."""
    first = ((STARTS_AT, DEMO / "appointments.csv"),)
    later = tuple((imported_at(path), path) for path in change_files())
    return tuple(Told(at, row) for at, path in first + later for row in _rows(path))


def histories() -> dict[str, list[Told]]:
    """Return what is told of each visit, oldest first."""
    by_visit: dict[str, list[Told]] = {}
    for item in told():
        by_visit.setdefault(item.row.appointment_id, []).append(item)
    return by_visit


def _rows(path: Path) -> Iterator[VisitRow]:
    with path.open("rb") as file:
        for item in read_visits(file, name=path.name, reference=_reference()):
            assert isinstance(item, VisitRow), str(item)
            yield item
