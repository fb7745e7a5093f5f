"""One procrastinate job for each reminder, deferred to its minute: `… URL` runs a worker."""

import asyncio
import sys
from datetime import datetime

from procrastinate import App, PsycopgConnector
from procrastinate.types import JSONValue
from psycopg_pool import AsyncConnectionPool

from bench.rivals import notes

AT_ONCE = 10
"""Jobs that one worker process has in hand; it asks the database for each."""


def application(url: str) -> tuple[App, AsyncConnectionPool]:
    """Return procrastinate's application on *url*, and the connections of its task."""
    app = App(connector=PsycopgConnector(conninfo=url, max_size=AT_ONCE))
    pool = AsyncConnectionPool(url, open=False, min_size=1, max_size=AT_ONCE, kwargs={"autocommit": True})

    @app.task(name="remind")
    async def remind(note_id: int) -> None:
        async with pool.connection() as connection:
            row = await (await connection.execute(notes.BEGIN, [note_id])).fetchone()
            if row is not None:
                await connection.execute(notes.FINISH, [note_id, row[0]])

    return app, pool


async def defer(url: str, count: int, due_at: datetime) -> None:
    """Make procrastinate's tables and defer *count* jobs to *due_at*."""
    app, _ = application(url)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        jobs: list[dict[str, JSONValue]] = [{"note_id": note_id} for note_id in range(1, count + 1)]
        await app.configure_task("remind", schedule_at=due_at).batch_defer_async(*jobs)


async def work(url: str) -> None:
    """Run jobs until ended; due ones are looked for every half second, as our clockwork does."""
    app, pool = application(url)
    async with app.open_async(), pool:
        await app.run_worker_async(concurrency=AT_ONCE, fetch_job_polling_interval=0.5, install_signal_handlers=True)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
