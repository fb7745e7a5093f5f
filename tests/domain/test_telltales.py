"""The words that betray a visit, and those that only look as if: each list from both sides."""

import pytest

from reminders.domain.telltales import (
    cancel_replies,
    names,
    offers_stop,
    payment_words,
    private_words,
    relative_days,
    shorteners,
    stop_word_replies,
    treatment_words,
    unfilled,
)

INNOCENT = (
    "Cedar Clinic: Alexandra, your visit is Wed Oct 7 10:30 AM, Lakeside office. Reply Y to confirm. STOP opts out.",
    "12 Dosher Street, Building IV, Depot Road 5, Hoyt Avenue, Pagosa Springs, Mental Grove Lane",
    "The address is new. Please dress warmly, bring two forms, suit yourself, and feel free to ask.",
    "Bill, Hope, Summer, Stacy and Cass: no charge for parking, please pay attention to the signs.",
    "Please stop eating at 8 and drink only water. No nasal spray after 9:30 AM.",
    "Su cita es a las 10 de la mañana. Puede venir por la mañana; dos minutos bastan.",
    "Responda SI=listo, R=cambiar, STOP=no mas. Antes: no coma después de las 11:30 p. m. del martes.",
    "Your medical evaluation: your plan is ready. Rest now, call us in an emergency.",
)


@pytest.mark.parametrize("text", INNOCENT)
def test_an_innocent_text_is_left_alone(text: str) -> None:
    assert treatment_words(text) == []
    assert payment_words(text) == []
    assert relative_days(text) == []
    assert shorteners(text) == []
    assert unfilled(text) == []
    assert cancel_replies(text) == []
    assert stop_word_replies(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "your ketamine visit",
        "KETAMINE",
        "Ketamina intravenosa",
        "keta\u200bmine",
        "esketamine",
        "Spravato",
        "your infusion",
        "two infusions",
        "su infusión",
        "infusiones",
        "depression",
        "Depresión",
        "depressed",
        "antidepressants",
        "your antidepresivo",
        "psychiatrist",
        "Psychiatry",
        "su psiquiatra",
        "psychologist",
        "psicólogo",
        "psychotherapy",
        "suicide",
        "SUICIDAL",
        "suicidio",
        "PTSD",
        "TEPT",
        "OCD",
        "bipolar",
        "anxiety",
        "ansiedad",
        "your dose",
        "dosing",
        "low-dose",
        "dosis",
        "overdose",
        "sobredosis",
        "mental health",
        "mental-health",
        "salud mental",
        "therapy",
        "terapia",
        "your therapist",
        "IV drip",
        "intravenous",
        "PHQ-9",
        "PHQ9",
        "self-harm",
        "detox",
        "https://cedar.example/ketamine-info",
        "https://mindfulketamine.example/x",
        "https://cedar.example/visit_infusion",
        "desk@downtownpsychiatry.example",
    ],
)
def test_a_word_that_tells_what_the_visit_is_is_found(text: str) -> None:
    assert treatment_words(text) != []


def test_each_word_is_named_once_as_it_was_found() -> None:
    assert treatment_words("Ketamine, KETAMINE, and a dose of Spravato") == ["ketamine", "spravato", "dose"]


def test_a_clinic_refuses_words_of_its_own() -> None:
    text = "Ask for Dr. Özil on the fourth floor; the lounge opens at 9."

    assert private_words(text, ["dr. ozil", "loung*", "four", "", "*"]) == ["dr. ozil", "lounge"]
    assert private_words(text, []) == []


@pytest.mark.parametrize(
    "text",
    [
        "your bill is due",
        "a payment of $600",
        "please pay",
        "the copay",
        "co-pay",
        "co-payment",
        "cost",
        "prices",
        "invoice",
        "$5",
        "20 dollars",
        "600 USD",
        "su factura",
        "el pago",
        "precio",
        "tarjeta de crédito",
        "a discount",
        "special offer",
        "prepaid",
    ],
)
def test_money_and_offers_are_found(text: str) -> None:
    assert payment_words(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "see you today",
        "TOMORROW at 9",
        "today's visit",
        "tonight",
        "yesterday",
        "tmrw",
        "this morning",
        "this Friday",
        "next Tue",
        "next week",
        "in 3 days",
        "in two days",
        "in a week",
        "hoy a las 9",
        "Mañana a las 10",
        "manana",
        "hasta mañana",
        "esta noche",
        "esta mañana",
        "ayer",
        "pasado mañana",
        "el próximo lunes",
        "este martes",
        "lunes que viene",
        "la semana que viene",
        "dentro de 3 días",
    ],
)
def test_a_day_that_goes_stale_is_found(text: str) -> None:
    assert relative_days(text) != []


