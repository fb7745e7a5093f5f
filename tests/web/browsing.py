"""The application on a real port, and a real Chromium that opens it, driven through its own debugging protocol."""

import asyncio
import base64
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn
from fastapi import FastAPI

from reminders.web.serving import configured

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--hide-scrollbars",
)

PATIENCE = 30

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve *app* on a free port of this machine, as the product does, and yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener, served_on(listener, app):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def served_on(listener: socket.socket, app: FastAPI) -> Iterator[None]:
    """Serve *app* to whoever connects to *listener*."""
    server = uvicorn.Server(configured(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        _until_started(server, thread)
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


def _until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + PATIENCE
    while not server.started:
        assert thread.is_alive(), "the server ended at once"
        assert time.monotonic() < deadline, "waited for half a minute"
        time.sleep(0.01)


class Tab:
    """One page of a browser."""

    def __init__(self, wire: aiohttp.ClientWebSocketResponse) -> None:
        self._wire = wire
        self._calls = 0
        self.complaints: list[str] = []
        """What the browser's console was told: errors, and what a security policy refused."""

    async def do(self, method: str, **params: Any) -> Any:
        """Call *method* of the debugging protocol and return its result."""
        self._calls += 1
        await self._wire.send_json({"id": self._calls, "method": method, "params": params})
        while True:
            said = await self._wire.receive_json(timeout=PATIENCE)
            self._listen(said)
            if said.get("id") == self._calls:
                assert "error" not in said, said
                return said["result"]

    def _listen(self, said: dict[str, Any]) -> None:
        match said.get("method"):
            case "Log.entryAdded":
                self.complaints.append(said["params"]["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(said["params"]["exceptionDetails"]["text"])

    async def ask(self, expression: str) -> Any:
        """Return the value of a JavaScript *expression* on the page."""
        answer = await self.do("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until a JavaScript *expression* is true."""
        async with asyncio.timeout(PATIENCE):
            while not await self.ask(f"Boolean({expression})"):  # noqa: ASYNC110  nobody tells us when it is
                await asyncio.sleep(0.02)

    async def open(self, url: str) -> None:
        """Open *url* and wait until it is there."""
        await self.do("Page.navigate", url=url)
        await self.until(f"document.readyState === 'complete' && location.href.startsWith({url!r})")

    async def press(self, key: str) -> None:
        """Press *key*, such as `Tab`."""
        code = {"Tab": 9, "Enter": 13}[key]
        text = {"Enter": "\r"}.get(key, "")
        for kind in ("keyDown", "keyUp"):
            await self.do("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, text=text)

    async def picture(self, target: Path) -> None:
        """Take a picture."""
        taken = await self.do("Page.captureScreenshot", format="png")
        target.write_bytes(base64.b64decode(taken["data"]))  # noqa: ASYNC240  a test may block


@asynccontextmanager
async def tab(
    *, width: int = 390, height: int = 844, scheme: str = "light", scripts: bool = True
) -> AsyncIterator[Tab]:
    """Open a browser with one empty page of that size, with or without scripts."""
    with tempfile.TemporaryDirectory(prefix="reminders-chromium-", ignore_cleanup_errors=True) as profile:
        quiet = asyncio.subprocess.DEVNULL
        browser = await asyncio.create_subprocess_exec(
            str(CHROMIUM), *FLAGS, "--remote-debugging-port=0", f"--user-data-dir={profile}", stdout=quiet, stderr=quiet
        )
        try:
            async with aiohttp.ClientSession() as session, session.ws_connect(await _wire(session, profile)) as wire:
                page = Tab(wire)
                for domain in ("Page", "Log", "Runtime"):
                    await page.do(f"{domain}.enable")
                size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
                await page.do("Emulation.setDeviceMetricsOverride", **size)
                await page.do(
                    "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
                )
                await page.do("Emulation.setScriptExecutionDisabled", value=not scripts)
                yield page
        finally:
            browser.kill()
            await browser.wait()


async def _wire(session: aiohttp.ClientSession, profile: str) -> str:
    """Return the address at which the browser's first page is driven."""
    port_file = Path(profile) / "DevToolsActivePort"
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(OSError, IndexError, ValueError):
                port = int(port_file.read_text().splitlines()[0])
                async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    pages = [one for one in await answer.json() if one["type"] == "page"]
                    return str(pages[0]["webSocketDebuggerUrl"])
            await asyncio.sleep(0.05)
