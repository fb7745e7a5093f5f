"""Speaking: a message and what rides in it become the text or email that one person reads.

Used at the claim, by the timeline and by planning, which must know how long a merged text
would be: so what is shown, what is planned and what is sent cannot differ.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reminders.domain.errors import BrokenSealError, WordingError
from reminders.domain.facts import PatientFacts, Standing, Visit, Wanted
from reminders.domain.letters import compose
from reminders.domain.segments import measure
from reminders.domain.values import Sayable, Values, values_of
from reminders.domain.wording import join_riders, render_line, render_sms
from reminders.domain.words import Channel, SubjectKind
from reminders.store.clinics import ClinicBook
from reminders.store.templates import Chosen, Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What one person reads, and which wording it came from."""

    text: str
    subject: str | None = None
    html: str | None = None
    encoding: str | None = None
    segments: int | None = None
    wording: Chosen | None
    """None: a pager is sent data, not words."""

    @property
    def language(self) -> str:
        """In which language it speaks; empty: in none."""
        return self.wording.template.language if self.wording else ""


class Speaker:
    """Speaks for one clinic to one patient, or to one who drives them.

    Args:
        book: The clinic.
        shelf: Its published wordings.
        facts: Who is spoken to.
        first_name: Opens how the patient is called, or says nothing; asked for when something is said.
    """

    def __init__(self, book: ClinicBook, shelf: Shelf, facts: PatientFacts, first_name: Callable[[], str]) -> None:
        self._book = book
        self._shelf = shelf
        self._facts = facts
        self._first_name = first_name
        self._visits: Mapping[UUID, Visit] = {visit.id: visit for visit in facts.visits}

    def chosen(self, message: Standing | Wanted) -> Chosen:
        """Return the wording of *message*; raise `WordingError` where the clinic has none."""
        found = self._shelf.choose(message.template, message.channel, self._facts.person.language)
        if found is None:
            raise WordingError(
                f"There is no wording {message.template!r} for {message.channel} in {self._facts.person.language} "
                f"or {self._facts.policy.language}. Add one.",
                code="no_wording",
            )
        return found

    def speak(self, message: Standing | Wanted, riders: Sequence[Standing | Wanted], now: datetime) -> Spoken:
        """Return *message* with *riders*, as it reads at *now*; raise `WordingError` where it cannot."""
        chosen = self.chosen(message)
        also = join_riders(
            [phrase for phrase in (self.phrase(rider, now, carrier=message) for rider in riders) if phrase]
        )
        values = self._values(message, chosen.template.language, now, also)
        if message.channel is Channel.EMAIL:
            letter = compose(chosen.template, values)
            return Spoken(text=letter.text, subject=letter.subject, html=letter.html, wording=chosen)
        text = render_sms(chosen.template, values)
        measured = measure(text)
        return Spoken(text=text, encoding=measured.encoding, segments=measured.segments, wording=chosen)

    def phrase(self, rider: Standing | Wanted, now: datetime, *, carrier: Standing | Wanted | None) -> str | None:
        """Return the short sentence of *rider* for another message; None where its wording has none.

        Several messages of one wording are a list: each but the first is only its part of it.
        """
        chosen = self._shelf.choose(rider.template, rider.channel, self._facts.person.language)
        if chosen is None or not chosen.template.rides:
            return None
        is_listed = carrier is not None and carrier.template == rider.template
        source = (chosen.template.together if is_listed else "") or chosen.template.rides
        values = self._values(rider, chosen.template.language, now, "")
        return render_line(source, values, name=chosen.template.name)

    def _values(self, message: Standing | Wanted, language: str, now: datetime, also: str) -> Values:
        visit = self._visit_of(message)
        place_name, place_address = self._book.addresses[visit.place.id] if visit else ("", "")
        sayable = Sayable(
            clinic_name=self._book.display_name,
            clinic_phone=self._book.phone,
            first_name=self._first_name(),
            place_name=place_name,
            place_address=place_address,
            next_at=self._next_at(message, visit),
        )
        return values_of(sayable, visit, language=language, patient_zone=self._facts.person.zone, now=now, also=also)

    def _visit_of(self, message: Standing | Wanted) -> Visit | None:
        if message.slot.subject_kind is not SubjectKind.APPOINTMENT:
            return None
        return self._visits.get(message.slot.subject_id)

    def _next_at(self, message: Standing | Wanted, visit: Visit | None) -> datetime | None:
        """Return when the course's next visit would be due: for a text about the course it is its anchor."""
        return message.stamp.anchor_at if visit is None else None


class Ruler:
    """Tells planning how long a merged message would be; it forgets nothing between two questions."""

    def __init__(self, speaker: Speaker, now: datetime) -> None:
        self._speaker = speaker
        self._now = now

    def __call__(self, carrier: Wanted, riders: Sequence[Wanted]) -> int | None:
        """Return the segments of *carrier* with *riders*, or None where one of them cannot ride."""
        try:
            if any(self._speaker.phrase(rider, self._now, carrier=carrier) is None for rider in riders):
                return None
            return self._speaker.speak(carrier, riders, self._now).segments or 0
        except (WordingError, BrokenSealError):
            return None

    def limit(self, carrier: Wanted) -> int:
        """Return how many segments the wording of *carrier* may take."""
        try:
            return self._speaker.chosen(carrier).template.segments_limit
        except WordingError:
            return 1
