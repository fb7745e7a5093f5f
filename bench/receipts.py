"""Receipts: delivery reports that are durable before the 2xx, against the same endpoint that only checks who signed.

One web process each; one process posts signed reports of stored attempts over 32 kept
connections. After each run the stored rows are counted against the answers 204.
"""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from bench import clinic, history
from bench.clinic import REMINDER
from bench.measure import Finding, Spread, at_least, at_most, check_equal, interleave, middles, ratios
from bench.processes import Effort
from bench.stage import Stage, plain
from bench.stock import send_all
from reminders.embedded.ports import free_port

DURABLE, VALIDATED = "stored, then answered", "only validated"
ATTEMPTS = 9_000


def run(stage: Stage, scale: str, rounds: int) -> Iterator[Finding]:
    """Measure, and yield what was found."""
    seconds = {"quick": 2.0, "usual": 5.0, "full": 15.0}[scale]
    _make(stage)
    waits: list[dict[str, Any]] = []
    effort = Effort(stage.pids)

    def durable(_number: int) -> float:
        most = _knock(stage, seconds, 0, effort, durable=True)
        waits.append(_knock(stage, seconds, most["per_second"] / 2, Effort(stage.pids), durable=True))
        return float(most["per_second"])

    def validated(_number: int) -> float:
        return float(_knock(stage, seconds, 0, effort, durable=False)["per_second"])

    found = interleave({DURABLE: durable, VALIDATED: validated}, rounds, report=stage.report, before=stage.await_quiet)
    stage.drop("receipts")
    yield Finding(
        section="receipts",
        what="reports stored, to reports only validated",
        found=ratios(found, DURABLE, VALIDATED),
        target=at_least(0.6),
        means="answers 204 a second of one web process: committed first, or as soon as the signature is checked",
        figures={
            **{f"{name}, a second": figure for name, figure in middles(found).items()},
            **{f"{name}, ms of the web process": effort.each(name)["web"] for name in found},
        },
    )
    for percentile, target in (("p99", at_most(100)), ("p50", None)):
        yield Finding(
            section="receipts",
            what=f"wait for the answer at half of that rate, {percentile}",
            found=Spread.of([1000 * one[percentile] for one in waits]),
            unit="ms",
            target=target,
            means="open loop: a report that has to wait for a connection counts that wait",
            figures={"a second": Spread.of([one["per_second"] for one in waits]).middle},
        )


def _make(stage: Stage) -> None:
    parts = clinic.open_clinic(stage, "receipts")
    clinic.book(parts, REMINDER, 1)
    clinic.plan(parts)
    pattern = send_all(parts)
    with psycopg.connect(plain(stage.url_of("receipts")), autocommit=True) as connection:
        history.fill(connection, str(pattern[0]), ATTEMPTS)
    clinic.close(parts)


def _knock(stage: Stage, seconds: float, rate: float, effort: Effort, *, durable: bool) -> dict[str, Any]:
    """Start a web process, post to it, and return what the posting process found."""
    stage.empty_broker()
    url = stage.url_of("receipts")
    environment, port = stage.environment(url), free_port()
    out = stage.supervisor.folder.path / "knocked.json"
    out.unlink(missing_ok=True)
    served = ("-m", "reminders", "web", "--port", str(port)) if durable else ("-m", "bench.doorman", str(port))
    stage.start("web", *served, environment=environment)
    stage.await_that(lambda: listens(port), "the web process to listen")
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute("TRUNCATE receipts")
        stage.checkpoint()
        arguments = ("-m", "bench.knocking", str(port), str(seconds), str(rate), str(out))
        with effort.of(DURABLE if durable else VALIDATED) as spent:
            stage.start("knocking", *arguments, environment=environment)
            stage.await_that(out.exists, "the reports to be posted", step=0.2)
            found: dict[str, Any] = json.loads(Path(out).read_text())
            spent.count = found["stored"]
        stage.stop_all()
        check_equal(found["refused"], [], "refusals")
        row = connection.execute("SELECT count(*) FROM receipts").fetchone()
        check_equal(row, (found["stored"] if durable else 0,), "reports stored")
    return found


def listens(port: int) -> bool:
    """Return whether somebody listens on *port*."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
