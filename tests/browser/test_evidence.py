"""The report in an evidence file, opened from a folder as an inspector opens it: no network, no scripts, no faults."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Served, signed_in
from tests.browser.test_pages import axe, faults, links

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def unpacked(browser: Browser, served: Served, tmp_path: Path) -> Path:
    """A pupil's evidence file, taken through the pages and unpacked."""
    page = signed_in(browser, served, "head-teacher")
    page.goto("/pupils")
    page.goto(next(link for link in links(page) if re.fullmatch("/pupils/[0-9a-f-]{36}", link)))
    page.get_by_role("link", name="Take an evidence file").click()
    page.get_by_label("Who it is for (optional)").fill("An inspector DEMO")
    page.get_by_label("What they need it for (optional)").fill("The inspection of September")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Take the evidence file").click()
    with zipfile.ZipFile(BytesIO(taken.value.path().read_bytes())) as opened:
        opened.extractall(tmp_path)
    page.context.close()
    return tmp_path


def opened(browser: Browser, folder: Path, width: int = 1280) -> tuple[Page, list[str]]:
    """The report without a network, and everything it asked for."""
    context = browser.new_context(offline=True, bypass_csp=True, viewport={"width": width, "height": 900})
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / "index.html").as_uri())
    return page, asked


def test_the_report_opens_offline_is_accessible_and_asks_for_nothing(browser: Browser, unpacked: Path) -> None:
    page, asked = opened(browser, unpacked)

    assert asked == [(unpacked / "index.html").as_uri()]
    assert not axe(page)
    assert "An inspector DEMO" in page.inner_text("main")
    assert "The inspection of September" in page.inner_text("main")
    page.context.close()


def test_the_report_fits_a_small_screen_and_paper(browser: Browser, unpacked: Path) -> None:
    page, _ = opened(browser, unpacked, width=320)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.emulate_media(media="print")
    assert page.pdf().startswith(b"%PDF")
    page.context.close()


def test_every_link_of_the_report_leads_to_something_in_the_folder(browser: Browser, unpacked: Path) -> None:
    page, _ = opened(browser, unpacked)
    hrefs: list[str] = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    missing = [
        href
        for href in hrefs
        if (page.locator(href).count() != 1 if href.startswith("#") else not (unpacked / href).is_file())
    ]

    assert hrefs
    assert not missing
    page.context.close()


def test_the_form_for_a_period_is_accessible_also_where_it_is_refused(browser: Browser, served: Served) -> None:
    page = signed_in(browser, served, "dsl")
    assert not faults(page, "/evidence")
    page.get_by_role("button", name="Take the evidence file").click()

    assert page.get_by_role("alert").is_visible()
    assert not axe(page)
    page.context.close()
