"""STOP, START, PREP and wrong numbers: at once, for whom they bind, and with one answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reminders.domain.states import State
from reminders.store.tables.clinic import Clinic, Sender
from reminders.store.tables.messages import Message
from reminders.store.tables.people import Consent, ContactPoint, Person
from tests.clinics import VAULT
from tests.pipeline.hearing.telephone import Telephone, answers, point
from tests.working_clinic import DUE, WorkingClinic


@pytest.mark.parametrize("word", ["STOP", "stop.", "Stop please", "UNSUBSCRIBE", "no me manden mas mensajes", "QUIT"])
def test_stop_is_immediate_and_confirmed_once(clinic: WorkingClinic, word: str) -> None:
    clinic.reminder("Ana")
    phone = Telephone(clinic)

    said, again = phone.writes(word), phone.writes("STOP")
    clinic.plan()
    texts = clinic.send_at(DUE)

    assert said is not None
    assert "START" in said
    assert again is None
    sent = clinic.messages(Message.rule == "reminder", Message.state == State.SENT)
    assert [row.channel for row in sent] == ["email"]
    assert len(texts) == 1
    assert phone.address.opted_out_at == clinic_time_of(phone)


def clinic_time_of(phone: Telephone) -> object:
    with phone.clinic.parts.transaction() as session:
        return session.scalars(select(Consent.entered_at).where(Consent.purpose == "all")).first()


@pytest.mark.parametrize("text", ["I can't stop by at 3", "No", "cancel my Tuesday visit", "don't stop for lunch?"])
def test_a_false_friend_of_stop_silences_nobody(clinic: WorkingClinic, ana: Telephone, text: str) -> None:
    ana.writes(text)

    assert ana.address.opted_out_at is None


def test_a_bare_cancel_is_an_opt_out_and_may_have_meant_the_visit(clinic: WorkingClinic, ana: Telephone) -> None:
    said = ana.writes("CANCEL")

    assert said is not None
    assert "did not cancel a visit" in said
    assert ana.address.opted_out_at is not None
    assert sorted(ana.kinds()) == ["change", "opted_out"]


def test_a_patient_in_mid_course_who_opts_out_is_on_the_call_list(clinic: WorkingClinic) -> None:
    patient_id = clinic.patient()
    clinic.course(patient_id)
    phone = Telephone(clinic)

    phone.writes("STOP")

    (item,) = phone.items()
    assert (item.kind, item.person_id) == ("opted_out", patient_id)


def test_a_patient_with_nothing_ahead_who_opts_out_is_nobodys_work(clinic: WorkingClinic) -> None:
    clinic.patient()
    phone = Telephone(clinic)

    phone.writes("STOP")

    assert phone.items() == []


def test_stop_binds_everybody_on_the_phone_and_flags_each(clinic: WorkingClinic) -> None:
    ana, ben = clinic.patient("Ana"), clinic.patient("Ben", email="ben@example.com")
    for patient_id in (ana, ben):
        clinic.told_visit(patient_id)
    phone = Telephone(clinic)

    phone.writes("STOP")

    assert all(point(clinic, one).opted_out_at for one in (ana, ben))
    assert {item.person_id for item in phone.items()} == {ana, ben}


def test_a_drivers_stop_changes_nothing_for_the_patient(clinic: WorkingClinic) -> None:
    ana = clinic.patient("Ana")
    driver = clinic.patient("Maria", phone="+13125550777", email=None, kind="driver", patient_id=ana, source_id=None)
    phone = Telephone(clinic, number="+13125550777")

    phone.writes("STOP")

    assert point(clinic, driver).opted_out_at is not None
    assert point(clinic, ana).opted_out_at is None
    assert phone.items() == []


def test_start_lifts_the_stop(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("STOP")

    said = ana.writes("START")

    assert said is not None
    assert "again" in said
    assert ana.address.opted_out_at is None
    with clinic.parts.transaction() as session:
        entries = session.execute(select(Consent.purpose, Consent.granted).order_by(Consent.entered_at, Consent.id))
        assert [tuple(row) for row in entries] == [("all", False), ("visits", True)]


def test_after_stop_only_start_help_and_a_cry_for_help_are_answered(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("STOP")

    said = {text: ana.writes(text) for text in ("where do I park?", "thanks", "Y", "HELP", "I want to kill myself")}

    assert [text for text, answer in said.items() if answer] == ["HELP", "I want to kill myself"]
    assert "not_understood" in ana.kinds()


def test_where_the_provider_answers_stop_we_do_not(clinic: WorkingClinic, ana: Telephone) -> None:
    said = ana.writes("STOP", opt_out="STOP")

    assert said is None
    assert ana.address.opted_out_at is not None


def test_twilio_answers_its_own_words_unless_it_is_set_not_to(clinic: WorkingClinic) -> None:
    clinic.set(Sender, Sender.channel == "sms", provider="twilio")
    sign_answers(clinic)
    phone = Telephone(clinic)

    said = [phone.writes(text) for text in ("HELP", "STOP", "START")]
    clinic.set(Clinic, Clinic.id == clinic.id, answers_stop=True)
    ours = [phone.writes(text) for text in ("HELP", "STOP", "START")]

    assert said == [None, None, None]
    assert all(ours)


def sign_answers(clinic: WorkingClinic) -> None:
    from reminders.pipeline.signoff import sign_off  # noqa: PLC0415

    sign_off(clinic.parts, "all", by="Dr. Osei")


def test_unsigned_answers_never_reach_a_real_phone(clinic: WorkingClinic, ana: Telephone) -> None:
    clinic.set(Sender, Sender.channel == "sms", provider="twilio")

    said = ana.writes("Y")

    assert said is None
    assert ana.reply.effect == "confirmed"


def test_where_we_may_prep_is_offered_and_keeps_preparation_alone(clinic: WorkingClinic) -> None:
    clinic.set(Clinic, Clinic.id == clinic.id, answers_stop=True)
    patient_id = clinic.patient(email=None)
    clinic.told_visit(patient_id, "2026-09-30 10:30")
    clinic.plan()
    phone = Telephone(clinic)

    offered, kept = phone.writes("STOP"), phone.writes("prep")
    phone.receives()
    clinic.plan()
    clinic.send_at("2026-09-29 17:00")

    assert offered is not None
    assert "PREP" in offered
    assert kept is not None
    assert "getting ready and safety only" in kept
    assert clinic.message("prep").state == State.SENT
    assert (point(clinic, patient_id).opted_out_at is not None, point(clinic, patient_id).keeps_prep) == (True, True)
    unsent = clinic.messages(Message.rule == "overview")
    assert {row.state for row in unsent} <= {State.SUPPRESSED, State.CANCELLED, State.EXPIRED}


def test_prep_a_day_later_is_no_answer_to_the_offer(clinic: WorkingClinic, ana: Telephone) -> None:
    clinic.set(Clinic, Clinic.id == clinic.id, answers_stop=True)
    ana.writes("STOP")
    clinic.clock_to(clinic.now_at + timedelta(hours=25))

    ana.writes("PREP")

    assert not ana.address.keeps_prep


def test_stop_after_prep_ends_preparation_too(clinic: WorkingClinic, ana: Telephone) -> None:
    clinic.set(Clinic, Clinic.id == clinic.id, answers_stop=True)
    ana.writes("STOP")
    ana.writes("PREP")

    ana.writes("STOP")

    assert not ana.address.keeps_prep
    assert clinic.scalar(select(ContactPoint.keeps_prep).where(ContactPoint.channel == "sms")) is False


def test_a_wrong_number_is_silenced_and_nobody_at_another_one(clinic: WorkingClinic, ana: Telephone) -> None:
    patient_id = clinic.scalar(select(Person.id).where(Person.kind == "patient"))

    said = ana.writes("you have the wrong number")

    (item,) = ana.items()
    assert said is not None
    assert (ana.address.opted_out_at is not None, point(clinic, patient_id).opted_out_at) == (True, None)
    assert (item.kind, item.person_id) == ("wrong_number", patient_id)


def test_what_patients_wrote_is_sealed(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("you have the wrong number, zephyrwort")

    with clinic.engine.connect() as connection:
        rows = connection.exec_driver_sql("select row_to_json(replies)::text from replies").scalars().all()
    assert "zephyrwort" not in " ".join(rows)
    assert VAULT.open(type(ana.reply).body, ana.reply.id, ana.reply.body).endswith("zephyrwort")
    assert [row.rule for row in answers(clinic)] == ["answer"]


@pytest.mark.parametrize("text", ["ARRET", "please no more of this"])
def test_what_the_provider_took_for_a_stop_is_one(ana: Telephone, text: str) -> None:
    ana.writes(text, opt_out="STOP")

    assert ana.reply.intent == "opt_out"
    assert ana.address.opted_out_at is not None


def test_a_cry_for_help_is_heard_whatever_the_provider_took_it_for(ana: Telephone) -> None:
    ana.writes("stop this, I want to die", opt_out="STOP")

    assert ana.kinds() == ["safety"]


def test_a_stop_whose_answer_cannot_be_made_counts(ana: Telephone, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise ValueError

    monkeypatch.setattr("reminders.pipeline.answering.render_sms", fail)

    said = ana.writes("STOP")

    assert said is None
    assert ana.address.opted_out_at is not None
    assert "not_understood" in ana.kinds()


def test_a_yes_that_the_provider_takes_for_a_start_is_a_yes(clinic: WorkingClinic, ana: Telephone) -> None:
    ana.writes("YES", opt_out="START")

    assert ana.reply.effect == "confirmed"


def test_a_bare_cancel_that_the_provider_took_for_a_stop_may_have_meant_the_visit(ana: Telephone) -> None:
    ana.writes("CANCEL", opt_out="STOP")

    assert sorted(ana.kinds()) == ["change", "opted_out"]
