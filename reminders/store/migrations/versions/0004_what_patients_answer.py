"""What patients answer: contexts, what a text did, drivers nobody named, notes, escalations, who keeps what."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

_INSTANT = sa.DateTime(timezone=True)
_JSON = postgresql.JSONB(astext_type=sa.Text())
_NO = sa.text("false")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '15min'")
    _contexts()
    _replies()
    _work()
    _people()
    _clinics()
    _attempts()


def _contexts() -> None:
    op.create_table(
        "reply_contexts",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", _INSTANT, nullable=True),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("num_nonnulls(appointment_id, course_id) = 1", name=op.f("ck_reply_contexts_one_subject")),
        sa.PrimaryKeyConstraint("id", "clinic_id", name=op.f("pk_reply_contexts")),
    )
    for column, table in (
        ("message_id", "messages"),
        ("address_id", "addresses"),
        ("person_id", "persons"),
        ("patient_id", "persons"),
        ("appointment_id", "appointments"),
        ("course_id", "courses"),
    ):
        _point("reply_contexts", column, table)
    op.create_index(op.f("ix_reply_contexts_address_id_expires_at"), "reply_contexts", ["address_id", "expires_at"])
    op.create_index(op.f("ix_reply_contexts_message_id"), "reply_contexts", ["message_id"])
    op.create_index(
        op.f("ix_reply_contexts_appointment_id"),
        "reply_contexts",
        ["appointment_id"],
        postgresql_where=sa.text("appointment_id is not null"),
    )


def _replies() -> None:
    for column in (
        sa.Column("sender_id", sa.Uuid(), nullable=True),
        sa.Column("stored_at", _INSTANT, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("was_listed", sa.Boolean(), server_default=_NO, nullable=False),
        sa.Column("heard_at", _INSTANT, nullable=True),
        sa.Column("context_id", sa.Uuid(), nullable=True),
        sa.Column("confidence", sa.String(), nullable=True),
        sa.Column("effect", sa.String(), nullable=True),
        sa.Column("options", _JSON, nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
    ):
        op.add_column("replies", column)
    _point("replies", "sender_id", "senders")
    op.create_index("ix_replies_unheard", "replies", ["stored_at"], postgresql_where=sa.text("heard_at is null"))
    op.drop_constraint(op.f("ck_messages_channel_known"), "messages")
    op.create_check_constraint(
        op.f("ck_messages_channel_known"), "messages", "channel in ('sms', 'email', 'call', 'pager')"
    )
    for subject in ("reply_id", "work_item_id"):
        op.create_index(
            op.f(f"ix_messages_{subject}"), "messages", [subject], postgresql_where=sa.text(f"{subject} is not null")
        )


def _work() -> None:
    op.add_column("work_items", sa.Column("reply_id", sa.Uuid(), nullable=True))
    op.add_column("work_items", sa.Column("is_urgent", sa.Boolean(), server_default=_NO, nullable=False))
    op.add_column("work_items", sa.Column("escalate_at", _INSTANT, nullable=True))
    op.add_column("work_items", sa.Column("told_after_hours", sa.Boolean(), nullable=True))
    op.add_column("work_items", sa.Column("is_ops_told", sa.Boolean(), server_default=_NO, nullable=False))
    op.add_column("work_items", sa.Column("taken_at", _INSTANT, nullable=True))
    _point("work_items", "reply_id", "replies")
    op.create_index(
        "ix_work_items_escalating",
        "work_items",
        ["escalate_at"],
        postgresql_where=sa.text("state <> 'done' and escalate_at is not null"),
    )
    op.create_table(
        "work_notes",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", "clinic_id", name=op.f("pk_work_notes")),
    )
    _point("work_notes", "item_id", "work_items")
    op.create_index(op.f("ix_work_notes_item_id"), "work_notes", ["item_id"])


def _people() -> None:
    op.drop_constraint(op.f("ck_persons_kind_known"), "persons")
    op.create_check_constraint(op.f("ck_persons_kind_known"), "persons", "kind in ('patient', 'driver', 'stranger')")
    op.add_column("courses", sa.Column("later_until", _INSTANT, nullable=True))
    op.add_column("addresses", sa.Column("keeps_prep", sa.Boolean(), server_default=_NO, nullable=False))
    op.add_column("contact_points", sa.Column("keeps_prep", sa.Boolean(), server_default=_NO, nullable=False))
    op.drop_constraint(op.f("ck_consents_purpose_known"), "consents")
    op.create_check_constraint(
        op.f("ck_consents_purpose_known"), "consents", "purpose in ('visits', 'nudges', 'prep', 'all')"
    )
    op.add_column("appointments", sa.Column("home_at", _INSTANT, nullable=True))
    op.add_column("appointments", sa.Column("driver_due_for", _INSTANT, nullable=True))
    op.alter_column("drivers", "driver_id", nullable=True)
    op.add_column("drivers", sa.Column("agreed_at", _INSTANT, nullable=True))
    op.create_check_constraint(
        op.f("ck_drivers_somebody_drives"), "drivers", "driver_id is not null or state = 'patient says so'"
    )
    op.create_index(op.f("ix_drivers_driver_id"), "drivers", ["driver_id"])


def _clinics() -> None:
    op.add_column("clinics", sa.Column("answers_stop", sa.Boolean(), server_default=_NO, nullable=False))
    op.add_column("clinics", sa.Column("safety", _JSON, server_default=sa.text("'{}'"), nullable=False))
    op.add_column("staff_contacts", sa.Column("pager", sa.LargeBinary(), nullable=True))
    op.add_column("senders", sa.Column("listed_until", _INSTANT, nullable=True))
    op.add_column("daily_work", sa.Column("done_at", _INSTANT, nullable=True))


def _attempts() -> None:
    op.add_column("attempts", sa.Column("stamp", _JSON, nullable=True))


def _point(table: str, column: str, other: str) -> None:
    columns = [column, "clinic_id"]
    op.create_foreign_key(op.f(f"fk_{table}_{column}_clinic_id"), table, other, columns, ["id", "clinic_id"])
