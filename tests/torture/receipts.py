"""The judgement on the web process: every report it took is stored, and nothing forged was let in."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from reminders.domain.tokens import make_token
from reminders.pipeline.parts import Parts
from tests.torture.evidence import Ledger, Tables

_FORGED = {"signature": 403, "token": 404}
_AWAY = frozenset({0, 503})
"""What a process that is down or has no database answers."""


def find_faults(
    ledger: Ledger, tables: Tables, parts: Parts, strangers: Sequence[tuple[UUID, str]]
) -> tuple[list[str], Counter[str]]:
    """Return what is wrong with the receipts, and how many there were."""
    told = Counter(
        (line["token"], line["sid"], line["status"])
        for line in ledger.reports
        if line["forged"] == "no" and 200 <= line["answer"] < 300
    )
    posted = Counter((line["token"], line["sid"], line["status"]) for line in ledger.reports if line["forged"] == "no")
    wrong = [f"a report that was taken is not stored: {key}" for key in told if tables.receipts[key] < told[key]]
    wrong += [f"a receipt that nobody posted: {key}" for key, count in tables.receipts.items() if count > posted[key]]
    accepted = {(one.token, one.sid) for one in ledger.taken}
    wrong += [f"an answer about what was never accepted: {key}" for key in tables.answers if key[:2] not in accepted]
    forged = [line for line in ledger.reports if line["forged"] != "no"]
    wrong += [
        f"a forged report was answered {line['answer']}: {line}"
        for line in forged
        if line["answer"] not in {_FORGED[line["forged"]], *_AWAY}
    ]
    wrong += [
        f"a stranger's report was refused: {line}"
        for line in ledger.reports
        if line["sid"] in {sid for _, sid in strangers} and not (200 <= line["answer"] < 300 or line["answer"] in _AWAY)
    ]
    kept = sum(
        tables.receipts[make_token(parts.token_key, attempt_id), sid, "delivered"] for attempt_id, sid in strangers
    )
    counts = Counter(
        {
            "reports taken": told.total(),
            "reports forged": len(forged),
            "reports of strangers kept": kept,
            "reports stored": tables.receipts.total(),
            "answers to our questions stored": tables.answers.total(),
        }
    )
    return wrong, counts
