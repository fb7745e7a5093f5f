"""The forms of /phones: somebody at this machine writes as a phone of the sandbox, to us.

The text goes the way of a real one (`pipeline.texting`); the page then shows it with whatever
was said back. A form that cannot be taken comes back as it was left.
"""

from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from reminders.domain.contact import read_phone
from reminders.domain.errors import RefusedError
from reminders.pipeline.parts import Parts
from reminders.pipeline.texting import Said, text_in
from reminders.store import phones
from reminders.web.forms import Fields, only
from reminders.web.guards import PostedOnThisMachine
from reminders.web.phones import LONGEST, Draft, PhonePages

_EMPTY = "Write something first."
_TOO_LONG = f"A text has {LONGEST} characters at most."
_NOT_TAKEN = "The text did not reach the clinic: its webhook {what}. Try again in a moment."


class PhoneForms:
    """What the forms of *pages* do."""

    def __init__(self, parts: Parts, pages: PhonePages) -> None:
        self._parts = parts
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return where each form is posted to."""
        return [
            Route("/phones/texts", PostedOnThisMachine(self.begin)),
            Route("/phones/{key:uuid}/texts", PostedOnThisMachine(self.answer)),
        ]

    def answer(self, request: Request, fields: Fields) -> Response:
        """Write as a phone that has a page."""
        key: UUID = request.path_params["key"]
        with self._parts.transaction() as session:
            found = phones.thread(session, self._parts.vault, key, before=None, limit=1)
        if found is None or found.device.channel != "sms":
            raise HTTPException(404)
        body = _body(fields)
        problem = _flaw(body) or self._send(found.device.to, body, found.device.clinic_id)
        if problem:
            return self._pages.thread_page(key, draft=Draft(body, problem=problem))
        return RedirectResponse(f"/phones/{key}#latest", status_code=303)

    def begin(self, _request: Request, fields: Fields) -> Response:
        """Write as a phone that nobody knows yet."""
        body, sender = _body(fields), (only(fields, "sender") or "").strip()
        try:
            clinic_id, phone = self._phone(sender, only(fields, "clinic"))
        except RefusedError as refusal:
            return self._pages.list_page(draft=Draft(body, sender, str(refusal)))
        problem = _flaw(body) or self._send(phone, body, clinic_id)
        if problem:
            return self._pages.list_page(draft=Draft(body, sender, problem))
        with self._parts.transaction() as session:
            key = phones.key_of(session, self._parts.vault, clinic_id, phone)
        return RedirectResponse(f"/phones/{key}#latest" if key else "/phones", status_code=303)

    def _phone(self, sender: str, clinic: str | None) -> tuple[UUID, str]:
        """Return the clinic that is written to, and the phone as it is kept."""
        with self._parts.transaction() as session:
            found = phones.reachable(session)
        chosen = [one for one in found if str(one.id) == clinic] or found
        if len(chosen) != 1:
            raise RefusedError("Choose the clinic that is written to.", code="which_clinic")
        [one] = chosen
        try:
            return one.id, read_phone(sender, region=one.region, countries=one.countries)
        except RefusedError as refusal:
            raise RefusedError(f"This number {refusal}.", code=refusal.code) from None

    def _send(self, sender: str, body: str, clinic_id: UUID) -> str:
        """Let *sender* write; return what went wrong, or nothing."""
        try:
            said = text_in(self._parts, sender=sender, body=body, clinic_id=clinic_id)
        except RefusedError as refusal:
            return str(refusal)
        return "" if said.is_taken else _NOT_TAKEN.format(what=_what(said))


def _what(said: Said) -> str:
    return "does not answer" if said.status is None else f"answered {said.status}"


def _body(fields: Fields) -> str:
    """Return what was written, its lines ended as a phone ends them."""
    return (only(fields, "body") or "").replace("\r\n", "\n")


def _flaw(body: str) -> str:
    if not body.strip():
        return _EMPTY
    return _TOO_LONG if len(body) > LONGEST else ""
