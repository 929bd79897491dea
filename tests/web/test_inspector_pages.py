"""What an inspector opens: the inspection list, where everyone is, a provider's file, the matrix; with their twins."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from flask import Flask

from domain.vocabulary import RegisterStatus, RiskOutcome
from tests.domain.builders import School
from tests.domain.people import named
from tests.web.browsing import Browser, Clock
from web.bootstrap import Services


@pytest.fixture
def running(services: Services, clock: Clock) -> School:
    """The placement of these tests, running since 14 September; it is the 21st."""
    school = School(services.application)
    school.enter("approve_placement")
    school.enter("start_placement")
    clock.now = datetime(2026, 9, 21, 8, tzinfo=UTC)
    return school


@pytest.fixture
def inspector(app: Flask, running: School) -> Browser:
    return Browser(app, "inspector")


def table(browser: Browser, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(browser.get(address).data.decode("utf-8-sig"))))


def test_the_inspection_list_is_one_click_away_from_every_page(inspector: Browser) -> None:
    for page in ("/", "/placements", "/needs-doing"):
        assert 'href="/inspection-list"' in inspector.read(page)


def test_page_json_and_csv_of_the_inspection_list_say_the_same(inspector: Browser) -> None:
    (row,) = table(inspector, "/inspection-list.csv")
    (said,) = inspector.get("/inspection-list.json").get_json()
    assert {name: str(value) for name, value in said.items() if value is not None} == {
        name: value for name, value in row.items() if value
    }
    assert (row["number"], row["approved"], row["approved_on"]) == ("999102", "Here", said["approved_on"])
    page = inspector.read("/inspection-list")
    for text in (row["provider"], row["pupil"], row["approved_by"], "Attended: the sessions marked"):
        assert text in page


def test_the_inspection_list_turns_back_and_narrows_to_a_school(inspector: Browser) -> None:
    assert "No placement was running on 9 September 2026" in inspector.read("/inspection-list?as-at=2026-09-09")
    assert "for this school" in inspector.read(f"/inspection-list?school_id={named('another school')}")
    assert table(inspector, f"/inspection-list.csv?school_id={named('school')}")


def test_where_every_pupil_is_tells_the_sessions_of_the_day(inspector: Browser) -> None:
    page = inspector.read("/whereabouts")
    assert "Morning: 1 expected there, not marked." in page
    assert table(inspector, "/whereabouts.csv")[0]["morning"] == "Expected there, not marked"
    assert "No placement in alternative provision" in inspector.read("/whereabouts?as-at=2026-09-13")


def test_a_provider_file_tells_a_number_put_right_a_lapse_and_a_risk_run_out(
    inspector: Browser, running: School
) -> None:
    running.enter("verify_provider_registration", identifier="999201", status=RegisterStatus.OPEN)
    running.enter("record_provider_registration_lapse")
    running.enter("assess_setting_risk", valid_to=date(2026, 9, 15), outcome=RiskOutcome.SAFE)
    provider = f"/providers/{named('provider')}"
    page = inspector.read(provider)
    for text in ("Put right: until then the number was 999102", "Registration ended", "Run out", "There now (1)"):
        assert text in page
    data = inspector.get(f"{provider}.json").get_json()
    assert [check["number"] for check in data["checks"]] == ["999102", "999201", "999201"]
    assert (len(data["now"]), len(data["consents"]), data["readings"][0]["found"]) == (1, 1, "Satisfactory")


def test_the_matrix_shows_only_what_is_missing_or_one_office_and_its_twins_follow(
    inspector: Browser, running: School
) -> None:
    assert {row["role"] for row in table(inspector, "/approvals.csv?office=dsl")} == {"Designated safeguarding lead"}
    assert table(inspector, "/approvals.csv?missing=yes") == []
    running.enter("withdraw_parental_agreement")
    (missing,) = table(inspector, "/approvals.csv?missing=yes")
    assert (missing["required"], missing["decision"], missing["actor"]) == ("Parents' agreement", "Missing", "")
    page = inspector.read("/approvals?missing=yes")
    assert page.count('class="govuk-table__row app-missing"') == 1
    assert "only what was missing on 21 September 2026" in page


def test_a_date_that_is_none_narrows_nothing_and_is_told(inspector: Browser) -> None:
    page = inspector.read("/approvals?from-day=31&from-month=2&from-year=2026")
    assert "is no date, so it leaves nothing out" in page
    assert "Approval of the placement" in page
