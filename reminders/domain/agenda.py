"""The days of one person, with the texts and emails of each."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

from reminders.domain.limits import Texts, later_days
from reminders.domain.merging import Bundle, Measure, bundle
from reminders.domain.scenes import Known
from reminders.domain.wallclock import local_day
from reminders.domain.wishes import Wish
from reminders.domain.words import Channel

_Day = tuple[Channel, UUID | None, date]


class Agenda:
    """The days of one person, and what goes on each."""

    def __init__(self, texts: Texts, known: Known, measure: Measure) -> None:
        self._texts, self._known, self._measure = texts, known, measure
        self._wishes: dict[_Day, list[Wish]] = {}
        self._bundles: dict[_Day, list[Bundle]] = {}

    def put(self, wish: Wish) -> None:
        """Let *wish* go when it is due, room or not."""
        self._put(self._day(wish), wish)

    def fit(self, wish: Wish) -> bool:
        """Let *wish* go on the first day that has room for it while it helps; False when there is none."""
        for shifted in self._choices(wish):
            day = self._day(shifted)
            more = len(self._with(day, shifted)) - len(self._bundles.get(day, ()))
            if more <= 0 or self._texts.have_room(day[2], more):
                self._put(day, shifted)
                return True
        return False

    def bundles(self) -> Iterator[Bundle]:
        """Yield every text and email, with what rides in it."""
        for bundles in self._bundles.values():
            yield from bundles

    def _choices(self, wish: Wish) -> Iterator[Wish]:
        """Yield *wish* on each day on which it helps; one that a limit held back does not go back in time."""
        not_before = self._known.now if wish.rest is not None else wish.wanted.due_at
        if wish.wanted.due_at >= not_before:
            yield wish
        for due_at in later_days(wish.wanted.due_at, self._known):
            if due_at > wish.wanted.useful_until:
                return
            if due_at < not_before:
                continue
            yield replace(wish, wanted=replace(wish.wanted, due_at=due_at), latest_at=max(wish.latest_at, due_at))

    def _day(self, wish: Wish) -> _Day:
        wanted = wish.wanted
        return wanted.channel, wanted.address_id, local_day(wanted.due_at, self._known.person.zone)

    def _with(self, day: _Day, wish: Wish) -> list[Bundle]:
        return bundle([*self._wishes.get(day, ()), wish], self._measure)

    def _put(self, day: _Day, wish: Wish) -> None:
        bundles = self._with(day, wish)
        if wish.wanted.channel is Channel.SMS:
            self._texts.add(day[2], len(bundles) - len(self._bundles.get(day, ())))
        self._wishes.setdefault(day, []).append(wish)
        self._bundles[day] = bundles
