"""Isolating: what is done for many rows in one transaction is done one by one where that fails.

So a row with which something of ours goes wrong stops no other, and what fails even alone is set
aside by its step. A database that is away, or locks that were not to be had, are no row's fault:
they are raised, and the whole step comes again.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from reminders.domain.errors import BrokenSealError, WordingError
from reminders.domain.reasons import Reason
from reminders.store.engine import Transaction
from reminders.store.locks import LinksGrewError, retrying

_log = structlog.get_logger(__name__)

NOBODYS_FAULT = (OperationalError, LinksGrewError)

Row = TypeVar("Row")


class _TogetherError(Exception):
    """Rows that could not be done in one transaction."""

    def __init__(self, rows: Sequence[Any]) -> None:
        super().__init__()
        self.rows = rows


def together(
    transaction: Transaction,
    find: Callable[[Session], Sequence[Row]],
    do: Callable[[Sequence[Row], Session], int],
    alone: Callable[[Row], int],
) -> int | None:
    """Do what *find* returns in its own transaction; where that fails, each row *alone*.

    Returns how many were done; None: nothing was found.
    """
    try:
        return retrying(transaction, lambda session: _find_and_do(session, find, do))
    except _TogetherError as failed:
        _log.warning("isolating.one_by_one", error=type(failed.__cause__).__name__, count=len(failed.rows))
        return sum(alone(row) for row in failed.rows)


def _find_and_do(
    session: Session, find: Callable[[Session], Sequence[Row]], do: Callable[[Sequence[Row], Session], int]
) -> int | None:
    rows = find(session)
    if not rows:
        return None
    try:
        return do(rows, session)
    except NOBODYS_FAULT:
        raise
    except Exception as failed:
        raise _TogetherError(rows) from failed


def alone(transaction: Transaction, do: Callable[[Session], int], set_aside: Callable[[str], object]) -> int:
    """Do one row; return how many that were. *set_aside* is given the class of what it raised, if it did."""
    try:
        return retrying(transaction, do)
    except NOBODYS_FAULT:
        raise
    except Exception as failed:  # noqa: BLE001  whatever is wrong with one row, the others must be done
        _set_aside(set_aside, type(failed).__name__)
        return 0


def _set_aside(set_aside: Callable[[str], object], error: str) -> None:
    try:
        set_aside(error)
    except NOBODYS_FAULT:
        raise
    except Exception as failed:  # noqa: BLE001  nor may that which cannot even be set aside stop the others
        _log.error("isolating.not_set_aside", error=type(failed).__name__)


def blame(failed: Exception, message_id: UUID) -> str:
    """Return why a message is parked that raised *failed* within a transaction of many.

    What broke the transaction is raised again: nothing can be done in it any more.
    """
    if isinstance(failed, SQLAlchemyError):
        raise failed
    if isinstance(failed, WordingError | BrokenSealError):
        return failed.code
    _log.error("claim.failed", message_id=str(message_id), error=type(failed).__name__)
    return Reason.FAULT
