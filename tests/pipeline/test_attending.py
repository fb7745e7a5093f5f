"""Work items that people take, write about and close."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from reminders.domain.errors import RefusedError
from reminders.pipeline import attending
from reminders.pipeline.attending import PATIENCE
from reminders.pipeline.working import finish, item
from reminders.store.base import new_id
from reminders.store.tables.machinery import Audit
from reminders.store.tables.messages import Attempt, Reply, WorkItem, WorkNote
from reminders.store.tables.visits import PlanningDebt
from tests.help_wanted import cry, escalate_at, later, notice, tick
from tests.working_clinic import PHONE, WorkingClinic


def reply(clinic: WorkingClinic, text: str, *, phone: str = PHONE, minutes: int = 0) -> UUID:
    """Write down a text from a phone, as the hearing of replies does; return it."""
    reply_id, address_id = new_id(), clinic.address("sms", phone)
    with clinic.parts.transaction() as session:
        session.execute(
            insert(Reply).values(
                id=reply_id,
                clinic_id=clinic.id,
                provider_id=f"SM{reply_id.hex}",
                address_id=address_id,
                body=clinic.parts.vault.seal(Reply.body, reply_id, text),
                received_at=clinic.now_at + timedelta(minutes=minutes),
            )
        )
    return reply_id


def audited(clinic: WorkingClinic) -> list[tuple[str, str]]:
    with clinic.parts.transaction() as session:
        return [(row.who, row.what) for row in session.scalars(select(Audit).order_by(Audit.id)) if row.who == "Rosa"]


def test_taking_stops_the_alerts(clinic: WorkingClinic) -> None:
    item_id = cry(clinic)
    tick(clinic)

    attending.take(clinic.parts, item_id, by="Rosa")

    assert [later(clinic) for _ in range(2)] == [[], []]
    taken = item(clinic.parts, item_id)
    assert (taken.state, taken.owner) == ("taken", "Rosa")
    assert audited(clinic) == [("Rosa", "work_item.taken")]


def test_whoever_takes_it_again_has_another_half_hour(clinic: WorkingClinic) -> None:
    item_id = cry(clinic)
    tick(clinic)
    attending.take(clinic.parts, item_id, by="Rosa")
    assert later(clinic, timedelta(minutes=29)) == []

    attending.take(clinic.parts, item_id, by="Rosa")

    assert later(clinic, timedelta(minutes=29)) == []
    assert later(clinic, timedelta(minutes=1)) != []


def test_what_somebody_else_has_can_be_taken_over(clinic: WorkingClinic) -> None:
    item_id = cry(clinic)
    attending.take(clinic.parts, item_id, by="Rosa")

    attending.take(clinic.parts, item_id, by="Max")

    assert item(clinic.parts, item_id).owner == "Max"


def test_taking_anything_else_alerts_nobody_later(clinic: WorkingClinic) -> None:
    item_id = cry(clinic, kind="change", escalate_at=None)

    attending.take(clinic.parts, item_id, by="Rosa")

    assert escalate_at(clinic, item_id) is None
    assert later(clinic, PATIENCE) == []


def test_what_is_closed_cannot_be_taken_and_is_told_to_nobody(clinic: WorkingClinic) -> None:
    item_id = cry(clinic)
    finish(clinic.parts, item_id, by="Rosa", outcome="safe, with her sister")

    with pytest.raises(RefusedError) as refused:
        attending.take(clinic.parts, item_id, by="Max")

    assert refused.value.code == "already_done"
    assert escalate_at(clinic, item_id) is None
    assert tick(clinic) == []


def test_taking_while_the_next_level_is_being_told_leaves_it_taken_or_told_and_never_both(
    clinic: WorkingClinic,
) -> None:
    item_ids = [cry(clinic) for _ in range(6)]

    with ThreadPoolExecutor(4) as pool:
        told = pool.submit(tick, clinic)
        list(pool.map(lambda one: attending.take(clinic.parts, one, by="Rosa"), item_ids))
        told.result()

    assert {item(clinic.parts, one).state for one in item_ids} == {"taken"}
    assert tick(clinic) == []


def test_closing_a_cry_for_help_plans_its_patient_again(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    item_id = cry(clinic, patient_id)

    finish(clinic.parts, item_id, by="Rosa", outcome="safe")

    assert clinic.scalar(select(PlanningDebt.id)) == patient_id


def test_notes_stand_in_their_order_and_are_sealed(clinic: WorkingClinic) -> None:
    item_id = cry(clinic)
    attending.note(clinic.parts, item_id, by="Rosa", text=" called, no answer ")
    clinic.clock_to(clinic.now_at + timedelta(minutes=5))

    attending.note(clinic.parts, item_id, by="Max", text="reached her sister")

    story = attending.story(clinic.parts, item_id)
    assert [(one.by, one.text) for one in story.notes] == [("Rosa", "called, no answer"), ("Max", "reached her sister")]
    assert b"called" not in clinic.scalar(select(WorkNote.body).order_by(WorkNote.at))
    assert audited(clinic) == [("Rosa", "work_item.noted")]


@pytest.mark.parametrize(("by", "text", "code"), [("Rosa", "  ", "empty_note"), (" ", "called", "no_name")])
def test_a_note_without_words_or_without_a_name_is_refused(
    clinic: WorkingClinic, by: str, text: str, code: str
) -> None:
    item_id = cry(clinic)

    with pytest.raises(RefusedError) as refused:
        attending.note(clinic.parts, item_id, by=by, text=text)

    assert refused.value.code == code
    assert attending.story(clinic.parts, item_id).notes == []


def test_the_thread_shows_both_sides_in_order_and_nobody_elses(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    reply_id = reply(clinic, "I cannot do this anymore")
    reply(clinic, "not hers", phone="+13125550177")
    item_id = cry(clinic, patient_id, reply_id=reply_id, escalate_at=None)
    clinic.clock_to(clinic.now_at + timedelta(minutes=1))
    notice(clinic, patient_id, item_id)
    clinic.send_due()
    reply(clinic, "ok", minutes=1)

    thread = attending.story(clinic.parts, item_id).thread

    assert [one.is_theirs for one in thread] == [True, False, True]
    assert [thread[0].text, thread[2].text] == ["I cannot do this anymore", "ok"]
    assert thread[1].text.startswith("Cedar Clinic: we may not read this soon.")


def test_what_was_rendered_and_never_launched_is_no_part_of_a_thread(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    item_id = cry(clinic, patient_id, escalate_at=None)
    notice(clinic, patient_id, item_id)
    clinic.send_due()
    clinic.set(Attempt, launched_at=None)

    assert attending.story(clinic.parts, item_id).thread == []


def test_an_item_without_a_person_has_no_thread(clinic: WorkingClinic) -> None:
    assert attending.story(clinic.parts, cry(clinic)).thread == []


def test_what_cannot_be_decrypted_does_not_hide_the_rest(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    reply(clinic, "first")
    broken_id = reply(clinic, "second", minutes=1)
    clinic.set(Reply, Reply.id == broken_id, body=b"\x01x")

    thread = attending.story(clinic.parts, cry(clinic, patient_id)).thread

    assert [one.text for one in thread] == ["first", "(cannot be decrypted)"]


def test_an_item_is_found_by_a_unique_beginning_or_end_of_its_id(clinic: WorkingClinic) -> None:
    first, second = cry(clinic), cry(clinic)

    assert attending.named(clinic.parts, str(first)) == first
    assert attending.named(clinic.parts, str(second)[-8:].upper()) == second
    with pytest.raises(RefusedError) as several:
        attending.named(clinic.parts, str(first)[:6])
    assert several.value.code == "several_items"


@pytest.mark.parametrize("name", ["", "abc", "%%%%", "zzzz", "____", "ffffffff"])
def test_a_name_that_is_no_item_is_refused_with_the_cure(clinic: WorkingClinic, name: str) -> None:
    cry(clinic, id=UUID("01a21f7a-6dfb-76d3-a7b3-ffd7a34b0d5e"))

    with pytest.raises(RefusedError, match="reminders work list"):
        attending.named(clinic.parts, name)


def test_a_taken_item_keeps_its_place_in_the_list(clinic: WorkingClinic) -> None:
    item_id = cry(clinic)
    attending.take(clinic.parts, item_id, by="Rosa")

    assert clinic.scalar(select(WorkItem.taken_at)) == clinic.now_at
    assert [one.id for one in clinic.work() if one.state != "done"] == [item_id]
