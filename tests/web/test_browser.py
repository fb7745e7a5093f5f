"""The pages of phones in a real browser: with scripts and without, by keyboard, on a phone and on a desk."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from fastapi import FastAPI

from reminders.store.now import step_to
from tests.handed_over import NOON, PHONE, Scene
from tests.web.browsing import Tab, needs_chromium, served, tab

pytestmark = [pytest.mark.browser, needs_chromium]

T = TypeVar("T")

SHOWN = "document.querySelector('main').innerText"


def browsing(app: FastAPI, use: Callable[[Tab, str], Awaitable[T]], **options: Any) -> T:
    """Run *use* with a tab of a browser and the address of *app*."""

    async def run(url: str) -> T:
        async with tab(**options) as page:
            return await use(page, url)

    with served(app) as url:
        return asyncio.run(run(url))


def later(clinic: Scene, by: timedelta) -> None:
    with clinic.parts.transaction() as session:
        step_to(session, NOON + by)


def test_a_text_and_the_clock_appear_without_reloading(clinic: Scene, app: FastAPI) -> None:
    address_id = clinic.address(PHONE)
    clinic.text("the first text")

    async def use(page: Tab, url: str) -> list[str]:
        await page.open(f"{url}/phones/{address_id}")
        await page.ask("window.sameDocument = true")
        later(clinic, timedelta(days=1))
        clinic.text("the second text")
        await page.until(f"{SHOWN}.includes('the second text')")
        await page.until("document.querySelector('header').innerText.includes('Thu Oct 29')")
        await page.until("document.querySelector('[role=status]').innerText === '1 new message'")
        assert await page.ask("window.sameDocument")
        return page.complaints

    assert browsing(app, use) == []


def test_an_opened_email_stays_open_when_another_one_comes(clinic: Scene, app: FastAPI) -> None:
    kept_id = clinic.email("Dear Ana", subject="The first", html="<p style='color:red'>Dear Ana</p>")

    async def use(page: Tab, url: str) -> list[str]:
        await page.open(f"{url}/phones/{kept_id}")
        await page.ask("document.querySelector('summary').click()")
        await page.until("document.querySelector('details').open")
        clinic.email("Dear Ana", subject="The second")
        await page.until(f"{SHOWN}.includes('The second')")
        assert await page.ask("document.querySelector('details').open")
        return page.complaints

    assert browsing(app, use) == []


def test_an_emails_script_does_not_run_and_its_style_does(clinic: Scene, app: FastAPI) -> None:
    script = "<script>document.getElementById('p').innerText = 'ran'</script>"
    html = f"<p id=p style='color: rgb(1, 2, 3)'>Dear Ana</p>{script}"
    kept_id = clinic.email("Dear Ana", subject="Hello", html=html)

    async def use(page: Tab, url: str) -> Any:
        await page.open(f"{url}/phones/{kept_id}/mail")
        return await page.ask(
            "[document.getElementById('p').innerText, getComputedStyle(document.getElementById('p')).color]"
        )

    assert browsing(app, use) == ["Dear Ana", "rgb(1, 2, 3)"]


def test_the_list_marks_what_was_not_looked_at_yet(clinic: Scene, app: FastAPI) -> None:
    address_id = clinic.address(PHONE)
    clinic.text("the first text")

    async def use(page: Tab, url: str) -> None:
        await page.open(f"{url}/phones")
        await page.until(f"{SHOWN}.includes('1 new')")
        await page.open(f"{url}/phones/{address_id}")
        await page.open(f"{url}/phones")
        await page.until(f"!{SHOWN}.includes('new')")
        clinic.text("the second text")
        await page.until(f"{SHOWN}.includes('1 new') && {SHOWN}.includes('2 messages')")

    browsing(app, use)


def test_an_empty_page_fills_by_itself(clinic: Scene, app: FastAPI) -> None:
    async def use(page: Tab, url: str) -> None:
        await page.open(f"{url}/phones")
        await page.until(f"{SHOWN}.includes('No messages yet')")
        clinic.text("the first text")
        await page.until(f"{SHOWN}.includes('the first text')")

    browsing(app, use)


def test_a_lost_connection_is_said(clinic: Scene, app: FastAPI) -> None:
    clinic.text("the first text")

    async def use(page: Tab, url: str) -> None:
        await page.open(f"{url}/phones")
        await page.do("Network.enable")
        await page.do("Network.setBlockedURLs", urls=["*/phones*"])
        await page.until("document.querySelector('[role=status]').innerText.startsWith('No connection')")
        await page.do("Network.setBlockedURLs", urls=[])
        await page.until("document.querySelector('[role=status]').innerText === ''")

    browsing(app, use)


def test_without_scripts_the_page_is_whole_and_can_be_reloaded(clinic: Scene, app: FastAPI) -> None:
    kept_id = clinic.text("the first text")

    async def use(page: Tab, url: str) -> list[bool]:
        await page.open(f"{url}/phones/{kept_id}")
        return [
            await page.ask(f"{SHOWN}.includes('the first text')"),
            await page.ask("document.querySelector('noscript a').innerText === 'Reload'"),
        ]

    assert browsing(app, use, scripts=False) == [True, True]


def test_it_is_used_by_keyboard_alone(clinic: Scene, app: FastAPI) -> None:
    clinic.address(PHONE)
    clinic.text("the first text")

    async def use(page: Tab, url: str) -> list[str]:
        await page.open(f"{url}/phones")
        focused = []
        for _ in range(2):
            await page.press("Tab")
            focused.append(await page.ask("document.activeElement.innerText.split('\\n')[0]"))
        await page.press("Enter")
        await page.until("location.pathname !== '/phones' && document.readyState === 'complete'")
        focused.append(await page.ask("document.querySelector('h1').innerText"))
        return focused

    assert browsing(app, use) == ["Skip to the messages", "Ana Lee", "Ana Lee"]


def test_the_keyboards_place_is_kept_when_its_phone_gets_a_text(clinic: Scene, app: FastAPI) -> None:
    address_id = clinic.address(PHONE)
    clinic.text("the first text")

    async def use(page: Tab, url: str) -> str:
        await page.open(f"{url}/phones")
        await page.ask(f"document.getElementById('a-{address_id}').focus()")
        clinic.text("the second text")
        await page.until(f"{SHOWN}.includes('the second text')")
        return str(await page.ask("document.activeElement.id"))

    assert browsing(app, use) == f"a-{address_id}"


@pytest.mark.parametrize("width", [320, 390, 1200])
def test_nothing_is_wider_than_the_screen(clinic: Scene, app: FastAPI, width: int) -> None:
    address_id = clinic.address(PHONE)
    clinic.text("https://example.com/" + "x" * 200, person_id=clinic.person("Maximiliana-Wilhelmina" * 4))
    clinic.email("Dear Ana " + "x" * 200, subject="y" * 200, to=f"{'a' * 60}@example.com")

    async def use(page: Tab, url: str) -> list[int]:
        widths = []
        for path in ("/phones", f"/phones/{address_id}"):
            await page.open(url + path)
            widths.append(int(await page.ask("document.documentElement.scrollWidth")))
        return widths

    assert browsing(app, use, width=width) == [width, width]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_ground(clinic: Scene, app: FastAPI, scheme: str) -> None:
    kept_id = clinic.text("the first text")

    async def use(page: Tab, url: str) -> float:
        await page.open(f"{url}/phones/{kept_id}")
        return float(await page.ask(CONTRAST))

    assert browsing(app, use, scheme=scheme) >= 4.5


CONTRAST = """(() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return color === 'rgba(0, 0, 0, 0)' ? ground(element.parentElement) : color;
  };
  const words = [...document.querySelectorAll('body *')].filter((element) =>
    element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return Math.min(...words.map((element) => {
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }));
})()"""
"""The least contrast of any text on the page, as WCAG measures it."""
