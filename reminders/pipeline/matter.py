"""What a text is about, and what came of it: the two values that pass between the steps of hearing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from reminders.domain.replies.choosing import Choice
from reminders.domain.replies.intents import Understanding
from reminders.domain.replies.prompts import Prompt
from reminders.domain.words import WorkKind
from reminders.pipeline.thread import Thread
from reminders.store.correspondents import Ahead, Correspondent


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a text is about: who wrote, whose visits, which prompts it answers."""

    meaning: Understanding
    writer: Correspondent | None
    """None: several share the phone, and nothing tells which of them wrote."""
    patient_id: UUID | None
    answers: Sequence[Prompt]
    visit: Ahead | None
    """The visit it is about: the one that was asked about, else today's or the next."""

    @property
    def visit_ids(self) -> list[UUID]:
        """The visits that the answered prompts asked about."""
        return [one.visit_id for one in self.answers if one.visit_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What came of a text."""

    word: str
    """For the row of the reply, and whoever asks why."""
    answer: str | None
    """The key of what answers it."""
    work: WorkKind | None


def matter_of(thread: Thread, choice: Choice) -> Matter:
    """Return whom and which visit a text is about: of a phone that several share it may be nobody in particular."""
    about = choice.answers or choice.options[:1]
    writer = _writer(thread, about)
    patient_id = about[0].patient_id if about else writer.patient_id if writer else None
    visit = _asked_about(thread, about) if about else _spoken_of(thread, patient_id)
    return Matter(meaning=choice.meaning, writer=writer, patient_id=patient_id, answers=choice.answers, visit=visit)


def _asked_about(thread: Thread, about: Sequence[Prompt]) -> Ahead | None:
    visits = {one.visit_id for one in about}
    return next((visit for visit in thread.visits.values() if visit.id in visits), None)


def _spoken_of(thread: Thread, patient_id: UUID | None) -> Ahead | None:
    """Return the visit that somebody means who names none: today's, else one that was asked about, else the next.

    Where nobody knows who of several wrote, it is today's or none: whoever's it is, it is the one to hurry for.
    """
    now = thread.now.clinic_at
    current = [visit for visit in thread.visits.values() if visit.is_current(now)]
    own = [visit for visit in current if visit.patient_id == patient_id]
    asked = {one.visit_id for one in thread.prompts}
    today = [visit for visit in (own if patient_id else current) if visit.is_today(now)]
    awaited = [visit for visit in today if visit.is_awaited(now)]
    likely = [*awaited, *today, *(visit for visit in own if visit.id in asked), *own]
    return likely[0] if likely else None


def _writer(thread: Thread, about: Sequence[Prompt]) -> Correspondent | None:
    if about:
        return next((one for one in thread.people if one.id == about[0].person_id), None)
    patients = [one for one in thread.people if one.kind == "patient"] or list(thread.people)
    return patients[0] if len(patients) == 1 else None
