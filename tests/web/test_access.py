"""Who may open what, asked of every address in every role; the registry is the only way in."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from uuid import UUID, uuid4

import pytest
from flask import Flask

from domain.values import Actor, Basis, Officer
from domain.vocabulary import BasisKind, Role
from tests.domain.people import named
from tests.web.browsing import RUN_KEY, Browser
from tests.web.conftest import NOW
from web.application import NotADemo, create_app
from web.bootstrap import Services
from web.config import Config
from web.endpoints import REGISTRY, Endpoint
from web.guard import STATIC
from web.personas import PERSONAS
from web.sessions import COOKIE, IDLE, LONGEST

OF = {
    "pupil_evidence": "pupil",
    "take_pupil": "pupil",
    "placement": "placement",
    "pupil": "pupil",
    "provider": "provider",
    "delegation": "delegation",
    "amend": "pupil",
}
CASES = [
    pytest.param(endpoint, method, suffix, id=f"{method} {endpoint.name}{suffix}")
    for endpoint in REGISTRY
    for method in endpoint.methods
    for suffix in ("", ".json", ".csv")
    if not suffix or (endpoint.twin and method == "GET")
]


def address(endpoint: Endpoint, suffix: str = "") -> str:
    """The endpoint's address about things that are recorded."""
    rule = endpoint.twin_rule(suffix[1:]) if suffix else endpoint.rule
    about = named(OF.get(endpoint.name.split(".")[0], "placement"))
    known = {
        "file_id": about,
        "draft_id": about,
        "record_id": about,
        "index": 1,
        "count": 1,
        "number": 1,
        "persona": "dsl",
        "day": "2026-09-10",
        "session": "AM",
    }
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(known[found[1]]), rule)


def signed_in(app: Flask, role: Role) -> Browser:
    """A browser signed in as a person of that role, whether or not the demo offers one."""
    actor = Actor(uuid4(), role, named("school"), Basis(BasisKind.STATUTORY))
    session = app.extensions["placement-ledger-sessions"].begin("inspector", Officer(actor, "A. Body", "Tester"), NOW)
    browser = Browser(app)
    browser.client.set_cookie(COOKIE, session.token)
    return browser


@pytest.mark.parametrize(("endpoint", "method", "suffix"), CASES)
def test_each_address_lets_in_the_roles_of_its_entry_and_nobody_else(
    looked_at: Flask, endpoint: Endpoint, method: str, suffix: str
) -> None:
    for role in Role:
        answer = signed_in(looked_at, role).client.open(address(endpoint, suffix), method=method)
        let_in = endpoint.roles is None or role in endpoint.roles
        if method == "GET" and endpoint.name != "sign_in":
            assert (answer.status_code != 403) == let_in, f"{role}: {answer.status_code}"
        else:  # let in or not, a sending without its token, or a link without its key, gets no further
            assert answer.status_code == 403
            assert ("Your role does not let you" in answer.text) != let_in


@pytest.mark.parametrize(("endpoint", "method", "suffix"), CASES)
def test_the_anonymous_meet_only_what_is_open_to_everyone(
    looked_at: Flask, endpoint: Endpoint, method: str, suffix: str
) -> None:
    answer = looked_at.test_client().open(address(endpoint, suffix), method=method)
    assert (answer.status_code == 401) == (endpoint.roles is not None), answer.status_code


def test_only_signing_in_health_and_what_checks_the_record_are_open_to_everyone() -> None:
    assert {endpoint.name for endpoint in REGISTRY if endpoint.roles is None} == {
        "sign_in_page", "sign_in", "live", "ready", "newest_signature", "policy",
    }  # fmt: skip


def test_every_route_has_its_entry(app: Flask) -> None:
    twins = {f"{endpoint.name}.{kind}" for endpoint in REGISTRY if endpoint.twin for kind in ("json", "csv")}
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == {one.name for one in REGISTRY} | twins | {STATIC}


