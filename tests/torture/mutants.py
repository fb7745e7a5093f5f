"""Copies of the product with one safeguard taken out: a test that cannot find them proves nothing."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.torture.fleet import ROOT


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change to one file, the scene that must find it, and the words of what it must find."""

    scene: str
    file: str
    old: str
    new: str
    found: str


MUTANTS = {
    "no-last-check": Mutant(
        scene="waves",
        file="store/claims.py",
        old="        or_(~silenced.exists(), and_(no_plan, heedless)),\n"
        "        or_(no_plan, and_(~withdrew.exists(), ~changed.exists())),\n",
        new="",
        found="launched after",
    ),
    "blind-retry": Mutant(
        scene="drops",
        file="pipeline/sending.py",
        old='        return Unknown("channel_raised")\n    return result\n',
        new='        return Unknown("channel_raised")\n'
        '    return Deferred("again") if isinstance(result, Unknown) else result\n',
        found="sent twice",
    ),
    "blind-mail": Mutant(
        scene="mail",
        file="channels/smtp_replies.py",
        old='        return Unknown("timeout" if isinstance(error, TimeoutError) else "dropped")\n',
        new='        return Deferred("no_connection")\n',
        found="delivered twice",
    ),
    "no-deadline": Mutant(
        scene="sleeper",
        file="pipeline/sending.py",
        old="    if elapsed >= longest:\n",
        new="    if elapsed < timedelta():\n",
        found="sent twice",
    ),
    "no-dusk": Mutant(
        scene="dusk",
        file="pipeline/sending.py",
        old="one.outgoing.validity, one.quiet_in)",
        new="one.outgoing.validity)",
        found="sent in quiet hours",
    ),
    "deaf": Mutant(
        scene="belated",
        file="domain/states.py",
        old="    if current in UNSENT:\n        return reported\n",
        new="",
        found="sent twice",
    ),
    "no-person-lock": Mutant(
        scene="limit",
        file="store/locks.py",
        old="    _lock(session, Address, linked.union(addresses))\n    _lock(session, Person, person_ids)\n",
        new="",
        found="planned over the limit",
    ),
    "no-hold": Mutant(
        scene="holds",
        file="store/dispatching.py",
        old="_FREE = (~_BUSY.exists(), ~_OWED.exists())",
        new="_FREE = (~_OWED.exists(),)",
        found="two on their way to one number",
    ),
}


def make(mutant: Mutant, folder: Path) -> Path:
    """Copy the product to *folder* with *mutant*'s change; return *folder*."""
    shutil.copytree(ROOT / "reminders", folder / "reminders", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "worker.py", folder)
    path = folder / "reminders" / mutant.file
    text = path.read_text()
    if text.count(mutant.old) != 1:
        raise AssertionError(
            f"{mutant.file} has changed: the mutant's text stands there {text.count(mutant.old)} times"
        )
    path.write_text(text.replace(mutant.old, mutant.new))
    return folder
