"""What a clinic lays down before its first patient, as `config/clinic.yaml` spells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from reminders.domain.facts import ClinicPolicy, OpenHours
from reminders.domain.protocol import CourseKind, Service
from reminders.domain.safety import SafetyPlan
from reminders.domain.words import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationSetup:
    """One location: its hours carry its zone and its closed dates."""

    slug: str
    name: str
    address: str
    hours: OpenHours


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSetup:
    """One person whom alerts and escalations reach."""

    slug: str
    name: str
    role: str
    phone: str | None = None
    """E.164."""
    email: str | None = None
    pager: str | None = field(default=None, repr=False)
    """The https address of a pager's webhook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceSetup:
    """How fast a channel's sender may go; None: what is safe for its provider."""

    per_second: Decimal | None = None
    segments_per_day: int | None = None
    """None: nobody counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicSetup:
    """A clinic as its file lays it down."""

    slug: str
    name: str
    display_name: str
    """What texts say: it must not tell a bystander what the clinic treats."""
    phone: str
    """As patients read it."""
    region: str
    """The country of numbers that are written without one, such as US."""
    countries: tuple[str, ...]
    """Where texts may go."""
    policy: ClinicPolicy
    locations: tuple[LocationSetup, ...] = ()
    services: tuple[Service, ...] = ()
    course_kinds: tuple[CourseKind, ...] = ()
    staff: tuple[StaffSetup, ...] = ()
    """In the order in which they are called."""
    safety: SafetyPlan | None = None
    """Who is told of a cry for help; without one no real channel starts."""
    answers_stop: bool = False
    """Whether we answer STOP ourselves; else the provider does."""
    senders: Mapping[Channel, PaceSetup] = field(default_factory=dict)
