"""Seeding: what is missing is added, what stands is never overwritten, what differs is told."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from reminders.domain.errors import InvalidConfigError
from reminders.pipeline.seeding import seed
from reminders.store.starters import Finding, Seeded
from reminders.store.tables.clinic import Clinic, ProtocolVersion, Service, StaffContact, TemplateVersion
from reminders.store.tables.machinery import Audit
from reminders.store.tables.visits import PlanningDebt
from tests.clinics import SANDBOX, VAULT
from tests.working_clinic import CONFIG, WorkingClinic


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of config/ to change."""
    copy = tmp_path / "config"
    shutil.copytree(CONFIG, copy)
    return copy


def seeded(clinic: WorkingClinic, folder: Path = CONFIG) -> list[Finding]:
    return seed(clinic.parts, folder, list(SANDBOX))


def differing(found: list[Finding]) -> list[tuple[str, str]]:
    return [(one.what, one.key) for one in found if one.seeded is Seeded.DIFFERS]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_seeding_again_finds_everything_the_same_and_adds_nothing(clinic: WorkingClinic) -> None:
    count = select(func.count()).select_from(TemplateVersion)
    before = clinic.scalar(count)

    found = seeded(clinic)

    assert Counter(one.seeded for one in found) == {Seeded.SAME: len(found)}
    assert {one.what for one in found} == {
        "clinic",
        "location",
        "service",
        "course",
        "staff",
        "protocol",
        "template",
    }
    assert clinic.scalar(count) == before


def test_what_differs_is_told_and_left_as_it_stands(clinic: WorkingClinic, folder: Path) -> None:
    change(folder / "clinic.yaml", "display_name: Cedar Clinic ", "display_name: Birch Clinic ")
    change(folder / "clinic.yaml", "before: 8 h", "before: 6 h")
    change(folder / "clinic.yaml", "212-555-0144", "212-555-0199")
    change(folder / "clinic.yaml", "saturday: 08:00-14:00", "saturday: 08:00-13:00")
    change(folder / "protocols" / "iv-ketamine.yaml", "day before at 17:00", "day before at 16:00")
    change(folder / "templates" / "en" / "noshow.sms.liquid", "{{ clinic.name }}:", "{{ clinic.name }}: hello,")

    found = seeded(clinic, folder)

    assert differing(found) == [
        ("clinic", "cedar"),
        ("location", "midtown"),
        ("service", "iv-ketamine"),
        ("staff", "nurse"),
        ("protocol", "iv-ketamine"),
        ("template", "en/noshow.sms"),
    ]
    assert clinic.scalar(select(Clinic.display_name)) == "Cedar Clinic"
    assert differing(seeded(clinic)) == []


def test_what_is_missing_is_added(clinic: WorkingClinic, folder: Path) -> None:
    yoga = "  - slug: yoga\n    title: {en: Yoga}\n\n"
    change(folder / "clinic.yaml", "  - slug: follow-up\n", f"{yoga}  - slug: follow-up\n")
    change(folder / "protocols" / "consultation.yaml", "services: [consultation]", "services: [consultation, yoga]")

    found = seeded(clinic, folder)

    assert [(one.what, one.key) for one in found if one.seeded is Seeded.ADDED] == [("service", "yoga")]
    assert clinic.scalar(select(Service.body).where(Service.slug == "yoga"))["title"] == {"en": "Yoga"}


def test_a_protocol_that_is_added_owes_every_patient_a_plan(clinic: WorkingClinic, folder: Path) -> None:
    ana = clinic.patient()
    change(folder / "protocols" / "consultation.yaml", "protocol: consultation", "protocol: second-look")

    seeded(clinic, folder)

    assert clinic.scalar(select(PlanningDebt.id)) == ana


def test_seeding_what_is_there_owes_nobody_a_plan(clinic: WorkingClinic) -> None:
    clinic.patient()

    seeded(clinic)

    assert clinic.scalar(select(PlanningDebt.id)) is None


def test_the_paces_of_senders_follow_the_file_at_each_seeding(clinic: WorkingClinic, folder: Path) -> None:
    paces = "senders: {sms: {per_second: 3.75, segments_per_day: 2000}}\n"
    change(folder / "clinic.yaml", "\nstaff:", f"\n{paces}\nstaff:")
    seeded(clinic, folder)
    laid_down = clinic.sender()
    change(folder / "clinic.yaml", "3.75, segments_per_day: 2000", "12")

    found = seeded(clinic, folder)

    assert (str(laid_down.per_second), laid_down.segments_per_day) == ("3.75", 2000)
    assert (str(clinic.sender().per_second), clinic.sender().segments_per_day) == ("12.00", None)
    assert differing(found) == []


def test_names_and_numbers_of_staff_are_sealed(clinic: WorkingClinic) -> None:
    row = clinic.scalar(select(StaffContact).where(StaffContact.slug == "nurse"))

    assert b"Nurse" not in row.name
    assert VAULT.open(StaffContact.name, row.id, row.name) == "Nurse on duty"


def test_seeding_is_recorded(clinic: WorkingClinic) -> None:
    entry = clinic.scalar(select(Audit).where(Audit.what == "seed"))

    assert (entry.who, entry.detail["added"] > 50) == ("seed", True)


def test_a_folder_that_cannot_be_read_seeds_nothing(clinic: WorkingClinic, folder: Path) -> None:
    (folder / "protocols" / "spravato.yaml").write_text("protocol: [", encoding="utf-8")
    before = clinic.scalar(select(func.count()).select_from(ProtocolVersion))

    with pytest.raises(InvalidConfigError, match=r"spravato\.yaml"):
        seeded(clinic, folder)

    assert clinic.scalar(select(func.count()).select_from(ProtocolVersion)) == before
