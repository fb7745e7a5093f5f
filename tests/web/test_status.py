"""The webhook for delivery reports tells what is genuine from what is not, and each by its status."""

from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from reminders.channels.signature import HEADER
from reminders.web import forms
from tests.handed_over import ACCOUNT, PREVIOUS_TOKEN, TOKEN
from tests.web.bare_webhook import Webhook, bare, posting, some_query, some_token
from tests.web.visiting import PATH, PUBLIC, report, requesting, signed, visiting


@pytest.fixture
def webhook() -> Webhook:
    return Webhook()


def test_the_previous_token_is_still_good(webhook: Webhook) -> None:
    query = some_query()

    answer = posting(webhook.app, query, signed(query, report(), token=PREVIOUS_TOKEN))

    assert answer.status_code == 204


@pytest.mark.parametrize("token", ["somebody-elses-token", ""])
def test_a_forged_report_is_403(webhook: Webhook, token: str) -> None:
    query = some_query()

    answer = posting(webhook.app, query, signed(query, report(), token=token))

    assert answer.status_code == 403
    assert webhook.taken == []


def test_an_unsigned_report_is_403(webhook: Webhook) -> None:
    query = some_query()
    options = signed(query, report())
    del options["headers"][HEADER]

    answer = posting(webhook.app, query, options)

    assert answer.status_code == 403
    assert webhook.taken == []


@pytest.mark.parametrize("account", ["AC" + "9" * 32, "", None])
def test_a_report_of_another_account_is_403(webhook: Webhook, account: str | None) -> None:
    query = some_query()

    answer = posting(webhook.app, query, signed(query, report(AccountSid=account)))

    assert answer.status_code == 403
    assert webhook.taken == []


def test_a_report_that_names_two_accounts_is_403(webhook: Webhook) -> None:
    query = some_query()
    fields = [*report().items(), ("AccountSid", "AC" + "9" * 32)]

    answer = posting(webhook.app, query, signed(query, fields))

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: t[:-1] + "7", lambda t: t.upper(), lambda _: "", lambda _: "%00"]
)
def test_a_token_that_we_did_not_make_is_404(webhook: Webhook, spoil: Any) -> None:
    token = some_token()
    query = f"t={spoil(token)}"
    assert query != f"t={token}"

    answer = posting(webhook.app, query, signed(query, report()))

    assert answer.status_code == 404
    assert webhook.taken == []


@pytest.mark.parametrize("form", ["", "x=1", "t={0}&t={0}"])
def test_a_query_without_one_token_is_404(webhook: Webhook, form: str) -> None:
    query = form.format(some_token())

    answer = posting(webhook.app, query, signed(query, report()))

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "changed",
    [
        report("delivered", MessageSid="SM" + "b" * 32),
        report("failed"),
        report() | {"Extra": "1"},
        report(To="+13125550199"),
    ],
)
def test_a_changed_field_breaks_the_signature(webhook: Webhook, changed: dict[str, str]) -> None:
    query = some_query()
    options = signed(query, changed) | {"headers": signed(query, report())["headers"]}

    assert posting(webhook.app, query, options).status_code == 403


def test_blank_fields_and_repeated_names_are_part_of_the_signature(webhook: Webhook) -> None:
    query = some_query()
    fields = [*report(Body="", Padded=" a ").items(), ("Tag", "2"), ("Tag", "1"), ("Name", "José & Söhne")]

    assert posting(webhook.app, query, signed(query, fields)).status_code == 204


