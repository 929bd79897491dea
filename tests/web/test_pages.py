"""Every page: strict HTML in plain words, the same headers on each answer, data twins that say what the page says."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.domain.people import named
from tests.web.browsing import Browser, Clock
from tests.web.test_access import address
from web.actions import ACTIONS
from web.bootstrap import Services
from web.endpoints import REGISTRY

PAGES = [
    one
    for one in REGISTRY
    if "GET" in one.methods and (one.twin or one.name in {each.name for each in ACTIONS} | {"sign_in_page"})
]
TWINS = [one for one in REGISTRY if one.twin]
BANNED = re.compile(
    r"\b(hash(es)?|events?|streams?|aggregates?|ledgers?|bundles?|checkpoints?|witness(es)?|rule packs?|replay"
    r"|subjects?|legal gateway|regime|parental position|oops|tenure)\b",
    re.IGNORECASE,
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def reader(looked_at: Flask) -> Browser:
    """The Head Teacher, who may open every page."""
    return Browser(looked_at, "head-teacher")


def words_on(page: str) -> str:
    """What a person reads: no tags, scripts, addresses."""
    page = re.sub(r"<script.*?</script>|<option.*?</option>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("endpoint", PAGES, ids=lambda one: one.name)
def test_every_page_is_strict_html_in_plain_words_and_says_it_is_a_demo(reader: Browser, endpoint) -> None:
    answer = reader.get(address(endpoint))
    assert answer.status_code in {200, 403, 404}
    said = words_on(answer.text)
    assert not BANNED.findall(said)
    assert "DEMO" in said
    assert re.search(r"<title>[^<]+ – Alternative provision record \(demo\)</title>", answer.text)
    assert "Wren" not in re.findall(r"<title>([^<]*)", answer.text)[0]
    assert answer.text.index("govuk-skip-link") < answer.text.index("<header>")
    assert answer.text.count("<h1") == 1
    if "<table" in answer.text:
        assert answer.text.count("<table") == answer.text.count('class="app-scroll" tabindex="0"')


@pytest.mark.parametrize("endpoint", REGISTRY, ids=lambda one: one.name)
def test_every_answer_carries_the_headers(reader: Browser, endpoint) -> None:
    for method in endpoint.methods:
        assert_headers(reader.client.open(address(endpoint), method=method))


@pytest.mark.parametrize(
    "path", ["/nowhere", "/placements/not-an-id", "/entries/999999", "/health/live", "/register?day=tomorrow"]
)
def test_errors_carry_the_headers_too(reader: Browser, path: str) -> None:
    assert_headers(reader.get(path))


def assert_headers(answer) -> None:
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce
    for script in re.findall(r"<script[^>]*>", answer.get_data(as_text=True)) if answer.mimetype == "text/html" else []:
        assert f'nonce="{nonce[1]}"' in script


def test_each_answer_has_a_nonce_of_its_own(reader: Browser) -> None:
    first, second = (reader.get("/").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("endpoint", TWINS, ids=lambda one: one.name)
def test_the_twins_are_data_of_the_same_page(reader: Browser, endpoint) -> None:
    page = reader.get(address(endpoint))
    if page.status_code != 200:
        return
    as_json = reader.client.get(address(endpoint, ".json"))
    assert (as_json.status_code, as_json.mimetype) == (200, "application/json")
    assert as_json.get_json() is not None
    as_csv = reader.client.get(address(endpoint, ".csv"))
    assert (as_csv.status_code, as_csv.mimetype) == (200, "text/csv")
    assert as_csv.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(as_csv.data.decode("utf-8-sig"))))
    assert all(len(row) == len(rows[0]) for row in rows)
    assert address(endpoint, ".csv") in page.text.replace("&amp;", "&")


def test_cells_that_a_spreadsheet_would_run_are_made_harmless(app: Flask, lead: Browser) -> None:
    lead.record("/providers/record", {"name": "=HYPERLINK(1)"})
    assert "'=HYPERLINK(1)" in lead.client.get("/providers.csv").data.decode("utf-8-sig")


def test_what_people_type_is_never_markup(app: Flask, lead: Browser) -> None:
    lead.record("/providers/record", {"name": "<script>alert(1)</script>"})
    page = lead.read("/providers")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_long_lists_come_in_pages_of_25(app: Flask, lead: Browser) -> None:
    for number in range(26):
        lead.post("/providers/record", {"name": f"Provider {number:02}", "school_id": None})
    first, second = lead.read("/providers"), lead.read("/providers?page=2")
    assert "27 providers, page 1 of 2" in first
    assert first.count('scope="row"') == 25
    assert second.count('scope="row"') == 2
    assert lead.read("/providers?page=99").count('scope="row"') == 25
    assert len(lead.client.get("/providers.csv").data.splitlines()) == 28


def test_a_page_shows_the_record_as_it_stood(app: Flask, head: Browser, clock: Clock) -> None:
    place = f"/placements/{named('placement')}"
    head.record(f"{place}/approve", approval())
    now = words_on(head.read(place))
    assert "Placement approved" in now
    assert "Approved It was approved on 10 September 2026" in now
    earlier = words_on(head.read(f"{place}?as-at=2026-09-08"))
    assert "You are seeing the record as it stood on 8 September 2026" in earlier
    assert "Return to now" in earlier
    assert "Placement approved" not in earlier
    assert "Record something" not in earlier
    unknown = words_on(head.read(f"{place}?known-at=2026-09-09"))
    assert "as far as it had been entered by 9 September 2026" in unknown
    assert "Placement approved" not in unknown
    data = head.client.get(f"{place}.json?known-at=2026-09-09").get_json()
    assert data["placement"]["status"] == "assessed"
    assert "approved" not in head.client.get(f"{place}.csv?known-at=2026-09-09").text.lower()


@pytest.mark.parametrize("asked", ["as-at=2026-02-30", "as-at=today", "known-at=2026-09-09T25:00", "known-at=9"])
def test_a_day_that_cannot_be_is_named(reader: Browser, asked: str) -> None:
    answer = reader.get(f"/placements?{asked}")
    assert answer.status_code == 422
    assert "date" in answer.text or "time" in answer.text


def approval() -> dict:
    from tests.domain.wording import WORDING

    return WORDING["approve_placement"].fields


def test_links_keep_the_day_asked_about(reader: Browser) -> None:
    page = reader.read("/placements?as-at=2026-09-09")
    assert f'href="/placements/{named("placement")}?as-at=2026-09-09"' in page


def test_what_stands_in_the_way_names_the_rule_and_the_form_that_clears_it(app: Flask, head: Browser) -> None:
    place = f"/placements/{named('placement')}"
    assert "Nothing stands in the way" in head.read(place)
    consent = {"consent_id": str(named("consent")), "effective_on": "2026-09-10", "received_on": "2026-09-10"}
    sent = head.post(f"{place}/withdraw-authority-consent", {**consent, "notified_by": "V. P.", "reason": "Changed."})
    assert sent.status_code == 201
    page = head.read(place)
    assert "Rule H-05" in page
    assert f"{place}/record-authority-consent" in page[page.index("Still missing") : page.index("Record something")]


def test_a_missing_approval_is_a_row_of_its_own(reader: Browser) -> None:
    page = words_on(reader.read("/approvals"))
    assert "Approval of the placement Missing Nobody" in page


def test_health_says_whether_everything_is_at_hand(looked_at: Flask) -> None:
    assert looked_at.test_client().get("/health/live").get_json() == {"status": "live"}
    ready = looked_at.test_client().get("/health/ready").get_json()
    assert ready["status"] == "ready"
    assert ready["entries"] >= ready["signed"] > 20


def test_health_is_not_ready_once_an_entry_has_waited_a_minute_for_its_signature(
    services: Services, head: Browser, clock: Clock
) -> None:
    head.read(f"/placements/{named('placement')}")  # which records a reading
    for passed, status in ((0, 200), (60, 200), (1, 503)):
        clock.now += timedelta(seconds=passed)
        assert head.get("/health/ready").status_code == status
    services.checkpointer.publish()
    assert head.get("/health/ready").get_json()["status"] == "ready"


def test_who_approved_what_leads_to_what_is_missing_alone(head: Browser) -> None:
    assert 'href="/approvals?missing=yes">Show only what is missing</a>' in head.read("/approvals")
