"""Due in order: the index of what is due gives a claim its rows in the very order in which they go."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '15min'")
    op.drop_index("ix_messages_due", table_name="messages")
    op.create_index(
        "ix_messages_due",
        "messages",
        ["sender_id", "lane", "due_at", "id"],
        postgresql_where=sa.text("state = 'scheduled'"),
    )
