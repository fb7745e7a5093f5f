"""The closed lists of words that rules, rows and pages share."""

from enum import IntEnum, StrEnum


class Channel(StrEnum):
    """How a message travels."""

    SMS = "sms"
    EMAIL = "email"
    CALL = "call"
    PAGER = "pager"


WRITTEN = (Channel.SMS, Channel.EMAIL)
"""What protocols may use: only staff are called and paged."""


class Lane(IntEnum):
    """The priority of sending; a smaller number goes first."""

    SAFETY = 0
    PREP = 1
    ROUTINE = 2
    NUDGE = 3

    @property
    def word(self) -> str:
        """The lane as protocols, queues and pages write it."""
        return self.name.lower()


class Category(StrEnum):
    """The kind of message; a patient may turn each off apart."""

    PREP = "prep"
    SAFETY = "safety"
    CHECK_IN = "check-in"
    NUDGE = "nudge"
    ADMIN = "admin"


class Audience(StrEnum):
    """Whom a rule speaks to."""

    PATIENT = "patient"
    DRIVER = "driver"
    STAFF = "staff"


class VisitStatus(StrEnum):
    """The status of an appointment, in the words of FHIR R4 `Appointment.status`."""

    PROPOSED = "proposed"
    PENDING = "pending"
    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NOSHOW = "noshow"

    @property
    def is_ahead(self) -> bool:
        """Whether the visit is still expected to take place."""
        return self in {VisitStatus.PROPOSED, VisitStatus.PENDING, VisitStatus.BOOKED}


class SubjectKind(StrEnum):
    """What a message is about."""

    APPOINTMENT = "appointment"
    COURSE = "course"
    REPLY = "reply"
    WORK_ITEM = "work_item"
    PERSON = "person"


class RecipientKind(StrEnum):
    """Who receives a message."""

    PERSON = "person"
    STAFF = "staff"


class PersonStatus(StrEnum):
    """Whether anything may still be said to a person."""

    ACTIVE = "active"
    DISCHARGED = "discharged"
    DECEASED = "deceased"


class Context(StrEnum):
    """The prompt that a reply answers."""

    CONFIRM = "confirm"
    PREP = "prep"
    DRIVER_ASK = "driver_ask"
    DRIVER_PERSON = "driver_person"
    CHECKIN = "checkin"
    MOOD = "mood"
    NUDGE = "nudge"
    MOVED = "moved"
    WAITLIST = "waitlist"
    NONE = "none"


class WorkKind(StrEnum):
    """What a person must do."""

    PHONE_PATIENT = "phone_patient"
    LATE_BOOKING = "late_booking"
    NO_SHOW = "no_show"
    CLOSED_DATE = "closed_date"
    UNKNOWN_OUTCOME = "unknown_outcome"
    PARKED = "parked"
    OPTED_OUT = "opted_out"
    NOT_UNDERSTOOD = "not_understood"
    CHANGE = "change"
    NO_DRIVER = "no_driver"
    CLINICAL = "clinical"
    WRONG_NUMBER = "wrong_number"
    SENDER_HELD = "sender_held"
    DOWNTIME = "downtime"
    ORPHAN = "orphan"
    SAFETY = "safety"
