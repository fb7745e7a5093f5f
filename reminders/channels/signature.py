"""Twilio's webhook signature: HMAC-SHA1 over the public URL and the sorted form fields.

The URL must be the one Twilio was given. Behind a proxy the request's own scheme, host and
port differ, so `public_address` builds it from the configured public URL and the raw path and
query, undecoded. The scheme joins names and values without a separator, so a captured request
can be split anew under the same signature: the caller also checks the account and our own token.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from urllib.parse import ParseResult, urlparse

HEADER = "X-Twilio-Signature"

Fields = Iterable[tuple[str, str]]
"""Form fields as they came: blanks kept, nothing trimmed, a name may repeat."""

_DEFAULT_PORTS = {"https": 443, "http": 80}


def public_address(public_url: str, path: str, query: str = "") -> str:
    """Return the URL that a provider called, from the configured base and the raw *path* and *query*."""
    address = public_url.rstrip("/") + path
    return f"{address}?{query}" if query else address


def sign(token: str, url: str, fields: Fields = ()) -> str:
    """Return the signature that the owner of *token* puts on a form posted to *url*."""
    values: dict[str, set[str]] = {}
    for name, value in fields:
        values.setdefault(name, set()).add(value)
    text = url + "".join(name + value for name in sorted(values) for value in sorted(values[name]))
    # A lone surrogate cannot have been signed; surrogatepass makes it a mismatch, not a crash.
    mac = hmac.new(_bytes(token), _bytes(text), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode("ascii")


def is_signed(url: str, fields: Fields, signature: str, tokens: Sequence[str]) -> bool:
    """Whether *signature* on a form posted to *url* was made with one of *tokens* (current, previous)."""
    kept = tuple(fields)
    # Every candidate is compared, so the time taken does not tell which one matched.
    matches = [
        hmac.compare_digest(_bytes(sign(token, address, kept)), _bytes(signature))
        for token in tokens
        if token
        for address in _with_and_without_port(url)
    ]
    return any(matches)


def _with_and_without_port(url: str) -> tuple[str, str]:
    """Return *url* in the two forms that Twilio signs: it is not consistent about the port."""
    parts = urlparse(url)
    if parts.port is None:
        port = _DEFAULT_PORTS.get(parts.scheme, 80)
        return parts.geturl(), parts._replace(netloc=f"{parts.netloc}:{port}").geturl()
    return _without_port(parts).geturl(), parts.geturl()


def _without_port(parts: ParseResult) -> ParseResult:
    return parts._replace(netloc=parts.netloc.removesuffix(f":{parts.port}"))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
