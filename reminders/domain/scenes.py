"""What the rules of one visit, or of one course, are judged by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from reminders.domain.conditions import FactValues, course_facts, person_facts, visit_facts
from reminders.domain.courses import Progress, progress
from reminders.domain.drivers import state_of_driver
from reminders.domain.facts import ClinicPolicy, Course, PatientFacts, Person, Slot, Stamp, Standing, Visit
from reminders.domain.fasting import stops_of
from reminders.domain.history import History, stopped_by_plan
from reminders.domain.protocol import Anchor
from reminders.domain.rulebook import ActiveProtocol, ActiveRule, Rulebook
from reminders.domain.told import Move, Told, last_told, move_of, noticed
from reminders.domain.words import Audience, RecipientKind, SubjectKind

_FRESH = timedelta(hours=24)

Rows = Mapping[str, Sequence[Standing]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What holds for all rules of one patient, or of one driver."""

    person: Person
    audience: Audience
    policy: ClinicPolicy
    history: History
    rulebook: Rulebook
    now: datetime

    @classmethod
    def of(cls, facts: PatientFacts, protocols: Sequence[ActiveProtocol], now: datetime) -> "Known":
        """Gather what holds for all rules of the patient of *facts*."""
        return cls(
            person=facts.person,
            audience=facts.audience,
            policy=facts.policy,
            history=History(facts.standing),
            rulebook=Rulebook.of(protocols),
            now=now,
        )

    @property
    def slugs(self) -> Mapping[Anchor, frozenset[str]]:
        """The rules that count from each anchor, in whichever protocol."""
        return self.rulebook.slugs


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One visit or course, with the rules that look after it."""

    subject_kind: SubjectKind
    subject_id: UUID
    recipient_id: UUID
    rules: Sequence[ActiveRule]
    facts: FactValues
    here: Stamp
    """What a message planned now would state."""
    audience: Audience = Audience.PATIENT
    visit: Visit | None = None
    course: Course | None = None
    progress: Progress | None = None
    rows: Rows = field(default_factory=dict)
    """What stands about it, by rule, oldest first."""
    reached: Sequence[Standing] = ()
    """What the patient may have read about it, in the order it went."""
    told: Told | None = None
    move: Move | None = None
    booked_at: datetime | None = None
    """When the visit was booked, if that is news; None: an old booking."""
    knows_booking: bool = False
    """The patient has been told that it is booked."""

    def slot(self, rule: str) -> Slot:
        """Return the place of *rule*'s message in the plan."""
        return Slot(self.subject_kind, self.subject_id, rule, RecipientKind.PERSON, self.recipient_id)


def scenes(facts: PatientFacts, known: Known) -> list[Scene]:
    """Return a scene for each visit and each course of the patient."""
    courses = {course.id: progress(course, facts.visits, known.now) for course in facts.courses}
    return [
        *(_visit_scene(visit, courses, known) for visit in facts.visits),
        *(_course_scene(course, courses[course.id], known) for course in facts.courses),
    ]


def scene_of(slot: Slot, facts: PatientFacts, known: Known) -> Scene | None:
    """Return the scene that the message in *slot* belongs to; None when its visit or course is not in *facts*."""
    courses = {course.id: progress(course, facts.visits, known.now) for course in facts.courses}
    for visit in facts.visits:
        if visit.id == slot.subject_id:
            return _visit_scene(visit, courses, known)
    for course in facts.courses:
        if course.id == slot.subject_id:
            return _course_scene(course, courses[course.id], known)
    return None


