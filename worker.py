"""The worker's door: `celery -A worker worker --queues=send.safety`."""

from reminders.domain.errors import RefusedError
from reminders.tasks import connect

try:
    app = connect()
except RefusedError as refusal:
    raise SystemExit(str(refusal)) from None
