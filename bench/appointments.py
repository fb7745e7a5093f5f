"""A file of appointments as a clinic's system would export it, of any length."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

VISITS = 4
"""Of each patient."""
COLUMNS = (
    "appointment_id",
    "status",
    "service",
    "location",
    "starts_at",
    "duration_minutes",
    "patient_id",
    "first_name",
    "last_name",
    "birth_date",
    "phone",
    "email",
    "sms_consent",
    "email_consent",
    "nudge_consent",
    "driver_name",
    "driver_phone",
    "course",
    "visit_number",
)
_SERVICES = (("iv-ketamine", "iv-ketamine-course"), ("spravato", "spravato-course"), ("consultation", ""))


def write(path: Path, appointments: int, now: datetime) -> None:
    """Write *appointments* visits of the ten weeks after *now*, a third of each of three services."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number in range(appointments):
            rows.writerow(_row(number, now))


def _row(number: int, now: datetime) -> list[object]:
    patient, visit = divmod(number, VISITS)
    service, course = _SERVICES[patient % len(_SERVICES)]
    first = now.astimezone(UTC).replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=2 + patient % 21)
    starts_at = first + timedelta(days=14 * visit, minutes=10 * (patient % 30))
    return [
        f"V-{number}",
        "scheduled",
        service,
        ("midtown", "lakeside")[patient % 2],
        starts_at.isoformat(),
        50,
        f"P-{patient}",
        "Ana",
        "Lee",
        "1980-03-05",
        f"+1212{2_000_000 + patient}",
        f"ana{patient}@example.com",
        "yes",
        "yes",
        "yes",
        "Ben Lee" if patient % 2 else "",
        f"+1312{2_000_000 + patient}" if patient % 2 else "",
        course,
        visit + 1 if course else "",
    ]