def test_the_signature_is_that_of_the_public_address_whatever_a_proxy_says(webhook: Webhook) -> None:
    query = some_query()
    options = signed(query, report())
    options["headers"] |= {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example", "Host": "10.0.0.7:9000"}

    assert posting(webhook.app, query, options).status_code == 204


def test_an_address_made_from_the_hosts_header_is_403(webhook: Webhook) -> None:
    query = some_query()
    options = signed(query, report(), address=f"https://evil.example{PATH}")
    options["headers"] |= {"Host": "evil.example", "X-Forwarded-Proto": "https"}

    assert posting(webhook.app, query, options).status_code == 403


def test_the_query_counts_raw(webhook: Webhook) -> None:
    token = some_token()
    raw, decoded = f"a=%2B%20b&t={token}", f"a=+ b&t={token}"

    as_sent = posting(webhook.app, raw, signed(raw, report()))
    as_decoded = posting(webhook.app, raw, signed(decoded, report()))

    assert (as_sent.status_code, as_decoded.status_code) == (204, 403)


def test_a_public_address_below_a_path_is_signed_with_it(webhook: Webhook) -> None:
    query = some_query()
    below = bare(webhook.writer, public_url=f"{PUBLIC}/visits")

    answer = posting(below, query, signed(query, report(), address=f"{PUBLIC}/visits{PATH}"))

    assert answer.status_code == 204


@pytest.mark.parametrize(
    "form",
    [
        report(MessageSid=None),
        report(MessageSid=""),
        report(MessageSid="SM<script>"),
        report(MessageSid="S" * 65),
        report(MessageStatus=None),
        report(MessageStatus=""),
        report("drop table"),
    ],
)
def test_a_report_without_its_two_facts_is_400(webhook: Webhook, form: dict[str, str]) -> None:
    query = some_query()

    assert posting(webhook.app, query, signed(query, form)).status_code == 400
    assert webhook.taken == []


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_another_kind_of_body_is_415(webhook: Webhook, kind: str) -> None:
    query = some_query()
    options = signed(query, report())
    options["headers"]["Content-Type"] = kind

    assert posting(webhook.app, query, options).status_code == 415


def test_a_body_beyond_64_kb_is_413(webhook: Webhook) -> None:
    query = some_query()

    assert posting(webhook.app, query, signed(query, report(Body="x" * forms.MOST_BYTES))).status_code == 413


def test_more_fields_than_a_report_has_are_400(webhook: Webhook) -> None:
    query = some_query()
    fields = [*report().items(), *((f"f{number}", "") for number in range(forms.MOST_FIELDS))]

    assert posting(webhook.app, query, signed(query, fields)).status_code == 400


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_a_post_reports(webhook: Webhook, method: str) -> None:
    query = some_query()

    answer = requesting(webhook.app, method, f"{PATH}?{query}", headers=signed(query, {})["headers"])

    assert answer.status_code == 405
    assert webhook.taken == []


def test_a_token_that_is_news_is_read_before_refusing(webhook: Webhook) -> None:
    known = iter([{}, {ACCOUNT: [TOKEN]}])
    app = bare(webhook.writer, read=lambda: next(known))
    query = some_query()

    async def visit(client: httpx.AsyncClient) -> list[int]:
        return [(await client.post(f"{PATH}?{query}", **signed(query, report()))).status_code for _ in range(3)]

    assert visiting(app, visit) == [403, 204, 204]


def test_tokens_are_kept_while_the_database_is_away(webhook: Webhook) -> None:
    answers = iter([{ACCOUNT: [TOKEN]}])

    def read() -> dict[str, list[str]]:
        for found in answers:
            return found
        raise OperationalError("select", None, Exception())

    app = bare(webhook.writer, read=read)
    query = some_query()

    async def visit(client: httpx.AsyncClient) -> list[int]:
        forged = signed(query, report(), token="forged")
        genuine = signed(query, report())
        return [(await client.post(f"{PATH}?{query}", **one)).status_code for one in (genuine, forged, genuine)]

    assert visiting(app, visit) == [204, 403, 204]


def test_without_ever_having_read_the_tokens_it_asks_to_come_again(webhook: Webhook) -> None:
    def read() -> dict[str, list[str]]:
        raise OperationalError("select", None, Exception())

    query = some_query()

    answer = posting(bare(webhook.writer, read=read), query, signed(query, report()))

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
