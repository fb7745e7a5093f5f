"""The safe answers of a clinic: rendered in every language, and on a real provider only what was signed."""

from sqlalchemy import select, update

from reminders.domain.replies.danger import Kind
from reminders.domain.replies.safe_answer import SafeWords
from reminders.store import signatures
from reminders.store.now import read
from reminders.store.safe_words import Spokesman, read_safe_words
from reminders.store.tables.clinic import Sender, Template, TemplateVersion
from tests.working_clinic import WorkingClinic

ALL = {(kind, language) for kind in (Kind.CRISIS, Kind.EMERGENCY) for language in ("en", "es")}


def spokesmen(clinic: WorkingClinic, *, is_practice: bool = False) -> list[Spokesman]:
    with clinic.parts.transaction() as session:
        return read_safe_words(session, is_practice=is_practice)


def words(clinic: WorkingClinic, *, is_practice: bool = False) -> SafeWords:
    [found] = spokesmen(clinic, is_practice=is_practice)
    return found.words


def go_live(clinic: WorkingClinic) -> None:
    clinic.set(Sender, Sender.channel == "sms", provider="twilio", account="AC1", from_address="+13125550100")


def sign(clinic: WorkingClinic, language: str) -> None:
    with clinic.parts.transaction() as session:
        signatures.sign(session, clinic.id, f"replies:{language}", by="Dr. Osei", now=read(session).clinic_at)


def test_on_the_sandbox_all_are_said_as_the_clinic_says_them(clinic: WorkingClinic) -> None:
    found = words(clinic)

    assert set(found.said) == ALL
    assert found.language == "en"
    for text in found.said.values():
        assert text.startswith("Cedar Clinic: ")
        assert all(number in text for number in ("988", "911", "212-555-0142"))


def test_a_number_knows_its_account(clinic: WorkingClinic) -> None:
    go_live(clinic)

    [found] = spokesmen(clinic)

    assert (found.account, found.from_address) == ("AC1", "+13125550100")
    assert found.is_called("+13125550100", None)
    assert not found.is_called("", None)


def test_on_a_real_provider_nothing_unsigned_is_said(clinic: WorkingClinic) -> None:
    go_live(clinic)

    assert words(clinic).said == {}
    sign(clinic, "es")
    assert {language for _, language in words(clinic).said} == {"es"}
    sign(clinic, "en")
    assert set(words(clinic).said) == ALL


def test_a_rehearsal_needs_no_signature(clinic: WorkingClinic) -> None:
    go_live(clinic)

    assert set(words(clinic, is_practice=True).said) == ALL


def test_what_was_changed_after_it_was_signed_is_not_said(clinic: WorkingClinic) -> None:
    go_live(clinic)
    sign(clinic, "en")
    published = select(Template.published_id).where(Template.key == "answer-help", Template.language == "en")

    clinic.set(TemplateVersion, TemplateVersion.id.in_(published), digest="another")

    assert words(clinic).said == {}


def test_a_wording_that_cannot_be_rendered_spoils_no_other(clinic: WorkingClinic) -> None:
    broken = select(Template.published_id).where(Template.key == "answer-crisis", Template.language == "en")
    with clinic.parts.transaction() as session:
        session.execute(
            update(TemplateVersion)
            .where(TemplateVersion.id.in_(broken))
            .values(body={"body": "{{ nobody.knows }}", "segments_limit": 1})
            .execution_options(synchronize_session=False)
        )

    assert set(words(clinic).said) == ALL - {(Kind.CRISIS, "en")}
