"""The clinic file, `config/clinic.yaml`: reading it, and the bodies that the store keeps of services and courses.

Reading tells every problem at once, by file and line, with what to do about it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import time, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from babel import Locale, UnknownLocaleError

from reminders.domain.blocks import Block, Notes, meant, read_block
from reminders.domain.clinic_setup import ClinicSetup, LocationSetup, StaffSetup
from reminders.domain.config_words import discreet, plain_text, slug, whole_number
from reminders.domain.contact import read_email, read_phone
from reminders.domain.errors import RefusedError
from reminders.domain.facts import ClinicPolicy
from reminders.domain.hours_file import read_hours
from reminders.domain.offset_text import format_length, parse_length, parse_time
from reminders.domain.protocol import DRIVER_DEADLINE, CourseKind, Phase, Service, Stop
from reminders.domain.safety_file import read_safety
from reminders.domain.sender_file import read_senders
from reminders.domain.service_file import read_course_kinds, read_services

Body = Mapping[str, Any]


def read_clinic(text: str, file: str) -> ClinicSetup:
    """Return the clinic that *text* spells."""
    notes = Notes(file)
    block = read_block(text, notes, "the clinic")
    policy = _read_policy(block)
    region = block.need("region", _country, "US")
    countries = block.several("countries", _country) or (region,)
    phone = partial(_told, read_phone, region=region, countries=countries)
    services = read_services(block, policy.language)
    staff = tuple(_read_staff(inner, phone) for inner in block.blocks("staff", "staff"))
    safety = read_safety(block, staff, phone)
    clinic = ClinicSetup(
        slug=block.need("clinic", slug, ""),
        name=block.need("name", plain_text, ""),
        display_name=block.need("display_name", discreet, ""),
        phone=block.need("phone", _as_written(phone), ""),
        region=region,
        countries=countries,
        policy=policy,
        locations=tuple(_read_location(inner) for inner in block.blocks("locations", "location")),
        services=services,
        course_kinds=read_course_kinds(block, [service.slug for service in services]),
        staff=(*staff, *(safety.contacts if safety else ())),
        safety=safety.plan if safety else None,
        answers_stop=block.may("opt_out", _opt_out, default=False),
        senders=read_senders(block),
    )
    block.close()
    _check_whole(block, clinic)
    notes.refuse()
    return clinic


def _read_policy(block: Block) -> ClinicPolicy:
    standard = ClinicPolicy(language=block.need("language", _language, "en"))
    quiet, limits = block.block("quiet_hours"), block.block("limits")
    policy = ClinicPolicy(
        language=standard.language,
        quiet_from=quiet.may("from", parse_time, standard.quiet_from),
        quiet_until=quiet.may("until", parse_time, standard.quiet_until),
        texts_per_day=limits.may("texts_per_day", _at_least_one, standard.texts_per_day),
        texts_per_week=limits.may("texts_per_week", _at_least_one, standard.texts_per_week),
    )
    quiet.close()
    limits.close()
    if _is_quiet_at_noon(policy):
        block.note("quiet_hours", "noon would be quiet; quiet hours run through the night: swap from and until.")
    if policy.texts_per_week < policy.texts_per_day:
        block.note("limits", "texts_per_week is less than texts_per_day; raise the one or lower the other.")
    return policy


def _is_quiet_at_noon(policy: ClinicPolicy) -> bool:
    noon, wraps = time(12), policy.quiet_from > policy.quiet_until
    after, before = noon >= policy.quiet_from, noon < policy.quiet_until
    return (after or before) if wraps else (after and before)


def _at_least_one(text: str) -> int:
    number = whole_number(text)
    if not number:
        raise RefusedError("0 would hold back every text; give at least 1.")
    return number


def _language(text: str) -> str:
    try:
        Locale.parse(text, sep="-")
    except (ValueError, UnknownLocaleError):
        raise RefusedError(f"{text!r} is not a language; write it like en or es.") from None
    return text


def _country(text: str) -> str:
    if text not in phonenumbers.SUPPORTED_REGIONS:
        raise RefusedError(f"{text!r} is not a country; write its two capital letters, such as US.")
    return text


def _as_written(read: Callable[[str], str]) -> Callable[[str], str]:
    """Return a reader that checks a phone and keeps it as patients shall read it."""

    def check(text: str) -> str:
        read(text)
        return text

    return check


def _told(read: Callable[..., str], text: str, **how: Any) -> str:
    """Return what *read* returns; its refusals begin with a verb and do not repeat a staff member's number."""
    try:
        return read(text, **how)
    except RefusedError as refused:
        raise RefusedError(f"it {refused}.") from None


