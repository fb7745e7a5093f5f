"""The worker's door with a fault: whoever puts a message to `DEADLY_PATIENT` into words is killed."""

import os
import signal
from collections.abc import Callable, Sequence
from datetime import datetime

from reminders import tasks
from reminders.domain.facts import Standing, Wanted
from reminders.pipeline.speaking import Speaker, Spoken
from tests.system import DEADLY_PATIENT

Speak = Callable[[Speaker, Standing | Wanted, Sequence[Standing | Wanted], datetime], Spoken]


def mortal(speak: Speak) -> Speak:
    def speak_or_die(
        self: Speaker, message: Standing | Wanted, riders: Sequence[Standing | Wanted], now: datetime
    ) -> Spoken:
        if self._first_name() == DEADLY_PATIENT:
            os.kill(os.getpid(), signal.SIGKILL)
        return speak(self, message, riders, now)

    return speak_or_die


Speaker.speak = mortal(Speaker.speak)  # type: ignore[method-assign,assignment]
app = tasks.connect()
