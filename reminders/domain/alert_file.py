"""The wordings of alerts to staff, one file a language: `config/alerts/en.yaml`.

language: en
alerts:
alert-safety:
sms: "{{ clinic.name }}: a reply needs you now. Item {{ item.id }}."
subject: …            of the email
email: …
call: …               read aloud, twice

They are read on a locked screen and heard by whoever picks up, so they name nobody and say
nothing of what was written: they may print the clinic's name and phone and the item's short id.
"""

from collections.abc import Iterator

from reminders.domain.blocks import Block, Notes, meant, read_block
from reminders.domain.check import check_text
from reminders.domain.discretion import Occasion, refused
from reminders.domain.errors import RefusedError
from reminders.domain.letters import compose
from reminders.domain.notices import OVERDUE
from reminders.domain.safety import OPS_NEEDED, UNACKNOWLEDGED, URGENT, VISIT
from reminders.domain.samples import Voice
from reminders.domain.strict_liquid import parse
from reminders.domain.wording import Template, Values, placeholders, render_line, render_sms
from reminders.domain.words import Channel

ALERTS = (URGENT, UNACKNOWLEDGED, VISIT, OVERDUE, OPS_NEEDED)

_PRINTABLE = {"clinic.name", "clinic.phone", "item.id"}


def read_alerts(text: str, file: str, voice: Voice) -> tuple[Template, ...]:
    """Return the alerts that *text* spells; raise `InvalidConfigError` with every problem of *file*."""
    notes = Notes(file)
    block = read_block(text, notes, "the alerts")
    language = block.need("language", str, "en")
    block.has("alerts")
    inner = block.block("alerts")
    block.close()
    templates = [template for key in ALERTS for template in _read_alert(inner, key, language)]
    for name in inner.names():
        if name not in ALERTS:
            inner.note(name, f"is no alert. {meant(name, ALERTS)}")
    notes.refuse()
    for template in templates:
        for problem in _problems(template, voice):
            inner.note(template.key, f"{template.channel}: {problem}")
    notes.refuse()
    return tuple(templates)


def _read_alert(alerts: Block, key: str, language: str) -> Iterator[Template]:
    if not alerts.has(key):
        alerts.notes.add(alerts.line, f"{alerts.of}: {key} is missing; add it.")
        return
    block = alerts.block(key)
    subject = block.need("subject", _body, "")
    for channel in (Channel.SMS, Channel.EMAIL, Channel.CALL):
        body = block.need(channel, _body, "")
        yield Template(
            key=key,
            channel=channel,
            language=language,
            body=body,
            subject=subject if channel is Channel.EMAIL else "",
        )
    block.close()


def _body(text: str) -> str:
    flaws = parse(text).flaws
    if flaws:
        raise RefusedError(flaws[0].text)
    others = placeholders(text) - _PRINTABLE
    if others:
        raise RefusedError(f"an alert may print {', '.join(sorted(_PRINTABLE))} only, not {', '.join(sorted(others))}.")
    return text


def _problems(template: Template, voice: Voice) -> Iterator[str]:
    values: Values = {"clinic": {"name": voice.name, "phone": voice.phone}, "item": {"id": "00000000"}}
    occasion = Occasion(clinic_name=voice.name, stop_due=False, private_words=voice.private_words)
    if template.channel is Channel.SMS:
        findings = list(check_text(render_sms(template, values), occasion).problems)
    elif template.channel is Channel.CALL:
        findings = refused(render_line(template.body, values), voice.private_words, part="call")
    else:
        letter = compose(template, values)
        findings = refused(f"{letter.subject}\n{letter.text}", voice.private_words, part="email")
    for finding in findings:
        yield f"{finding.message} [{finding.code}]"
