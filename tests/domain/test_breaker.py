"""The breaker: what counts as the provider's fault, when it opens, how long for, and what closes it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from reminders.domain.answers import Accepted, Answer, Deferred, Fault, Hold, Refused, Unknown
from reminders.domain.breaker import FAULTS, Breaker, News, Sign, hear, is_out, learn, sign

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
CLINIC = datetime(2026, 10, 28, 16, tzinfo=UTC)
FIRST, MOST = timedelta(seconds=30), timedelta(minutes=5)
YES, OUT = Accepted("SM1"), Unknown("timeout")


def after(breaker: Breaker, *answers: Answer, at: datetime = NOW) -> Breaker:
    return learn(breaker, hear(answers), at=at, clinic_at=CLINIC, first=FIRST, most=MOST)


def opened(trips: int = 1) -> Breaker:
    breaker = after(Breaker(), *[OUT] * FAULTS)
    for _ in range(trips - 1):
        assert breaker.shut_until is not None
        breaker = after(breaker, OUT, at=breaker.shut_until)
    return breaker


@pytest.mark.parametrize(
    "answer",
    [
        Unknown("timeout"),
        Unknown("dropped"),
        Unknown("http_502"),
        Unknown("unreadable"),
        Unknown("twilio_20500"),
        Deferred("no_connection"),
    ],
)
def test_silence_and_failures_of_the_provider_are_its_fault(answer: Answer) -> None:
    assert sign(answer) is Sign.FAULT


@pytest.mark.parametrize(
    "answer",
    [
        YES,
        Refused("twilio_21211", Fault.DEAD_ADDRESS),
        Refused("http_400", Fault.UNREACHABLE),
        Deferred("http_429", Hold.BUDGET, timedelta(seconds=3)),
        Deferred("twilio_63038", Hold.DAILY),
        Deferred("twilio_20003", Hold.CONFIGURATION),
        Deferred("smtp_4.7.1"),
    ],
)
def test_any_answer_of_the_provider_proves_that_it_works(answer: Answer) -> None:
    assert sign(answer) is Sign.WORKS


@pytest.mark.parametrize(
    "answer",
    [
        Unknown("channel_raised"),
        Deferred("slept_past_its_claim"),
        Refused("bad_address", Fault.DEAD_ADDRESS),
        Deferred("no_sender", Hold.CONFIGURATION),
        Deferred("no_room", Hold.BUDGET),
    ],
)
def test_what_came_about_in_our_own_process_says_nothing_about_the_provider(answer: Answer) -> None:
    assert sign(answer) is Sign.NONE
    assert hear([OUT, answer, OUT]) == News(works=False, faults=2, because="timeout")


def test_only_the_faults_since_the_last_answer_count() -> None:
    assert hear([OUT, YES, OUT, Unknown("dropped")]) == News(works=True, faults=2, because="dropped")
    assert hear([OUT, OUT, YES]) == News(works=True)
    assert hear([]) == News()


def test_it_opens_at_the_last_of_so_many_faults_in_a_row_and_not_before() -> None:
    nearly = after(Breaker(), *[OUT] * (FAULTS - 1))

    opened = after(nearly, OUT)

    assert (nearly.trips, nearly.shut_until) == (0, None)
    assert (opened.trips, opened.shut_until, opened.opened_at) == (1, NOW + FIRST, CLINIC)


def test_faults_add_up_over_batches_and_an_answer_between_them_ends_the_row() -> None:
    nearly = after(Breaker(), *[OUT] * (FAULTS - 1))

    assert after(nearly, OUT, YES) == Breaker()
    assert after(nearly, YES, OUT) == Breaker(faults=1)
    assert after(after(nearly, YES), OUT).trips == 0


def test_a_whole_wave_of_faults_opens_it_at_once() -> None:
    assert after(Breaker(), *[YES] * 50, *[OUT] * 50).trips == 1


def test_each_probe_that_fails_shuts_it_for_twice_as_long_up_to_the_most() -> None:
    breaker, pauses = opened(), [FIRST]
    for _ in range(5):
        assert breaker.shut_until is not None
        probed_at = breaker.shut_until
        breaker = after(breaker, OUT, at=probed_at)
        assert breaker.shut_until is not None
        pauses.append(breaker.shut_until - probed_at)

    assert all(later == min(MOST, 2 * sooner) for sooner, later in pairwise(pauses))
    assert (pauses[-1], breaker.trips, breaker.opened_at) == (MOST, 6, CLINIC)


def test_what_was_on_its_way_when_it_opened_does_not_shut_it_for_longer() -> None:
    breaker = opened()

    late = after(breaker, *[OUT] * 50, at=NOW + timedelta(seconds=10))

    assert (late.trips, late.shut_until) == (1, breaker.shut_until)


@pytest.mark.parametrize("trips", [1, 4])
def test_one_answer_closes_it(trips: int) -> None:
    assert after(opened(trips), YES) == Breaker()


def test_an_answer_does_not_end_a_rest_that_the_provider_asked_for() -> None:
    resting = Breaker(faults=2, shut_until=NOW + timedelta(minutes=1))

    assert after(resting, YES) == Breaker(shut_until=resting.shut_until)


def test_opening_does_not_shorten_such_a_rest() -> None:
    resting = Breaker(shut_until=NOW + timedelta(hours=1))

    assert after(resting, *[OUT] * FAULTS).shut_until == resting.shut_until


def test_no_news_change_nothing() -> None:
    assert after(opened(), Unknown("channel_raised")) == opened()


@pytest.mark.parametrize(
    ("answers", "out"),
    [
        ([OUT] * 3, True),
        ([OUT] * 2, False),
        ([OUT] * 49 + [YES], False),
        ([OUT, Deferred("no_connection"), Unknown("http_500")], True),
        ([Unknown("channel_raised")] * 3, False),
        ([], False),
    ],
)
def test_a_wave_in_which_every_call_failed_makes_the_next_pointless(answers: list[Answer], *, out: bool) -> None:
    assert is_out(answers) is out
