"""Which fault meets which request: drawn from the seed, the number and how often it was tried, never from the time."""

import hashlib
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")

CREATING: Mapping[str, int] = {
    "ok": 60,
    "throttled": 5,
    "broken_before": 4,  # 500 as JSON, nothing accepted
    "html_before": 3,  # 502 as HTML, nothing accepted
    "broken_after": 4,
    "html_after": 2,
    "slow": 6,
    "dropped_before": 4,
    "dropped_after": 4,
    "truncated": 3,  # accepted; half an answer
    "late": 3,  # accepted after the caller has given up
    "silent": 2,  # never accepted, never answered
}
"""What may happen to a request to send, by weight."""

LISTING: Mapping[str, int] = {"ok": 84, "throttled": 4, "broken": 4, "dropped": 3, "slow": 5}

NUMBERS: Mapping[int, int] = {0: 93, 21211: 2, 21614: 2, 21610: 2, 21612: 1}
"""Of a hundred numbers, how many are refused for good, by Twilio's code (0: none)."""

CALLING: Mapping[str, int] = {
    "ok": 62,
    "lost": 10,
    "final_lost": 5,
    "doubled": 10,
    "reordered": 8,
    "early": 5,  # before the create call has returned
}
"""What may happen to the callbacks of a message; `belated`, when it was proven absent, only where a scene wants it."""

FORGED = {"no": 94, "signature": 4, "token": 2}
FINAL: Mapping[int, int] = {0: 90, 30003: 3, 30005: 1, 30006: 2, 30007: 2, 30008: 2}
"""How messages end: delivered (0), or undelivered with a code."""

MAILBOXES: Mapping[str, int] = {
    "ok": 40,
    "hangs_up": 10,  # before it has the email
    "drops_before_dot": 10,  # nobody but the server can tell this from the next
    "drops_after_dot": 15,  # accepted
    "greylists": 10,
    "is_busy": 10,
    "refuses": 5,
}
"""What comes of the first email to a mailbox; `refuses` stays, what else was wrong has passed when it comes again."""

LAGS = {"none": 75, "short": 17, "long": 8}
"""When the list shows a message: at once, before the first look at it, or only before the second."""


class Draws:
    """Draws for one seed; *mix* replaces the weights of `CREATING`, *calling* those of `CALLING`."""

    def __init__(
        self, seed: int, *, mix: Mapping[str, int] | None = None, calling: Mapping[str, int] | None = None
    ) -> None:
        self._seed = seed
        self._mix = mix or CREATING
        self._calling = calling or CALLING
        self._has_bad_numbers = not mix
        self.is_calm = False
        """Once set, nothing goes wrong any more; what a number is stays."""

    def creating(self, number: str, turn: int) -> str:
        """Return what happens to the *turn*-th request for *number*."""
        return "ok" if self.is_calm else self._pick(self._mix, "create", number, turn)

    def refusal(self, number: str) -> int:
        """Return the code with which *number* is always refused, or 0."""
        return self._pick(NUMBERS, "number", number) if self._has_bad_numbers else 0

    def listing(self, turn: int) -> str:
        """Return what happens to the *turn*-th question for a list."""
        return "ok" if self.is_calm else self._pick(LISTING, "list", turn)

    def calling(self, sid: str) -> str:
        """Return what happens to the callbacks of a message."""
        return "ok" if self.is_calm else self._pick(self._calling, "call", sid)

    def forging(self, sid: str) -> str:
        """Return how somebody imitates a callback of a message."""
        return "no" if self.is_calm else self._pick(FORGED, "forge", sid)

    def final(self, sid: str) -> int:
        """Return the code of the message's end; 0: delivered."""
        return self._pick(FINAL, "final", sid)

    def mailbox(self, address: str) -> str:
        """Return what comes of the first email to *address*."""
        return self._pick(MAILBOXES, "mailbox", address)

    def lag(self, sid: str) -> str:
        """Return how late the list shows a message."""
        return "none" if self.is_calm else self._pick(LAGS, "lag", sid)

    def share(self, *words: object) -> float:
        """Return a number from 0 up to 1 for *words*."""
        text = "/".join(map(str, (self._seed, *words)))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48

    def _pick(self, weights: Mapping[T, int], *words: object) -> T:
        left = self.share(*words) * sum(weights.values())
        for value, weight in weights.items():
            left -= weight
            if left < 0:
                return value
        raise AssertionError("weights are not negative")
