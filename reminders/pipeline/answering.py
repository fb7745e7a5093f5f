"""Answering: the automatic answer to a text, handed over in the webhook's own response.

Its message and attempt are written in the transaction that understood the text. Whether the
provider took it is not known here: the message is `unknown` until its receipt comes, or the
provider's list tells. A text that was only found in the provider's list has no response to
ride on: its answer is scheduled like any other message.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from reminders.domain.dates import clock, short_date
from reminders.domain.notices import OPT_OUT_ANSWER, SAFE_REPLY
from reminders.domain.openings import opens_at
from reminders.domain.reasons import Reason
from reminders.domain.replies.choosing import DANGER
from reminders.domain.replies.inbound import Heard
from reminders.domain.replies.intents import Confidence, Intent, Understanding
from reminders.domain.replies.manners import ABOUT_TEXTS, Before, Manners, may_answer
from reminders.domain.replies.safe_answer import always
from reminders.domain.replies.wordings import PREFIX, values_of
from reminders.domain.segments import measure
from reminders.domain.states import State
from reminders.domain.wording import render_sms
from reminders.domain.words import Category, Channel, Lane, RecipientKind, SubjectKind
from reminders.pipeline.matter import Effect, Matter
from reminders.pipeline.thread import Thread
from reminders.store import claims, notices, outbox, work
from reminders.store.base import new_id
from reminders.store.notices import Notice
from reminders.store.senders import SANDBOX
from reminders.store.tables.messages import Attempt
from reminders.store.templates import Chosen

ANSWER = "answer"
"""What an ordinary answer is, as its message's rule."""

USEFUL = timedelta(hours=12)
CONFIRMS_WITHIN = timedelta(minutes=5)
"""How long after STOP its one confirmation may go (47 CFR 64.1200(a)(12))."""

_log = structlog.get_logger(__name__)


def respond(thread: Thread, matter: Matter, effect: Effect, *, options: str = "") -> Heard:
    """Answer a text where manners allow it; nothing where the clinic has, or has signed, no such wording.

    A cry for help is answered even then, in words that need nobody's signature. One that was only found
    in the provider's list is not answered again: the web process, or the static fallback, has done it.
    """
    intent = matter.meaning.intent
    is_answered = effect.answer is not None and may_answer(intent, _manners(thread, matter.meaning))
    if effect.answer is None or not is_answered or (intent in DANGER and thread.inbound.was_listed):
        return Heard()
    rule = SAFE_REPLY if intent in DANGER else OPT_OUT_ANSWER if intent is Intent.OPT_OUT else ANSWER
    chosen = thread.content.shelf.choose(PREFIX + effect.answer, Channel.SMS, matter.meaning.language)
    if chosen is None or not _may_leave(thread, chosen):
        _log.warning("answer.no_signed_wording", answer=effect.answer)
        return Heard(always(intent, matter.meaning.language)) if intent in DANGER else Heard()
    notice = _notice(thread, chosen, (matter.writer or thread.people[0]).id, rule)
    if thread.inbound.was_listed:
        notices.add(thread.session, [notice], thread.now)
        return Heard()
    text = render_sms(chosen.template, _values(thread, chosen.template.language, options))
    return _hand_over(thread, notice, chosen, text)


def _may_leave(thread: Thread, chosen: Chosen) -> bool:
    """Whether a clinician has signed the answers of this language; stand-ins need no signature."""
    if thread.parts.is_practice or thread.line.provider == SANDBOX:
        return True
    return f"replies:{chosen.template.language}" not in thread.content.unsigned


def _values(thread: Thread, language: str, options: str) -> dict[str, Any]:
    book, hours = thread.content.book, thread.hours_of(None)
    at = opens_at(thread.now.clinic_at, hours)
    opens = f"{short_date(at, hours.zone, language)} {clock(at, hours.zone, language)}" if at else ""
    return dict(values_of(book.display_name, book.phone, opens=opens, options=options))


def _notice(thread: Thread, chosen: Chosen, recipient_id: UUID, rule: str) -> Notice:
    now = thread.now.clinic_at
    return Notice(
        clinic_id=thread.line.clinic_id,
        subject_kind=SubjectKind.REPLY,
        subject_id=thread.reply_id,
        rule=rule,
        recipient_kind=RecipientKind.PERSON,
        recipient_id=recipient_id,
        channel=Channel.SMS,
        address_id=thread.address_id,
        sender_id=thread.line.sender_id,
        template=chosen.template.key,
        lane=Lane.SAFETY,
        category=Category.SAFETY if rule == SAFE_REPLY else Category.ADMIN,
        due_at=now,
        useful_until=_useful_until(thread, rule),
    )


def _useful_until(thread: Thread, rule: str) -> datetime:
    """Return until when an answer may go; the confirmation of a STOP counts from when it was written."""
    now, written_at = thread.now, thread.inbound.written_at
    if rule != OPT_OUT_ANSWER:
        return now.clinic_at + USEFUL
    age = max(now.machine_at - written_at, timedelta()) if written_at else timedelta()
    return now.clinic_at - age + CONFIRMS_WITHIN


def _hand_over(thread: Thread, notice: Notice, chosen: Chosen, text: str) -> Heard:
    """Write message and attempt; the response that carries them is sent once this is committed."""
    session, now, attempt_id = thread.session, thread.now, new_id()
    launched = {"launched_at": now.machine_at, "launched_on_clock": now.clinic_at}
    notices.add(session, [replace(notice, state=State.SENDING, columns=launched)], now)
    measured = measure(text)
    claims.write_attempts(
        session,
        [
            {
                "id": attempt_id,
                "clinic_id": notice.clinic_id,
                "message_id": notice.id,
                "number": 1,
                "sender_id": notice.sender_id,
                "template_version_id": chosen.version_id,
                "language": chosen.template.language,
                "is_fallback_language": chosen.is_fallback,
                "body": thread.parts.vault.seal(Attempt.body, attempt_id, text),
                "encoding": measured.encoding,
                "segments": measured.segments,
                "made_at": now.clinic_at,
                **launched,
            }
        ],
    )
    outbox.advance(
        session,
        [notice.id],
        start=[State.SENDING],
        to=State.UNKNOWN,
        at=now.clinic_at,
        reason=Reason.ANSWERED,
        check_at=now.machine_at + thread.parts.times.settle_first,
    )
    return Heard(text, attempt_id)


def _manners(thread: Thread, meaning: Understanding) -> Manners:
    now = thread.now.clinic_at
    is_exact = meaning.confidence is Confidence.EXACT
    by_provider = meaning.intent in ABOUT_TEXTS and is_exact and not thread.line.answers_stop
    return Manners(
        sender=thread.inbound.sender,
        earlier=[
            Before(
                intent=Intent(one.intent) if one.intent else None,
                was_answered=one.answer is not None,
                ago=now - one.received_at,
                ago_really=one.age,
            )
            for one in thread.earlier
        ],
        stop_changes=thread.stop_changes,
        was_silenced=thread.was_silenced,
        is_gone=thread.is_gone,
        human_writes=work.is_in_hand(thread.session, thread.address_id, since=now - timedelta(days=1)),
        provider_answers=thread.inbound.opt_out is not None or by_provider,
    )
