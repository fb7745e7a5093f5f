"""What a batch teaches its sender: an outage costs a handful, a rest is kept, a day that is used up is over."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import String, func, literal_column, select
from structlog.testing import capture_logs

from reminders.channels.base import Outgoing
from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused, Unknown
from reminders.domain.breaker import FAULTS
from reminders.domain.states import State
from reminders.domain.words import Lane
from reminders.pipeline.sending import send
from reminders.pipeline.times import WAVE, Times
from reminders.store.tables.clinic import Pace, Sender
from reminders.store.tables.messages import Message
from tests.domain.planning_clinic import at
from tests.help_wanted import cry, notice
from tests.working_clinic import DUE, WorkingClinic

OUT = Unknown("timeout")
REST = timedelta(minutes=1)


@pytest.fixture
def waiting(clinic: WorkingClinic) -> list[UUID]:
    """Nine messages that are due, to be sent one a dispatch."""
    ids = clinic.reminders(9)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", per_second="0.50")
    return ids


def one_by_one(clinic: WorkingClinic, *answers: Answer) -> int:
    """Send a message for each of *answers*, a moment after the other; return how many went."""
    went = 0
    for answer in answers:
        clinic.set(Pace, Pace.clinic_id == clinic.id, tokens=1)
        everybody_gets(clinic, answer)
        batches = clinic.dispatch()
        clinic.send(batches)
        went += len(batches)
    return went


def everybody_gets(clinic: WorkingClinic, answer: Answer) -> None:
    clinic.channel.answers = {phone(number): [answer] for number in range(100)}


def phone(number: int) -> str:
    """Return the phone of a clinic's patient, who are numbered as they are booked."""
    return f"+1312555{number:04}"


def pace(clinic: WorkingClinic) -> Pace:
    with clinic.parts.transaction() as session:
        return session.scalars(select(Pace).where(Pace.sender_id == clinic.sender().id)).one()


def pause_left(clinic: WorkingClinic) -> timedelta:
    left = clinic.scalar(select(Pace.shut_until - func.clock_timestamp()).where(Pace.sender_id == clinic.sender().id))
    assert isinstance(left, timedelta)
    return left


def pause_ends(clinic: WorkingClinic) -> None:
    clinic.set(Pace, Pace.sender_id == clinic.sender().id, shut_until=func.clock_timestamp(), tokens=1)


def test_an_outage_opens_the_breaker_and_nothing_more_goes(clinic: WorkingClinic, waiting: list[UUID]) -> None:
    went = one_by_one(clinic, *[OUT] * len(waiting))

    unknown = [one for one in waiting if clinic.get(one).state == State.UNKNOWN]
    assert went == len(unknown) == FAULTS
    assert (pace(clinic).trips, pace(clinic).shut_because) == (1, "timeout")
    assert timedelta(seconds=25) < pause_left(clinic) <= Times().outage


def test_an_outage_costs_one_wave_of_a_batch(clinic: WorkingClinic) -> None:
    clinic.reminders(WAVE + 3)
    clinic.clock(DUE)
    everybody_gets(clinic, Unknown("http_502"))

    clinic.send(clinic.dispatch())

    states = [row.state for row in clinic.messages(Message.channel == "sms")]
    assert (states.count(State.UNKNOWN), states.count(State.SCHEDULED)) == (WAVE, 3)
    assert clinic.dispatch() == []


def test_a_wave_in_which_one_call_was_answered_is_followed_by_the_next(clinic: WorkingClinic) -> None:
    clinic.reminders(WAVE + 3)
    clinic.clock(DUE)
    everybody_gets(clinic, OUT)
    answered: list[str] = []

    def answer_the_first(outgoing: Outgoing) -> None:
        if not answered:
            answered.append(outgoing.to)
            clinic.channel.answers[outgoing.to] = [Accepted("SM1")]

    clinic.channel.looks.append(answer_the_first)

    clinic.send(clinic.dispatch())

    assert len(clinic.channel.given) == WAVE + 3


