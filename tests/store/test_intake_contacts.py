"""What rows say of consent, and what no row can undo."""

from threading import Thread

import pytest
from sqlalchemy import Engine, func, insert, select, text

from reminders.domain.taken import Change
from reminders.domain.words import WRITTEN, Channel
from reminders.store import ledger
from reminders.store.base import new_id
from reminders.store.engine import Transaction
from reminders.store.intake_addresses import Addresses
from reminders.store.locks import LinksGrewError
from reminders.store.tables.people import Address, Consent
from tests.clinics import VAULT
from tests.intakes import NOW, Desk

NEW, MOVED, CANCELLED, CHANGED, UNCHANGED, OLDER = Change

YES, NO = {"sms_consent": "yes"}, {"sms_consent": "no"}
FIRST = [("email", "visits", False), ("sms", "visits", True)]


@pytest.fixture
def desk(transaction: Transaction) -> Desk:
    return Desk(transaction)


def say_stop(desk: Desk) -> None:
    address_id = desk.point(desk.patient()).address_id
    assert address_id is not None
    with desk.transaction() as session:
        ledger.opt_out(session, address_id, source="person", how="STOP", now=NOW)


def test_what_the_source_says_first_is_entered(desk: Desk) -> None:
    desk.tell({"consent_at": "2026-09-01", "consent_how": "on paper"})

    assert sorted(desk.entries()) == FIRST
    entry = desk.one(select(Consent).where(Consent.granted))
    assert (entry.how, entry.source, entry.person_id) == ("on paper", "import", desk.patient().id)
    assert entry.address_id == desk.point(desk.patient()).address_id
    assert entry.said_at is not None


def test_only_a_change_is_an_entry(desk: Desk) -> None:
    desk.tell({})

    desk.tell({"last_name": "Ray", "phone": "312 555 0199", "consent_how": "by phone"})
    desk.tell({"appointment_id": "A2"})

    assert sorted(desk.entries()) == FIRST


def test_yes_no_yes_is_three_entries_and_a_yes(desk: Desk) -> None:
    desk.tell(YES)
    desk.paid()

    assert desk.tell(NO) == [CHANGED]
    assert not desk.point(desk.patient()).consented
    assert desk.paid() == {desk.patient().id}
    assert desk.tell(YES) == [CHANGED]

    assert desk.point(desk.patient()).consented
    assert [granted for channel, _, granted in desk.entries() if channel == "sms"] == [True, False, True]


def test_each_channel_has_its_own_consent(desk: Desk) -> None:
    desk.tell({"sms_consent": "no", "email_consent": "yes"})

    assert not desk.point(desk.patient(), "sms").consented
    assert desk.point(desk.patient(), "email").consented


@pytest.mark.parametrize("when", [("", "", ""), ("2026-10-12T09:00Z", "2026-10-12T10:00Z", "2026-10-12T11:00Z")])
def test_a_stop_survives_whatever_the_source_says(desk: Desk, when: tuple[str, str, str]) -> None:
    desk.tell(YES | {"updated_at": when[0]})
    say_stop(desk)

    desk.tell(NO | {"updated_at": when[1]})
    desk.tell(YES | {"updated_at": when[2]})

    point = desk.point(desk.patient())
    assert point.opted_out_at == NOW
    assert desk.address(point.address_id).opted_out_at == NOW


def test_a_stop_follows_its_person_to_another_phone(desk: Desk) -> None:
    desk.tell({})
    say_stop(desk)

    desk.tell({"phone": "312 555 0199"})

    point = desk.point(desk.patient())
    assert point.opted_out_at == NOW
    assert desk.address(point.address_id).opted_out_at is None


def test_whoever_comes_to_a_silenced_phone_finds_it_silenced(desk: Desk) -> None:
    desk.tell({})
    say_stop(desk)

    desk.tell({"appointment_id": "A2", "patient_id": "P2"})

    point = desk.point(desk.patient("P2"))
    assert (point.opted_out_at, desk.address(point.address_id).opted_out_at) == (None, NOW)


@pytest.mark.parametrize(
    ("answers", "consented", "entered"),
    [
        (["", ""], False, []),
        (["no", ""], False, [False]),
        (["", "yes"], True, [True]),
        (["yes", "no"], False, [True, False]),
        (["yes", ""], False, [True, False]),
        (["yes", "", "yes"], True, [True, False, True]),
    ],
)
def test_nudges_need_a_yes_of_their_own(
    desk: Desk, answers: list[str], entered: list[bool], *, consented: bool
) -> None:
    for answer in answers:
        desk.tell({"nudge_consent": answer})

    assert desk.point(desk.patient()).nudge_consented is consented
    assert [granted for _, purpose, granted in desk.entries() if purpose == "nudges"] == [
        granted for granted in entered for _ in WRITTEN
    ]


def test_a_file_without_a_column_for_nudges_says_nothing_of_them(desk: Desk) -> None:
    desk.tell({"nudge_consent": "yes"})

    desk.tell({"last_name": "Ray"})

    assert desk.point(desk.patient()).nudge_consented


def test_an_address_that_somebody_else_brings_meanwhile_is_not_made_twice(desk: Desk, engine: Engine) -> None:
    told: list[list[Change]] = []
    address_id = new_id()
    importing = Thread(target=lambda: told.append(desk.tell({})))

    with desk.transaction() as session:
        row = {"id": address_id, "clinic_id": desk.clinic_id, "channel": "sms", "value": b""}
        session.execute(insert(Address).values(row | {"lookup": VAULT.lookup("sms", "+13125550142")}))
        importing.start()
        wait_until_somebody_waits(engine)
    importing.join()

    assert told == [[NEW]]
    assert desk.point(desk.patient()).address_id == address_id


def wait_until_somebody_waits(engine: Engine) -> None:
    waiting = select(func.count()).select_from(text("pg_locks")).where(text("not granted"))
    with engine.connect() as connection:
        while not connection.scalar(waiting):
            pass


def test_an_address_that_is_known_already_when_it_is_written_starts_over(desk: Desk) -> None:
    with desk.transaction() as session:
        late = Addresses(session, VAULT, desk.clinic_id)
        late.id_of(Channel.SMS, "+13125550142")
        desk.tell({})

        with pytest.raises(LinksGrewError):
            late.write()
