"""Build .venv from a lock file, or do nothing when it was built from just that one.

    python3 .ci/build_venv.py embedded      what `reminders` and its servers need
    python3 .ci/build_venv.py dev           that, and what the tests need

A stamp is written last, so half an environment is never taken for a whole one, and it holds
the place, so a moved folder is built again (scripts name their interpreter by its path).
Plain standard library: it runs before anything is installed.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
VENV = TOP / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".built"
LOCKS = {"embedded": ["requirements-embedded.lock"], "dev": ["requirements-embedded.lock", "requirements-dev.lock"]}
OLDEST, NEWEST = (3, 11), (3, 13)


def is_suitable() -> bool:
    """Return whether this Python can make the environment: its version, and a `venv` that is whole."""
    import ensurepip  # noqa: F401, PLC0415  Debian ships Python without it

    return OLDEST <= sys.version_info[:2] <= NEWEST


def digest_of(lock: str) -> str:
    """Return what the stamp holds once *lock* is installed here."""
    return hashlib.sha256((TOP / lock).read_bytes() + os.fsencode(VENV)).hexdigest()


def runs() -> bool:
    """Return whether the environment's Python still runs; the one it was made from may be gone."""
    try:
        return subprocess.run([PYTHON, "-c", ""], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def pip(*arguments: str) -> None:
    """Run the environment's pip; its own words say what went wrong."""
    quiet = ["-qq", "--disable-pip-version-check", "--no-input"]
    environment = {**os.environ, "PIP_USER": "0"}  # noqa: TID251  pip's own settings: proxies, certificates
    done = subprocess.run([PYTHON, "-m", "pip", "install", *quiet, *arguments], check=False, cwd=TOP, env=environment)
    if done.returncode != 0:
        sys.exit("The environment could not be built: pip's words above say why. Run the same command again.")


def build(kind: str) -> None:
    """Bring .venv to *kind*: anew unless what it stands on is whole."""
    wanted = {digest_of(lock): lock for lock in LOCKS[kind]}
    built = STAMP.read_text().split() if STAMP.exists() and runs() else []
    if wanted.keys() <= set(built):
        return
    if next(iter(wanted)) not in built:
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=True, symlinks=True)
        built = []
    STAMP.unlink(missing_ok=True)
    for lock in (lock for digest, lock in wanted.items() if digest not in built):
        say(f"building .venv from {lock} with Python {sys.version.split()[0]}, once (a minute or so)")
        # The lock is whole: nothing is resolved anew. Older pips, left to resolve, look at the newest `coverage[toml]`
        # first, and refuse it for having no pin, as soon as one is newer than the lock's.
        pip("--require-hashes", "--no-deps", "-r", lock)
    pip("--no-deps", "--no-build-isolation", "-e", ".")
    STAMP.write_text("\n".join(wanted))


def say(text: str) -> None:
    """Tell the person who waits."""
    print(f"reminders: {text}", file=sys.stderr, flush=True)  # noqa: T201  a script's only output


def main() -> None:
    """Build what the first argument names; two at once wait for each other."""
    kind = sys.argv[1]
    if kind == "--suitable":
        sys.exit(not is_suitable())
    with (TOP / "pyproject.toml").open() as project:
        fcntl.flock(project, fcntl.LOCK_EX)
        build(kind)


if __name__ == "__main__":
    main()
