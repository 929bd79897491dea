"""Every page a person can reach by links, as each persona: axe finds nothing, nothing scrolls sideways, no errors."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import AXE, Served, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_NAMES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d|(?<=/)\d+|(?<=/)(AM|PM)(?=/|$)")
_PERSONAS = ("head-teacher", "dsl", "attendance-officer", "inspector")


def kind(address: str) -> str:
    """What sort of page an address is: references, dates and numbers left out."""
    return _NAMES.sub("…", urlsplit(address).path)


def links(page: Page) -> list[str]:
    """Where this page leads, files for download and the way out left aside."""
    hrefs: list[str] = page.eval_on_selector_all(
        "a[href^='/']", "links => links.map(link => link.getAttribute('href'))"
    )
    files = re.compile(r"\.(json|csv|zip|tlog-proof)\b|/files/|^/(static|demo|checkpoint|policy|sign-out)")
    return [href for href in hrefs if not files.search(href)]


def faults(page: Page, address: str) -> list[str]:
    """What is wrong with one page, on a large screen and a small one."""
    response = page.goto(address)
    assert response is not None
    if response.status != 200:
        return [f"{address} answered {response.status}"]
    wrong = axe(page)
    page.set_viewport_size({"width": 320, "height": 800})
    if page.evaluate("document.documentElement.scrollWidth > 320"):
        wrong.append(f"{address} scrolls sideways at 320 px")
    page.set_viewport_size({"width": 1280, "height": 900})
    return wrong


def axe(page: Page) -> list[str]:
    """What axe finds wrong or cannot decide, a line each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", _TAGS)
    return [
        f"{page.url} {kind_}: {rule['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:200]}"
        for kind_ in ("violations", "incomplete")
        for rule in result[kind_]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("persona", _PERSONAS)
def test_every_page_is_accessible_and_fits_a_small_screen(browser: Browser, served: Served, persona: str) -> None:
    page = signed_in(browser, served, persona)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    waiting, seen = deque(["/"]), set[str]()
    while waiting:
        address = waiting.popleft()
        if kind(address) not in seen:
            seen.add(kind(address))
            wrong += faults(page, address)
            waiting.extend(links(page))
    page.context.close()
    assert len(seen) > 8, seen
    assert not wrong, "\n".join(wrong)


def test_a_refused_form_is_accessible_and_keeps_the_typing(browser: Browser, served: Served) -> None:
    page = signed_in(browser, served, "ap-lead")
    page.goto("/placements/propose")
    page.get_by_label(re.compile("Why this placement|rationale", re.IGNORECASE)).first.fill("Typed and kept")
    page.locator("main form#form button:not([name])").last.click()
    assert page.locator(".govuk-error-summary").count() == 1
    assert page.locator("textarea").evaluate_all("areas => areas.some(area => area.value === 'Typed and kept')")
    wrong = axe(page)
    page.context.close()
    assert not wrong, "\n".join(wrong)


def test_without_javascript_an_empty_form_comes_back_with_a_link_to_each_field(
    browser: Browser, served: Served
) -> None:
    page = signed_in(browser, served, "ap-lead", javascript=False)
    page.goto("/placements/propose")
    page.locator("main form#form button:not([name])").last.click()
    errors = page.locator(".govuk-error-summary a")
    assert errors.count() > 5
    for target in errors.evaluate_all("links => links.map(link => link.getAttribute('href'))"):
        assert page.locator(target).count() == 1, target
    page.context.close()


def test_without_javascript_another_day_is_shown_and_left_again(browser: Browser, served: Served) -> None:
    page = signed_in(browser, served, "inspector", javascript=False)
    page.goto("/?as-at=2026-01-01")
    assert "as it stood on 1 January 2026" in page.locator(".app-as-at").inner_text()
    page.get_by_role("link", name="Return to now").click()
    assert page.locator(".app-as-at").count() == 0
    page.context.close()
