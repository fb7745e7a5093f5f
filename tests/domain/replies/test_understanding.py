"""What a reply means, where the line between two meanings runs, and what follows from it."""

import time
from pathlib import Path

import pytest

from reminders.domain.replies.intents import (
    ANSWERS,
    CANCEL_ANSWER,
    OPT_DOWN,
    OPT_OUT_OFFER,
    UNANSWERED,
    VOIDS,
    WHICH,
    WORK,
    Confidence,
    DriverDetails,
    Intent,
)
from reminders.domain.replies.understanding import understand
from reminders.domain.words import Context, WorkKind

TEMPLATES = Path(__file__).parents[3] / "config" / "templates"


def meaning(text: str, context: Context = Context.NONE, language: str = "en") -> Intent:
    return understand(text, context, language=language).intent


@pytest.mark.parametrize("context", Context)
@pytest.mark.parametrize(
    "text", ["STOP", "stop.", "Stop please", "STOPALL", "Unsubscribe", "END", "Quit", "REVOKE", "ALTO"]
)
def test_a_word_of_the_carriers_opts_out_whatever_was_asked(text: str, context: Context) -> None:
    understood = understand(text, context)

    assert (understood.intent, understood.confidence) == (Intent.OPT_OUT, Confidence.EXACT)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I can't stop by at 3", Intent.UNKNOWN),
        ("No", Intent.UNKNOWN),
        ("When do I stop eating?", Intent.QUESTION),
        ("cancel my Tuesday visit", Intent.CHANGE),
        ("I'll be later", Intent.RUNNING_LATE),
        ("sorry for the late reply, yes I'll be there", Intent.CONFIRM),
        ("please don't cancel my visit", Intent.UNKNOWN),
        ("what time do we start?", Intent.QUESTION),
    ],
)
def test_a_false_friend_means_what_it_says(text: str, intent: Intent) -> None:
    assert meaning(text) is intent


@pytest.mark.parametrize("text", ["CANCEL", "cancel.", "Cancel please", "cancelar"])
def test_a_bare_cancel_opts_out_and_asks_a_person_what_was_meant(text: str) -> None:
    understood = understand(text, Context.CONFIRM)

    assert understood.intent is Intent.OPT_OUT
    assert (understood.answer, understood.work) == (CANCEL_ANSWER, WorkKind.CHANGE)


@pytest.mark.parametrize("text", ["I'll drive myself", "Uber", "lyft", "taxi", "I'm taking the bus", "manejo yo"])
def test_who_drives_alone_or_is_driven_for_money_has_no_driver(text: str) -> None:
    understood = understand(text, Context.DRIVER_ASK)

    assert (understood.intent, understood.work) == (Intent.DRIVER_NEEDED, WorkKind.NO_DRIVER)


def test_a_missed_bus_is_no_ride_home() -> None:
    assert meaning("missed the bus, running late", Context.PREP) is Intent.RUNNING_LATE


@pytest.mark.parametrize(
    ("context", "yes", "no"),
    [
        (Context.CONFIRM, Intent.CONFIRM, Intent.DECLINE),
        (Context.PREP, Intent.CONFIRM, Intent.DECLINE),
        (Context.MOVED, Intent.CONFIRM, Intent.DECLINE),
        (Context.DRIVER_ASK, Intent.DRIVER_ARRANGED, Intent.DRIVER_NEEDED),
        (Context.DRIVER_PERSON, Intent.DRIVER_YES, Intent.DRIVER_NO),
        (Context.CHECKIN, Intent.CHECKIN_GOOD, Intent.CHECKIN_CALL),
        (Context.NUDGE, Intent.ACCEPT_OFFER, Intent.DECLINE),
        (Context.WAITLIST, Intent.ACCEPT_OFFER, Intent.DECLINE),
        (Context.NONE, Intent.UNKNOWN, Intent.UNKNOWN),
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_yes_and_no_follow_what_was_asked(context: Context, yes: Intent, no: Intent, language: str) -> None:
    says_yes, says_no = {"en": ("Yes", "No"), "es": ("Sí", "No")}[language]

    if (context, says_yes) != (Context.CHECKIN, "Sí"):
        assert meaning(says_yes, context, language) is yes
    assert meaning(says_no, context, language) is no


def test_a_thank_you_is_no_yes_and_an_ok_is_one_where_a_yes_was_asked_for() -> None:
    assert meaning("thanks", Context.CONFIRM) is Intent.THANKS
    assert meaning("ok thanks", Context.CONFIRM) is Intent.CONFIRM
    assert meaning("👍", Context.CONFIRM) is Intent.CONFIRM
    assert meaning("ok thanks") is Intent.THANKS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("0", 0),
        ("10", 10),
        ("7/10", 7),
        ("about a 7", 7),
        ("siete", 7),
        ("6-7", 6),
        ("7.5", 7),
        ("3 of 10", 3),
    ],
)
def test_a_mood_is_its_number_and_the_lower_one_in_doubt(text: str, value: int) -> None:
    understood = understand(text, Context.MOOD)

    assert (understood.intent, understood.value) == (Intent.SCORE, value)


@pytest.mark.parametrize("text", ["11", "100", "3 yesterday 8 today", "-2", "2 to 9"])
def test_a_number_that_says_no_mood_goes_to_a_person(text: str) -> None:
    assert understand(text, Context.MOOD).value is None
    assert meaning(text, Context.MOOD) is Intent.UNKNOWN


def test_a_number_is_a_date_where_no_mood_was_asked_for() -> None:
    assert meaning("can I come 7/10 instead", Context.CONFIRM) is Intent.CHANGE