@pytest.mark.parametrize(
    "text", ["https://bit.ly/abc", "Bit.Ly/x", "www.tinyurl.com/a", "go to t.co/xyz", "see goo.gl."]
)
def test_a_public_shortener_is_found(text: str) -> None:
    assert shorteners(text) != []


@pytest.mark.parametrize("text", ["https://r.cedar.example/x7", "orbit.ly/a", "t.com", "t.co.example", "at t.company"])
def test_a_domain_that_only_ends_like_a_shortener_is_none(text: str) -> None:
    assert shorteners(text) == []


@pytest.mark.parametrize(
    "text", ["Hi {{ patient.first_name }}", "{% if x %}", "{{ broken", "your visit at None", "undefined"]
)
def test_what_is_left_of_a_placeholder_is_found(text: str) -> None:
    assert unfilled(text) != []


@pytest.mark.parametrize("text", ["None of this is urgent", "and None of it", "Nonesuch Road", "braces { } alone"])
def test_other_nones_and_braces_are_no_placeholder(text: str) -> None:
    assert unfilled(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Reply CANCEL to cancel",
        "reply cancel",
        "To cancel, reply Cancel.",
        "Reply with CANCEL",
        "reply with the word cancel",
        "Reply 'cancel' if you cannot come",
        "Text us CANCEL",
        "Send CANCEL to 12345",
        "Reply Y to confirm or CANCEL to cancel",
        "Reply Y to confirm, cancel to cancel",
        'Reply "N" or "cancel"',
        "Y=confirm CANCEL=cancel",
        "CANCEL to cancel your visit",
        "Responda CANCELAR para cancelar su cita",
        "responda cancelar",
        "Responda SI para confirmar o CANCELAR si no viene",
        "Envíe la palabra CANCELAR",
        "Conteste CANCELE",
    ],
)
def test_asking_for_cancel_as_a_reply_is_found(text: str) -> None:
    assert cancel_replies(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "Reply C to cancel",
        "REPLY C TO CANCEL",
        "Responda C para cancelar",
        "Reply Y to confirm, R to change or cancel your visit",
        "Your visit was CANCELLED",
        "We must cancel your visit, please call us.",
        "Please reply. Cancel any time by phone",
        "Call us to cancel",
        "Reply STOP to cancel.",
        "Tenemos que cancelar su cita, llame para otra hora",
    ],
)
def test_cancelling_that_nobody_must_reply_is_no_finding(text: str) -> None:
    assert cancel_replies(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Reply END to finish",
        "text QUIT",
        "Reply Y or END",
        "reply unsubscribe",
        "Reply STOPALL",
        "Reply STOP to cancel your visit",
        "STOP to change your appointment",
        "Responda STOP para cancelar la cita",
    ],
)
def test_other_words_that_end_all_texts_are_found(text: str) -> None:
    assert stop_word_replies(text) != []


@pytest.mark.parametrize(
    "text", ["Reply STOP to end", "Reply STOP to opt out.", "STOP to unsubscribe", "Reply Y. End of text."]
)
def test_an_honest_opt_out_is_no_finding(text: str) -> None:
    assert stop_word_replies(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Reply STOP to opt out.",
        "reply stop to opt out",
        "STOP opts out.",
        "Reply Y to confirm, R to change, STOP to opt out.",
        "STOP=opt out",
        "Text STOP to end",
        "Responda STOP para no recibir mas.",
        "STOP para no recibir mas.",
        "STOP=no mas.",
        "Envíe STOP",
    ],
)
def test_an_offer_to_opt_out_is_known(text: str) -> None:
    assert offers_stop(text)


@pytest.mark.parametrize(
    "text", ["Please stop eating at 8.", "Reply Y if you can stop by.", "Bus stop", "Non-STOP flight", ""]
)
def test_another_stop_is_no_offer_to_opt_out(text: str) -> None:
    assert not offers_stop(text)


def test_a_name_is_known_however_it_is_written() -> None:
    assert names("CEDAR  clinic: hello", "Cedar Clinic")
    assert names("Clinica Arbol: hola", "Clínica Árbol")
    assert not names("Cedar: hello", "Cedar Clinic")
