"""Messages (the outbox), their attempts, the provider's receipts and the patients' replies."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reminders.store.base import Base, Json, OfClinic, Small, to, to_clinic


class Message(OfClinic, Base):
    """One text or email to one person: one row, one life. Only `outbox` changes its state."""

    __tablename__ = "messages"
    __table_args__ = (
        to("persons", "patient_id"),
        to("appointments", "appointment_id"),
        to("courses", "course_id"),
        to("persons", "about_person_id"),
        to("replies", "reply_id"),
        to("work_items", "work_item_id"),
        to("persons", "recipient_person_id"),
        to("staff_contacts", "recipient_staff_id"),
        to("addresses", "address_id"),
        to("senders", "sender_id"),
        to("messages", "carrier_id"),
        to("protocol_versions", "protocol_version_id"),
        UniqueConstraint(
            "clinic_id",
            "subject_kind",
            "subject_id",
            "rule",
            "occurrence",
            "recipient_kind",
            "recipient_id",
            "step",
            name="uq_messages_key",
        ),
        CheckConstraint(
            "num_nonnulls(appointment_id, course_id, about_person_id, reply_id, work_item_id) = 1", name="one_subject"
        ),
        CheckConstraint(
            "subject_id = coalesce(appointment_id, course_id, about_person_id, reply_id, work_item_id)",
            name="subject_is_its_key",
        ),
        CheckConstraint("num_nonnulls(recipient_person_id, recipient_staff_id) = 1", name="one_recipient"),
        CheckConstraint(
            "recipient_id = coalesce(recipient_person_id, recipient_staff_id)", name="recipient_is_its_key"
        ),
        CheckConstraint(
            "state in ('scheduled', 'merged', 'queued', 'sending', 'unknown', 'sent', 'delivered', 'undelivered', "
            "'suppressed', 'expired', 'cancelled', 'parked')",
            name="state_known",
        ),
        CheckConstraint("channel in ('sms', 'email', 'call', 'pager')", name="channel_known"),
        CheckConstraint("occurrence > 0 and step > 0 and crashes >= 0", name="counts_not_negative"),
        CheckConstraint("(state = 'merged') = (carrier_id is not null)", name="merged_has_carrier"),
        CheckConstraint("state <> 'scheduled' or address_id is not null", name="scheduled_has_address"),
        Index("ix_messages_due", "sender_id", "lane", "due_at", "id", postgresql_where=text("state = 'scheduled'")),
        Index(
            "ix_messages_useful",
            "useful_until",
            postgresql_where=text("state in ('scheduled', 'queued')"),
        ),
        Index("ix_messages_crashed", "crashes", postgresql_where=text("state = 'scheduled' and crashes > 0")),
        Index("ix_messages_parked", "lane", postgresql_where=text("state = 'parked'")),
        Index("ix_messages_check", "check_at", postgresql_where=text("check_at is not null")),
        Index(None, "patient_id", "due_at"),
        Index(None, "clinic_id", "due_at"),
        Index(None, "appointment_id"),
        Index(None, "reply_id", postgresql_where=text("reply_id is not null")),
        Index(None, "work_item_id", postgresql_where=text("work_item_id is not null")),
        Index(None, "carrier_id", postgresql_where=text("carrier_id is not null")),
        Index("ix_messages_held", "address_id", postgresql_where=text("state in ('queued', 'sending', 'unknown')")),
    )

    # what it is: the unique key of a logical message
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    rule: Mapped[str]
    occurrence: Mapped[int] = mapped_column(Small, default=1)
    recipient_kind: Mapped[str]
    recipient_id: Mapped[UUID]
    step: Mapped[int] = mapped_column(Small, default=1)

    # the same as foreign keys
    appointment_id: Mapped[UUID | None]
    course_id: Mapped[UUID | None]
    about_person_id: Mapped[UUID | None]
    reply_id: Mapped[UUID | None]
    work_item_id: Mapped[UUID | None]
    recipient_person_id: Mapped[UUID | None]
    recipient_staff_id: Mapped[UUID | None]
    patient_id: Mapped[UUID | None]  # whose plan it belongs to, and whose lock it needs

    # how it goes
    channel: Mapped[str]
    address_id: Mapped[UUID | None]
    sender_id: Mapped[UUID | None]
    lane: Mapped[int] = mapped_column(Small)
    category: Mapped[str]
    template: Mapped[str]
    protocol_version_id: Mapped[UUID | None]
    limited: Mapped[bool]
    asks: Mapped[bool]
    rescue: Mapped[bool]
    expected_segments: Mapped[int] = mapped_column(Small, default=1)
    carrier_id: Mapped[UUID | None]

    # when
    due_at: Mapped[datetime]
    useful_until: Mapped[datetime]
    not_before: Mapped[datetime | None]  # machine time: back-off
    stamp: Mapped[Json]  # what it was planned for

    # where it stands
    state: Mapped[str]
    reason: Mapped[str | None]
    batch_id: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]  # machine time; once handed over: until when a silent provider is asked
    crashes: Mapped[int] = mapped_column(Small, default=0)
    tries: Mapped[int] = mapped_column(Small, default=0)
    check_at: Mapped[datetime | None]  # machine time: when the provider is asked what became of it
    checks: Mapped[int] = mapped_column(Small, default=0, server_default=text("0"))  # how often it was asked
    resends: Mapped[int] = mapped_column(Small, default=0, server_default=text("0"))  # after an unknown proven not gone
    retries: Mapped[int] = mapped_column(Small, default=0, server_default=text("0"))  # further steps its failure leaves
    retry_at: Mapped[datetime | None]  # clinic time: not before this
    launched_at: Mapped[datetime | None]  # machine time of the last wave it was in
    launched_on_clock: Mapped[datetime | None]  # the same in clinic time; limits count it
    planned_at: Mapped[datetime]
    moved_at: Mapped[datetime]  # last change of state or carrier, clinic time


class Attempt(OfClinic, Base):
    """One hand-over of a message to a provider and its outcome."""

    __tablename__ = "attempts"
    __table_args__ = (
        to("messages", "message_id"),
        to("senders", "sender_id"),
        to("template_versions", "template_version_id"),
        UniqueConstraint("message_id", "number"),
        Index(None, "provider_id"),  # not unique: a stand-in may begin to count anew, and that must not stop a batch
    )

    # its id is the token in the callback URL
    message_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Small)
    sender_id: Mapped[UUID]
    template_version_id: Mapped[UUID | None]
    language: Mapped[str]
    is_fallback_language: Mapped[bool] = mapped_column(default=False)
    body: Mapped[bytes]
    subject: Mapped[bytes | None]
    html: Mapped[bytes | None]
    encoding: Mapped[str | None]
    segments: Mapped[int | None] = mapped_column(Small)
    booked_on: Mapped[date | None]  # Pacific: the sender's day that pays for them; None: none does, or they went back
    made_at: Mapped[datetime]  # clinic time
    launched_at: Mapped[datetime | None]  # machine time
    launched_on_clock: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]  # machine time
    outcome: Mapped[str | None]  # accepted, deferred, refused, unknown
    code: Mapped[str | None]
    provider_id: Mapped[str | None]
    stamp: Mapped[Json | None]  # what it told, kept when its message waits again: a plan may change that meanwhile


class Receipt(Base):
    """A provider's report, stored raw before it is answered, then settled; ownerless until matched."""

    __tablename__ = "receipts"
    __table_args__ = (
        Index("ix_receipts_unsettled", "id", postgresql_where=text("settled_at is null and not is_orphan")),
        Index("ix_receipts_orphaned", "received_at", postgresql_where=text("settled_at is null and is_orphan")),
        Index(None, "attempt_id"),
        Index(None, "provider_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID | None]
    attempt_id: Mapped[UUID | None]  # from our token; may belong to a row that a restored backup lost
    provider_id: Mapped[str]
    status: Mapped[str]
    code: Mapped[str | None]
    raw: Mapped[bytes]
    received_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    settled_at: Mapped[datetime | None]
    is_orphan: Mapped[bool] = mapped_column(default=False)  # nothing of ours yet; looked at again for some days
    effect: Mapped[str | None]


class ReplyContext(OfClinic, Base):
    """What an answer from one address can mean: the prompt that it answers, about which visit, until when."""

    __tablename__ = "reply_contexts"
    __table_args__ = (
        to("messages", "message_id"),
        to("addresses", "address_id"),
        to("persons", "person_id"),
        to("persons", "patient_id"),
        to("appointments", "appointment_id"),
        to("courses", "course_id"),
        CheckConstraint("num_nonnulls(appointment_id, course_id) = 1", name="one_subject"),
        Index(None, "address_id", "expires_at"),
        Index(None, "message_id"),
        Index(None, "appointment_id", postgresql_where=text("appointment_id is not null")),
    )

    message_id: Mapped[UUID]  # that was handed over; what rode in it has a row of its own here
    address_id: Mapped[UUID]
    person_id: Mapped[UUID]  # who was asked
    patient_id: Mapped[UUID]  # about whose visit
    kind: Mapped[str]
    appointment_id: Mapped[UUID | None]
    course_id: Mapped[UUID | None]
    starts_at: Mapped[datetime | None]  # of the visit, as the prompt told it
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]  # it can be answered again: people change their minds


class Reply(OfClinic, Base):
    """An SMS from a patient, a driver or a stranger."""

    __tablename__ = "replies"
    __table_args__ = (
        to_clinic(),
        to("addresses", "address_id"),
        to("persons", "person_id"),
        to("senders", "sender_id"),
        UniqueConstraint("provider_id"),
        Index(None, "address_id", "received_at"),
        Index("ix_replies_unheard", "stored_at", postgresql_where=text("heard_at is null")),
    )

    provider_id: Mapped[str]
    address_id: Mapped[UUID]
    sender_id: Mapped[UUID | None]  # to which of our numbers
    person_id: Mapped[UUID | None]  # None: a stranger, or nobody knows which of those who share the phone
    body: Mapped[bytes]
    received_at: Mapped[datetime]  # clinic time
    stored_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))  # machine time
    was_listed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # its webhook never came
    heard_at: Mapped[datetime | None]  # None: nobody has understood it yet
    context_id: Mapped[UUID | None]  # no foreign key: contexts belong to messages, and messages answer replies
    context: Mapped[str | None]
    intent: Mapped[str | None]
    confidence: Mapped[str | None]
    effect: Mapped[str | None]  # what it did, in a word
    options: Mapped[Json | None]  # the contexts between which it was asked back
    answer: Mapped[str | None]  # the key of what answered it by itself


