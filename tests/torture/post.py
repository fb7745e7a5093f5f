"""The stand-in for a mail server as the harness sees it: a program to start, and its ledger, read as letters."""

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.torture.standin.ledger import Line, lines
from tests.torture.twilio import ROOT

LEDGER = "mail.jsonl"


def start(seed: int, folder: Path, *, pause: float) -> tuple["subprocess.Popen[str]", int]:
    """Start the stand-in and wait until it listens; return it and its port."""
    words = (f"--ledger={folder / LEDGER}", f"--seed={seed}", f"--pause={pause}")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.standin.mail", *words],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=(folder / "mail.log").open("w"),
        text=True,
    )
    line = process.stdout.readline() if process.stdout else ""
    if not line.strip().isdigit():
        raise RuntimeError(f"the mail server did not start; see {folder / 'mail.log'}")
    return process, int(line)


@dataclass(frozen=True, slots=True)
class Mailbag:
    """The stand-in's ledger."""

    heard: Sequence[Line]
    accepted: Sequence[Line]
    fates: Mapping[str, str]
    """By recipient, what came of the first email."""
    faults: Counter[str]

    @classmethod
    def read(cls, folder: Path) -> "Mailbag":
        """Read the ledger in *folder*."""
        found = list(lines(folder / LEDGER))
        heard = [line for line in found if line["what"] == "heard"]
        return cls(
            heard=heard,
            accepted=[line for line in found if line["what"] == "accepted"],
            fates={line["to"]: line["fate"] for line in heard if line["turn"] == 1},
            faults=Counter(line["kind"] for line in found if line["what"] == "fault"),
        )
