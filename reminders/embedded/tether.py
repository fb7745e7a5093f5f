"""Run one program that ends when its starter ends, even by kill -9: a script for the supervisor alone.

    python -I -S tether.py STARTER SIGNAL UID GID PROGRAM [ARGUMENT...]

It changes itself into PROGRAM, so the process id stays. It stands alone and imports nothing of
ours, because it runs before the program's own user can read this package. UID -1 keeps the user.
The user is changed first: the kernel forgets the wish when a process changes its user.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Drop to the user, ask the kernel for the signal, become the program."""
    starter, signal, uid, gid = (int(argument) for argument in arguments[:4])
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
    if os.getppid() != starter:  # it died before the kernel knew
        sys.exit(1)
    os.execv(arguments[4], arguments[4:])  # noqa: S606  no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
