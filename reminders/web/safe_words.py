"""The clinics' safe answers in memory: they depend on nothing but this process."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from reminders.domain.replies.inbound import Inbound
from reminders.domain.replies.safe_answer import SafeWords, cry_in
from reminders.store.safe_words import Spokesman
from reminders.web.memory import YOUNG, Memory


class SafeAnswerer(Memory[Sequence[Spokesman]]):
    """Answers cries for help with what was read last, or with what anybody may say."""

    def __init__(self, read: Callable[[], Sequence[Spokesman]], *, young: timedelta = YOUNG) -> None:
        super().__init__(read, kind="safe_words", young=young)

    def answer(self, inbound: Inbound) -> str | None:
        """Return the safe answer to *inbound*; None: it is no cry for help."""
        cry = cry_in(inbound.body)
        return None if cry is None else self._words_for(inbound).answer(cry)

    def _words_for(self, inbound: Inbound) -> SafeWords:
        """Return the words of the clinic that was written to; nobody's where it cannot be told."""
        ours = [one for one in self.known or () if one.account == inbound.account]
        called = [one for one in ours if one.is_called(inbound.to, inbound.messaging_service)] or ours
        return called[0].words if len(called) == 1 else SafeWords()