def test_what_waits_in_the_broker_when_it_opens_comes_back_unlaunched(clinic: WorkingClinic) -> None:
    ids = clinic.reminders(8)
    clinic.clock(DUE)
    clinic.set(Message, Message.id == ids[7], crashes=1)
    alone, together = clinic.dispatch()
    everybody_gets(clinic, OUT)
    clinic.send([together])

    said = clinic.send([alone])

    assert said == ["0 of 1 handed over"]
    assert (clinic.get(ids[7]).state, clinic.get(ids[7]).crashes) == (State.SCHEDULED, 0)


def test_when_its_pause_is_over_one_message_goes_as_a_probe_and_the_next_only_after_its_answer(
    clinic: WorkingClinic, waiting: list[UUID]
) -> None:
    one_by_one(clinic, *[OUT] * FAULTS)
    clinic.set(Sender, Sender.channel == "sms", per_second=50)
    long_ago = func.clock_timestamp() - timedelta(minutes=1)
    clinic.set(Pace, Pace.clinic_id == clinic.id, shut_until=long_ago, filled_at=long_ago)

    probe, meanwhile = clinic.dispatch(), clinic.dispatch()

    assert [len(batch.message_ids) for batch in probe] == [1]
    assert meanwhile == []
    everybody_gets(clinic, Accepted("SM1"))
    clinic.send(probe)
    clinic.set(Pace, Pace.clinic_id == clinic.id, tokens=50)
    assert sum(len(batch.message_ids) for batch in clinic.dispatch()) == len(waiting) - FAULTS - 1


def test_a_probe_that_fails_shuts_the_sender_for_twice_as_long(clinic: WorkingClinic, waiting: list[UUID]) -> None:
    one_by_one(clinic, *[OUT] * FAULTS)
    pause_ends(clinic)

    went = one_by_one(clinic, OUT, OUT)

    assert went == 1
    assert pace(clinic).trips == 2
    assert Times().outage < pause_left(clinic) <= 2 * Times().outage


def test_the_probe_is_of_the_highest_lane(clinic: WorkingClinic, waiting: list[UUID]) -> None:
    one_by_one(clinic, *[OUT] * FAULTS)
    pause_ends(clinic)
    clinic.set(Message, Message.id == waiting[-1], lane=Lane.SAFETY)

    (probe,) = clinic.dispatch()

    assert (probe.lane, list(probe.message_ids)) == ("safety", [waiting[-1]])


def test_a_cry_for_help_waits_for_no_probe_and_is_one(clinic: WorkingClinic, waiting: list[UUID]) -> None:
    one_by_one(clinic, *[OUT] * FAULTS)
    pause_ends(clinic)
    (probe,) = clinic.dispatch()
    patient_id = clinic.patient()
    cries = [notice(clinic, patient_id, cry(clinic, patient_id, escalate_at=None)) for _ in range(2)]

    (urgent,) = clinic.dispatch()
    clinic.send([urgent])

    assert (probe.lane, set(urgent.message_ids)) == ("routine", set(cries))
    assert pace(clinic).trips == 0


@pytest.mark.parametrize("answer", [Accepted("SM1"), Refused("twilio_21211", Fault.DEAD_ADDRESS)])
def test_any_answer_to_the_probe_closes_the_breaker(clinic: WorkingClinic, waiting: list[UUID], answer: Answer) -> None:
    with capture_logs() as log:
        one_by_one(clinic, *[OUT] * FAULTS)
        pause_ends(clinic)
        one_by_one(clinic, answer)

    told = [(line["event"], line["log_level"]) for line in log]
    assert told == [("breaker.opened", "error"), ("breaker.closed", "warning")]
    row = pace(clinic)
    assert (row.faults, row.trips, row.shut_until, row.opened_at) == (0, 0, None, None)


