"""The README is held against the code: the doors that it calls unbuilt are not there."""

import re
from pathlib import Path
from typing import NoReturn

from reminders.web.app import create_app
from tests.clinics import parts_for

README = (Path(__file__).parent.parent / "README.md").read_text()


def no_database() -> NoReturn:
    raise AssertionError("the routes are known without a database")


def test_what_the_readme_calls_unbuilt_has_no_address_yet() -> None:
    unbuilt = re.findall(r"`(/[^`]+)`", README.partition("## What is not built yet")[2])
    app = create_app(parts_for(no_database), shows_phones=True)

    built = [str(getattr(route, "path", "")) for route in app.routes]

    assert unbuilt
    assert [address for address in unbuilt if any(f"{path}/".startswith(f"{address}/") for path in built)] == []