def test_a_route_without_an_entry_is_closed_to_everyone(app: Flask) -> None:
    app.add_url_rule("/smuggled", "smuggled", lambda: "open")
    assert app.test_client().get("/smuggled").status_code == 403
    assert Browser(app, "head-teacher").client.get("/smuggled").status_code == 403


def test_every_endpoint_has_a_name_of_its_own_and_says_what_it_is_for() -> None:
    assert len({endpoint.name for endpoint in REGISTRY}) == len(REGISTRY)
    assert all(endpoint.summary for endpoint in REGISTRY)


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.slug)
def test_each_person_of_the_demo_signs_in_with_one_click_and_sees_the_first_page(app: Flask, persona) -> None:
    browser = Browser(app, persona.slug)
    assert persona.tries in unescape(browser.read("/"))
    who = browser.client.get("/session.json").get_json()
    assert who["role"] == persona.role
    assert (who["basis"]["kind"] == "delegation") == persona.delegated


def test_a_sign_in_link_of_an_earlier_run_opens_nothing(app: Flask) -> None:
    answer = app.test_client().get("/demo/as/head-teacher?key=of-yesterday")
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask) -> None:
    cookie = app.test_client().get(f"/demo/as/dsl?key={RUN_KEY}").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    services = app.extensions["placement-ledger"]
    secure = create_app(services, Config(RUN_KEY, secure=True)).test_client().get(f"/demo/as/dsl?key={RUN_KEY}")
    assert "Secure" in secure.headers["Set-Cookie"]


def test_signing_out_makes_the_cookie_worthless(app: Flask, head: Browser) -> None:
    cookie = head.client.get_cookie(COOKIE)
    assert cookie is not None
    assert head.client.post("/sign-out", data={"csrf_token": head.token()}).status_code == 303
    stolen = app.test_client()
    stolen.set_cookie(COOKIE, cookie.value)
    assert stolen.get("/").status_code == 401


@pytest.mark.parametrize("steps", [[IDLE * 1.01], [IDLE * 0.9] * int(LONGEST / IDLE / 0.9 + 1)], ids=["idle", "long"])
def test_a_session_left_alone_or_lasting_too_long_ends(head: Browser, clock, steps) -> None:
    for step in steps[:-1]:
        clock.now += step
        assert head.client.get("/").status_code == 200
    clock.now += steps[-1]
    assert head.client.get("/").status_code == 401


def test_a_ledger_that_is_not_a_demo_is_not_served(services: Services) -> None:
    real = replace(services, about=replace(services.about, demo=False))
    with pytest.raises(NotADemo, match="accounts come later"):
        create_app(real, Config(RUN_KEY))
    renamed = replace(services, keys=replace(services.keys, origin="ledger.school.example/ap"))
    with pytest.raises(NotADemo):
        create_app(renamed, Config(RUN_KEY))


def test_another_host_name_is_not_answered(app: Flask) -> None:
    assert app.test_client().get("/health/live", headers={"Host": "evil.example"}).status_code == 400


def test_the_openapi_document_describes_every_address_and_every_command(head: Browser) -> None:
    document = head.client.get("/openapi.json").get_json()
    operations = {
        one["operationId"] for path in document["paths"].values() for one in path.values() if isinstance(one, dict)
    }
    assert operations >= {f"{one.name}.{method.lower()}" for one in REGISTRY for method in one.methods}
    approve = document["paths"]["/placements/{record_id}/approve"]["post"]["requestBody"]["content"]["application/json"]
    asked = {"approved_on", "start_from", "start_by", "decision_reason", "overrides"}
    assert set(approve["schema"]["properties"]) == asked
    assert approve["schema"]["additionalProperties"] is False


def test_ids_in_addresses_are_the_only_thing_an_address_says(app: Flask, lead: Browser) -> None:
    page = lead.read("/placements") + lead.read("/pupils") + lead.read("/")
    assert not [link for link in re.findall(r'href="([^"]+)"', page) if "Wren" in link or "Ashby" in link]
    assert UUID(str(named("pupil")))