def test_on_recovery_the_highest_lane_goes_first_and_the_longest_due_of_it_and_nothing_past_its_use(
    clinic: WorkingClinic, waiting: list[UUID]
) -> None:
    one_by_one(clinic, *[OUT] * FAULTS)
    pause_ends(clinic)
    one_by_one(clinic, Accepted("SM1"))
    clinic.set(Message, Message.id == waiting[8], lane=Lane.PREP)
    clinic.set(Message, Message.id == waiting[7], due_at=at("2026-09-28 09:00"))
    gone = clinic.reminder("Bea", "+13125559999", "2026-09-29 13:00")
    clinic.set(Message, Message.id == gone, due_at=at("2026-09-28 08:00"), useful_until=at(DUE))
    clinic.set(Sender, Sender.channel == "sms", per_second=50)
    clinic.set(Pace, Pace.clinic_id == clinic.id, tokens=50)

    order = [message_id for batch in clinic.dispatch() for message_id in batch.message_ids]

    assert order == [waiting[8], waiting[7], waiting[6]]


def test_a_person_is_told_of_an_outage_that_lasts_and_needed_no_more_when_it_ends(
    clinic: WorkingClinic, waiting: list[UUID]
) -> None:
    one_by_one(clinic, *[OUT] * FAULTS)
    at_once = clinic.work()
    clinic.clock("2026-09-28 10:10")
    pause_ends(clinic)
    one_by_one(clinic, OUT)
    (lasting,) = clinic.work()

    pause_ends(clinic)
    one_by_one(clinic, Accepted("SM1"))

    (ended,) = clinic.work()
    assert at_once == []
    assert (lasting.kind, lasting.state, lasting.what) == (
        "sender_held",
        "open",
        "ask the provider, and phone whoever cannot wait",
    )
    assert lasting.because.startswith("the provider has been out")
    assert (ended.id, ended.state, ended.owner) == (lasting.id, "done", "reminders")


def test_an_outage_of_one_sender_is_none_of_anothers(clinic: WorkingClinic, waiting: list[UUID]) -> None:
    one_by_one(clinic, *[OUT] * FAULTS)

    clinic.set(Message, Message.id == waiting[6], sender_id=clinic.sender("email").id)

    assert [batch.message_ids for batch in clinic.dispatch()] == [(waiting[6],)]


@pytest.mark.parametrize(
    "answer",
    [
        Deferred("http_429", Hold.BUDGET, REST),
        Deferred("twilio_20429", Hold.BUDGET, REST),
        Deferred("twilio_14107", Hold.BUDGET, REST),
    ],
)
def test_a_sender_that_is_too_fast_rests_as_long_as_its_provider_asks(
    clinic: WorkingClinic, waiting: list[UUID], answer: Answer
) -> None:
    went = one_by_one(clinic, answer, answer)

    assert went == 1
    assert timedelta(seconds=55) < pause_left(clinic) <= REST * 1.25
    assert pace(clinic).trips == 0


def test_after_a_rest_what_waited_goes_in_its_order_and_without_a_burst(
    clinic: WorkingClinic, waiting: list[UUID]
) -> None:
    clinic.set(Sender, Sender.channel == "sms", per_second=5)
    one_by_one(clinic, Deferred("twilio_14107", Hold.BUDGET, REST))
    pause_ends(clinic)

    (batch,) = clinic.dispatch()

    assert len(batch.message_ids) == 1
    assert batch.message_ids[0] == waiting[0]


def test_no_room_in_this_process_is_no_reason_for_the_sender_to_rest_and_burns_no_try(
    clinic: WorkingClinic, waiting: list[UUID]
) -> None:
    no_room = Deferred("no_room", Hold.BUDGET)

    went = one_by_one(clinic, *[no_room] * FAULTS, Accepted("SM1"))

    row = clinic.get(waiting[0])
    assert went == FAULTS + 1
    assert (row.state, row.tries, len(clinic.attempts(row.id))) == (State.SENT, 0, FAULTS + 1)
    assert (pace(clinic).trips, pace(clinic).shut_until) == (0, None)


