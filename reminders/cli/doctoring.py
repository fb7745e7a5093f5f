"""`reminders doctor`: whether this machine and what is laid down are fit for patients, and the cure for what is not."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from reminders import bootstrap, tasks
from reminders.cli.printing import print_json, print_table
from reminders.domain.errors import RefusedError
from reminders.pipeline import examining
from reminders.pipeline.examining import Check


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
    pager_key: Annotated[bool, typer.Option("--pager-key", help="Print the key that pages are signed with.")] = False,
) -> None:
    """Look at settings, servers, senders, signatures and the safety plan; print what is wrong and the cure.

    Exit status: 0 nothing is wrong, 1 something is.
    """
    if pager_key:
        print(bootstrap.pager_key())
        return
    checks = list(_checks())
    if as_json:
        print_json([{**asdict(check), "stands": _stands(check)} for check in checks])
    else:
        print_table(["what", "stands", "because", "cure"], [_row(check) for check in checks])
    raise typer.Exit(any(_stands(check) == "wrong" for check in checks))


def _row(check: Check) -> list[str]:
    return [check.what, _stands(check), check.wrong, check.cure]


def _stands(check: Check) -> str:
    if not check.wrong:
        return "ok"
    return "before going live" if check.is_for_later else "wrong"


def _checks() -> Iterator[Check]:
    """Yield each check; those that lean on one that failed are left out."""
    try:
        settings = bootstrap.settings()
    except RefusedError as refused:
        yield Check("settings", str(refused), "config/example.env explains each of them.")
        return
    yield Check("settings")
    is_real = bootstrap.is_real()
    yield _broker()
    yield _address(settings.public_url, is_real=is_real)
    try:
        parts = bootstrap.parts()
    except SQLAlchemyError:
        yield Check("database", "It does not answer.", "Start it, and look at REMINDERS_DATABASE_URL.")
        return
    except RefusedError as refused:
        what = "keys" if refused.code == "other_keys" else "database"
        yield Check(what, str(refused), "See docs/operating.md.")
        return
    yield Check("database")
    yield Check("keys")
    yield from examining.examine(parts, is_real=is_real)


def _broker() -> Check:
    tasks.connect()
    try:
        tasks.call_broker()
    except ConnectionError:
        return Check("broker", "It does not answer.", "Start it, and look at REMINDERS_REDIS_URL.")
    return Check("broker")


def _address(public_url: str, *, is_real: bool) -> Check:
    if public_url.startswith("https://") or not is_real:
        return Check("public address")
    wrong = "It is not https, so what patients answer would travel in the clear."
    return Check("public address", wrong, "Set REMINDERS_PUBLIC_URL to the https address of this web process.")
