"""The webhook for delivery reports: what is genuine is durable before its 204, and comes again where it is not."""

import asyncio
import threading
from collections.abc import Sequence
from uuid import uuid4

import httpx
from sqlalchemy import Engine, select, text, update
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette

from reminders.pipeline.receiving import Report, receive
from reminders.store.tables.clinic import Sender
from reminders.store.tables.messages import Receipt
from reminders.web.app import create_app
from reminders.web.writer import GroupWriter
from tests.handed_over import Scene
from tests.web.bare_webhook import bare, posting, some_query
from tests.web.visiting import PATH, report, signed, until, visiting


def receipts(clinic: Scene) -> list[Receipt]:
    with clinic.parts.transaction() as session:
        return list(session.scalars(select(Receipt).order_by(Receipt.id)))


def query_of(clinic: Scene) -> str:
    return f"t={clinic.token(clinic.attempt())}"


def test_a_genuine_report_is_stored_raw_and_answered_204(clinic: Scene, app: Starlette) -> None:
    attempt_id = clinic.attempt()
    query = f"t={clinic.token(attempt_id)}"
    options = signed(query, report("undelivered", ErrorCode="30003"))

    answer = posting(app, query, options)

    assert (answer.status_code, answer.content) == (204, b"")
    [stored] = receipts(clinic)
    assert (stored.attempt_id, stored.clinic_id) == (attempt_id, clinic.clinic_id)
    assert (stored.provider_id, stored.status, stored.code) == ("SM" + "a" * 32, "undelivered", "30003")
    assert stored.settled_at is None
    assert clinic.parts.vault.open(Receipt.raw, stored.id, stored.raw) == options["content"].decode()


def test_nothing_personal_stands_in_the_row_unsealed(clinic: Scene, app: Starlette, engine: Engine) -> None:
    query = query_of(clinic)

    posting(app, query, signed(query, report()))

    with engine.connect() as connection:
        shown = str(connection.execute(text("select receipts::text from receipts")).scalar_one())
    assert "5550142" not in shown


def test_the_commit_comes_before_the_answer(clinic: Scene, app: Starlette) -> None:
    query = query_of(clinic)
    locked, release, answered_early = threading.Event(), threading.Event(), []

    def hold_the_table() -> None:
        with clinic.parts.transaction() as session:
            session.execute(text("lock table receipts in access exclusive mode"))
            locked.set()
            assert release.wait(60)

    async def visit(client: httpx.AsyncClient) -> httpx.Response:
        holder = asyncio.create_task(asyncio.to_thread(hold_the_table))
        await asyncio.to_thread(locked.wait, 10)
        request = asyncio.create_task(client.post(f"{PATH}?{query}", **signed(query, report())))
        await until(lambda: is_waiting_for_a_lock(clinic))
        answered_early.append(request.done())
        release.set()
        await holder
        return await request

    answer = visiting(app, visit)

    assert answered_early == [False]
    assert answer.status_code == 204
    assert len(receipts(clinic)) == 1


def is_waiting_for_a_lock(clinic: Scene) -> bool:
    waiting = text(
        "select exists(select from pg_stat_activity where datname = current_database() "
        "and wait_event_type = 'Lock' and query like 'INSERT%')"
    )
    with clinic.parts.transaction() as session:
        return bool(session.scalar(waiting))


def test_a_mail_servers_password_signs_nothing(clinic: Scene, app: Starlette) -> None:
    with clinic.parts.transaction() as session:
        session.execute(update(Sender).values(channel="email"))
    query = query_of(clinic)

    answer = posting(app, query, signed(query, report()))

    assert answer.status_code == 403


def test_a_token_without_a_row_is_kept_and_answered_204(clinic: Scene, app: Starlette) -> None:
    lost = uuid4()
    query = f"t={clinic.token(lost)}"

    answer = posting(app, query, signed(query, report()))

    assert answer.status_code == 204
    [stored] = receipts(clinic)
    assert (stored.attempt_id, stored.clinic_id) == (lost, None)


def test_a_replayed_report_is_stored_again_and_answered_204(clinic: Scene, app: Starlette) -> None:
    query = query_of(clinic)
    options = signed(query, report())

    async def visit(client: httpx.AsyncClient) -> list[int]:
        return [(await client.post(f"{PATH}?{query}", **options)).status_code for _ in range(2)]

    assert visiting(app, visit) == [204, 204]
    assert [one.status for one in receipts(clinic)] == ["delivered", "delivered"]


def test_what_cannot_be_stored_is_503() -> None:
    def write(_reports: Sequence[Report]) -> None:
        raise OperationalError("insert", None, Exception())

    query = some_query()

    answer = posting(bare(GroupWriter(write)), query, signed(query, report()))

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"


def test_a_full_queue_is_503() -> None:
    begun, release = threading.Event(), threading.Event()

    def write(_reports: Sequence[Report]) -> None:
        begun.set()
        assert release.wait(60)

    query = some_query()

    async def visit(client: httpx.AsyncClient) -> list[tuple[int, str | None]]:
        async def post() -> httpx.Response:
            return await client.post(f"{PATH}?{query}", **signed(query, report()))

        under_way = asyncio.create_task(post())
        await asyncio.to_thread(begun.wait, 10)
        others = [asyncio.create_task(post()) for _ in range(3)]
        refused, _ = await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
        release.set()
        answers = await asyncio.gather(under_way, *others)
        assert all(task.result().status_code == 503 for task in refused)
        return sorted((one.status_code, one.headers.get("Retry-After")) for one in answers)

    assert visiting(bare(GroupWriter(write, room=1)), visit) == [(204, None), (204, None), (503, "1"), (503, "1")]


def test_a_bad_row_spoils_no_other(clinic: Scene) -> None:
    begun, release = threading.Event(), threading.Event()

    def write(reports: Sequence[Report]) -> None:
        begun.set()
        assert release.wait(60)
        receive(clinic.parts, reports)

    writer = GroupWriter(write)
    query = query_of(clinic)
    with clinic.parts.transaction() as session:
        session.execute(text("alter table receipts add constraint no_reading check (status <> 'read')"))

    async def visit(client: httpx.AsyncClient) -> list[int]:
        async def post(status: str) -> int:
            return (await client.post(f"{PATH}?{query}", **signed(query, report(status)))).status_code

        first = asyncio.create_task(post("queued"))
        await asyncio.to_thread(begun.wait, 10)
        others = [asyncio.create_task(post(status)) for status in ("sent", "read", "delivered")]
        await until(lambda: writer.waiting == 3)
        release.set()
        return await asyncio.gather(first, *others)

    assert visiting(bare(writer), visit) == [204, 204, 503, 204]
    assert [one.status for one in receipts(clinic)] == ["queued", "sent", "delivered"]


def test_a_stored_report_rings_for_the_workers_and_a_broken_bell_harms_nobody(clinic: Scene) -> None:
    rung = threading.Event()

    def ring() -> None:
        rung.set()
        raise OSError("no broker")

    query = query_of(clinic)

    answer = posting(create_app(clinic.parts, ring=ring), query, signed(query, report()))

    assert answer.status_code == 204
    assert rung.wait(60)
