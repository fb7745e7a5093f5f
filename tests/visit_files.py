"""A good row of visits, files made from it, and what the reader says of them."""

import csv
import io

from reminders.domain.errors import Problem
from reminders.domain.row import ClinicReference, Reference, VisitRow
from reminders.sources.csv_file import read_visits

CEDAR = ClinicReference(
    region="US",
    countries={"US"},
    language="en",
    locations={"midtown": "America/New_York", "lakeside": "America/Chicago"},
    services={"iv-ketamine", "spravato", "consultation"},
    courses={"iv-ketamine-course"},
)
ONE_CLINIC = Reference({"cedar": CEDAR})
TWO_CLINICS = Reference({"cedar": CEDAR, "birch": CEDAR})

CELLS = {
    "appointment_id": "A1",
    "status": "scheduled",
    "service": "consultation",
    "location": "midtown",
    "starts_at": "2026-10-28T10:30",
    "duration_minutes": "45",
    "patient_id": "P1",
    "first_name": "Ana",
    "last_name": "Lee",
    "phone": "(312) 555-0142",
    "email": "ana@Example.com",
    "sms_consent": "yes",
    "email_consent": "no",
}
HEADER = ",".join(CELLS)
ROW = ",".join(CELLS.values())


def file_of(*rows: dict[str, str]) -> str:
    """Return a file with a row for each of *rows*, which say how it differs from the good one."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys([*CELLS, *(name for row in rows for name in row)])))
    writer.writeheader()
    writer.writerows(CELLS | row for row in rows)
    return text.getvalue()


def read(data: bytes | str, reference: Reference = ONE_CLINIC) -> list[VisitRow | Problem]:
    """Return all that the reader yields for *data*."""
    raw = data.encode() if isinstance(data, str) else data
    return list(read_visits(io.BytesIO(raw), name="visits.csv", reference=reference))


def problem_in(data: bytes | str) -> str:
    """Return the only thing that the reader yields for *data*, which must be a problem."""
    (item,) = read(data)
    assert isinstance(item, Problem), "no problem was found"
    return str(item)