def _read_location(block: Block) -> LocationSetup:
    location = LocationSetup(
        slug=block.need("slug", slug, ""),
        name=block.need("name", plain_text, ""),
        address=block.need("address", plain_text, ""),
        hours=read_hours(block),
    )
    block.close()
    return location


def _read_staff(block: Block, phone: Callable[[str], str]) -> StaffSetup:
    staff = StaffSetup(
        slug=block.need("slug", slug, ""),
        name=block.need("name", plain_text, ""),
        role=block.need("role", plain_text, ""),
        phone=block.may("phone", phone, None),
        email=block.may("email", partial(_told, read_email), None),
        pager=block.may("pager", _pager, None),
    )
    if not any(block.has(name) for name in ("phone", "email", "pager")):
        block.note("slug", "nothing can reach this contact; give a phone or an email.")
    block.close()
    return staff


def _pager(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or parts.username:
        raise RefusedError("it has to be the https:// address of the pager's webhook.")
    return text


def _opt_out(text: str) -> bool:
    """Return whether we answer STOP ourselves."""
    if text not in _ANSWER_STOP:
        raise RefusedError(f"{text!r} is not known here. {meant(text, list(_ANSWER_STOP))}")
    return _ANSWER_STOP[text]


_ANSWER_STOP = {"provider": False, "ours": True}


def _check_whole(block: Block, clinic: ClinicSetup) -> None:
    for name, held in (
        ("locations", clinic.locations),
        ("services", clinic.services),
        ("courses", clinic.course_kinds),
        ("staff", clinic.staff),
    ):
        slugs = [one.slug for one in held]
        for twice in sorted({one for one in slugs if one and slugs.count(one) > 1}):
            block.note(name, f"{twice} stands here twice; give each its own name.")
    for name in ("locations", "services"):
        if not block.has(name):
            block.note(name, "name at least one.")
    if re.search(r"https?:|\n", clinic.display_name):
        block.note("display_name", "it begins every text: a short plain name without links.")


def service_to_body(service: Service) -> dict[str, Any]:
    """Return *service* as JSON can hold it, in the words of the file."""
    return {
        "slug": service.slug,
        "title": dict(service.title),
        "fasting": [
            {"slug": stop.slug, "before": format_length(stop.before), "say": dict(stop.say)} for stop in service.stops
        ],
        "recovery": format_length(service.recovery),
        "driver_required": service.driver_required,
        # Only where it is said: what was signed before this field existed keeps its digest.
        **(
            {"driver_deadline": format_length(service.driver_deadline)}
            if service.driver_deadline != DRIVER_DEADLINE
            else {}
        ),
    }


def service_from_body(body: Body) -> Service:
    """Return the service that `service_to_body` made *body* of."""
    return Service(
        slug=body["slug"],
        title=body["title"],
        stops=tuple(
            Stop(slug=stop["slug"], before=parse_length(stop["before"]), say=stop["say"]) for stop in body["fasting"]
        ),
        recovery=parse_length(body["recovery"]),
        driver_required=body["driver_required"],
        driver_deadline=parse_length(body["driver_deadline"]) if "driver_deadline" in body else DRIVER_DEADLINE,
    )


def course_kind_to_body(kind: CourseKind) -> dict[str, Any]:
    """Return *kind* as JSON can hold it."""
    return {"slug": kind.slug, "service": kind.service, "phases": [_phase_to_body(phase) for phase in kind.phases]}


def course_kind_from_body(body: Body) -> CourseKind:
    """Return the kind of course that `course_kind_to_body` made *body* of."""
    phases = tuple(_phase_from_body(phase) for phase in body["phases"])
    return CourseKind(slug=body["slug"], service=body["service"], phases=phases)


def _phase_to_body(phase: Phase) -> dict[str, Any]:
    return {
        "slug": phase.slug,
        "first": phase.first,
        "last": phase.last,
        "every": format_length(phase.interval),
        "at_most": format_length(phase.at_most) if phase.at_most is not None else None,
    }


def _phase_from_body(body: Body) -> Phase:
    at_most: timedelta | None = parse_length(body["at_most"]) if body["at_most"] else None
    return Phase(
        slug=body["slug"],
        first=body["first"],
        last=body["last"],
        interval=parse_length(body["every"]),
        at_most=at_most,
    )
