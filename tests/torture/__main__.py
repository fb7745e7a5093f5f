"""`make torture`: the torture test from the command line; see `--help`."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from reminders import settings
from tests.torture import crowd, mail, scenes
from tests.torture.fleet import ROOT
from tests.torture.mutants import MUTANTS, make
from tests.torture.run import Outcome, run
from tests.torture.stage import FACTOR, Order, Teller

SCENES: dict[str, Callable[[Order, Path, Teller], Outcome]] = {
    "everything": run,
    "waves": scenes.waves,
    "drops": scenes.drops,
    "sleeper": scenes.sleeper,
    "holds": scenes.holds,
    "dusk": scenes.dusk,
    "belated": scenes.belated,
    "limit": crowd.limit,
    "mail": mail.mail,
}
SHOWN = 25
"""Violations that are printed; all of them stand in the folder."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make torture ARGS=…",
        description="Run the real system under faults and judge it by the provider's ledger.",
    )
    parser.add_argument("--seconds", type=float, default=40, help="how long faults are injected (default: 40)")
    parser.add_argument("--seed", type=int, help="repeat a run (default: a new one each time)")
    parser.add_argument("--factor", type=float, default=FACTOR, help="of all times of sending (default: 1/30)")
    parser.add_argument("--real-times", action="store_true", help="the same as --factor 1; use it with --seconds 1200")
    parser.add_argument("--keep", action="store_true", help="keep the artefacts of a good run, too")
    parser.add_argument("--scene", choices=sorted(SCENES), default="everything", help="play a small scene instead")
    parser.add_argument("--mutant", choices=sorted(MUTANTS), help="take a safeguard out, and find that it is gone")
    parser.add_argument("--mutants", action="store_true", help="all scenes and all mutants")
    return parser.parse_args()


def _print(outcome: Outcome, order: Order) -> None:
    out = sys.stdout.write
    for title, counts in outcome.counts.items():
        out(f"\n{title}\n")
        for what, count in sorted(counts.items()):
            out(f"  {count:6}  {what}\n")
    out(f"\n{len(outcome.violations)} violations\n")
    for violation in outcome.violations[:SHOWN]:
        out(f"  {violation}\n")
    replay = f"--seed {order.seed} --seconds {order.seconds:g} --factor {order.factor:g}"
    out(f"\nseed {order.seed}; again: make torture ARGS='{replay}'\n")


def main() -> int:
    """Run what is asked for; return 0 when nothing was violated, or when the mutants were found."""
    given = _arguments()
    settings.heed_only(())
    if given.mutants:
        return _find_all()
    seed = given.seed if given.seed is not None else int(time.time()) % 100_000
    factor = 1 if given.real_times else given.factor
    folder = Path(tempfile.mkdtemp(prefix="reminders-torture-"))
    folder.chmod(0o711)
    mutant = MUTANTS.get(given.mutant or "")
    package = make(mutant, folder / "mutant") if mutant else ROOT
    order = Order(seed=seed, seconds=given.seconds, factor=factor, package=package)
    say = Teller()
    say(f"seed {seed}, {order.seconds:g} s of faults, times by {order.factor:.3f}, artefacts in {folder}")
    play = SCENES[mutant.scene if mutant else given.scene]
    outcome = play(order, folder / "data", say)
    _print(outcome, order)
    is_good = not outcome.violations
    if mutant:
        is_good = any(mutant.found in violation for violation in outcome.violations)
        sys.stdout.write(f"the mutant {given.mutant} was {'found' if is_good else 'NOT found'}\n")
    _put_away(folder, outcome, keep=given.keep or not is_good)
    return 0 if is_good else 1


def _put_away(folder: Path, outcome: Outcome, *, keep: bool) -> None:
    if keep:
        (folder / "violations.txt").write_text("\n".join(outcome.violations))
        sys.stdout.write(f"artefacts: {folder}\n")
    else:
        shutil.rmtree(folder, ignore_errors=True)


def _find_all() -> int:
    """Play every scene as it is, and with its mutants; each in a process of its own, for settings are read once."""
    runs = [["--scene", scene] for scene in SCENES if scene != "everything"]
    runs += [["--mutant", name] for name in MUTANTS]
    failed = 0
    for words in runs:
        done = subprocess.run([sys.executable, "-m", "tests.torture", *words], cwd=ROOT, check=False)
        failed += done.returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
