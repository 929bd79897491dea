"""Offices on pages: vacancies, acting holders and leavers shown; who left is offered on no form."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

import pytest
from flask import Flask

from domain.office import Appointment
from tests.domain.builders import School
from tests.domain.people import HEAD, SET_UP, day, named
from tests.web.browsing import Browser
from web.bootstrap import Services


def rows(browser: Browser, query: str = "") -> list[dict[str, object]]:
    found: list[dict[str, object]] = browser.client.get(f"/offices.json{query}").get_json()
    return found


def standing(browser: Browser, office: str, query: str = "") -> list[tuple[object, object]]:
    return [(row["standing"], row["name"]) for row in rows(browser, query) if row["office"] == office]


def test_every_office_has_a_line_and_a_vacant_one_says_so(head: Browser, services: Services) -> None:
    assert standing(head, "Head teacher") == [("In office", "A. Head_Teacher")]
    assert standing(head, "Head of service") == [("Nobody", None)]
    School(services.application).enter(
        "cease_office_holder", id=named("dsl appointment"), on=day("09-10"), last_day=day("09-09"), by=SET_UP
    )
    lead = standing(head, "Designated safeguarding lead")
    assert lead == [("Missing", None), ("Left", "A. Dsl")]
    assert standing(head, "Designated safeguarding lead", "?as-at=2026-09-09") == [("In office", "A. Dsl")]
    assert "Nobody in office" in head.read("/offices")


def test_the_head_appoints_an_acting_head_who_then_decides_and_leaves_with_what_was_lent(
    app: Flask, head: Browser, services: Services
) -> None:
    page = head.read("/offices/appoint")
    deputy = str(named("deputy_head"))
    assert f'value="{deputy}"' in page
    head.record(
        "/offices/appoint",
        {"office": "head_teacher", "person_id": deputy, "title": "Acting Head Teacher", "starts_on": day("09-10"),
         "acting": True},
    )  # fmt: skip
    (acting,) = [row for row in rows(head) if row["title"] == "Acting Head Teacher"]
    assert (acting["name"], acting["acting"], acting["standing"]) == ("A. Deputy_Head", True, "In office")
    head.record(f"/offices/{named('head_teacher appointment')}/cease", {"last_day": day("09-10")})
    left = [row for row in rows(head) if row["ends_on"] == "2026-09-10"]
    assert [row["standing"] for row in left] == ["In office"]
    record = services.application.look_up(Appointment, UUID(str(acting["appointment_id"])))
    assert record.tenure.appointed.acting
    assert app


def test_who_left_is_listed_with_what_ended_and_offered_on_no_form(head: Browser, services: Services) -> None:
    school = School(services.application)
    ceased = {"id": named("head_teacher appointment"), "on": day("09-10"), "last_day": day("09-09"), "by": SET_UP}
    school.enter("cease_office_holder", **ceased)  # type: ignore[arg-type]  # fields by name
    (left,) = [row for row in rows(head) if row["standing"] == "Left"]
    assert left["delegations_ended"] == ["A. Deputy_Head, Deputy Head"]
    assert "With the office ended what was delegated to A. Deputy_Head" in head.read("/offices")
    for form in ("/offices/appoint", "/delegations/grant"):
        assert f'value="{named("head_teacher")}"' not in head.read(form)


def test_somebody_new_is_appointed_by_name(head: Browser) -> None:
    new = re.search(r'<option value="([0-9a-f-]{36})">Somebody who holds no office yet', head.read("/offices/appoint"))
    assert new is not None
    said = {"office": "head_of_service", "person_id": new[1], "title": "Head of Service", "acting": False}
    refused = head.send("/offices/appoint", said)
    assert refused.status_code == 422
    assert "Answer “Name”." in refused.text
    head.record("/offices/appoint", {**said, "name": "N. Newcomer"})
    assert standing(head, "Head of service") == [("In office", "N. Newcomer")]


@pytest.mark.parametrize("persona", ["deputy-head", "ap-lead", "inspector"])
def test_nobody_else_is_offered_to_keep_offices(app: Flask, persona: str) -> None:
    browser = Browser(app, persona)
    assert "Appoint somebody" not in browser.read("/offices")
    assert browser.get("/offices/appoint").status_code == 403


def test_a_known_person_is_not_appointed_under_another_name(head: Browser) -> None:
    said = {"office": "dsl", "person_id": str(named("deputy_head")), "title": "Lead", "acting": False}
    refused = head.send("/offices/appoint", {**said, "name": "Somebody Else"})
    assert refused.status_code == 409
    assert "This person is A. Deputy_Head on record" in refused.text
    head.record("/offices/appoint", {**said, "name": "a. deputy_head"})


def test_a_decision_outside_the_office_as_now_known_and_two_heads_at_once_are_pointed_out(
    head: Browser, lead: Browser, services: Services
) -> None:
    school = School(services.application)
    school.enter("approve_placement")
    assert "rests on an office" not in lead.read("/needs-doing?owner=everyone")
    second = {"person_id": named("deputy_head"), "name": "A. Deputy_Head", "starts_on": date(2020, 1, 1)}
    school.enter("appoint_office_holder", id=named("second"), on=day("09-10"), by=HEAD, **second)
    assert [row["with_another"] for row in rows(head) if row["office"] == "Head teacher"] == [True, True]
    assert "More than one person is in this office" in head.read("/offices")
    assert "2 people are in office as Head Teacher of this school" in lead.read("/needs-doing?owner=everyone")
    left = {"id": named("head_teacher appointment"), "on": day("09-10"), "last_day": date(2026, 3, 1), "by": HEAD}
    school.enter("cease_office_holder", **left)  # type: ignore[arg-type]  # fields by name
    (found,) = [
        row for row in lead.client.get("/needs-doing.json?owner=everyone").get_json() if "rests on" in row["sentence"]
    ]
    assert (found["rule"], found["light"], found["tier"]) == ("H-04", "red", "authority")
    assert found["sentence"].startswith("The approval of 10 September 2026 rests on an office that was held from")
    (row,) = [
        row for row in lead.client.get("/approvals.json").get_json() if row["required"] == "Approval of the placement"
    ]
    assert row["authority"].endswith("to 1 March 2026: not on the day of this decision")
    assert [one for one, _ in standing(lead, "Head teacher")] == ["In office", "Left"]
