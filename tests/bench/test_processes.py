"""What a contender costs is told for each message, by process."""

import os
import time

from bench.processes import Effort, memory_of_tree


def test_processor_time_is_shared_out_over_the_messages() -> None:
    effort = Effort(lambda: {"this": os.getpid()})

    for _ in range(2):
        with effort.of("ours", 10):
            spend()

    assert effort.each("ours")["this"] >= 1000 * SPENT / 10 / 2
    assert [len(rounds) for rounds in effort.rounds(["ours"]).values()] == [2]


def test_a_block_may_say_itself_how_many_messages_it_dealt_with() -> None:
    effort = Effort(lambda: {"this": os.getpid()})

    for count in (1, 1000):
        with effort.of(f"with {count}") as dealt:
            spend()
            dealt.count = count

    assert effort.each("with 1")["this"] > 100 * effort.each("with 1000")["this"]


def test_a_process_holds_memory() -> None:
    assert memory_of_tree(os.getpid()) > 1


SPENT = 0.05


def spend() -> None:
    """Use that much processor time."""
    until = time.process_time() + SPENT
    while time.process_time() < until:
        pass
