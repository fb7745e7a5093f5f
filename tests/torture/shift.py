"""A shift at the desk: the acts of the plan in a thread of its own, while the main thread injects faults."""

import threading
import time
import traceback
from collections.abc import Sequence
from datetime import timedelta
from random import Random

from reminders.domain.clinic_file import read_clinic
from tests.torture import clinic
from tests.torture.book import Book, Visit
from tests.torture.clinic import PREP_BEFORE
from tests.torture.desk import Desk
from tests.torture.plan import Step

_MEETING = 3
"""How many visits one edit changes at most."""
_LEAD = timedelta(seconds=4)
"""How far ahead a text must be due for what is done now to be done before it."""


class Shift:
    """Does the acts of the desk at their times, until they are done or it is told to stop."""

    def __init__(self, desk: Desk, book: Book, random: Random, steps: Sequence[Step], config: str) -> None:
        self._desk = desk
        self._book = book
        self._random = random
        self._steps = steps
        self._clinic = read_clinic(config, "clinic.yaml")
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="desk")
        self.error = ""
        """What went wrong with the desk itself."""

    def begin(self) -> None:
        """Start to work."""
        self._thread.start()

    def end(self) -> None:
        """Stop after the act under way."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        began = time.monotonic()
        try:
            for step in self._steps:
                if self._stopped.wait(max(0.0, began + step.at - time.monotonic())):
                    return
                self._do(step)
        except Exception:  # noqa: BLE001  the main thread must hear of it
            self.error = traceback.format_exc()

    def _do(self, step: Step) -> None:
        match step.what:
            case "import":
                self._desk.bring(self._book.of_wave(int(step.whom)))
            case "publish":
                self._desk.publish(self._clinic, clinic.protocols(changed=step.whom == "changed"))
            case "spoil":
                self._spoil()
            case "opt out":
                self._opt_out()
            case "withdraw consent":
                self._withdraw()
            case "move":
                self._desk.move(self._some("visit", "far"), timedelta(minutes=self._random.choice((17, 23, 31, 43))))
            case _:
                self._desk.cancel(self._some("visit", "far", "brief"), step.what.rpartition(" ")[2])

    def _some(self, *kinds: str) -> list[Visit]:
        """Return some visits to edit, the newest more often: their messages are in flight."""
        known = [visit for visit in self._book.visits if _is_open(visit) and visit.patient.kind in kinds]
        known.sort(key=lambda visit: visit.wave)
        newest = known[-20:] if self._random.random() < 0.8 else known
        return self._random.sample(newest, min(len(newest), self._random.randint(1, _MEETING)))

    def _opt_out(self) -> None:
        for visit in self._some("visit", "far", "care", "notes")[:1]:
            committed_at = self._desk.opt_out(visit.patient.phone)
            for patient in self._book.at(visit.patient.phone):
                patient.opted_out_at = patient.opted_out_at or committed_at

    def _spoil(self) -> None:
        """Make poison of texts that have been planned: they cannot be put into words when their time comes."""
        soon = clinic.now() + PREP_BEFORE + _LEAD
        ahead = [one for one in self._book.visits if _is_open(one) and one.patient.kind == "visit"]
        for visit in [one for one in ahead if one.starts_at > soon][:_MEETING]:
            visit.patient.spoilt_at = self._desk.spoil(visit.patient)

    def _withdraw(self) -> None:
        for visit in self._some("far")[:1]:
            self._desk.withdraw(visit)


def _is_open(visit: Visit) -> bool:
    patient = visit.patient
    is_well = patient.opted_out_at is None and patient.spoilt_at is None
    return visit.imported_at is not None and visit.status == "booked" and is_well
