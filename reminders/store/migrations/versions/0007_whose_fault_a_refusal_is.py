"""Whose fault a refusal is: doubtful answers that a sender has had in a row, and since when it is set up as it is."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '15min'")
    op.add_column("paces", sa.Column("doubts", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("senders", sa.Column("set_up_at", sa.DateTime(timezone=True), nullable=True))
