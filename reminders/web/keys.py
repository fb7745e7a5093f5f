"""The accounts' signing tokens in memory."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from reminders.web.memory import YOUNG, Memory


class WebhookKeys(Memory[Mapping[str, Collection[str]]]):
    """The tokens by account, as `read` found them last."""

    def __init__(self, read: Callable[[], Mapping[str, Collection[str]]], *, young: timedelta = YOUNG) -> None:
        super().__init__(read, kind="webhook_keys", young=young)

    @property
    def are_known(self) -> bool:
        """Whether the database was reached at least once."""
        return self.known is not None

    def of(self, account: str) -> tuple[str, ...]:
        """Return the tokens of *account*; none when it is not one of ours."""
        return tuple((self.known or {}).get(account, ()))
