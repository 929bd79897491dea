"""What came from outside shows three times: when it happened, when it reached the school, when it was entered."""

from __future__ import annotations

from domain.errors import AlreadyRecorded
from tests.domain.builders import School
from tests.domain.people import day, named
from tests.web.browsing import Browser
from web.bootstrap import Services

PUPIL = f"/pupils/{named('pupil')}"


def test_a_form_asks_when_it_reached_us_and_offers_today(lead: Browser) -> None:
    page = lead.read(f"{PUPIL}/change-residence")
    assert "When that reached us" in page
    lead.record(
        f"{PUPIL}/change-residence",
        {"effective_on": day("09-05"), "status": "non_residential", "home_site_id": None, "received_on": day("09-08")},
    )
    story = lead.client.get(f"{PUPIL}.json").get_json()["chronology"]
    (entry,) = [one for one in story if one["received_on"] == "2026-09-08" and one["happened_on"] == "2026-09-05"]
    assert entry["recorded_at"].startswith("2026-09-10")
    shown = lead.read(f"/entries/{entry['entry']}")
    for said in ("5 September 2026", "8 September 2026", "10 September 2026"):
        assert said in shown
    header, *lines = lead.client.get(f"{PUPIL}.csv").text.splitlines()
    assert {"happened_on", "received_on", "recorded_at"} <= set(header.removeprefix("\ufeff").split(","))
    assert any("2026-09-05" in line and "2026-09-08" in line for line in lines)


def test_what_was_said_word_for_word_is_not_entered_again_for_another_day_of_receipt(services: Services) -> None:
    School(services.application).rejects(
        AlreadyRecorded, "record_parental_responsibility", on=day("09-10"), received_on=day("09-10")
    )
