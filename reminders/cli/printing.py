"""How commands print: tables for people, JSON for machines."""

import json
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text


def print_json(value: object) -> None:
    """Print *value* as JSON: instants and days in ISO 8601, dataclasses as objects."""
    print(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def print_table(columns: list[str], rows: list[list[str]]) -> None:
    """Print *rows* under *columns*; nothing is cut off where the output is not a terminal."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table)
