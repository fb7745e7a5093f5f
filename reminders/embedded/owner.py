"""Whom the servers run as: ourselves, or, when we are root, a user who can harm nothing."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from reminders.domain.errors import RefusedError

CANDIDATES = ("nobody", "daemon", "postgres")


@dataclass(frozen=True, slots=True)
class Owner:
    """A user and group of this machine."""

    name: str
    uid: int
    gid: int


def servers_owner() -> Owner | None:
    """Return the unprivileged user to run servers as, or None when we are not root and run them ourselves.

    PostgreSQL refuses to run as root.
    """
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(name, found.pw_uid, found.pw_gid)
    raise RefusedError(
        f"The embedded servers never run as root, and this machine has none of the users {', '.join(CANDIDATES)}. "
        "Create one of them, or run this command as an ordinary user.",
        code="no_unprivileged_user",
    )


def first_closed(path: Path, owner: Owner | None) -> Path | None:
    """Return the topmost folder on the way to *path* (itself included) that *owner* cannot enter, or None."""
    if owner is None:
        return None
    for folder in reversed([path, *path.parents]):
        if folder.exists() and not _may_enter(folder, owner):
            return folder
    return None


def _may_enter(folder: Path, owner: Owner) -> bool:
    status = folder.stat()
    if status.st_uid == owner.uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == owner.gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


def private_folder(path: Path, owner: Owner | None) -> Path:
    """Make *path* a folder that *owner* alone (or else we alone) can read."""
    path.mkdir(mode=0o700, exist_ok=True)
    path.chmod(0o700)
    if owner is not None:
        os.chown(path, owner.uid, owner.gid)
    return path


def public_folder(path: Path) -> Path:
    """Make *path* a folder that everyone may enter and only we may change, whatever our umask is."""
    if not path.is_dir():
        path.mkdir(mode=0o755, parents=True, exist_ok=True)
        path.chmod(0o755)
    return path
