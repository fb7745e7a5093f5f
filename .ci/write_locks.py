"""Write the three lock files from pyproject.toml: exact versions with hashes, no index addresses.

    make lock                   what pyproject.toml asks for, keeping the versions that still fit
    make lock ARGS=--upgrade    the newest versions that fit

Each lock holds the one before it at the same versions, so that development, the machine of a
newcomer and production run the same code.
"""

import os
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).parent / "uv"
RUN, EMBEDDED, DEV = "requirements.lock", "requirements-embedded.lock", "requirements-dev.lock"
PLANS = (
    (RUN, (), ()),
    (EMBEDDED, ("embedded", "build"), (RUN,)),
    (DEV, ("embedded", "build", "dev"), (EMBEDDED,)),
)
COMMON = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--quiet")


def main() -> None:
    """Write the locks, each bound by the one before it."""
    environment = {**os.environ, "UV_CUSTOM_COMPILE_COMMAND": "make lock"}  # noqa: TID251  uv's own settings
    for lock, extras, bounds in PLANS:
        options = [f"--extra={extra}" for extra in extras] + [f"--constraints={bound}" for bound in bounds]
        command = [
            str(UV),
            "pip",
            "compile",
            "pyproject.toml",
            *COMMON,
            *options,
            f"--output-file={lock}",
            *sys.argv[1:],
        ]
        subprocess.run(command, check=True, cwd=TOP, env=environment)


if __name__ == "__main__":
    main()
