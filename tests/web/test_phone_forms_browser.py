"""The forms of /phones in a real browser: with scripts and without, by keyboard, on a small screen, in both schemes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from tests.handed_over import PHONE
from tests.web.browsing import Tab, needs_chromium, tab
from tests.web.test_browser import CONTRAST
from tests.web.test_phone_forms import Front, front

__all__ = ["front"]

pytestmark = [pytest.mark.browser, needs_chromium]

T = TypeVar("T")

MAIN = "document.querySelector('main').innerText"


def browsing(use: Callable[[Tab], Awaitable[T]], **options: Any) -> T:
    async def run() -> T:
        async with tab(**options) as page:
            return await use(page)

    return asyncio.run(run())


def answered(front: Front) -> str:
    """Let Ana have a text, and be answered when she writes; return her page."""
    address_id = front.clinic.address(PHONE)
    front.clinic.text("Will you come?")
    front.says = "Cedar: thank you, see you then."
    return f"{front.url}/phones/{address_id}"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_text_is_written_and_answered_with_and_without_scripts(front: Front, scripts: bool) -> None:  # noqa: FBT001
    url = answered(front)

    async def use(page: Tab) -> list[str]:
        await page.open(url)
        await page.ask("document.getElementById('body').value = 'Yes, I come'")
        await page.ask("document.querySelector('form button').click()")
        await page.until(f"{MAIN}.includes('see you then')")
        return [*page.complaints, await page.ask("document.getElementById('body').value")]

    assert browsing(use, scripts=scripts) == [""]
    assert [one.body for one in front.heard] == ["Yes, I come"]


def test_a_form_that_came_back_keeps_looking_for_what_is_new(front: Front) -> None:
    async def use(page: Tab) -> list[str]:
        await page.open(f"{front.url}/phones")
        await page.ask("document.getElementById('sender').value = '12'")
        await page.ask("document.getElementById('body').value = 'Hello'")
        await page.ask("document.querySelector('form button').click()")
        await page.until("document.querySelector('[role=alert]')")
        front.clinic.text("the first text")
        await page.until(f"{MAIN}.includes('the first text')")
        return [one for one in page.complaints if "422" not in one]

    assert browsing(use) == []


def test_it_is_written_by_keyboard_alone(front: Front) -> None:
    url = answered(front)

    async def use(page: Tab) -> list[str]:
        await page.open(url)
        await page.ask("document.getElementById('body').focus()")
        await page.do("Input.insertText", text="Yes")
        await page.press("Tab")
        focused = await page.ask("document.activeElement.innerText")
        await page.press("Enter")
        await page.until(f"{MAIN}.includes('see you then')")
        return [focused]

    assert browsing(use) == ["Send to Cedar Clinic"]


def test_every_field_has_a_name_and_what_is_wrong_is_tied_to_it(front: Front) -> None:
    async def use(page: Tab) -> list[str]:
        await page.open(f"{front.url}/phones")
        names = await page.ask(
            "[...document.querySelectorAll('input, textarea')].map((one) => one.labels[0].innerText)"
        )
        await page.ask("document.getElementById('sender').value = '12'")
        await page.ask("document.getElementById('body').value = 'Hello'")
        await page.ask("document.querySelector('form button').click()")
        await page.until("document.activeElement.getAttribute('aria-describedby')")
        tied = await page.ask(
            "document.getElementById(document.activeElement.getAttribute('aria-describedby')).innerText"
        )
        return [*names, tied]

    *names, tied = browsing(use)

    assert names == ["Its number", "Text"]
    assert tied.startswith("This number has ")


@pytest.mark.parametrize("width", [320, 390, 1200])
def test_nothing_is_wider_than_the_screen(front: Front, width: int) -> None:
    url = answered(front)
    front.post(f"{url.removeprefix(front.url)}/texts", body="https://example.com/" + "x" * 200)

    async def use(page: Tab) -> list[int]:
        widths = []
        for path in (f"{front.url}/phones", url):
            await page.open(path)
            widths.append(int(await page.ask("document.documentElement.scrollWidth")))
        return widths

    assert browsing(use, width=width) == [width, width]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_ground(front: Front, scheme: str) -> None:
    url = answered(front)
    front.post(f"{url.removeprefix(front.url)}/texts", body="Yes")

    async def use(page: Tab) -> list[float]:
        found = []
        for path in (f"{front.url}/phones", url):
            await page.open(path)
            found.append(float(await page.ask(CONTRAST)))
        return found

    assert min(browsing(use, scheme=scheme)) >= 4.5
