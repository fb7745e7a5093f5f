"""The stand-in's delivery reports: signed as Twilio signs, then lost, doubled, reordered, hurried or imitated."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Coroutine, Iterable
from typing import Any
from urllib.parse import urlencode

from tests.torture.standin import wire
from tests.torture.standin.draws import Draws
from tests.torture.standin.ledger import Ledger
from tests.torture.standin.texts import Text

TRIES = 6
"""With `#rc=5` Twilio comes five times again."""

STEPS = (("sent", 0.05, 0.4), ("final", 0.2, 1.2))
"""Each report, and between which seconds after the acceptance it comes."""


def sign(token: str, url: str, form: dict[str, str]) -> str:
    """Return the signature of a posted form."""
    said = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()


class Callbacks:
    """Reports what becomes of each text to the address that its request named."""

    def __init__(self, draws: Draws, ledger: Ledger, *, token: str, belated: float = 0) -> None:
        """Take the token that signs, and by how many seconds belated reports are late."""
        self._draws = draws
        self._ledger = ledger
        self._token = token
        self._belated = belated
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, text: Text) -> None:
        """Report on *text* from now on."""
        text.fate = self._draws.final(text.sid)
        self._start(self._life(text))

    async def report(self, text: Text, status: str) -> None:
        """Post one report, again and again until it is taken."""
        url = text.callback.partition("#")[0]
        form = _form(text, status)
        for turn in range(TRIES):
            answered = await self._post(text.sid, url, form, sign(self._token, url, form), forged="no")
            if 200 <= answered < 500:
                return
            await asyncio.sleep(0.2 * 2**turn)
        self._ledger.note("report_given_up", sid=text.sid, status=status)

    def report_on_a_stranger(self, account: str, url: str, sid: str) -> None:
        """Post a good report to *url*, whose token was never handed over."""
        stranger = Text(sid=sid, account=account, to="+12125550100", sender="", body="", callback=url, accepted_at=0)
        self._ledger.note("fault", kind="callback_of_a_stranger")
        self._start(self.report(stranger, "delivered"))

    async def _life(self, text: Text) -> None:
        """Let the text travel, reporting as the draw wants."""
        how = self._draws.calling(text.sid)
        if how != "ok":
            self._ledger.note("fault", kind=f"callbacks_{how}")
        if (forging := self._draws.forging(text.sid)) != "no":
            await self._imitate(text, forging)
        final = "undelivered" if text.fate else "delivered"
        plan = [
            (self._delay(text, step, low, high), final if step == "final" else step)
            for step, low, high in STEPS
            if step == "final" or how != "early"  # then the first one has been posted already
        ]
        if how == "reordered":
            plan = [(delay, status) for (delay, _), (_, status) in zip(plan, reversed(plan), strict=True)]
        late = self._belated if how == "belated" else 0
        await asyncio.gather(*(self._later(text, late + delay, status, how) for delay, status in plan))

    def _delay(self, text: Text, step: str, low: float, high: float) -> float:
        return low + (high - low) * self._draws.share("delay", step, text.sid)

    async def _later(self, text: Text, delay: float, status: str, how: str) -> None:
        await asyncio.sleep(delay)
        is_final = status != "sent"
        if is_final:
            self._ledger.note("ended", sid=text.sid, status=status, code=text.fate)
        if is_final or text.status == "accepted":
            text.move(status)
        if how == "lost" or (how == "final_lost" and is_final):
            return
        for _ in range(2 if how == "doubled" else 1):
            await self.report(text, status)

    async def _imitate(self, text: Text, forging: str) -> None:
        """Post what somebody else could post: a wrong signature, or a right one over a changed token."""
        self._ledger.note("fault", kind=f"callback_forged_{forging}")
        url, form = text.callback.partition("#")[0], _form(text, "delivered")
        if forging == "token":
            url = url[:-1] + ("a" if url[-1] != "a" else "b")
        signature = sign(self._token if forging == "token" else "somebody else's", url, form)
        await self._post(text.sid, url, form, signature, forged=forging)

    async def _post(self, sid: str, url: str, form: dict[str, str], signature: str, *, forged: str) -> int:
        headers = {"X-Twilio-Signature": signature, "I-Twilio-Idempotency-Token": sid}
        status = await wire.post(url, urlencode(form).encode(), headers, patience=15)
        self._ledger.note(
            "report", sid=sid, status=form["MessageStatus"], token=token_of(url), forged=forged, answer=status
        )
        return status

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)


def token_of(url: str) -> str:
    """Return the attempt's token in a callback's address."""
    return url.partition("?t=")[2].partition("#")[0].partition("&")[0]


def _form(text: Text, status: str) -> dict[str, str]:
    form = {
        "AccountSid": text.account,
        "ApiVersion": "2010-04-01",
        "From": text.sender,
        "MessageSid": text.sid,
        "MessageStatus": status,
        "SmsSid": text.sid,
        "SmsStatus": status,
        "To": text.to,
    }
    return form | ({"ErrorCode": str(text.fate)} if status == "undelivered" else {})


def waits(texts: Iterable[Text]) -> int:
    """Return how many of *texts* are still on their way."""
    return sum(not text.is_final for text in texts)
