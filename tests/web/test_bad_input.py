"""What cannot be is refused by name, with a sentence, and leaves no trace."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import Browser, as_json, recorded
from web.bootstrap import Services

PLACE, PUPIL = f"/placements/{named('placement')}", f"/pupils/{named('pupil')}"
ENROL = as_json(WORDING["enrol_pupil"].fields) | {"local_ref": "RH-002"}
MARK = as_json(WORDING["mark_attendance"].fields) | {
    "day": "2026-09-10", "taken_at": "2026-09-10T08:10:00Z", "placement_id": None, "site_id": None, "code": "/",
    "nature": None,
}  # fmt: skip
NEEDS = as_json(WORDING["assess_needs"].fields)
APPROVAL = as_json(WORDING["approve_placement"].fields)

Case = tuple[str, Any, int, str, str | None]
CASES: list[Case] = [
    (f"{PLACE}/assess-needs", b'{"assessed_on"', 400, "not valid JSON", None),
    (f"{PLACE}/assess-needs", b'{"personal": "a", "personal": "b"}', 400, "stands twice", None),
    (f"{PLACE}/assess-needs", [], 422, "object", None),
    (f"{PLACE}/assess-needs", NEEDS | {"status": "approved"}, 422, "no field of this name", None),
    (f"{PLACE}/assess-needs", NEEDS | {"assessed_on": "2026-02-31"}, 422, "real date", None),
    (f"{PLACE}/assess-needs", NEEDS | {"personal": 3}, 422, "must be text", None),
    (f"{PLACE}/assess-needs", NEEDS | {"assessed_on": "2026-09-11"}, 422, "lies ahead", "H-20"),
    (f"{PLACE}/approve", APPROVAL | {"decision_reason": " "}, 422, "Why it is approved", None),
    (f"{PLACE}/approve", APPROVAL | {"start_by": "2026-09-01"}, 422, "before", None),
    ("/pupils/enrol", ENROL | {"upn": "A999000125001"}, 422, "first letter", None),
    ("/pupils/enrol", ENROL | {"upn": "K99900012500"}, 422, "UPN", None),
    ("/pupils/enrol", ENROL | {"school_id": str(uuid4())}, 403, "your own school only", None),
    (f"{PUPIL}/mark-attendance", MARK | {"code": "H"}, 422, "did not exist on", "H-17"),
    (f"{PUPIL}/mark-attendance", MARK | {"code": "ZZ"}, 422, "not a national attendance code", "H-17"),
    (f"{PUPIL}/mark-attendance", MARK | {"day": "2026-09-11"}, 422, "2026", None),
    (f"{PUPIL}/mark-attendance", MARK | {"day": "2026-09-12", "taken_at": "2026-09-10T08:10:00Z"}, 422, "", None),
    (f"{PUPIL}/mark-attendance", MARK | {"taken_at": "yesterday"}, 422, "time with its zone", None),
    (f"{PUPIL}/mark-attendance", MARK | {"taken_at": "2026-09-10T08:10:00"}, 422, "time with its zone", None),
    (f"{PUPIL}/mark-attendance", MARK | {"session": "evening"}, 422, "Choose one of", None),
    (f"{PUPIL}/mark-attendance", MARK | {"placement_id": str(uuid4())}, 404, "no placement", None),
    (f"/pupils/{uuid4()}/mark-attendance", MARK, 404, "no pupil", None),
    (f"/pupils/{uuid4()}/change-residence", {}, 404, "no pupil", None),
    (f"/placements/{uuid4()}/approve", APPROVAL, 404, "no placement", None),
    ("/placements/nonsense/approve", APPROVAL, 404, "", None),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{number}" for number in range(len(CASES))])
def test_bad_input_is_named_and_nothing_recorded(app: Flask, services: Services, case: Case) -> None:
    path, body, status, says, rule = case
    browser = Browser(app, "head-teacher")
    before = recorded(services)
    answer = browser.post(path, body)
    assert answer.status_code == status, answer.text
    problem = answer.get_json()
    assert answer.mimetype == "application/problem+json"
    assert problem["status"] == status
    reasons = problem.get("breaches", [])
    assert says in " ".join([problem["detail"], *(reason["sentence"] for reason in reasons)])
    if status == 422:
        assert reasons
    if rule:
        assert rule in {reason["rule"] for reason in reasons}
    assert recorded(services) == before


def test_a_body_of_10_megabytes_is_turned_away_unread(head: Browser, services: Services) -> None:
    before = recorded(services)
    answer = head.post(f"{PLACE}/assess-needs", b" " * 10_000_000)
    assert answer.status_code == 413
    assert "1 megabyte" in answer.get_json()["detail"]
    form = head.client.post(f"{PLACE}/assess-needs", data={"personal": "x" * 10_000_000})
    assert form.status_code == 413
    assert "1 megabyte" in form.text
    assert recorded(services) == before


def test_a_second_mark_for_one_session_is_refused_and_points_to_amending(head: Browser, services: Services) -> None:
    assert head.post(f"{PUPIL}/mark-attendance", MARK).status_code == 201
    before = recorded(services)
    answer = head.post(f"{PUPIL}/mark-attendance", MARK | {"code": "I"})
    assert answer.status_code == 409
    assert answer.get_json()["breaches"][0]["rule"] == "H-18"
    assert recorded(services) == before


def test_a_register_with_one_bad_line_records_none_and_names_the_line(head: Browser, services: Services) -> None:
    before = recorded(services)
    good = MARK | {"pupil_id": str(named("pupil"))}
    good.pop("school_id")
    answer = head.post("/register", {"marks": [good, good | {"session": "PM", "code": "Q7"}]})
    assert answer.status_code == 422
    assert answer.get_json()["breaches"][0]["field"].startswith("marks.1.")
    assert recorded(services) == before


def test_a_pupil_who_does_not_live_there_is_never_placed_in_a_childrens_home(head: Browser, services: Services) -> None:
    home = as_json(WORDING["record_provider_site"].fields) | {
        "site_id": str(uuid4()),
        "kind": "childrens_home",
        "name": "Larch House",
    }
    assert head.post(f"/providers/{named('provider')}/record-site", home).status_code == 201
    before = recorded(services)
    answer = head.post(
        "/placements/propose", as_json(WORDING["propose_placement"].fields) | {"site_id": home["site_id"]}
    )
    assert answer.status_code == 422
    assert answer.get_json()["breaches"][0]["rule"] == "H-01"
    assert recorded(services) == before


def test_a_deeply_nested_body_and_one_of_another_type_are_refused(head: Browser, services: Services) -> None:
    before = recorded(services)
    assert head.post(f"{PLACE}/approve", b"[" * 200_000).status_code == 400
    answer = head.client.post(
        f"{PLACE}/approve", data=b"<approve/>", content_type="text/xml", headers={"X-CSRF-Token": head.token()}
    )
    assert answer.status_code in {400, 415, 422}
    assert recorded(services) == before


def test_a_method_that_an_address_does_not_take_says_which_it_takes(head: Browser) -> None:
    answer = head.client.delete(PLACE, headers={"X-CSRF-Token": head.token()})
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_fault_of_ours_is_a_plain_page_with_a_reference_and_no_more(
    app: Flask, head: Browser, services: Services
) -> None:
    services.read.close()
    (services.data / "read.sqlite").unlink()
    (services.data / "read.sqlite").mkdir()
    answer = head.get("/placements")
    assert answer.status_code == 500
    assert "give the reference" in answer.text
    assert "sqlite" not in answer.text.lower()


def test_times_are_never_taken_from_the_sender(head: Browser) -> None:
    answer = head.post(f"{PLACE}/approve", APPROVAL | {"recorded_at": "2020-01-01T00:00:00Z"})
    assert answer.status_code == 422
    assert answer.get_json()["breaches"][0]["field"] == "recorded_at"


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1899-12-31", "2200-01-01"])
@pytest.mark.parametrize("place", ["/register", "/register/sheet", "/register/returns", "/register.json"])
def test_a_register_of_a_day_beyond_all_calendars_is_refused_plainly(lead: Browser, place: str, day: str) -> None:
    answer = lead.get(f"{place}?day={day}")
    assert answer.status_code == 422
    assert "Give a real date, day first: 14/3/2026" in answer.text
    if place in {"/register", "/register/returns"}:
        sent = lead.client.post(f"{place}?day={day}", data={"csrf_token": lead.token()})
        assert sent.status_code == 422
