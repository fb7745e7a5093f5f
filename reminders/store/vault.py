"""Seals what must not be readable outside the application, and hashes what must be found again.

A sealed value is `key id length | key id | nonce | AES-256-GCM ciphertext`; its associated
data is table, column and row, so a value moved to another row or column does not open. The
first of the data keys seals; all of them open, so keys can be rotated. Look-ups go through
an HMAC-SHA256 under a key of its own.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import InstrumentedAttribute

from reminders.domain.errors import BrokenSealError

_NONCE = 12

Column = InstrumentedAttribute[Any]


class Vault:
    """Opens and closes the encrypted columns.

    Args:
        keys: (key id, 32 bytes) pairs; the first seals.
        lookup_key: 32 bytes for the keyed hashes.
    """

    def __init__(self, keys: Sequence[tuple[str, bytes]], lookup_key: bytes) -> None:
        self._current = keys[0][0].encode()
        self._ciphers = {key_id.encode(): AESGCM(key) for key_id, key in keys}
        self._lookup_key = lookup_key

    @property
    def current_key(self) -> str:
        """The id of the key that seals."""
        return self._current.decode()

    def seal(self, column: Column, row_id: UUID | str, text: str) -> bytes:
        """Return *text* sealed for *column* of the row *row_id*."""
        nonce = os.urandom(_NONCE)
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), _bound_to(column, row_id))
        return bytes([len(self._current)]) + self._current + nonce + sealed

    def seal_some(self, column: Column, row_id: UUID | str, text: str | None) -> bytes | None:
        """Seal *text*, or return None when there is none."""
        return None if text is None else self.seal(column, row_id, text)

    def open(self, column: Column, row_id: UUID | str, sealed: bytes) -> str:
        """Return the text of *sealed*; raise `BrokenSealError` when it is not this row's or its key is gone."""
        start = 1 + sealed[0] if sealed else 1
        cipher = self._ciphers.get(sealed[1:start])
        if cipher is None:
            raise BrokenSealError(f"The key of {_named(column)} of row {row_id} is not among DATA_KEYS.")
        nonce, body = sealed[start : start + _NONCE], sealed[start + _NONCE :]
        try:
            return cipher.decrypt(nonce, body, _bound_to(column, row_id)).decode()
        except (InvalidTag, ValueError):  # a value that was cut off has no nonce
            raise BrokenSealError(f"{_named(column)} of row {row_id} cannot be opened.") from None

    def open_some(self, column: Column, row_id: UUID | str, sealed: bytes | None) -> str | None:
        """Open *sealed*, or return None when there is nothing."""
        return None if sealed is None else self.open(column, row_id, sealed)

    def open_whole(self, column: Column, row_id: UUID | str, sealed: bytes) -> str | None:
        """Open *sealed*, or return None when it is damaged: among many rows, where one must not hide the others."""
        try:
            return self.open(column, row_id, sealed)
        except BrokenSealError:
            return None

    def seal_map(self, column: Column, row_id: UUID | str, values: Mapping[str, str]) -> bytes | None:
        """Seal a mapping of texts as one value; an empty one is None."""
        return self.seal(column, row_id, json.dumps(dict(values), sort_keys=True)) if values else None

    def open_map(self, column: Column, row_id: UUID | str, sealed: bytes | None) -> dict[str, str]:
        """Open what `seal_map` sealed."""
        return {} if sealed is None else dict(json.loads(self.open(column, row_id, sealed)))

    def lookup(self, kind: str, value: str) -> bytes:
        """Return the keyed hash under which *value* of a *kind* (`sms`, `email`, `row`…) is found again.

        Mailboxes are folded: `Ana@` and `ana@` are one, and an opt-out of the one is of the other.
        """
        value = value.casefold() if kind == "email" else value
        return hmac.new(self._lookup_key, f"{kind}\0{value}".encode(), hashlib.sha256).digest()


class SealedMap(Mapping[str, str]):
    """A mapping that is opened when it is first read, so that a broken seal stops nobody but its reader."""

    def __init__(self, vault: Vault, column: Column, row_id: UUID, sealed: bytes | None) -> None:
        self._open = partial(vault.open_map, column, row_id, sealed)
        self._opened: dict[str, str] | None = None

    def _values(self) -> dict[str, str]:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def __getitem__(self, name: str) -> str:
        return self._values()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values())

    def __len__(self) -> int:
        return len(self._values())


def _named(column: Column) -> str:
    return f"{column.class_.__tablename__}.{column.key}"


def _bound_to(column: Column, row_id: UUID | str) -> bytes:
    return f"{_named(column)}/{row_id}".encode()
