"""Waves: none is too large or too late, and what changed meanwhile holds for the next one."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from reminders import stopwatch
from reminders.domain.states import State
from reminders.pipeline import claiming, sending
from reminders.pipeline.claiming import Ready, claim
from reminders.pipeline.recording import record
from reminders.pipeline.times import WAVE
from reminders.store import claims, senders
from reminders.store.senders import SenderSetup
from reminders.store.tables.clinic import Sender
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Address, ContactPoint
from tests.clinics import VAULT
from tests.suspending import suspend
from tests.working_clinic import DUE, Batch, WorkingClinic


def test_a_wave_is_no_larger_than_it_may_be(clinic: WorkingClinic) -> None:
    clinic.reminders(WAVE + 10)
    clinic.clock(DUE)
    launched: list[int] = []
    count = select(func.count()).select_from(Message).where(Message.launched_at.is_not(None))
    clinic.channel.looks.append(lambda _: launched.append(clinic.scalar(count)))

    clinic.send(clinic.dispatch())

    assert (launched[0], launched[-1], len(launched)) == (WAVE, WAVE + 10, WAVE + 10)


def test_a_stop_between_two_waves_holds_for_the_second(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(WAVE + 2)
    clinic.clock(DUE)
    (batch,) = clinic.dispatch()
    last, before_last = _in_order(clinic, batch)[-1], _in_order(clinic, batch)[-2]
    _once(clinic, lambda: clinic.opt_out(_phone_of(clinic, last)))

    clinic.send([batch])

    assert (clinic.get(last).state, clinic.get(before_last).state) == (State.SCHEDULED, State.SENT)
    assert clinic.get(last).crashes == 0
    assert len(clinic.channel.given) == len(ids) - 1
    clinic.send_due()
    assert (clinic.get(last).state, clinic.get(last).channel) == (State.SENT, "email")


@pytest.mark.parametrize("change", ["cancel", "move", "consent", "address", "lease", "hold", "disuse"])
def test_what_changes_between_two_waves_keeps_the_second_from_going(clinic: WorkingClinic, change: str) -> None:
    clinic.reminders(WAVE + 1)
    clinic.clock(DUE)
    (batch,) = clinic.dispatch()
    last = _in_order(clinic, batch)[-1]
    _once(clinic, lambda: _change(clinic, last, change))

    clinic.send([batch])

    assert clinic.get(last).state != State.SENT
    assert len(clinic.channel.given) == WAVE


def test_what_comes_back_from_a_sender_out_of_use_goes_with_the_one_in_use(clinic: WorkingClinic) -> None:
    clinic.reminders(WAVE + 1)
    clinic.clock(DUE)
    (batch,) = clinic.dispatch()
    last = _in_order(clinic, batch)[-1]
    _once(clinic, lambda: _reseed(clinic))
    clinic.parts = replace(clinic.parts, channels={**clinic.parts.channels, "twilio": clinic.channel}, is_practice=True)

    clinic.send([batch])
    clinic.sweep()

    assert clinic.get(last).sender_id == clinic.sender().id
    assert (len(clinic.send_due()), clinic.get(last).state) == (1, State.SENT)


def _reseed(clinic: WorkingClinic) -> None:
    setup = SenderSetup(channel="sms", provider="twilio", account="AC1", token="t", from_address="+15005550006")
    with clinic.parts.transaction() as session:
        senders.follow(session, VAULT, clinic.id, [setup])


def _change(clinic: WorkingClinic, message_id: UUID, change: str) -> None:
    row = clinic.get(message_id)
    here = (ContactPoint.person_id == row.patient_id, ContactPoint.channel == "sms")
    match change:
        case "cancel":
            clinic.cancel(clinic.visit_of(message_id))
        case "move":
            clinic.move(clinic.visit_of(message_id), "2026-10-01 14:00")
        case "consent":
            clinic.set(ContactPoint, *here, consented=False)
        case "address":
            clinic.set(ContactPoint, *here, address_id=clinic.address("sms", "+13125550199"))
        case "lease":
            clinic.set(Message, Message.id == message_id, lease_until=func.clock_timestamp())
        case "hold":
            clinic.set(Sender, Sender.id == row.sender_id, held_at=clinic.now_at, held_because="twilio_20003")
        case "disuse":
            clinic.set(Sender, Sender.id == row.sender_id, is_active=False)


def test_no_wave_starts_later_than_its_claim_is_sure_to_hold(clinic: WorkingClinic) -> None:
    clinic.reminders(WAVE + 1)
    clinic.clock(DUE)
    clinic.parts = _with_times(clinic, last_wave=timedelta())

    clinic.send(clinic.dispatch())

    assert clinic.channel.given == []
    assert {row.state for row in clinic.messages(Message.rule == "reminder")} == {State.SCHEDULED}


@pytest.mark.parametrize(("asleep", "went"), [(timedelta(seconds=20), WAVE + 1), (timedelta(seconds=30), 0)])
def test_a_machine_that_was_suspended_after_the_claim_hands_over_only_what_that_still_covers(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch, asleep: timedelta, went: int
) -> None:
    ids = clinic.reminders(WAVE + 1)
    clinic.clock(DUE)
    batches = clinic.dispatch()
    naps = [asleep]

    def fall_asleep() -> None:
        if naps and clinic.get(ids[0]).state == State.SENDING:
            suspend(monkeypatch, naps.pop())

    clinic.at_each_commit(fall_asleep)

    clinic.send(batches)

    assert (naps, len(clinic.channel.given)) == ([], went)
    assert len(clinic.messages(Message.rule == "reminder", Message.state == State.SENT)) == went


def test_a_machine_that_was_suspended_during_a_wave_starts_no_other(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.reminders(WAVE + 1)
    clinic.clock(DUE)
    clinic.channel.looks.append(
        lambda _: suspend(monkeypatch, clinic.parts.times.last_wave) if len(clinic.channel.given) == WAVE else None
    )

    clinic.send(clinic.dispatch())

    assert len(clinic.channel.given) == WAVE
    assert len(clinic.messages(Message.rule == "reminder", Message.launched_at.is_(None))) == 1


@pytest.mark.parametrize(("waited", "left"), [(timedelta(seconds=3), 7), (timedelta(seconds=11), None)])
def test_what_helps_for_ten_seconds_more_goes_in_these_or_not_at_all(
    clinic: WorkingClinic, waited: timedelta, left: int | None
) -> None:
    ready = _ready(clinic)
    soon_useless = replace(ready, outgoing=replace(ready.outgoing, validity=timedelta(seconds=10)))

    asyncio.run(sending._call(clinic.parts, soon_useless, stopwatch.read() - waited.total_seconds()))

    assert [round(given.validity.total_seconds()) for given in clinic.channel.given] == ([left] if left else [])


@pytest.mark.parametrize(("validity", "patience"), [(timedelta(hours=10), 23), (timedelta(seconds=20), 13)])
def test_a_channel_is_told_how_long_the_claim_is_sure_to_hold(
    clinic: WorkingClinic, validity: timedelta, patience: int
) -> None:
    ready = _ready(clinic)
    ready = replace(ready, outgoing=replace(ready.outgoing, validity=validity))

    asyncio.run(sending._call(clinic.parts, ready, stopwatch.read() - 7))

    assert [round(given.patience.total_seconds()) for given in clinic.channel.given] == [patience]


def _ready(clinic: WorkingClinic) -> Ready:
    """Return the only message of a batch, claimed."""
    clinic.reminders(1)
    clinic.clock(DUE)
    (batch,) = clinic.dispatch()
    with clinic.parts.transaction() as session:
        claims.begin(session, batch.id, batch.message_ids, lease=timedelta(seconds=90))
        ((ready,),) = claim(session, clinic.parts, batch.id, batch.message_ids).waves
    return ready


@pytest.mark.parametrize(("waited", "state"), [(0.2, State.SENT), (1.2, State.SCHEDULED)])
def test_what_may_disturb_nobody_any_more_is_not_handed_over(
    clinic: WorkingClinic, monkeypatch: pytest.MonkeyPatch, waited: float, state: State
) -> None:
    message_id, (batch,) = clinic.queued()
    monkeypatch.setattr(claiming, "_quiet_in", lambda *_: timedelta(seconds=1))
    with clinic.parts.transaction() as session:
        mine = claims.begin(session, batch.id, batch.message_ids, lease=timedelta(seconds=90))
    with clinic.parts.transaction() as session:
        claimed = claim(session, clinic.parts, batch.id, mine)

    outcomes = sending._hand_over(clinic.parts, batch.id, claimed, stopwatch.read() - waited)
    record(clinic.parts, batch.id, outcomes)

    row = clinic.get(message_id)
    assert (row.state, row.launched_at is None) == (state, state is State.SCHEDULED)


def _with_times(clinic: WorkingClinic, **times: timedelta) -> Any:
    return replace(clinic.parts, times=replace(clinic.parts.times, **times))


def _in_order(clinic: WorkingClinic, batch: Batch) -> list[UUID]:
    return [row.id for row in clinic.messages(Message.id.in_(batch.message_ids))]


def _phone_of(clinic: WorkingClinic, message_id: UUID) -> str:
    address_id = clinic.get(message_id).address_id
    assert address_id is not None
    return VAULT.open(Address.value, address_id, clinic.scalar(select(Address.value).where(Address.id == address_id)))


def _once(clinic: WorkingClinic, step: Any) -> None:
    steps = [step]
    clinic.channel.looks.append(lambda _: steps.pop()() if steps else None)
