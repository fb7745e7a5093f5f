"""What planning, judging and rendering know about one patient: values loaded by the store.

All instants are aware UTC; `zone` is an IANA name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from reminders.domain.protocol import CourseKind, Phase, Service
from reminders.domain.states import State
from reminders.domain.words import (
    Audience,
    Category,
    Channel,
    Lane,
    PersonStatus,
    RecipientKind,
    SubjectKind,
    VisitStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPoint:
    """One person on one channel: where to, and whether we may."""

    channel: Channel
    address_id: UUID | None
    """None: no such address is known."""
    consented: bool = False
    nudge_consented: bool = False
    opted_out: bool = False
    """By this person on this channel, or by anyone at this address."""
    keeps_prep: bool = False
    """Whoever opted out keeps what is of the categories prep and safety."""
    dead: bool = False
    """Proven unfit for this channel: no such number, a landline, a mailbox that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A patient or driver as far as rules need to know; no name, no address."""

    id: UUID
    status: PersonStatus = PersonStatus.ACTIVE
    language: str = "en"
    zone: str
    contacts: Mapping[Channel, ContactPoint] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHours:
    """When a location is staffed: by weekday (0 = Monday) the spans of local time, less the closed dates."""

    zone: str
    spans: Mapping[int, Sequence[tuple[time, time]]] = field(default_factory=dict)
    closed_on: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A location as rules need it."""

    id: UUID
    slug: str
    hours: OpenHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One appointment as it stands now."""

    id: UUID
    status: VisitStatus
    starts_at: datetime
    duration: timedelta
    zone: str
    """The location's; wall times of rules are its."""
    service: Service
    place: Place
    first_seen_at: datetime
    """When this service first heard of it (clinic time)."""
    booked_at: datetime | None = None
    """What the source says; None: it does not say."""
    seen_after_first_import: bool = True
    confirmed: bool = False
    cancelled_by: str | None = None
    """`clinic` or `patient`."""
    arrived_at: datetime | None = None
    fulfilled_at: datetime | None = None
    cancelled_at: datetime | None = None
    noshow_at: datetime | None = None
    ready_at: datetime | None = None
    """Staff: the driver may come."""
    home_at: datetime | None = None
    """Staff: the patient has left."""
    course_id: UUID | None = None
    number: int | None = None
    phase: Phase | None = None
    driver_state: str = "none"
    """`none`, `listed` (named, not asked), `asked`, `yes`, `no`, or `patient says so`."""
    driver_id: UUID | None = None
    """The person who drives, where we know who it is."""
    driver_agreed_at: datetime | None = None
    """When the patient agreed that the driver is written to."""
    driver_has_patients_phone: bool = False
    """Whoever is named as the driver has the patient's own phone: nobody is asked by it, a person must find out."""
    driver_before: bool = False
    """Whether somebody drove home from the last visit of the course who may be asked again."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Columns of the source that are not ours."""

    @property
    def ends_at(self) -> datetime:
        """End of the treatment itself."""
        return self.starts_at + self.duration

    @property
    def home_expected_at(self) -> datetime:
        """When the patient may go home: after treatment and recovery, which begin late for who comes late."""
        begins_at = max(self.starts_at, self.arrived_at or self.starts_at)
        return begins_at + self.duration + self.service.recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One patient's treatment plan; at most one of a kind is open."""

    id: UUID
    kind: CourseKind
    closed_at: datetime | None = None
    later_until: datetime | None = None
    """The patient asked to be asked again about the next visit, then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a message was planned for; a different stamp means that something else is true now."""

    anchor_at: datetime
    starts_at: datetime | None
    """The start of the visit that its text states; None for a course."""
    zone: str
    stops: tuple[tuple[str, datetime], ...] = ()
    """Each stop of the fast and its instant."""
    address_id: UUID | None = None
    place_id: UUID | None = None
    """The location that its text states; a visit at another place is told of like a moved one."""
    cause: str | None = None
    """The reason code of a suppression, else None."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A message's place in the plan: its key without occurrence and step."""

    subject_kind: SubjectKind
    subject_id: UUID
    rule: str
    recipient_kind: RecipientKind
    recipient_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message row that exists already, as far as moving it goes."""

    id: UUID
    slot: Slot
    occurrence: int
    step: int
    state: State
    channel: Channel
    address_id: UUID | None
    due_at: datetime
    useful_until: datetime
    lane: Lane
    limited: bool
    protocol_version_id: UUID | None = None
    template: str = ""
    carrier_id: UUID | None = None
    reason: str | None = None
    launched_at: datetime | None = None
    """Clinic time of the hand-over."""
    retries: int = 0
    """How many further tries on the same channel its failure leaves."""
    retry_at: datetime | None = None
    """The earliest instant of the next of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(MessageRow):
    """The same as planning sees it: with what it was planned for."""

    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicPolicy:
    """What a clinic lays down for everybody."""

    language: str
    quiet_from: time = time(20)
    quiet_until: time = time(9)
    texts_per_day: int = 1
    texts_per_week: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFacts:
    """All that planning needs for one patient, loaded under that patient's lock; or for who drives them home."""

    person: Person
    """Who is written to."""
    policy: ClinicPolicy
    visits: Sequence[Visit] = ()
    courses: Sequence[Course] = ()
    standing: Sequence[Standing] = ()
    """Rows of these visits and courses, and every row of this recipient that is unsent or was
    handed over in the last 8 days (limits count them)."""
    drivers: Sequence[Person] = ()
    """Everybody who ever was to drive the patient home."""
    audience: Audience = Audience.PATIENT
    crying: frozenset[UUID] = frozenset()
    """Of the patient and drivers, those whose cry for help is open: all but getting ready and moved or cancelled
    visits waits for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A message that the plan wants."""

    slot: Slot
    channel: Channel
    address_id: UUID | None
    due_at: datetime
    useful_until: datetime
    stamp: Stamp
    lane: Lane
    category: Category
    template: str
    limited: bool
    asks: bool
    rescue: bool
    protocol_version_id: UUID
    suppressed: str | None = None
    """A reason code: planned, but it may not go."""
    expired: str | None = None
    """A reason code: it was already too late when it was first planned."""
    carrier: Slot | None = None
    """The message it rides in."""
