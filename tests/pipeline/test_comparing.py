"""Comparing: what only the provider knows of is an alert, once a day and about each thing once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select
from structlog.testing import capture_logs

from reminders.channels.base import NoAnswer, Seen
from reminders.domain.reasons import Reason, explain
from reminders.pipeline import daily
from reminders.pipeline.comparing import OVERLAP, SETTLED, SPAN, compare
from reminders.store import ledger
from reminders.store.base import new_id
from reminders.store.tables.messages import Attempt, Message, WorkItem
from reminders.store.tables.people import Address
from tests.scripted_inquirer import ScriptedInquirer
from tests.working_clinic import DUE, PHONE, WorkingClinic

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def provider(clinic: WorkingClinic) -> ScriptedInquirer:
    """The provider's list; the clinic's sandbox can be asked about it."""
    provider = ScriptedInquirer()
    clinic.parts = replace(clinic.parts, inquirers={"sandbox": provider})
    return provider


def entry(clinic: WorkingClinic, provider_id: str, *, ago: timedelta = HOUR) -> Seen:
    now: datetime = clinic.scalar(select(func.clock_timestamp()))
    return Seen(
        provider_id=provider_id,
        to=PHONE,
        text="text",
        status="delivered",
        code=None,
        created_at=now.astimezone(UTC) - ago,
    )


def alerts(clinic: WorkingClinic) -> list[tuple[str, object]]:
    """Return the open alerts: why, and which of the provider's messages they name."""
    with clinic.parts.transaction() as session:
        rows = session.scalars(select(WorkItem).order_by(WorkItem.id)).all()
        return [(explain(row.reason or ""), row.detail.get("provider_ids")) for row in rows]


