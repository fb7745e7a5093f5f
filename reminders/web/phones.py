"""The sandbox's phones and mailboxes, read like a phone: they show, and change nothing.

Only this machine sees them, for they are the one place where names and wording stand open:
anybody else is answered as if nothing were here.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from reminders.pipeline.parts import Parts
from reminders.store import phones
from reminders.store.now import read
from reminders.web import shown
from reminders.web.guards import MAIL_POLICY, OnThisMachine
from reminders.web.pages import render

PAGE = 50
"""Devices of a list, messages of a phone."""

_CLOCKS = 3


class PhonePages:
    """The pages under /phones."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Return where each page is."""
        pages: dict[str, Callable[[Request], Response]] = {
            "/": self.front,
            "/phones": self.devices,
            "/phones/{key:uuid}": self.thread,
            "/phones/{key:uuid}/mail": self.mail,
        }
        return [Route(path, OnThisMachine(page)) for path, page in pages.items()]

    def front(self, _request: Request) -> Response:
        """Lead whoever opens the bare address to the phones."""
        return RedirectResponse("/phones", status_code=303)

    def devices(self, request: Request) -> Response:
        """Show every phone and mailbox, the newest message first."""
        before = _before(request)
        with self._parts.transaction() as session:
            found, older_than = phones.devices(session, self._parts.vault, before=before, limit=PAGE)
            clock = _clock(session)
        emails = [one for one in found if one.channel == "email"]
        texts = [one for one in found if one.channel != "email"]
        return _page("devices.html", clock=clock, texts=texts, emails=emails, older_than=older_than, before=before)

    def thread(self, request: Request) -> Response:
        """Show one phone or mailbox."""
        before = _before(request)
        with self._parts.transaction() as session:
            found = phones.thread(session, self._parts.vault, request.path_params["key"], before=before, limit=PAGE)
            clock = _clock(session)
        if found is None:
            raise HTTPException(404)
        return _page("thread.html", clock=clock, thread=found, before=before, outcome=shown.outcome, kind=shown.kind)

    def mail(self, request: Request) -> Response:
        """Show the HTML of one email as a mail program would, in a frame where it can do nothing."""
        with self._parts.transaction() as session:
            html = phones.html(session, self._parts.vault, request.path_params["key"])
        if html is None:
            raise HTTPException(404)
        return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"})


def _page(name: str, **values: object) -> Response:
    return HTMLResponse(render(name, **values))


def _before(request: Request) -> UUID | None:
    given = request.query_params.get("before")
    try:
        return UUID(given) if given else None
    except ValueError:
        raise HTTPException(404) from None


def _clock(session: Session) -> list[tuple[datetime, str]]:
    """Return the clinic's time, once for each time zone that it has a location in."""
    now_at = read(session).clinic_at
    return [(now_at, zone) for zone in (phones.zones(session) or ["UTC"])[:_CLOCKS]]