class WorkItem(OfClinic, Base):
    """Something a person must do, with a deadline."""

    __tablename__ = "work_items"
    __table_args__ = (
        to_clinic(),
        to("persons", "person_id"),
        to("appointments", "appointment_id"),
        to("replies", "reply_id"),
        UniqueConstraint("clinic_id", "key"),
        CheckConstraint("state in ('open', 'taken', 'done')", name="state_known"),
        Index("ix_work_items_open", "clinic_id", "due_at", postgresql_where=text("state <> 'done'")),
        Index(
            "ix_work_items_escalating",
            "escalate_at",
            postgresql_where=text("state <> 'done' and escalate_at is not null"),
        ),
        Index(None, "person_id"),
    )

    key: Mapped[str]  # one item for one need, however often it is noticed
    kind: Mapped[str]
    person_id: Mapped[UUID | None]
    appointment_id: Mapped[UUID | None]
    message_id: Mapped[UUID | None]  # no foreign key: messages point here too
    reply_id: Mapped[UUID | None]  # the answer that began it
    reason: Mapped[str | None]
    detail: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))  # counts, codes and ids only
    due_at: Mapped[datetime]
    is_after_hours: Mapped[bool] = mapped_column(default=False)
    is_urgent: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # told of at once
    state: Mapped[str] = mapped_column(default="open")
    owner: Mapped[str | None]
    outcome: Mapped[bytes | None]
    escalation: Mapped[int] = mapped_column(Integer, default=0)  # levels of the chain that were told
    told_after_hours: Mapped[bool | None]  # of which chain the last one was; None: nobody was told yet
    is_ops_told: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # since somebody last had it
    escalate_at: Mapped[datetime | None]  # clinic time at which the next level is told, unless somebody acts
    opened_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class WorkNote(OfClinic, Base):
    """What somebody wrote down about a work item; notes are never changed."""

    __tablename__ = "work_notes"
    __table_args__ = (to("work_items", "item_id"), Index(None, "item_id"))

    item_id: Mapped[UUID]
    at: Mapped[datetime]
    by: Mapped[str]
    body: Mapped[bytes]
