"""The stand-in for Twilio as the harness sees it: a program to start, to command and to read the ledger of."""

import json
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reminders.pipeline.times import Times

ROOT = Path(__file__).parent.parent.parent
LEDGER = "ledger.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the stand-in behaves."""

    seed: int
    times: Times
    pause: float = 0
    mix: dict[str, int] = field(default_factory=dict)
    calling: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """A stand-in that runs."""

    process: "subprocess.Popen[str]"
    url: str
    ledger: Path

    def order(self, **words: Any) -> dict[str, Any]:
        """Tell it what to do; return what it has and what is still on its way."""
        request = urllib.request.Request(f"{self.url}/control", json.dumps(words).encode(), method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  loopback
            told: dict[str, Any] = json.load(answer)
        return told


def start(options: Options, folder: Path, *, account: str, token: str) -> Standing:
    """Start the stand-in and wait until it listens."""
    ledger = folder / LEDGER
    times = options.times
    words = {
        "ledger": ledger,
        "account": account,
        "token": token,
        "seed": options.seed,
        "call": times.call.total_seconds(),
        "first-look": times.settle_first.total_seconds(),
        "second-look": times.settle_again.total_seconds(),
        "pause": options.pause,
        "mix": json.dumps(options.mix),
        "calling": json.dumps(options.calling),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.standin", *(f"--{name}={value}" for name, value in words.items())],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=(folder / "standin.log").open("w"),
        text=True,
    )
    line = process.stdout.readline() if process.stdout else ""
    if not line.strip().isdigit():
        raise RuntimeError(f"the stand-in did not start; see {folder / 'standin.log'}")
    return Standing(process, f"http://127.0.0.1:{line.strip()}", ledger)
