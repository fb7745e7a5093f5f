"""The doorbell: many presses are one ring."""

import asyncio
import threading
from functools import partial

from reminders.web.doorbell import Doorbell
from tests.web.visiting import until


def test_presses_during_a_ring_become_one_more_ring() -> None:
    rings: list[str] = []
    answered = threading.Event()

    def ring() -> None:
        rings.append("ring")
        assert answered.wait(10)

    async def run() -> None:
        doorbell = Doorbell(ring)
        listening = asyncio.create_task(doorbell.run())
        doorbell.press()
        await until(lambda: len(rings) == 1)
        for _ in range(5):
            doorbell.press()
        answered.set()
        await until(lambda: len(rings) == 2)
        listening.cancel()

    asyncio.run(run())

    assert rings == ["ring", "ring"]


def has_rung(rings: list[str], count: int) -> bool:
    return len(rings) == count


def test_a_ring_that_fails_is_not_the_last_one() -> None:
    rings: list[str] = []

    def ring() -> None:
        rings.append("ring")
        raise OSError("no broker")

    async def run() -> None:
        doorbell = Doorbell(ring)
        listening = asyncio.create_task(doorbell.run())
        for count in (1, 2):
            doorbell.press()
            await until(partial(has_rung, rings, count))
        listening.cancel()

    asyncio.run(run())

    assert len(rings) == 2
