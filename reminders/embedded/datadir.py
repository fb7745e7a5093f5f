"""The data folder of `up` and `demo`: one holder at a time, private, and all that they keep.

    lock              held by the running command; its text is that command's process id
    secrets.env       the kept keys, readable by us alone
    running/          a note for each started process (see `records`)
    logs/             what each process printed
    postgres/ valkey/ the servers' own data
    sockets/          where they listen; elsewhere when this path does not suit a socket

As root the servers run as another user, who may pass through this folder but not list it.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from reminders.domain.errors import RefusedError
from reminders.embedded import records
from reminders.embedded.owner import Owner, first_closed, private_folder, public_folder, servers_owner
from reminders.embedded.wheels import ROOTS_FOLDER

SOCKET_LIMIT = 100
"""Bytes of the path of a unix socket, a little below the kernels' 104 and 108."""
LONGEST_SOCKET = "/.s.PGSQL.5432.lock"


def default_path(verb: str, *, below: Path) -> Path:
    """Return where `reminders VERB`, started in folder *below*, keeps its data unless told otherwise."""
    usual = below.resolve() / ".data" / verb
    if servers_owner() is None:
        return usual
    return ROOTS_FOLDER / f"{verb}-{_short_hash(usual)}"


class DataFolder:
    """A data folder that we hold; made by `opened`."""

    def __init__(self, path: Path, owner: Owner | None) -> None:
        self.path = path
        self.owner = owner
        """The user of the servers; None when they run as we do."""
        self.logs = self.path / "logs"
        self.running = self.path / "running"
        self.leftovers: list[str] = []
        """The processes of a killed predecessor that were found and ended."""
        self._usual_sockets = path / "sockets"
        self._short = _short_temporary() / f"reminders-{_short_hash(path)}"
        self._prepare()

    def servers_folder(self, name: str) -> Path:
        """Return the folder *name*, made private to the servers' user."""
        return private_folder(self.path / name, self.owner)

    def sockets(self) -> Path:
        """Return the folder of the servers' sockets, the same at every start."""
        return private_folder(self._usual_sockets, self.owner) if self._suits_sockets else self._short_sockets()

    @property
    def _suits_sockets(self) -> bool:
        """Whether a socket can be reached here: its path is short, and libpq reads a comma as a list."""
        path = os.fsencode(self._usual_sockets)
        return len(path) + len(LONGEST_SOCKET) < SOCKET_LIMIT and b"," not in path

    def forget_short_sockets(self) -> None:
        """Remove the sockets' folder if it is outside of this one."""
        if not self._suits_sockets:
            shutil.rmtree(self._short, ignore_errors=True)

    def _short_sockets(self) -> Path:
        """Return a folder with a short path; refused if someone else made one of that name before us."""
        folder = self._short
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        status = folder.lstat()
        ours = {os.geteuid(), self.owner.uid if self.owner else os.geteuid()}
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in ours:
            raise RefusedError(
                f"{folder} belongs to another user, so no server can listen there. "
                f"Choose a data folder with a shorter path and no comma in it than {self.path}.",
                code="socket_folder_taken",
            )
        return private_folder(folder, self.owner)

    def keep_secrets(self, fresh: Mapping[str, str]) -> dict[str, str]:
        """Return the kept secrets; the first time, and for those not kept yet, the *fresh* ones are kept."""
        path = self.path / "secrets.env"
        if not path.exists() and (self.path / "postgres").exists():
            raise RefusedError(
                f"{path} is gone, and without its keys the data in {self.path} cannot be read. "
                "Put the file back from a backup, or choose a new data folder.",
                code="secrets_gone",
            )
        kept = _pairs(path.read_text()) if path.exists() else {}
        if fresh.keys() - kept.keys():
            self.write_private("secrets.env", {**fresh, **kept})
        path.chmod(0o600)
        return {**fresh, **kept}

    def write_private(self, name: str, values: Mapping[str, str]) -> Path:
        """Write *values* as NAME=value lines to the file *name*, which we alone can read."""
        path, scratch = self.path / name, self.path / f".{name}.new"
        scratch.unlink(missing_ok=True)
        with open(scratch, "x", opener=_private_opener, encoding="utf-8") as file:
            file.writelines(f"{key}={value}\n" for key, value in values.items())
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
        return path

    def empty(self) -> None:
        """Remove all it keeps, but not the lock."""
        for entry in self.path.iterdir():
            if entry.name == "lock":
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        self._prepare()

    def _prepare(self) -> None:
        for folder in (self.logs, self.running):
            folder.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def opened(path: Path, *, grace: timedelta = timedelta(seconds=20)) -> Iterator[DataFolder]:
    """Hold the data folder *path*, made if missing, until the block ends; refuse one that is in use.

    What a killed predecessor left running is ended first, and killed when *grace* is over.
    """
    owner = servers_owner()
    path = path.absolute()
    prepare(path, owner)
    with _locked(path):
        folder = DataFolder(path, owner)
        folder.leftovers = records.end_leftovers(folder.running, grace=grace)
        try:
            yield folder
        finally:
            folder.forget_short_sockets()


def kept(path: Path, name: str) -> dict[str, str]:
    """Return the NAME=value lines of the file *name* in a data folder that somebody runs in; empty if nobody does."""
    try:
        with (path / "lock").open(encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _pairs((path / name).read_text()) if (path / name).exists() else {}
    except OSError:
        return {}
    return {}


def prepare(path: Path, owner: Owner | None) -> None:
    """Make the folder *path*, closed to all but us and *owner*; refuse one that *owner* cannot reach."""
    try:
        if ROOTS_FOLDER in path.parents:
            public_folder(ROOTS_FOLDER)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700 if owner is None else 0o710)
        if owner is not None:
            os.chown(path, os.geteuid(), owner.gid)
    except OSError as error:
        raise RefusedError(
            f"The data folder {path} cannot be made: {error.strerror}. Choose another one with REMINDERS_DATA_DIR.",
            code="data_folder_unusable",
        ) from error
    closed = first_closed(path, owner)
    if closed is not None and owner is not None:
        raise RefusedError(
            f"The data folder {path} cannot be used: as root, the database runs as the user {owner.name}, "
            f"who cannot enter {closed}. Choose a folder that everyone can reach with REMINDERS_DATA_DIR "
            f"(such as {ROOTS_FOLDER}/here), or run this command as an ordinary user.",
            code="data_folder_closed",
        )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock; the kernel lets go of it even when we are killed."""
    with open(path / "lock", "a+", opener=_private_opener, encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise RefusedError(
                f"The data folder {path} is in use by process {file.read().strip() or 'unknown'}. "
                "Stop that one first, or choose another folder with REMINDERS_DATA_DIR.",
                code="data_folder_in_use",
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _private_opener(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _pairs(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def _short_temporary() -> Path:
    usual = Path(tempfile.gettempdir())
    return usual if len(os.fsencode(usual)) < SOCKET_LIMIT // 3 else Path("/tmp")  # noqa: S108  its mode is checked


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