def test_what_both_know_of_is_no_alert(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    provider.messages.append(entry(clinic, clinic.attempts(message_id)[0].provider_id or ""))

    assert compare(clinic.parts, clinic.id, clinic.now_at) == 0
    assert (provider.asked, alerts(clinic)) == (["everything"], [])


def test_what_only_the_provider_knows_of_is_one_alert_a_day(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    provider.messages += [entry(clinic, "SM2"), entry(clinic, "SM1")]

    found = [compare(clinic.parts, clinic.id, clinic.now_at), compare(clinic.parts, clinic.id, clinic.now_at)]

    assert found == [2, 2]
    assert alerts(clinic) == [(explain(Reason.ORPHAN), ["SM1", "SM2"])]
    assert clinic.scalar(select(WorkItem.escalate_at)) == clinic.now_at


@pytest.mark.parametrize("ago", [SETTLED - timedelta(minutes=1), SPAN + timedelta(minutes=1)])
def test_what_is_just_under_way_or_was_compared_before_is_left_out(
    clinic: WorkingClinic, provider: ScriptedInquirer, ago: timedelta
) -> None:
    provider.messages.append(entry(clinic, "SM1", ago=ago))

    assert compare(clinic.parts, clinic.id, clinic.now_at) == 0


def test_the_days_that_were_missed_are_compared_too(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    daily.anything_to_do(clinic.parts)
    clinic.clock_to(clinic.now_at + timedelta(days=2))
    provider.messages += [entry(clinic, "SM1", ago=40 * HOUR), entry(clinic, "SM2", ago=3 * DAY)]

    done = daily.do_due(clinic.parts)

    assert (done, alerts(clinic)) == (1, [(explain(Reason.ORPHAN), ["SM1"])])


def test_missed_days_that_are_too_long_for_the_provider_s_list_keep_nobody_from_comparing_the_last_one(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    daily.anything_to_do(clinic.parts)
    clinic.clock_to(clinic.now_at + timedelta(days=9))
    provider.messages += [entry(clinic, "SM1"), entry(clinic, "SM2", ago=40 * HOUR)]
    provider.longest = 2 * DAY

    with capture_logs() as logs:
        done = daily.do_due(clinic.parts)

    assert (done, alerts(clinic)) == (1, [(explain(Reason.ORPHAN), ["SM1"])])
    (left_out,) = [log["seconds"] for log in logs if log["event"] == "provider.days_not_compared"]
    assert timedelta(seconds=left_out) == 9 * DAY + OVERLAP - SPAN


def test_a_list_of_more_texts_than_a_statement_has_parameters_is_compared(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    one = entry(clinic, "SM")
    provider.messages += [replace(one, provider_id=f"SM{number}") for number in range(70_000)]

    assert compare(clinic.parts, clinic.id, clinic.now_at) == 70_000


def test_a_list_that_cannot_be_read_is_compared_later(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    provider.silent = NoAnswer("http_503")

    with pytest.raises(ConnectionError, match="http_503"):
        compare(clinic.parts, clinic.id, clinic.now_at)


def test_a_list_that_cannot_be_read_hides_nothing_that_the_others_show(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    clinic.set(Message, Message.id == message_id, resends=1)
    _also_taken(clinic, message_id)
    provider.silent = NoAnswer("http_503")

    with pytest.raises(ConnectionError):
        compare(clinic.parts, clinic.id, clinic.now_at)

    assert [because for because, _ in alerts(clinic)] == [explain(Reason.DOUBLE)]


def test_a_provider_that_cannot_be_asked_is_left_out(clinic: WorkingClinic) -> None:
    assert compare(clinic.parts, clinic.id, clinic.now_at) == 0


def test_a_message_that_went_twice_after_all_is_an_alert(clinic: WorkingClinic, provider: ScriptedInquirer) -> None:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    clinic.set(Message, Message.id == message_id, resends=1)
    first = _also_taken(clinic, message_id)
    provider.messages += [entry(clinic, first), entry(clinic, clinic.attempts(message_id)[0].provider_id or "")]

    assert compare(clinic.parts, clinic.id, clinic.now_at) == 1
    ((because, provider_ids),) = alerts(clinic)
    assert because == explain(Reason.DOUBLE)
    assert isinstance(provider_ids, list)
    assert len(provider_ids) == 2


def _also_taken(clinic: WorkingClinic, message_id: UUID) -> str:
    """Let another try of the message have been accepted too."""
    columns = {column.name for column in Attempt.__table__.columns}
    newest = clinic.attempts(message_id)[-1]
    copy = {name: getattr(newest, name) for name in columns} | {"id": new_id(), "number": 2, "provider_id": "SMlate"}
    with clinic.parts.transaction() as session:
        session.execute(insert(Attempt).values(copy))
    return "SMlate"


def test_an_opt_out_that_only_the_provider_knows_of_is_entered(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    message_id = clinic.reminder()
    clinic.send_at(DUE)
    sent = entry(clinic, clinic.attempts(message_id)[0].provider_id or "")
    provider.messages.append(replace(sent, status="failed", code="21610"))

    found = compare(clinic.parts, clinic.id, clinic.now_at)

    assert found == 0
    assert clinic.scalar(select(Address.opted_out_at).where(Address.channel == "sms")) == clinic.now_at
    assert [row.kind for row in clinic.work()] == ["opted_out"]


def test_who_has_said_start_since_is_not_silenced_by_an_old_refusal(
    clinic: WorkingClinic, provider: ScriptedInquirer
) -> None:
    clinic.reminder()
    refused = replace(entry(clinic, "SM1"), status="failed", code="21610")
    clinic.clock_to(refused.created_at + HOUR)
    with clinic.parts.transaction() as session:
        address_id = session.scalars(select(Address.id).where(Address.channel == "sms")).one()
        ledger.opt_in(session, address_id, source="person", how="text", now=clinic.now_at)
    provider.messages.append(refused)

    compare(clinic.parts, clinic.id, clinic.now_at)

    assert clinic.scalar(select(Address.opted_out_at).where(Address.channel == "sms")) is None
