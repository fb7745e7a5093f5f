"""Portions: as much as a transaction can do in the time that others may be kept waiting."""

from reminders.pipeline.portions import HELD, Portion


class Machine:
    """A machine that needs the same time for each piece."""

    def __init__(self, seconds_each: float) -> None:
        self._seconds_each = seconds_each
        self._now = 0.0

    def clock(self) -> float:
        return self._now

    def work(self, portion: Portion) -> int:
        with portion.timed() as size:
            self._now += size * self._seconds_each
        return size


def test_a_slow_machine_takes_on_as_much_as_it_can_do_in_time() -> None:
    machine = Machine(seconds_each=HELD.total_seconds() / 40.5)
    portion = Portion(200, clock=machine.clock)

    sizes = [machine.work(portion) for _ in range(3)]

    assert sizes == [200, 40, 40]


def test_a_fast_machine_takes_on_more_step_by_step_up_to_the_most() -> None:
    machine = Machine(seconds_each=0)
    portion = Portion(200, first=60, clock=machine.clock)

    sizes = [machine.work(portion) for _ in range(4)]

    assert sizes == [60, 120, 200, 200]


def test_a_machine_that_stands_still_takes_on_a_few_all_the_same() -> None:
    machine = Machine(seconds_each=60)
    portion = Portion(200, clock=machine.clock)

    sizes = [machine.work(portion) for _ in range(2)]

    assert sizes == [200, 10]
