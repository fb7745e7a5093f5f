"""Noticing: messages that no plan made are judged and put into words, within the claim of their batch.

Who may be told what is `domain.notices`; what follows when one reaches nobody is `unreached`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.errors import WordingError
from reminders.domain.facts import Standing
from reminders.domain.judgement import Stop
from reminders.domain.letters import compose
from reminders.domain.notices import judge, short_id
from reminders.domain.reasons import Reason
from reminders.domain.replies.wordings import PREFIX
from reminders.domain.segments import measure
from reminders.domain.states import State
from reminders.domain.validity import LONGEST, SHORTEST
from reminders.domain.wording import Values, render_line, render_sms
from reminders.domain.words import Channel
from reminders.pipeline import unreached
from reminders.pipeline.isolating import blame
from reminders.pipeline.parts import Parts
from reminders.pipeline.speaking import Spoken
from reminders.store import notice_facts, outbox
from reminders.store.claims import Held, SenderKeys
from reminders.store.library import Content
from reminders.store.notice_facts import NoticeFacts
from reminders.store.now import Now
from reminders.store.senders import SANDBOX
from reminders.store.tables.people import Address
from reminders.store.templates import Chosen


@dataclass(frozen=True, slots=True)
class Said:
    """A message in words, with everything its attempt needs."""

    held: Held
    channel: Channel
    spoken: Spoken
    period: timedelta
    """How long its provider may try."""
    to: str = field(repr=False)
    quiet_in: timedelta = timedelta.max
    """After how long its recipient's quiet hours begin; what no plan made heeds none."""
    riders: Sequence[Standing] = ()
    """What goes as part of it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What putting the notices of one batch into words needs."""

    session: Session
    parts: Parts
    now: Now
    senders: Mapping[UUID, SenderKeys]


def say_all(desk: Desk, held: Sequence[Held]) -> list[Said]:
    """Return those of *held*, which no plan made, that may go, in words; the others come to rest."""
    if not held:
        return []
    known = notice_facts.read(desk.session, [one.id for one in held])
    contents = desk.parts.library.read(desk.session, {one.clinic_id for one in held})
    said: list[Said] = []
    stopped: list[UUID] = []
    for one in held:
        outcome = _say(desk, one, known[one.id], contents[one.clinic_id])
        if isinstance(outcome, Said):
            said.append(outcome)
        else:
            _stop(desk, one, outcome)
            stopped.append(one.id)
    unreached.follow(desk.session, stopped, desk.now)
    return said


def _say(desk: Desk, held: Held, notice: NoticeFacts, content: Content) -> Said | tuple[State, str]:
    """Return the notice in words, or where it comes to rest and why: parked, whatever is wrong with it."""
    try:
        return _said(desk, held, notice, content)
    except Exception as failed:  # noqa: BLE001  whatever is wrong with one row, the others go
        return State.PARKED, blame(failed, held.id)


def _said(desk: Desk, held: Held, notice: NoticeFacts, content: Content) -> Said | tuple[State, str]:
    verdict = judge(notice.occasion, now=desk.now.clinic_at)
    if isinstance(verdict, Stop):
        return verdict.state, verdict.reason
    left = notice.occasion.useful_until - desk.now.clinic_at
    if left < SHORTEST or held.address_id is None or notice.address is None:
        return State.EXPIRED, Reason.TOO_LATE
    spoken = _speak(held, notice, content)
    if not _may_leave(desk, held, notice, spoken, content):
        return State.PARKED, Reason.UNSIGNED
    to = desk.parts.vault.open(Address.value, held.address_id, notice.address)
    return Said(held, notice.channel, spoken, min(left, LONGEST), to)


def _stop(desk: Desk, held: Held, outcome: tuple[State, str]) -> None:
    state, reason = outcome
    at = desk.now.clinic_at
    outbox.advance(desk.session, [held.id], start=[State.QUEUED], to=state, at=at, reason=reason, crashes=0)


def _may_leave(desk: Desk, held: Held, notice: NoticeFacts, spoken: Spoken, content: Content) -> bool:
    """Whether it may go through its sender: what answers a patient needs a clinician's signature, an alert does not."""
    is_real = not desk.parts.is_practice and desk.senders[held.sender_id].provider != SANDBOX
    is_answer = notice.template.startswith(PREFIX)
    return not (is_real and is_answer and f"replies:{spoken.language}" in content.unsigned)


def _speak(held: Held, notice: NoticeFacts, content: Content) -> Spoken:
    if notice.channel is Channel.PAGER:
        return Spoken(text=_paged(held, notice, content), wording=None)
    chosen = _chosen(notice, content)
    values = _values(notice, content)
    if notice.channel is Channel.EMAIL:
        letter = compose(chosen.template, values)
        return Spoken(text=letter.text, subject=letter.subject, html=letter.html, wording=chosen)
    if notice.channel is Channel.CALL:
        return Spoken(text=render_line(chosen.template.body, values, name=chosen.template.name), wording=chosen)
    text = render_sms(chosen.template, values)
    measured = measure(text)
    return Spoken(text=text, encoding=measured.encoding, segments=measured.segments, wording=chosen)


def _chosen(notice: NoticeFacts, content: Content) -> Chosen:
    language = notice.language or content.book.policy.language
    found = content.shelf.choose(notice.template, notice.channel, language)
    if found is None:
        raise WordingError(
            f"There is no wording {notice.template!r} for {notice.channel} in {language}. Add one.", code="no_wording"
        )
    return found


def _values(notice: NoticeFacts, content: Content) -> Values:
    """Return what a notice may print: nothing of it is anybody's own."""
    return {
        "clinic": {"name": content.book.display_name, "phone": content.book.phone},
        "item": {"id": short_id(notice.item_id)} if notice.item_id else {},
    }


def _paged(held: Held, notice: NoticeFacts, content: Content) -> str:
    """Return the data of a page; `event_id` is the same in a second try, so that nobody is paged twice."""
    return json.dumps(
        {
            "event_id": str(held.id),
            "clinic": content.book.slug,
            "kind": notice.item_kind or notice.template,
            "item": short_id(notice.item_id) if notice.item_id else None,
            "at": notice.due_at.isoformat(),
        }
    )
