"""The real service on a small demo, served by its own command, and a real Chromium to look at it with."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "PLACEMENT_LEDGER_CHROMIUM"
AXE = ROOT / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Served:
    """A running service: its address and the one-click links it printed, by persona."""

    address: str
    links: dict[str, str]


@contextmanager
def serving(folder: Path, port: int) -> Iterator[Served]:
    """The service as `python3 web` starts it, stopped as Ctrl+C stops it."""
    command = [sys.executable, "-P", "-u", "-m", "web", "serve", "--data", str(folder), "--port", str(port)]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        links: dict[str, str] = {}
        for line in process.stdout:
            found = re.search(r"(http://localhost:\d+)(/demo/as/([a-z-]+)\?key=\S+)", line)
            if found:
                address, links[found[3]] = found[1], found[2]
            elif links and "Ctrl+C" in line:
                break
        try:
            yield Served(address, links)
        finally:
            process.terminate()
            process.stdout.read()


@pytest.fixture(scope="session")
def served(demo_folder: Path) -> Iterator[Served]:
    """One service for all browser tests."""
    with serving(demo_folder, 8731) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests."""
    path = os.environ.get(CHROMIUM)
    if not path:
        pytest.skip("no Chromium: python3 tests finds or installs one and names it in PLACEMENT_LEDGER_CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield chromium
        chromium.close()


def signed_in(browser: Browser, served: Served, persona: str, *, javascript: bool = True, width: int = 1280) -> Page:
    """A page of a fresh window in which this persona has signed in by the printed link."""
    context: BrowserContext = browser.new_context(
        java_script_enabled=javascript, viewport={"width": width, "height": 900}, base_url=served.address
    )
    page = context.new_page()
    page.goto(served.links[persona])
    return page
