"""Services and kinds of course in the clinic file: fasting stops, recovery, drivers, phases."""

import re
from collections.abc import Sequence
from datetime import timedelta

from reminders.domain.blocks import Block, meant
from reminders.domain.config_words import discreet, plain_text, slug
from reminders.domain.errors import RefusedError
from reminders.domain.offset_text import parse_length
from reminders.domain.protocol import DRIVER_DEADLINE, CourseKind, Phase, Service, Stop

_LONGEST_DEADLINE = timedelta(days=7)
_LONGEST_STOP = timedelta(hours=48)
_ALL: tuple[int, int | None] = (1, None)
_DRIVER = {"required": True, "not needed": False}


def read_services(clinic: Block, language: str) -> tuple[Service, ...]:
    """Return the services of the clinic file; *language* must be among the words of every stop."""
    return tuple(_read_service(block, language) for block in clinic.blocks("services", "service"))


def read_course_kinds(clinic: Block, services: Sequence[str]) -> tuple[CourseKind, ...]:
    """Return the kinds of course of the clinic file, each of one of *services*."""
    return tuple(_read_course_kind(block, services) for block in clinic.blocks("courses", "course"))


def _read_service(block: Block, language: str) -> Service:
    service = Service(
        slug=block.need("slug", slug, ""),
        title=block.pairs("title", plain_text),
        stops=tuple(_read_stop(stop, language) for stop in block.blocks("fasting", f"{block.of}, fasting stop")),
        recovery=block.may("recovery", parse_length, timedelta()),
        driver_required=block.may("driver", _driver, default=False),
        driver_deadline=block.may("driver_deadline", _deadline, DRIVER_DEADLINE),
    )
    block.close()
    if block.has("driver_deadline") and not service.driver_required:
        block.note("driver_deadline", "nobody has to drive here; write driver: required or remove this line.")
    names = [stop.slug for stop in service.stops]
    if len(set(names)) < len(names):
        block.note("fasting", "two stops have the same name; give each its own.")
    return service


def _driver(text: str) -> bool:
    if text not in _DRIVER:
        raise RefusedError(f"{text!r} is not known here. {meant(text, list(_DRIVER))}")
    return _DRIVER[text]


def _deadline(text: str) -> timedelta:
    deadline = parse_length(text)
    if not timedelta() < deadline <= _LONGEST_DEADLINE:
        raise RefusedError(f"{text!r} leaves nobody time, or is no deadline; give 1 h to 7 d, such as 20 h.")
    return deadline


def _read_stop(block: Block, language: str) -> Stop:
    say = block.pairs("say", discreet)
    stop = Stop(slug=block.need("slug", slug, ""), before=block.need("before", _before, timedelta(hours=1)), say=say)
    block.close()
    if language not in block.block("say").names():
        block.note("say", f"no words for the clinic's language; add {language}: and the words before the time.")
    return stop


def _before(text: str) -> timedelta:
    before = parse_length(text)
    if not timedelta() < before <= _LONGEST_STOP:
        raise RefusedError(f"{text!r} cannot be the length of a fast; give 1 min to 48 h.")
    return before


def _read_course_kind(block: Block, services: Sequence[str]) -> CourseKind:
    kind = CourseKind(
        slug=block.need("slug", slug, ""),
        service=block.need("service", slug, ""),
        phases=tuple(_read_phase(phase) for phase in block.blocks("phases", f"{block.of}, phase")),
    )
    block.close()
    if kind.service and kind.service not in services:
        block.note("service", f"{kind.service!r} is not a service of this file. {meant(kind.service, services)}")
    _check_phases(block, kind.phases)
    return kind


def _read_phase(block: Block) -> Phase:
    first, last = block.need("visits", _visits, _ALL)
    interval = block.need("every", parse_length, timedelta(days=1))
    phase = Phase(
        slug=block.need("slug", slug, ""),
        first=first,
        last=last,
        interval=interval,
        at_most=block.may("at_most", parse_length, None),
    )
    block.close()
    if phase.at_most is not None and phase.at_most < interval:
        block.note("at_most", "the longest time between visits cannot be shorter than the usual one.")
    return phase


def _visits(text: str) -> tuple[int, int | None]:
    match = re.fullmatch(r"(\d{1,3})\s*-\s*(\d{1,3})?", text, re.ASCII)
    if match is None or (match[2] and int(match[2]) < int(match[1])):
        raise RefusedError(f"{text!r} does not say which visits; write 1-6, or 7- for visit 7 and all after it.")
    return int(match[1]), int(match[2]) if match[2] else None


def _check_phases(block: Block, phases: Sequence[Phase]) -> None:
    """Note phases that leave a visit out or share one."""
    if not phases:
        block.note("phases", "a course needs at least one phase, such as visits: 1-.")
    expected: int | None = 1
    for phase in phases:
        if phase.first != expected:
            wanted = f"should begin with visit {expected}" if expected else "comes after one that never ends"
            block.note("phases", f"phase {phase.slug} {wanted}; phases follow each other without gaps.")
        expected = None if phase.last is None else phase.last + 1
