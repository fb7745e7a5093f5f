"""Every refusal that a person can meet.

    RemindersError
    ├── IllegalMoveError       a state change that the life of a message does not know   [illegal_move]
    ├── RefusedError           a request that cannot be done, with the cure in its text  [code given]
    │   ├── InvalidConfigError protocols, templates or clinic file that cannot be loaded [invalid_config]
    │   ├── InvalidRowError    rows of an import that cannot be read                     [invalid_rows]
    │   └── WordingError       a message that cannot be rendered                         [code given]
    └── BrokenSealError        an encrypted value that cannot be opened                  [broken_seal]

Each has a stable `code` for machines; its text is for people and holds no name, phone,
address or wording of a message.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class RemindersError(Exception):
    """Anything this product refuses or finds broken."""

    code = "error"


class IllegalMoveError(RemindersError):
    """A message was asked to make a move that `states.MOVES` does not have."""

    code = "illegal_move"

    def __init__(self, old: str | None, new: str) -> None:
        super().__init__(f"A message cannot go from {old or 'nothing'} to {new}.")


class RefusedError(RemindersError):
    """A request that cannot be done; the text names the thing, the place and the cure."""

    def __init__(self, text: str, *, code: str = "refused") -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where it stands, what it is and how to mend it."""

    where: str
    """A file and, where known, a line: `protocols/spravato.yaml:14`."""
    text: str
    """What is wrong and what to do."""

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


class InvalidConfigError(RefusedError):
    """Files of a configuration that cannot be loaded; `problems` holds every one found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems), code="invalid_config")
        self.problems = tuple(problems)


class InvalidRowError(RefusedError):
    """Rows of an import that cannot be read; `problems` holds every one found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems), code="invalid_rows")
        self.problems = tuple(problems)


class WordingError(RefusedError):
    """A message that cannot be rendered, so it is not sent.

    Its text names the template and the placeholder, never the values.
    """


class BrokenSealError(RemindersError):
    """An encrypted value that cannot be opened: wrong key, moved to another row, or damaged."""

    code = "broken_seal"