def test_greylisting_of_one_mailbox_is_no_reason_for_the_sender_to_rest(
    clinic: WorkingClinic, waiting: list[UUID]
) -> None:
    assert one_by_one(clinic, Deferred("smtp_4.7.1", retry_after=REST), Accepted("SM1")) == 2


def test_a_day_that_the_provider_calls_used_up_is_over_but_for_safety(
    clinic: WorkingClinic, waiting: list[UUID]
) -> None:
    one_by_one(clinic, Deferred("twilio_63038", Hold.DAILY))
    pause_ends(clinic)
    clinic.set(Message, Message.id == waiting[7], lane=Lane.SAFETY)
    clinic.set(Message, Message.id == waiting[8], lane=Lane.PREP)

    today = clinic.dispatch()

    clinic.set(Message, Message.channel == "sms", useful_until=at("2026-09-30 12:00"))
    clinic.clock("2026-09-29 02:59")
    clinic.set(Pace, Pace.clinic_id == clinic.id, tokens=1)
    still_today = clinic.dispatch()
    clinic.clock("2026-09-29 03:00")
    tomorrow = clinic.dispatch()
    assert [batch.message_ids for batch in today] == [(waiting[7],)]
    assert still_today == []
    assert [batch.message_ids for batch in tomorrow] == [(waiting[8],)]


def test_safety_does_not_hammer_a_provider_whose_day_is_over(clinic: WorkingClinic, waiting: list[UUID]) -> None:
    one_by_one(clinic, Deferred("twilio_63038", Hold.DAILY))
    clinic.set(Message, Message.id == waiting[0], lane=Lane.SAFETY)
    at_once = clinic.dispatch()

    pause_ends(clinic)

    assert at_once == []
    assert [batch.message_ids for batch in clinic.dispatch()] == [(waiting[0],)]


@pytest.mark.parametrize(
    ("answer", "booked"),
    [
        (Accepted("SM1"), 1),
        (Accepted("SM1", segments=1), 1),
        (Accepted("SM1", segments=3), 3),
        (OUT, 1),
        (Refused("twilio_21211", Fault.DEAD_ADDRESS), 0),
        (Deferred("no_connection"), 0),
    ],
)
def test_the_day_pays_for_what_the_carrier_took(
    clinic: WorkingClinic, waiting: list[UUID], answer: Answer, booked: int
) -> None:
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=100)

    one_by_one(clinic, answer)

    assert pace(clinic).segments == booked


def test_what_was_never_launched_costs_nothing_of_the_day(clinic: WorkingClinic) -> None:
    clinic.reminders(WAVE + 5)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=1000)
    everybody_gets(clinic, OUT)

    clinic.send(clinic.dispatch())

    assert pace(clinic).segments == WAVE


def test_what_the_broker_loses_costs_nothing_of_the_day(clinic: WorkingClinic) -> None:
    clinic.reminders(4)
    clinic.clock(DUE)
    clinic.set(Sender, Sender.channel == "sms", segments_per_day=4)

    lost = []
    for _ in range(5):
        lost += clinic.dispatch()
        clinic.lease_runs_out()

    (batch,) = clinic.dispatch()
    assert [len(one.message_ids) for one in [*lost, batch]] == [4] * 6
    assert send(clinic.parts, batch.id, batch.message_ids) == "4 of 4 handed over"


def test_a_batch_that_went_well_leaves_its_senders_row_alone(clinic: WorkingClinic, waiting: list[UUID]) -> None:
    batches = clinic.dispatch()
    version = select(literal_column("paces.xmin::text", String)).select_from(Pace).where(Pace.tokens < 1)
    before = clinic.scalar(version)

    clinic.send(batches)

    assert clinic.get(waiting[0]).state == State.SENT
    assert clinic.scalar(version) == before