@pytest.mark.parametrize(
    ("text", "region", "driver"),
    [
        ("my sister Maria will drive, 312 555 0142", "US", DriverDetails(name="Maria", phone="+13125550142")),
        ("maria lopez 3125550142", "US", DriverDetails(name="Maria Lopez", phone="+13125550142")),
        ("+1 212 555 0101 Steve", "MX", DriverDetails(name="Steve", phone="+12125550101")),
        ("(312) 555-0199", "US", DriverDetails(phone="+13125550199")),
        ("Maria", "US", DriverDetails(name="Maria")),
    ],
)
def test_a_driver_is_taken_by_name_and_phone(text: str, region: str, driver: DriverDetails) -> None:
    understood = understand(text, Context.DRIVER_ASK, region=region)

    assert (understood.intent, understood.driver) == (Intent.DRIVER_DETAILS, driver)


@pytest.mark.parametrize("context", Context)
@pytest.mark.parametrize(
    "text", ["STOP I want to die", "3 i want to kill my self", "Y. ya no quiero vivir", "D, i am suicidle"]
)
def test_a_crisis_wins_over_every_other_meaning(text: str, context: Context) -> None:
    understood = understand(text, context)

    assert (understood.intent, understood.work) == (Intent.CRISIS, WorkKind.SAFETY)


@pytest.mark.parametrize("context", Context)
@pytest.mark.parametrize("text", ["1 but I can't breathe", "stop, chest pain", "Y me desmayé"])
def test_an_emergency_wins_over_every_meaning_but_a_crisis(text: str, context: Context) -> None:
    assert meaning(text, context) is Intent.EMERGENCY
    assert meaning(f"{text}, I want to die", context) is Intent.CRISIS


def test_a_harmless_turn_does_not_hide_a_cry_beside_it() -> None:
    assert meaning("this traffic is killing me") is not Intent.CRISIS
    assert meaning("this traffic is killing me and I want to die") is Intent.CRISIS


@pytest.mark.parametrize("text", ["I'm not suicidal", "no thoughts of hurting myself", "sin pensamientos suicidas"])
def test_a_denial_is_seen_by_a_clinician_and_a_hedged_one_is_a_crisis(text: str) -> None:
    assert meaning(text, Context.CHECKIN) is Intent.CLINICAL
    assert meaning(f"{text} today", Context.CHECKIN) is Intent.CRISIS
    assert meaning(f"{text} but I don't want to wake up", Context.CHECKIN) is Intent.CRISIS


def test_a_no_before_a_cry_is_no_denial() -> None:
    assert meaning("No. Suicidal thoughts are back", Context.CONFIRM) is Intent.CRISIS


def test_a_cry_in_spanish_is_answered_in_spanish_whatever_language_is_on_file() -> None:
    assert understand("quiero morir", language="en").language == "es"
    assert understand("I want to die", language="es").language == "es"
    assert understand("I want to die", language="en").language == "en"


@pytest.mark.parametrize(
    "text", ["Liked “call or text 988”", "Le gustó “llame al 988”", "👍 to “Reply STOP”", "Reaccionó con ❤️ a “su cita”"]
)
def test_a_reaction_is_not_read_as_the_text_it_quotes(text: str) -> None:
    assert meaning(text, Context.CONFIRM) is Intent.REACTION


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.glob("*/*.sms.liquid")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
@pytest.mark.parametrize("context", Context)
def test_our_own_text_sent_back_is_no_danger(path: Path, context: Context) -> None:
    assert meaning(path.read_text(encoding="utf-8"), context) not in {Intent.CRISIS, Intent.EMERGENCY}


def test_a_yes_with_a_question_is_a_yes_and_a_persons_work() -> None:
    understood = understand("Yes! What should I bring?", Context.CONFIRM)

    assert (understood.intent, understood.work) == (Intent.CONFIRM, WorkKind.NOT_UNDERSTOOD)


def test_every_answer_that_somebody_waits_for_has_a_wording() -> None:
    answered = {intent.value for intent in Intent} - {intent.value for intent in UNANSWERED}
    assert set(ANSWERS) == answered | {CANCEL_ANSWER, OPT_OUT_OFFER, OPT_DOWN, WHICH, *VOIDS}
    assert WORK.keys() & UNANSWERED == set()


@pytest.mark.parametrize("text", ["", " ", "\n", "\x00", "😶", "a" * 5000, "\ud83d", "?" * 3000, "🔫"])
def test_anything_at_all_has_a_meaning(text: str) -> None:
    for context in Context:
        assert understand(text, context).intent in Intent


@pytest.mark.parametrize(
    "word", ["a", "i want to", "not", "my son is", "can i", "stop", "no quiero", "i am so", "1", "die lol"]
)
def test_a_long_text_is_understood_in_no_time(word: str) -> None:
    text = f"{word} " * (1600 // (len(word) + 1))
    began = time.process_time()

    for context in (Context.CHECKIN, Context.DRIVER_ASK, Context.CONFIRM):
        understand(text, context)

    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("No puedo ir mañana", Intent.DECLINE),
        ("No, I can't come", Intent.DECLINE),
        ("I can't make it today", Intent.DECLINE),
        ("no puedo ir al baño", Intent.CHECKIN_CALL),
        ("no I can't make it through this", Intent.CRISIS),
        ("I can't come to terms with it", Intent.UNKNOWN),
    ],
)
def test_who_is_asked_how_they_are_may_say_that_they_do_not_come(text: str, intent: Intent) -> None:
    assert understand(text, Context.CHECKIN).intent is intent
