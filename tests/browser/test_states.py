"""States of pages that links alone do not reach: narrowed, empty, refused, in error, on paper; each clean for axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Served, signed_in
from tests.browser.test_pages import axe, faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def placement(page: Page, status: str) -> str:
    """The address of a placement that stands so."""
    page.goto(f"/placements?status={status}")
    href = page.locator("tbody th a").first.get_attribute("href")
    assert href is not None
    return href


def test_every_state_of_a_placement_is_accessible_and_fits_a_small_screen(browser: Browser, served: Served) -> None:
    page, wrong = signed_in(browser, served, "head-teacher"), list[str]()
    for status in ("proposed", "assessed", "suspended", "ended"):
        wrong += faults(page, placement(page, status))
    story = f"{placement(page, 'active')}/chronology"
    for asked in ("?kind=attendance&kind=gaps", "?words=zebra", "?order=oldest&from-day=31&from-month=2"):
        wrong += faults(page, story + asked)
    page.context.close()
    assert not wrong, "\n".join(wrong)


def test_lists_narrowed_and_what_is_printed_or_sent_for_are_accessible(browser: Browser, served: Served) -> None:
    addresses = {
        "head-teacher": (
            "/needs-doing?owner=everyone&about=reviews",
            "/readings",
            "/readings?day=2020-01-01",
            "/offices",
        ),
        "attendance-officer": ("/register/sheet",),
        "inspector": ("/inspection-list", "/offices"),
        "ap-lead": ("/needs-doing",),
    }
    wrong = list[str]()
    for persona, asked in addresses.items():
        page = signed_in(browser, served, persona)
        for address in asked:
            wrong += faults(page, address)
        if persona == "ap-lead":
            wrong += faults(page, f"{placement(page, 'proposed')}/parents")
        page.context.close()
    assert not wrong, "\n".join(wrong)


def test_a_form_that_offers_what_was_begun_is_accessible(browser: Browser, served: Served) -> None:
    page = signed_in(browser, served, "ap-lead")
    form = f"{placement(page, 'active')}/end"
    page.goto(form)
    page.locator('[name="destination"]').fill("Back to school")
    page.locator('[name="save"]').click()
    wrong = faults(page, "/drafts") + faults(page, form)
    assert page.get_by_text("You began this").is_visible()
    page.get_by_role("button", name="Discard", exact=False).first.click()
    page.context.close()
    assert not wrong, "\n".join(wrong)


def test_error_pages_and_empty_lists_are_accessible(browser: Browser, served: Served) -> None:
    page, wrong = signed_in(browser, served, "inspector"), list[str]()
    for address in ("/nowhere", "/placements?as-at=2026-02-30", "/placements/propose", "/placements?as-at=1999-01-01"):
        page.goto(address)
        wrong += axe(page)
    page.context.close()
    assert not wrong, "\n".join(wrong)


def test_without_javascript_what_happened_is_narrowed_and_shown_whole_again(browser: Browser, served: Served) -> None:
    page = signed_in(browser, served, "inspector", javascript=False, width=320)
    page.goto(f"{placement(page, 'active')}/chronology")
    page.get_by_text("Show only some of it").click()
    page.get_by_label("Decisions", exact=False).check()
    page.get_by_role("button", name="Show", exact=True).last.click()
    assert page.url.endswith("#results")
    titles = page.locator(".app-entry__title").all_inner_texts()
    assert any("Placement approved" in title for title in titles)
    assert not any("Attendance" in title for title in titles)
    page.locator(".app-chip").click()
    assert any("Attendance" in title for title in page.locator(".app-entry__title").all_inner_texts())
    page.context.close()


def test_paper_shows_what_is_folded_away_and_no_controls(browser: Browser, served: Served) -> None:
    page = signed_in(browser, served, "inspector")
    page.goto(placement(page, "active"))
    folded = page.get_by_text("Arranged under", exact=True)
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
    assert page.get_by_text("up to entry").is_visible()
    assert not page.get_by_text("Look at another day").is_visible()
    assert page.pdf(tagged=True, prefer_css_page_size=True).startswith(b"%PDF")
    page.context.close()
