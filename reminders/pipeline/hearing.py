"""Hearing: a text that reached one of our numbers is kept, understood, acted on and answered, in one transaction.

    keep ─▶ whose? ─▶ which prompt? ─▶ heed ─▶ answer

The same text comes twice and is heard once. One whose handling fails is kept all the same,
and a person reads it: nothing that somebody wrote is lost. A database that is away is the
caller's to tell the provider of.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reminders.domain.replies.choosing import DANGER, Choice
from reminders.domain.replies.inbound import Heard, Inbound
from reminders.domain.replies.intents import OPT_DOWN, Confidence, Intent, Understanding
from reminders.domain.replies.plain_words import read as read_plainly
from reminders.domain.replies.understanding import understand
from reminders.domain.words import Context, WorkKind
from reminders.pipeline import asking_back, needing
from reminders.pipeline.answering import respond
from reminders.pipeline.consenting import Stop, silence
from reminders.pipeline.heeding import heed
from reminders.pipeline.matter import Effect, Matter, matter_of
from reminders.pipeline.needing import Need
from reminders.pipeline.parts import Parts
from reminders.pipeline.reading import read_in
from reminders.pipeline.thread import Thread, open_thread
from reminders.store import ledger, prompts, replies
from reminders.store.locks import retrying
from reminders.store.now import read

OPT_DOWN_WITHIN = timedelta(hours=24)

_PREP = frozenset({"prep", "preparacion"})

_log = structlog.get_logger(__name__)


def hear(parts: Parts, inbound: Inbound) -> Heard:
    """Hear a text, and return what is said back in the same breath; the same for a text that comes again."""
    try:
        return retrying(parts.transaction, partial(_hear, parts, inbound))
    except OperationalError:
        raise
    except Exception as failed:  # noqa: BLE001  whatever goes wrong with a text, a person reads it
        _log.error("hear.failed", provider_id=inbound.provider_id, error=type(failed).__name__)
        return retrying(parts.transaction, partial(_only_keep, parts, inbound))


def _hear(parts: Parts, inbound: Inbound, session: Session) -> Heard:
    thread = _thread(parts, inbound, session)
    if thread is None:
        return replies.said_before(session, parts.vault, inbound.provider_id)
    if _keeps_prep(thread):
        return _opt_down(thread)
    choice = read_in(thread)
    asking_back.settle(thread, choice)
    if choice.options:
        return _noted(thread, *asking_back.ask_back(thread, choice))
    matter, effect = _done(thread, choice)
    prompts.note_answered(session, [one.id for one in choice.answers], now=thread.now.clinic_at)
    return _noted(thread, matter, effect, respond(thread, matter, effect))


def _thread(parts: Parts, inbound: Inbound, session: Session) -> Thread | None:
    line = replies.line_of(session, inbound)
    if line is None:
        raise LookupError("no number of ours belongs to this account")
    content = parts.library.read(session, {line.clinic_id})[line.clinic_id]
    return open_thread(session, parts, line, content, read(session), inbound)


def _done(thread: Thread, choice: Choice) -> tuple[Matter, Effect]:
    """Heed the text for the prompts that still mean something; where one does not, say so and let a person look."""
    now = thread.now.clinic_at
    voids = [(one, void) for one in choice.answers if (void := one.void(now))]
    valid = tuple(one for one in choice.answers if not one.void(now))
    if not voids:
        matter = matter_of(thread, choice)
        return matter, heed(thread, matter)
    if valid:
        heed(thread, matter_of(thread, replace(choice, answers=valid)))
    prompt, void = voids[0]
    matter = matter_of(thread, replace(choice, answers=(prompt,)))
    needing.ask(thread, Need(kind=WorkKind.CHANGE, person_id=matter.patient_id, visit=matter.visit, reason=void))
    return matter, Effect(word=void, answer=void, work=WorkKind.CHANGE)


def _noted(thread: Thread, matter: Matter, effect: Effect, heard: Heard) -> Heard:
    first = matter.answers[0] if matter.answers else None
    replies.note(
        thread.session,
        thread.reply_id,
        heard_at=thread.now.clinic_at,
        person_id=matter.writer.id if matter.writer else None,
        context_id=first.id if first else None,
        context=first.kind if first else Context.NONE,
        intent=matter.meaning.intent,
        confidence=matter.meaning.confidence,
        effect=effect.word,
        answer=effect.answer if heard.answer is not None or thread.inbound.was_listed else None,
    )
    return heard


def _keeps_prep(thread: Thread) -> bool:
    """Whether somebody who has just said STOP chooses to keep preparation."""
    said = read_plainly(thread.inbound.body).words
    opted_out = (one for one in thread.earlier if one.intent == Intent.OPT_OUT)
    last = next(opted_out, None)
    is_offered = last is not None and thread.now.clinic_at - last.received_at <= OPT_DOWN_WITHIN
    return thread.was_silenced and thread.line.answers_stop and said in _PREP and is_offered


def _opt_down(thread: Thread) -> Heard:
    ledger.keep_prep(thread.session, thread.address_id, source="person", how="text", now=thread.now.clinic_at)
    meaning = Understanding(
        intent=Intent.OPT_IN, confidence=Confidence.EXACT, answer=OPT_DOWN, work=None, language=thread.language
    )
    matter = matter_of(thread, Choice(meaning=meaning))
    effect = Effect(word="keeps_prep", answer=OPT_DOWN, work=None)
    return _noted(thread, matter, effect, respond(thread, matter, effect))


def _only_keep(parts: Parts, inbound: Inbound, session: Session) -> Heard:
    """Keep a text that could not be handled, for a person to read; a cry for help is told, a STOP obeyed."""
    thread = _thread(parts, inbound, session)
    if thread is None:
        return replies.said_before(session, parts.vault, inbound.provider_id)
    meaning = _barely_understood(thread)
    matter = matter_of(thread, Choice(meaning=meaning))
    if meaning.intent in DANGER:
        effect = heed(thread, matter)
        return _noted(thread, matter, effect, respond(thread, matter, effect))
    if meaning.intent is Intent.OPT_OUT:
        stop = Stop(address_id=thread.address_id, source="person", how="text", reply_id=thread.reply_id)
        silence(session, parts, stop, thread.now)
    needing.ask(thread, Need(kind=WorkKind.NOT_UNDERSTOOD, person_id=matter.patient_id, reason="not_handled"))
    return Heard()


def _barely_understood(thread: Thread) -> Understanding:
    """Return what a text means by itself, or as an answer to "how are you" where that is a cry for help.

    What our own rules stumble over is unknown: a person reads it like the rest.
    """
    body, language, region = thread.inbound.body, thread.language, thread.line.region
    try:
        alone = understand(body, language=language, region=region)
        asked = understand(body, Context.CHECKIN, language=language, region=region)
    except Exception as failed:  # noqa: BLE001  whatever the rules stumble over, the text is kept
        _log.error("hear.not_read", provider_id=thread.inbound.provider_id, error=type(failed).__name__)
        return Understanding(
            intent=Intent.UNKNOWN,
            confidence=Confidence.NONE,
            answer=None,
            work=WorkKind.NOT_UNDERSTOOD,
            language=language,
        )
    return asked if asked.intent in DANGER and alone.intent not in DANGER else alone
