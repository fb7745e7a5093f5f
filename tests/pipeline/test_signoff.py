"""Sign-off: a clinician puts a name under what is in force, one thing or all of it."""

import pytest
from sqlalchemy import select

from reminders.domain.errors import RefusedError
from reminders.pipeline.signoff import sign_off, unsigned
from reminders.store.engine import Transaction
from reminders.store.tables.clinic import Signature
from reminders.store.tables.machinery import Audit
from tests.clinics import parts_for
from tests.working_clinic import WorkingClinic

KEY = "protocol:iv-ketamine"


def test_one_thing_is_signed_and_recorded(clinic: WorkingClinic) -> None:
    signed = sign_off(clinic.parts, KEY, by="Dr. Reyes")

    row = clinic.scalar(select(Signature))
    assert (signed, row.key, row.signed_by, row.signed_at) == ([KEY], KEY, "Dr. Reyes", clinic.now_at)
    entry = clinic.scalar(select(Audit).where(Audit.what == "sign"))
    assert (entry.who, entry.subject_id) == ("Dr. Reyes", KEY)


def test_signing_all_leaves_nothing_unsigned(clinic: WorkingClinic) -> None:
    before = unsigned(clinic.parts)

    signed = sign_off(clinic.parts, "all", by="Dr. Reyes")

    assert signed == before
    assert unsigned(clinic.parts) == []


def test_what_was_signed_is_not_signed_again(clinic: WorkingClinic) -> None:
    sign_off(clinic.parts, KEY, by="Dr. Reyes")

    assert sign_off(clinic.parts, KEY, by="Dr. Ortiz") == []


def test_an_unknown_key_is_refused_and_the_known_ones_are_named(clinic: WorkingClinic) -> None:
    with pytest.raises(RefusedError, match=KEY) as refused:
        sign_off(clinic.parts, "protocol:valentine", by="Dr. Reyes")

    assert refused.value.code == "no_key"


def test_nobody_cannot_sign(clinic: WorkingClinic) -> None:
    with pytest.raises(RefusedError) as refused:
        sign_off(clinic.parts, KEY, by="  ")

    assert refused.value.code == "no_name"


def test_without_a_clinic_there_is_nothing_to_sign(transaction: Transaction) -> None:
    parts = parts_for(transaction)

    with pytest.raises(RefusedError, match="reminders seed"):
        sign_off(parts, KEY, by="Dr. Reyes")

    assert unsigned(parts) == []
