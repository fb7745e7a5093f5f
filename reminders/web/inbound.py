"""The webhook for texts to us: verified, heard, and answered in the same breath.

    200  TwiML: what is said back, or nothing
    400, 413, 415  not a text
    403  unsigned, or signed by an account that is not ours
    503  it could not be stored: the provider comes again, or its list tells of it

A cry for help is always answered 200, from memory where hearing it failed or took too long
(`safe_words`). What was not stored then is found in the provider's list (`pipeline.listening`).
"""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from reminders.channels import twiml
from reminders.channels.twiml import Answering
from reminders.domain.replies.inbound import Heard, Inbound
from reminders.pipeline.texting import INBOUND_PATH
from reminders.web.ears import Ears
from reminders.web.forms import Fields, only
from reminders.web.safe_words import SafeAnswerer
from reminders.web.signed import SignedForms, come_again

PATH = INBOUND_PATH

SOON = timedelta(seconds=3)
"""How long a cry for help may wait for its answer."""
PATIENCE = timedelta(seconds=10)
"""How long any other text may; the provider itself waits 15 s."""

_PROVIDER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SENDER = re.compile(r"[^\x00-\x1f]{1,64}")
_COUNT = re.compile(r"[0-9]{1,3}")
_OPT_OUT = frozenset({"STOP", "START", "HELP"})

_log = structlog.get_logger(__name__)


class InboundWebhook:
    """Takes texts.

    Args:
        forms: Verifies them.
        ears: Hears them.
        safe_words: Answers a cry for help without the database.
        is_stored: Whether the text of a provider's id is in the database; raises like the database.
        callback: The address for receipts of an attempt.
    """

    def __init__(
        self,
        forms: SignedForms,
        ears: Ears,
        safe_words: SafeAnswerer,
        *,
        is_stored: Callable[[str], bool],
        callback: Callable[[UUID], str],
    ) -> None:
        self._forms = forms
        self._ears = ears
        self._safe_words = safe_words
        self._is_stored = is_stored
        self._callback = callback

    async def take(self, request: Request) -> Response:
        """Answer one POST."""
        _, fields = await self._forms.take(request)
        inbound = _inbound(fields)
        hearing = self._ears.begin(inbound)
        heard = await _within(SOON, hearing)
        if heard is None:
            safe = self._safe_words.answer(inbound)
            if safe is not None:
                _log.error("inbound.answered_from_memory", reason=_why(hearing))
                return _document(Answering(safe))
            heard = await _within(PATIENCE - SOON, hearing)
        return _document(self._answering(heard)) if heard else await self._unheard(inbound, hearing)

    def _answering(self, heard: Heard) -> Answering | None:
        if heard.answer is None:
            return None
        return Answering(heard.answer, None if heard.attempt_id is None else self._callback(heard.attempt_id))

    async def _unheard(self, inbound: Inbound, hearing: asyncio.Future[Heard] | None) -> Response:
        """Answer a text that nobody understood: nothing is said to what is stored, all else must come again."""
        if _why(hearing) == "failed" and await self._is_safe(inbound.provider_id):
            return _document(None)
        raise come_again(after=5)

    async def _is_safe(self, provider_id: str) -> bool:
        try:
            return await asyncio.to_thread(self._is_stored, provider_id)
        except SQLAlchemyError as error:
            _log.warning("inbound.not_looked_up", error=type(error).__name__)
            return False


async def _within(patience: timedelta, hearing: asyncio.Future[Heard] | None) -> Heard | None:
    """Return what was heard within *patience*; None: it failed, or goes on without us."""
    if hearing is None:
        return None
    await asyncio.wait({hearing}, timeout=patience.total_seconds())
    return hearing.result() if hearing.done() and hearing.exception() is None else None


def _why(hearing: asyncio.Future[Heard] | None) -> str:
    """Return why nothing was heard: `no_room`, `slow`, `database_away` or `failed`."""
    if hearing is None:
        return "no_room"
    if not hearing.done():
        return "slow"
    return "database_away" if isinstance(hearing.exception(), OperationalError) else "failed"


def _inbound(fields: Fields) -> Inbound:
    """Return the text that *fields* tell of; one without an id or a sender is refused with 400."""
    provider_id, sender = only(fields, "MessageSid") or "", only(fields, "From") or ""
    if not _PROVIDER_ID.fullmatch(provider_id) or not _SENDER.fullmatch(sender):
        raise HTTPException(400)
    media, opt_out = only(fields, "NumMedia") or "", (only(fields, "OptOutType") or "").upper()
    return Inbound(
        account=only(fields, "AccountSid") or "",
        provider_id=provider_id,
        sender=sender,
        to=only(fields, "To") or "",
        body=only(fields, "Body") or "",
        media=int(media) if _COUNT.fullmatch(media) else 0,
        messaging_service=only(fields, "MessagingServiceSid") or None,
        opt_out=opt_out if opt_out in _OPT_OUT else None,
    )


def _document(answering: Answering | None) -> Response:
    return Response(twiml.say(answering), media_type=twiml.MEDIA_TYPE)
