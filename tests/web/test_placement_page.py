"""A placement's page: what is still missing, each cause once, with who can supply it and one action for the reader."""

from __future__ import annotations

import re

from flask import Flask

from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import Browser
from tests.web.crawling import visible

PLACE = f"/placements/{named('placement')}"


def proposed(lead: Browser, services) -> str:
    """A placement of which nothing but the proposal is recorded."""
    entry = lead.record("/placements/propose", WORDING["propose_placement"].fields).headers["Location"].split("/")[2]
    return f"/placements/{services.log.leaf(int(entry)).stream}"


def lines(page: str) -> list[str]:
    """The lines of the list, in words."""
    listed = page[page.index('<ol class="app-missing-list">') :].split("</ol>", maxsplit=1)[0]
    return [re.sub(r"<[^>]+>|\s+", " ", line) for line in listed.split("<li ")[1:]]


def test_each_cause_is_one_line_with_its_supplier_by_name_and_one_action(lead: Browser, services) -> None:
    place = proposed(lead, services)
    page = lead.read(place)
    found = lines(page)
    assert f"Still missing: {len(found)}" in page
    assert sum("needs" in line and "not assessed" in line for line in found) == 1
    assert sum("no risk assessment for this pupil" in line.lower() for line in found) == 1
    listed = page[page.index('<ol class="app-missing-list">') :].split("</ol>")[0]
    for line in listed.split("<li ")[1:]:
        assert line.count("<a ") + line.count("Ask the ") == 1, line
    assert any("From the SENCO (A. Senco)" in line for line in found)
    assert any("A. Head_Teacher" in line for line in found)


def test_who_cannot_supply_it_is_told_whom_to_ask_and_an_inspector_asks_nobody(
    app: Flask, lead: Browser, services
) -> None:
    place = proposed(lead, services)
    plan = next(line for line in lines(lead.read(place)) if "No plan for intervention" in line)
    assert "Ask the head teacher (A. Head_Teacher)." in plan
    seen = Browser(app, "inspector").read(place)
    assert "Ask the" not in seen
    assert "<a " not in seen[seen.index('<ol class="app-missing-list">') :].split("</ol>")[0]


def test_a_placement_with_everything_in_place_offers_its_decision_first(head: Browser) -> None:
    page = head.read(PLACE)
    assert "Nothing stands in the way of the next step." in visible(page)
    assert f'href="{PLACE}/approve"' in page[: page.index("Record something")]


def test_the_page_says_where_and_the_telephone(head: Browser) -> None:
    assert re.search(r"Where it is to be: .+\. Telephone ", visible(head.read(PLACE)))


def test_the_data_twin_says_what_is_missing_and_from_whom(lead: Browser, services) -> None:
    data = lead.client.get(f"{proposed(lead, services)}.json").get_json()
    assert {"rule", "sentence", "supplier", "tier", "light", "due_on"} <= set(data["missing"][0])


def test_a_pupil_off_roll_stands_before_the_start_with_where_that_is_put_right(app: Flask) -> None:
    left = WORDING["enrol_pupil"].fields["starts_on"]
    fields = WORDING["remove_pupil_from_roll"].fields | {"removed_on": left, "received_on": None}
    officer = Browser(app, "attendance-officer")
    officer.record(f"/pupils/{named('pupil')}/remove-from-roll", fields)
    assert "The pupil is not on the school's roll on" in visible(Browser(app, "head-teacher").read(PLACE))
