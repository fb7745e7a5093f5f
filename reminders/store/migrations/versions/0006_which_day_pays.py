"""Which day pays: of each attempt the sender's day on which its segments are booked, so that it gives them back once."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '15min'")
    op.add_column("attempts", sa.Column("booked_on", sa.Date(), nullable=True))
