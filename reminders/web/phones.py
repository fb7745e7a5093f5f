"""The sandbox's phones and mailboxes, read like a phone: they show, and change nothing (`phone_forms` does).

Only this machine sees them, for they are the one place where names and wording stand open:
anybody else is answered as if nothing were here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
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
from reminders.web.guards import FORM_POLICY, MAIL_POLICY, OnThisMachine
from reminders.web.pages import render

PAGE = 50
"""Devices of a list, messages of a phone."""

LONGEST = 1600
"""Characters of a text."""

_CLOCKS = 3


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as somebody left it, and what is wrong with it."""

    body: str = field(default="", repr=False)
    sender: str = field(default="", repr=False)
    problem: str = ""


class PhonePages:
    """The pages under /phones."""

    def __init__(self, parts: Parts, *, answers: bool = False) -> None:
        self._parts = parts
        self._answers = answers

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
        return self.list_page(_before(request))

    def list_page(self, before: UUID | None = None, draft: Draft | None = None) -> Response:
        """Return the list, with the form as somebody left it."""
        with self._parts.transaction() as session:
            found, older_than = phones.devices(session, self._parts.vault, before=before, limit=PAGE)
            clinics = phones.reachable(session) if self._answers else []
            clock = _clock(session)
        emails = [one for one in found if one.channel == "email"]
        texts = [one for one in found if one.channel != "email"]
        values = {"texts": texts, "emails": emails, "older_than": older_than, "before": before}
        return _page("devices.html", draft, clock=clock, clinics=clinics, **values)

    def thread(self, request: Request) -> Response:
        """Show one phone or mailbox."""
        return self.thread_page(request.path_params["key"], _before(request))

    def thread_page(self, key: UUID, before: UUID | None = None, draft: Draft | None = None) -> Response:
        """Return one phone or mailbox, with the form as somebody left it."""
        with self._parts.transaction() as session:
            found = phones.thread(session, self._parts.vault, key, before=before, limit=PAGE)
            clock = _clock(session)
        if found is None:
            raise HTTPException(404)
        answers = self._answers and found.device.channel == "sms"
        return _page("thread.html", draft, clock=clock, thread=found, before=before, answers=answers, shown=shown)

    def mail(self, request: Request) -> Response:
        """Show the HTML of one email as a mail program would, in a frame where it can do nothing."""
        with self._parts.transaction() as session:
            html = phones.html(session, self._parts.vault, request.path_params["key"])
        if html is None:
            raise HTTPException(404)
        return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"})


def _page(name: str, draft: Draft | None, **values: object) -> Response:
    """Return a page; one that gives a form back, because it could not be taken, is no success."""
    status = 200 if draft is None else 422
    html = render(name, draft=draft or Draft(), longest=LONGEST, **values)
    return HTMLResponse(html, status, headers={"Content-Security-Policy": FORM_POLICY})


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
