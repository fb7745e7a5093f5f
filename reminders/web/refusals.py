"""What a refused request is answered: a plain page for people, a code for machines, never a detail."""

from http import HTTPStatus

import structlog
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from reminders.web.pages import render

_FOR_MACHINES = ("/webhooks/", "/health/", "/api/")

_SAYS = {
    403: (
        "That may not be done",
        "Only a page of this address may ask for it. Open the page again and repeat it there.",
    ),
    404: ("Nothing is here", "The address may be mistyped, or what it showed is gone."),
    405: ("That cannot be done here", "This address shows something; it takes no such request."),
    500: ("Something went wrong", "It was our mistake and it has been noted. Please try again."),
    503: ("Not just now", "Something that is needed does not answer. Please try again in a moment."),
}
_OTHERWISE = ("That did not work", "The request could not be understood.")

_log = structlog.get_logger(__name__)


async def refused(request: Request, error: Exception) -> Response:
    """Answer a request that ended in an `HTTPException`, or found the database away."""
    if isinstance(error, OperationalError):
        _log.warning("web.database_away")
        return refusal(request, 503)
    if not isinstance(error, HTTPException):
        raise error
    answer = refusal(request, error.status_code)
    answer.headers.update(error.headers or {})
    return answer


def refusal(request: Request, status: int) -> Response:
    """Return the answer with *status*, in the language of whoever asked."""
    if request.scope["path"].startswith(_FOR_MACHINES):
        return JSONResponse({"error": HTTPStatus(status).name.lower()}, status_code=status)
    title, text = _SAYS.get(status, _OTHERWISE)
    return HTMLResponse(render("refusal.html", title=title, text=text), status_code=status)
