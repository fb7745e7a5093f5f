"""Reads a configuration folder: the clinic, its protocols, wordings, answers and alerts, all checked together."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from reminders.domain.alert_file import read_alerts
from reminders.domain.check import approve
from reminders.domain.clinic_file import read_clinic
from reminders.domain.clinic_setup import ClinicSetup
from reminders.domain.errors import InvalidConfigError, Problem
from reminders.domain.protocol import Protocol
from reminders.domain.protocol_file import read_protocols
from reminders.domain.replies.wordings import read_answers
from reminders.domain.samples import Voice
from reminders.domain.template_file import read_templates
from reminders.domain.wording import Template

CLINIC = "clinic.yaml"
PROTOCOLS = "protocols"
TEMPLATES = "templates"
REPLIES = "replies"
ALERTS = "alerts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Starters:
    """Everything that a configuration folder lays down."""

    clinic: ClinicSetup
    protocols: tuple[Protocol, ...]
    templates: tuple[Template, ...]
    """What rules send, the answers that go by themselves, and the alerts to staff."""


def read_folder(folder: Path) -> Starters:
    """Return what *folder* lays down; raise `InvalidConfigError` that names file, line and cure of every problem."""
    clinic = read_clinic(_read(folder / CLINIC), CLINIC)
    protocols = read_protocols(_files(folder, PROTOCOLS, "*.yaml"), clinic)
    texts = _files(folder / TEMPLATES, "", "*/*.*")
    templates = read_templates(texts)
    voice = Voice.of(clinic)
    approve(dict(zip(texts, templates, strict=True)), voice)
    answers = [read_answers(text, file, voice) for file, text in _files(folder, REPLIES, "*.yaml").items()]
    alerts = [read_alerts(text, file, voice) for file, text in _files(folder, ALERTS, "*.yaml").items()]
    problems = _missing_wordings(protocols, templates, clinic.policy.language)
    if problems:
        raise InvalidConfigError(problems)
    spoken = [*(template for one in answers for template in one.templates), *chain.from_iterable(alerts)]
    return Starters(clinic=clinic, protocols=protocols, templates=(*templates, *spoken))


def _files(folder: Path, below: str, pattern: str) -> Mapping[str, str]:
    return {str(path.relative_to(folder)): _read(path) for path in sorted((folder / below).glob(pattern))}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InvalidConfigError([Problem(str(path), "is not there. Is CONFIG_DIR right?")]) from None
    except UnicodeDecodeError as wrong:
        text = f"is not UTF-8 (byte {wrong.start}). Save it as UTF-8."
        raise InvalidConfigError([Problem(str(path), text)]) from None


def _missing_wordings(protocols: tuple[Protocol, ...], templates: list[Template], language: str) -> list[Problem]:
    """Return a problem for each rule that has no wording in the clinic's language for one of its channels."""
    there = {(template.key, template.channel) for template in templates if template.language == language}
    return [
        Problem(
            f"{PROTOCOLS}/{protocol.slug}",
            f"rule {rule.slug!r} needs the wording {rule.template!r} for {channel} in {language!r}; there is none.",
        )
        for protocol in protocols
        for rule in protocol.rules
        for channel in rule.channels
        if (rule.template, channel) not in there
    ]
