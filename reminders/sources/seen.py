"""Keys already met in a file of any length: about 16 bytes of memory a key."""

from array import array
from hashlib import blake2b

_FREE = 0


class Seen:
    """A set of texts that only grows, kept as 64-bit fingerprints in one flat table.

    A set of strings would take ten times the memory. That two of ten million texts
    share a fingerprint has a chance of about one in 400,000.
    """

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * 1024))
        self._count = 0

    def add(self, text: str) -> bool:
        """Take *text* in; False when it was there before."""
        fingerprint = int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) or 1
        slot = self._find(fingerprint)
        if self._table[slot] == fingerprint:
            return False
        self._table[slot] = fingerprint
        self._count += 1
        if self._count * 3 > len(self._table) * 2:
            self._grow()
        return True

    def _find(self, fingerprint: int) -> int:
        """Return where *fingerprint* stands, or the free slot where it belongs."""
        mask = len(self._table) - 1
        slot = fingerprint & mask
        while self._table[slot] not in (_FREE, fingerprint):
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        old = self._table
        self._table = array("Q", bytes(16 * len(old)))
        for fingerprint in old:
            if fingerprint != _FREE:
                self._table[self._find(fingerprint)] = fingerprint
