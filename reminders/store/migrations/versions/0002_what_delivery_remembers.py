"""What delivery remembers: when to ask the provider again, tries that are left, shut senders, outages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '15min'")
    op.create_table(
        "outages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("summed_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_outages_time_runs_forward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
    )
    op.create_index(
        "ix_outages_open", "outages", ["ended_at"], unique=False, postgresql_where=sa.text("summed_up_at is null")
    )
    op.add_column("leases", sa.Column("clinic_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("messages", sa.Column("check_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("messages", sa.Column("checks", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("messages", sa.Column("resends", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("messages", sa.Column("retries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("messages", sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index(op.f("ix_messages_sent"), table_name="messages", postgresql_where="((state)::text = 'sent'::text)")
    op.drop_index(
        op.f("ix_messages_unknown"), table_name="messages", postgresql_where="((state)::text = 'unknown'::text)"
    )
    in_flight = "(state)::text = ANY ((ARRAY['queued'::character varying, 'sending'::character varying])::text[])"
    op.drop_index("ix_messages_batch", table_name="messages", postgresql_where=in_flight)
    op.drop_index("ix_messages_lease", table_name="messages", postgresql_where=in_flight)
    op.create_index(
        "ix_messages_check", "messages", ["check_at"], unique=False, postgresql_where=sa.text("check_at is not null")
    )
    op.add_column("paces", sa.Column("used_up_on", sa.Date(), nullable=True))
    op.add_column("paces", sa.Column("shut_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("paces", sa.Column("shut_because", sa.String(), nullable=True))
    op.add_column("paces", sa.Column("trips", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("paces", sa.Column("faults", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("paces", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_receipts_orphaned",
        "receipts",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("settled_at is null and is_orphan"),
    )
    op.create_index(
        "ix_messages_parked", "messages", ["lane"], unique=False, postgresql_where=sa.text("state = 'parked'")
    )
    op.add_column(
        "work_items",
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.drop_index("ix_receipts_unsettled", table_name="receipts")
    op.create_index(
        "ix_receipts_unsettled", "receipts", ["id"], postgresql_where=sa.text("settled_at is null and not is_orphan")
    )
    op.execute("update messages set check_at = clock_timestamp() where state = 'unknown'")
