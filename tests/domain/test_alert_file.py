"""The wordings of alerts: complete, discreet, and saying nothing of anybody."""

from pathlib import Path

import pytest

from reminders.domain.alert_file import ALERTS, read_alerts
from reminders.domain.errors import InvalidConfigError
from reminders.domain.samples import Voice
from reminders.domain.segments import Encoding, measure
from reminders.domain.wording import render_sms
from reminders.domain.words import Channel

FOLDER = Path(__file__).parents[2] / "config" / "alerts"
GOOD = (FOLDER / "en.yaml").read_text(encoding="utf-8")
VOICE = Voice()
VALUES = {"clinic": {"name": VOICE.name, "phone": VOICE.phone}, "item": {"id": "3f2a91c0"}}


def refusals(old: str, new: str) -> str:
    assert old in GOOD
    with pytest.raises(InvalidConfigError) as refused:
        read_alerts(GOOD.replace(old, new), "alerts/en.yaml", VOICE)
    return "\n".join(str(problem) for problem in refused.value.problems)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_the_starters_speak_by_text_email_and_call(file: Path) -> None:
    templates = read_alerts(file.read_text(encoding="utf-8"), file.name, VOICE)

    wanted = {(key, channel) for key in ALERTS for channel in (Channel.SMS, Channel.EMAIL, Channel.CALL)}
    assert {(one.key, one.channel) for one in templates} == wanted
    assert {one.language for one in templates} == {file.stem}


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_each_text_is_one_plain_segment(file: Path) -> None:
    for template in read_alerts(file.read_text(encoding="utf-8"), file.name, VOICE):
        if template.channel is Channel.SMS:
            measured = measure(render_sms(template, VALUES))
            assert (measured.encoding, measured.segments) == (Encoding.GSM, 1)


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("a reply needs you now. Item {{ item.id }}. Call", "a depressed patient wrote. Call", "treatment_word"),
        ("A reply needs a person now. Please", "A suicidal reply needs a person. Please", "treatment_word"),
        ("A reply needs a person now. Item", "Somebody has depression. Item", "treatment_word"),
        ('"{{ clinic.name }}: unacknowledged. Item {{ item.id }}."', '"Unacknowledged."', "no_clinic_name"),
        ("{{ clinic.name }}: unacknowledged. Item", "{{ patient.first_name }}: Item", "an alert may print"),
        ("Item {{ item.id }}. Call", "Item {{ item.number }}. Call", "item.number"),
        ("  alert-visit:", "  alert-visits:", "alert-visit is missing"),
        ("  alert-visit:", "  alert-visits:", "is no alert. Did you mean alert-visit?"),
        ("    subject: ", "    topic: ", "subject is missing"),
        ("    call: ", "    voice: ", "call is missing"),
    ],
)
def test_what_an_alert_must_not_be_is_refused(old: str, new: str, refusal: str) -> None:
    assert refusal in refusals(old, new)
