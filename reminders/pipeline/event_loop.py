"""The event loop of a process: connections to providers live in it, as long as it does."""

import asyncio
from collections.abc import Coroutine
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run *coroutine* to its end in this process's loop."""
    return _runner().run(coroutine)


def close() -> None:
    """End the loop; the next `run` makes another."""
    _runner().close()
    _runner.cache_clear()


@lru_cache(maxsize=1)
def _runner() -> asyncio.Runner:
    return asyncio.Runner()
