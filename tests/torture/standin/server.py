"""The stand-in's interface: creates texts, lists them, and goes wrong as it is drawn."""

import asyncio
import hashlib
import json
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.torture.standin import wire
from tests.torture.standin.callbacks import Callbacks, token_of, waits
from tests.torture.standin.draws import Draws
from tests.torture.standin.ledger import Ledger
from tests.torture.standin.texts import Shelf, Text
from tests.torture.standin.wire import Request

MESSAGES = re.compile(r"/2010-04-01/Accounts/(?P<account>\w+)/Messages(?:/(?P<sid>\w+))?\.json")
HTML = {"Content-Type": "text/html"}
PAGE = "<html><head><title>Trouble</title></head><body><h1>Trouble upstream</h1></body></html>"
NO_SUCH = '{"code": 20404, "message": "not found"}'
REFUSALS = {
    21211: "Invalid 'To' Phone Number",
    21614: "'To' number is not a valid mobile number",
    21610: "Attempt to send to unsubscribed recipient",
    21612: "Message cannot be sent with the current combination of 'To' and 'From'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Whose account it is and how long it takes, in seconds."""

    account: str
    token: str
    call: float
    """After which a caller gives up."""
    first_look: float
    second_look: float
    """When the list is asked about an unanswered call, after its end."""
    pause: float = 0
    """How long every answer takes at least."""


class _Hang(Exception):  # noqa: N818  no mistake
    """Hang up without another word, after sending *last*."""

    def __init__(self, last: bytes = b"") -> None:
        super().__init__()
        self.last = last


class StandIn:
    """Answers requests, one connection after the other and many at once."""

    def __init__(self, ways: Ways, draws: Draws, ledger: Ledger) -> None:
        self._ways = ways
        self._draws = draws
        self._ledger = ledger
        self._shelf = Shelf()
        self._callbacks = Callbacks(draws, ledger, token=ways.token, belated=1.5 * ways.second_look)
        self._turns: Counter[str] = Counter()
        self._out_until = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection until somebody hangs up."""
        with suppress(ConnectionError):
            while (request := await wire.read(reader)) is not None:
                try:
                    writer.write(await self._answer(request, reader))
                    await writer.drain()
                except _Hang as hang:
                    writer.write(hang.last)
                    await writer.drain()
                    break
        writer.close()

    async def _answer(self, request: Request, reader: asyncio.StreamReader) -> bytes:
        if request.path == "/control":
            return wire.answer(200, json.dumps(self._control(json.loads(request.raw or b"{}"))))
        if request.login() != (self._ways.account, self._ways.token):
            return wire.answer(401, '{"code": 20003, "message": "Authenticate", "status": 401}')
        found = MESSAGES.fullmatch(request.path)
        if found is None or found["account"] != self._ways.account:
            return wire.answer(404, NO_SUCH)
        if asyncio.get_running_loop().time() < self._out_until:
            self._ledger.note("fault", kind="outage")
            return wire.answer(503, PAGE, HTML)
        if request.method == "POST" and not found["sid"]:
            return await self._create(request, reader)
        return await self._show(request, found["sid"])

    def _control(self, order: dict[str, Any]) -> dict[str, Any]:
        """Do what the test orders, and tell how much is still on its way."""
        self._draws.is_calm |= bool(order.get("calm"))
        if "outage" in order:
            self._out_until = asyncio.get_running_loop().time() + float(order["outage"])
        if "stranger" in order:
            self._callbacks.report_on_a_stranger(self._ways.account, order["stranger"], order["sid"])
        return {"accepted": len(self._shelf.texts), "on_the_way": waits(self._shelf.texts.values())}

    async def _create(self, request: Request, reader: asyncio.StreamReader) -> bytes:
        form, to = request.form, request.form.get("To", "")
        self._turns[to] += 1
        turn = self._turns[to]
        refusal, fault = self._draws.refusal(to), self._draws.creating(to, turn)
        heard_at = self._ledger.note(
            "heard", to=to, body=form.get("Body"), token=token_of(form.get("StatusCallback", "")), turn=turn
        )
        if fault != "ok":
            self._ledger.note("fault", kind=fault, to=to)
        if self._ways.pause:
            await asyncio.sleep(self._ways.pause)
        await self._spoil_before(fault, reader)
        if refusal:
            return self._refuse(form, refusal)
        text = self._accept(form, to, turn, heard_at)
        return await self._confirm(fault, text)

    def _refuse(self, form: dict[str, str], code: int) -> bytes:
        self._ledger.note("refused", to=form["To"], token=token_of(form.get("StatusCallback", "")), code=code)
        body = {"code": code, "message": REFUSALS[code], "status": 400, "more_info": f"/docs/errors/{code}"}
        return wire.answer(400, json.dumps(body))

    async def _spoil_before(self, fault: str, reader: asyncio.StreamReader) -> None:
        """Let go wrong what goes wrong before anything is accepted."""
        match fault:
            case "throttled":
                raise _Hang(wire.answer(429, '{"code": 20429, "message": "Too Many Requests"}', {"Retry-After": "1"}))
            case "broken_before":
                raise _Hang(wire.answer(500, '{"code": 20500, "message": "Internal Server Error", "status": 500}'))
            case "html_before":
                raise _Hang(wire.answer(502, PAGE, HTML))
            case "dropped_before":
                raise _Hang
            case "silent":
                with suppress(TimeoutError, ConnectionError):
                    await asyncio.wait_for(reader.read(), 4 * self._ways.call)
                raise _Hang
            case "slow":
                await asyncio.sleep(self._ways.call * 0.6 * self._draws.share("slow", self._turns.total()))
            case "late":
                await asyncio.sleep(self._ways.call * (1.1 + 1.2 * self._draws.share("late", self._turns.total())))

    def _accept(self, form: dict[str, str], to: str, turn: int, heard_at: float) -> Text:
        """Accept a text: the ledger hears of it first."""
        sid = f"SM{hashlib.sha256(f'{self._ways.token}/{to}/{turn}'.encode()).hexdigest()[:32]}"
        callback = form.get("StatusCallback", "")
        at = self._ledger.note(
            "accepted",
            sid=sid,
            to=to,
            body=form.get("Body", ""),
            callback=callback,
            token=token_of(callback),
            validity=form.get("ValidityPeriod"),
            account=self._ways.account,
            heard_at=heard_at,
        )
        sender = form.get("From") or form.get("MessagingServiceSid", "")
        text = Text(sid, self._ways.account, to, sender, form.get("Body", ""), callback, at, at + self._lag(sid))
        self._shelf.put(text)
        return text

    def _lag(self, sid: str) -> float:
        if self._draws.calling(sid) == "belated":
            return 3 * self._ways.second_look
        lag, share = self._draws.lag(sid), self._draws.share("lag by", sid)
        if lag == "none":
            return 0
        self._ledger.note("fault", kind=f"list_lag_{lag}")
        short = 0.5 * self._ways.first_look * share
        return short if lag == "short" else self._ways.first_look + 0.5 * self._ways.second_look * share

    async def _confirm(self, fault: str, text: Text) -> bytes:
        """Tell of an acceptance, or let that go wrong."""
        if self._draws.calling(text.sid) == "early":
            await self._callbacks.report(text, "sent")
        self._callbacks.begin(text)
        good = wire.answer(201, json.dumps(text.shown() | {"status": "queued"}))
        match fault:
            case "broken_after":
                raise _Hang(wire.answer(500, '{"code": 20500, "message": "Internal Server Error", "status": 500}'))
            case "html_after":
                raise _Hang(wire.answer(502, PAGE, HTML))
            case "truncated":
                raise _Hang(good[: -len(good) // 3])
            case "dropped_after" | "late":
                raise _Hang
        return good

    async def _show(self, request: Request, sid: str | None) -> bytes:
        """Answer a question for one text or for the list."""
        self._turns["list"] += 1
        fault = self._draws.listing(self._turns["list"])
        self._ledger.note("asked", sid=sid, query=request.query, fault=fault)
        match fault:
            case "throttled":
                return wire.answer(429, '{"code": 20429, "message": "Too Many Requests"}', {"Retry-After": "1"})
            case "broken":
                return wire.answer(503, PAGE, HTML)
            case "dropped":
                raise _Hang
            case "slow":
                await asyncio.sleep(self._ways.call * 0.5)
        if sid is None:
            now = self._ledger.note("listed", to=request.query.get("To"))
            return wire.answer(200, json.dumps(self._shelf.page(self._ways.account, request.query, now)))
        text = self._shelf.texts.get(sid)
        return wire.answer(200, json.dumps(text.shown())) if text else wire.answer(404, NO_SUCH)
