"""What holds for every answer, and who may see the phones of the sandbox."""

import ipaddress
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reminders.web.forms import Fields, read_form
from reminders.web.refusals import refusal

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
FORM_POLICY = PAGE_POLICY.replace("form-action 'none'", "form-action 'self'")
"""For a page with a form."""
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""For an email shown in a frame: it may look like itself and do nothing."""

HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}
HTTPS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}

_FORWARDED_BY_PROXIES = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"}
)

_READING = ("GET", "HEAD")

_log = structlog.get_logger(__name__)


class SafeAnswers:
    """Gives every answer its security headers, and turns what went wrong into a page that tells nothing."""

    def __init__(self, app: ASGIApp, *, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_safely(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_safely)
        except ClientDisconnect:
            return
        except Exception:
            _log.exception("web.failed")
            if begun:
                raise
            await refusal(Request(scope), 500)(scope, receive, send_safely)


class OnThisMachine:
    """Shows a page to whoever sits at this machine; for anybody else it does not exist."""

    def __init__(self, page: Callable[[Request], Response]) -> None:
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request for the page."""
        request = Request(scope, receive)
        if not is_of_this_machine(request):
            raise HTTPException(404)
        if request.method not in _READING:
            raise HTTPException(405, headers={"Allow": ", ".join(_READING)})
        answer = await run_in_threadpool(self._page, request)
        await answer(scope, receive, send)


class PostedOnThisMachine:
    """Takes a form from whoever sits at this machine, posted by a page of ours; for anybody else it does not exist."""

    def __init__(self, take: Callable[[Request, Fields], Response]) -> None:
        self._take = take

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one form."""
        request = Request(scope, receive)
        if not is_of_this_machine(request):
            raise HTTPException(404)
        if request.method != "POST":
            raise HTTPException(405, headers={"Allow": "POST"})
        if not is_from_our_page(request):
            raise HTTPException(403)
        _, fields = await read_form(request)
        answer = await run_in_threadpool(self._take, request, fields)
        await answer(scope, receive, send)


def is_from_our_page(request: Request) -> bool:
    """Whether a page of this very address made *request*; where the browser does not say, it was not.

    Our pages send no referrer, for which browsers leave the `Origin` of a form empty: what they
    tell of the site counts first (W3C Fetch Metadata).
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("origin") == f"{request.url.scheme}://{request.headers.get('host', '')}"


def is_of_this_machine(request: Request) -> bool:
    """Whether *request* was made on this machine, to this machine, and came through no proxy."""
    names = {name.lower() for name in request.headers}
    is_forwarded = any(name.startswith("x-forwarded") for name in names) or bool(names & _FORWARDED_BY_PROXIES)
    client = request.client.host if request.client else ""
    return not is_forwarded and is_loopback(client) and is_loopback(_host_name(request.headers.get("host", "")))


def is_loopback(host: str) -> bool:
    """Whether *host* is a name or address of this machine alone."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host_name(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
