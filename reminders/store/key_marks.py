"""Marks that only the right keys can make: a process with other keys is known before it reads or writes anything.

Each data key that ever sealed has one, and so have the keys of look-ups and of tokens. The
first process that uses a key leaves its mark.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reminders.domain.errors import BrokenSealError
from reminders.store.tables.machinery import KeyMark
from reminders.store.vault import Vault

_DATA = "data/"
_LOOKUP = "lookup"
_SECRET = "secret"  # noqa: S105  its name, not its value
_WORD = "these are the keys"


def differing(session: Session, vault: Vault, secret_mark: bytes) -> list[str]:
    """Return the settings that are not those of the database, each with what is wrong; mark what has no mark yet.

    Where anything differs nothing is marked: a process with wrong keys must not leave its own behind.
    """
    known = _read(session)
    wrong = list(_compare(vault, secret_mark, known))
    current = f"{_DATA}{vault.current_key}"
    if wrong or {current, _LOOKUP, _SECRET} <= known.keys():
        return wrong
    marks = {
        current: vault.seal(KeyMark.mark, current, _WORD),
        _LOOKUP: vault.lookup(_LOOKUP, _WORD),
        _SECRET: secret_mark,
    }
    rows = [{"name": name, "mark": mark} for name, mark in marks.items()]
    session.execute(insert(KeyMark).values(rows).on_conflict_do_nothing())
    return list(_compare(vault, secret_mark, _read(session)))  # somebody else may have been first


def adopt_secret(session: Session, secret_mark: bytes) -> None:
    """Take another SECRET_KEY for the database's own."""
    marked = insert(KeyMark).values(name=_SECRET, mark=secret_mark)
    session.execute(marked.on_conflict_do_update(index_elements=[KeyMark.name], set_={"mark": secret_mark}))


def _read(session: Session) -> Mapping[str, bytes]:
    return dict(session.execute(select(KeyMark.name, KeyMark.mark).order_by(KeyMark.name)).all())


def _compare(vault: Vault, secret_mark: bytes, known: Mapping[str, bytes]) -> Iterator[str]:
    for name, mark in known.items():
        if name.startswith(_DATA) and not _opens(vault, name, mark):
            yield f"REMINDERS_DATA_KEYS: the key {name.removeprefix(_DATA)!r} is missing or is another one"
    if known.get(_LOOKUP, vault.lookup(_LOOKUP, _WORD)) != vault.lookup(_LOOKUP, _WORD):
        yield "REMINDERS_LOOKUP_KEY is another one"
    if known.get(_SECRET, secret_mark) != secret_mark:
        yield "REMINDERS_SECRET_KEY is another one"


def _opens(vault: Vault, name: str, mark: bytes) -> bool:
    try:
        return vault.open(KeyMark.mark, name, mark) == _WORD
    except BrokenSealError:
        return False