def _visit_scene(visit: Visit, courses: Mapping[UUID, Progress], known: Known) -> Scene:
    person, here = known.person, stamp_of(visit)
    rows = known.history.about(visit.id, person.id)
    reached = known.history.reached(_all(rows))
    told = last_told(reached, known.history, known.slugs[Anchor.CANCELLED])
    move = move_of(here, told, reached, _of(rows, Anchor.MOVED, known), known.history, known.now)
    off_at = _off_at(reached, known)
    knows_booking = _knows_booking(reached, off_at, known)
    off = None if knows_booking else off_at
    booked_at = _booked_at(visit, here, off, _of(rows, Anchor.BOOKED, known), known.now)
    return Scene(
        subject_kind=SubjectKind.APPOINTMENT,
        subject_id=visit.id,
        recipient_id=person.id,
        rules=known.rulebook.of_visit(visit, known.audience),
        facts={
            **person_facts(person),
            **_course_facts(courses.get(visit.course_id) if visit.course_id else None),
            **visit_facts(visit, new=booked_at is not None, near=move is not None and move.near),
            "driver.state": state_of_driver(visit, here, known.history, known.slugs[Anchor.CANCELLED]),
        },
        here=here,
        audience=known.audience,
        visit=visit,
        rows=rows,
        reached=reached,
        told=told,
        move=move,
        booked_at=booked_at,
        knows_booking=knows_booking,
    )


def _course_scene(course: Course, stands: Progress, known: Known) -> Scene:
    last, rows = stands.last, known.history.about(course.id, known.person.id)
    return Scene(
        subject_kind=SubjectKind.COURSE,
        subject_id=course.id,
        recipient_id=known.person.id,
        rules=known.rulebook.of_course(course),
        facts={**person_facts(known.person), **_course_facts(stands)},
        here=Stamp(
            anchor_at=stands.next_at or known.now,
            starts_at=None,
            zone=last.zone if last else known.person.zone,
        ),
        course=course,
        progress=stands,
        rows=rows,
        reached=known.history.reached(_all(rows)),
    )


def stamp_of(visit: Visit) -> Stamp:
    """Return what a message about *visit* that is planned now would state."""
    return Stamp(
        anchor_at=visit.starts_at,
        starts_at=visit.starts_at,
        zone=visit.zone,
        stops=stops_of(visit.service, visit.starts_at),
        place_id=visit.place.id,
    )


def _course_facts(stands: Progress | None) -> FactValues:
    if stands is None:
        return course_facts(None, booked_ahead=False)
    phase = stands.next_phase
    return course_facts(phase.slug if phase else None, booked_ahead=stands.booked_ahead)


def _off_at(reached: Sequence[Standing], known: Known) -> datetime | None:
    """Return when the patient was last told that the visit is off."""
    off = (row for row in reached if row.slot.rule in known.slugs[Anchor.CANCELLED])
    return max((known.history.told_at(row) for row in off), default=None)


def _knows_booking(reached: Sequence[Standing], off_at: datetime | None, known: Known) -> bool:
    told = (known.history.told_at(row) for row in reached if row.slot.rule in known.slugs[Anchor.BOOKED])
    return any(off_at is None or told_at > off_at for told_at in told)


def _booked_at(
    visit: Visit, here: Stamp, off_at: datetime | None, telling: Sequence[Standing], now: datetime
) -> datetime | None:
    """Return when *visit* was booked if that is news; *telling* are the rows that say so.

    A visit that the patient was told is off (at *off_at*), and that is on again, is booked
    anew. A booking whose message stands stays news, so that planning again a day later
    drops nothing.
    """
    if off_at is not None:
        return noticed(here, off_at, telling) or now
    fresh = visit.seen_after_first_import if visit.booked_at is None else now - visit.booked_at < _FRESH
    if fresh or any(not stopped_by_plan(row) for row in telling):
        return visit.booked_at or visit.first_seen_at
    return None


def _all(rows: Rows) -> Iterator[Standing]:
    for of_rule in rows.values():
        yield from of_rule


def _of(rows: Rows, anchor: Anchor, known: Known) -> list[Standing]:
    """Return those of *rows* whose rules count from *anchor*."""
    return [row for row in _all(rows) if row.slot.rule in known.slugs[anchor]]
