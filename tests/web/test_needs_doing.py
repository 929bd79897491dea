"""The page of what needs doing and the first page: whose things they are, what each may do, and what is not theirs."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from domain.rules.authority import RESTS_WITH_HEAD
from domain.rules.due import places
from domain.rules.due.item import Due
from domain.rules.flags import Tier
from domain.vocabulary import PlacementStatus, Role
from projections.needs_doing import About, Item, needs_doing
from tests.domain.builders import School
from tests.domain.due import a_placement
from tests.domain.people import DELEGATE, DEPUTY, HEAD, day, named
from tests.web.browsing import Browser, Clock
from tests.web.test_pages import words_on
from web import due, missing
from web.actions import ACTIONS
from web.bootstrap import Services
from web.pages.due import KINDS

APPROVAL = {
    "approved_on": day("09-10"), "start_from": day("09-14"), "start_by": day("09-30"),
    "decision_reason": "Read and agreed.",
}  # fmt: skip


def owners(browser: Browser, address: str) -> set[str]:
    return {row["owner"] for row in browser.client.get(address).get_json()}


def test_the_head_is_offered_the_approval_that_waits_and_nobody_else_is(
    app: Flask, head: Browser, lead: Browser
) -> None:
    approve = f'href="/placements/{named("placement")}/approve"'
    assert approve in head.read("/needs-doing")
    assert approve not in lead.read("/needs-doing?owner=everyone")
    assert re.search(r"Ask the head teacher \([A-Z][^)]+\) of", words_on(lead.read("/needs-doing?owner=everyone")))
    assert approve in Browser(app, "deputy-head-delegated").read("/needs-doing")
    assert approve not in Browser(app, "deputy-head").read("/needs-doing?owner=everyone")


def test_an_inspector_sees_everything_and_is_offered_nothing(app: Flask, head: Browser) -> None:
    inspector = Browser(app, "inspector")
    page = inspector.read("/needs-doing")
    everyones = head.client.get("/needs-doing.json?owner=everyone").get_json()
    assert inspector.client.get("/needs-doing.json").get_json() == everyones
    assert "app-due__do" not in page
    assert "Ask the" not in page


def test_what_is_approved_no_longer_waits(head: Browser) -> None:
    waits = "waits for the Head Teacher&#39;s decision"
    assert waits in head.read("/needs-doing")
    head.record(f"/placements/{named('placement')}/approve", APPROVAL)
    assert waits not in head.read("/needs-doing")
    assert waits not in head.read("/")


def test_an_address_that_nobody_knows_is_put_right_by_the_form_that_the_list_offers(
    app: Flask, officer: Browser, clock: Clock, services: Services
) -> None:
    unknown, form = "No address is on record for The Workshop.", f"/providers/{named('provider')}/amend-site"
    School(services.application).enter("amend_provider_site", on=day("09-15"), address=" ")
    services.catch_up()
    lead = Browser(app, "ap-lead")
    listed = lead.read("/needs-doing")
    assert unknown in listed
    assert f'href="{form}"' in listed
    lead.record(form, {"site_id": named("site"), "address": "Unit 7, Fieldgate Yard", "telephone": "01632 960107"})
    assert unknown not in lead.read("/needs-doing")
    assert "Unit 7, Fieldgate Yard" in lead.read("/whereabouts")
    assert "01632 960107" in officer.read("/register?day=2026-09-15")


def test_the_list_is_narrowed_to_an_owner_a_pupil_and_a_school(app: Flask, clock: Clock) -> None:
    clock.now += timedelta(days=80)
    head = Browser(app, "head-teacher")
    everyone = "/needs-doing.json?owner=everyone"
    assert len(owners(head, everyone)) > 1
    assert owners(head, "/needs-doing.json?owner=head_teacher") == {"Head teacher"}
    assert owners(head, f"{everyone}&school_id={named('another school')}") == set()
    of_pupil = head.client.get(f"{everyone}&pupil_id={named('pupil')}").get_json()
    assert of_pupil
    assert {row["pupil_id"] for row in of_pupil} <= {str(named("pupil")), None}
    assert owners(head, f"{everyone}&pupil_id={named('nobody')}") == set()


def test_an_empty_list_says_why_and_leads_to_the_others(head: Browser) -> None:
    page = words_on(head.read(f"/needs-doing?school_id={named('another school')}"))
    assert "Nothing waits for you among these" in page
    nothing = words_on(head.read(f"/needs-doing?owner=everyone&pupil_id={named('nobody')}"))
    assert "every rule was asked of every placement" in nothing


def test_the_twins_hold_what_the_page_holds(head: Browser) -> None:
    as_json = head.client.get("/needs-doing.json").get_json()
    rows = list(csv.reader(io.StringIO(head.client.get("/needs-doing.csv").data.decode("utf-8-sig"))))
    assert len(rows) - 1 == len(as_json) == head.read("/needs-doing").count("app-due__what")
    assert [row["sentence"] for row in as_json] == [row[6] for row in rows[1:]]


def test_what_was_due_then_is_shown_then_without_anything_to_do(head: Browser) -> None:
    before = head.client.get("/needs-doing.json").get_json()
    head.record(f"/placements/{named('placement')}/approve", APPROVAL)
    moment = "known-at=2026-09-10T16:29"
    assert head.client.get(f"/needs-doing.json?{moment}").get_json() == before
    page = head.read(f"/needs-doing?{moment}")
    assert "as it stood" in page
    assert "/approve" not in page


def test_each_first_page_asks_one_question_and_answers_it(app: Flask) -> None:
    questions = {
        "head-teacher": "What waits for my decision?",
        "dsl": "Is every child safe, and who answers for it?",
        "attendance-officer": "Do we know where every child is today?",
        "ap-lead": "What is missing?",
        "senco": "Whose assessment or review is due?",
        "deputy-head": "What is mine to decide?",
        "deputy-head-delegated": "What is mine to decide?",
        "inspector": "Where is every child, and who decided?",
    }
    for persona, question in questions.items():
        page = Browser(app, persona).read("/")
        assert re.findall(r"<h1[^>]*>([^<]*)", page) == [question]
        assert 'href="/whereabouts"' in page


def test_the_numbers_of_the_heads_first_page_are_theirs_and_add_up(app: Flask, clock: Clock) -> None:
    clock.now += timedelta(days=80)
    page = Browser(app, "head-teacher").read("/")
    heads = [re.sub(r"\s+", " ", one) for one in re.findall(r"<h2[^>]*>([^<]*)</h2>", page)]
    own = [int(number) for one in heads for number in re.findall(r"^Yours: .*\((\d+)\)$", one)]
    (every,) = re.findall(r"All (\d+) things? that waits? for you", page)
    assert sum(own) == int(every) > 0
    mine = Browser(app, "head-teacher").client.get("/needs-doing.json?owner=mine").get_json()
    assert len(mine) == int(every)


def test_the_delegate_is_told_what_they_may_decide_and_until_when(app: Flask) -> None:
    page = words_on(Browser(app, "deputy-head-delegated").read("/"))
    assert "you may decide for the Head Teacher: approve placements" in page
    assert "you may decide" not in words_on(Browser(app, "deputy-head").read("/"))


def test_every_command_that_clears_something_is_one_of_the_application(app: Flask, services) -> None:
    known = {action.command for action in ACTIONS}
    for item in due_items(services):
        for command in item.due.clears:
            assert hasattr(services.application, command)
            assert command in known | {"take_register", "amend_attendance", "appoint_office_holder"}


def due_items(services) -> tuple[Item, ...]:
    known_at = services.catch_up()
    with services.read.reading() as connection:
        return needs_doing(connection, day("12-01"), known_at)


def test_what_is_anothers_is_not_mine() -> None:
    def owns(officer, owner_first, clears, school="school") -> bool:
        actor = officer.actor
        acts = frozenset({due.DelegatedAct.APPROVE_PLACEMENT}) if officer is DELEGATE else frozenset()
        found = Due("H-04", due.Tier.AUTHORITY, "red", "It waits.", owner_first, clears, day("09-10"))
        item = Item(found, About(named(school)), "A school", None, None, None)
        return due.Person(actor.role, named("school"), acts).owns(item)

    heads = (due.Role.HEAD_TEACHER,)
    assert owns(HEAD, heads, ("approve_placement",))
    assert not owns(HEAD, heads, ("approve_placement",), school="another school")
    assert not owns(DEPUTY, heads, ("approve_placement",))
    assert owns(DELEGATE, heads, ("approve_placement",))
    assert not owns(DELEGATE, heads, ("end_placement",))


def test_every_rule_that_finds_something_to_do_is_of_one_kind_to_narrow_down_to() -> None:
    folder = Path(__file__).resolve().parents[2]
    text = "".join(path.read_text() for path in (folder / "domain" / "rules" / "due").glob("*.py"))
    text += "".join(path.read_text() for path in (folder / "projections").glob("due_*.py"))
    known = [rule for _, rules in KINDS.values() for rule in rules]
    assert sorted(known) == sorted(set(known))
    assert set(known) == set(re.findall(r'"([HC]-\d\d)"', text))


def test_what_still_lacks_is_as_grave_as_the_same_rule_is_where_it_needs_doing() -> None:
    folder = Path(__file__).resolve().parents[2] / "domain" / "rules" / "due"
    text = "".join(path.read_text() for path in folder.glob("*.py"))
    said = {rule: Tier[name] for rule, name in re.findall(r'"(H-\d\d)",\s+Tier\.(\w+)', text)}
    assert said
    assert {rule: missing.tier_of(rule) for rule in said} == said


@pytest.mark.parametrize("command", RESTS_WITH_HEAD)
def test_nobody_is_offered_what_rests_with_the_head_but_the_head_and_who_holds_it(command: str) -> None:
    act = RESTS_WITH_HEAD[command]
    acts = frozenset() if act is None else frozenset({act})
    assert due.Person(due.Role.HEAD_TEACHER, named("school"), frozenset()).may(command)
    assert not due.Person(due.Role.AP_LEAD, named("school"), frozenset()).may(command)
    assert due.Person(due.Role.DEPUTY_HEAD, named("school"), acts).may(command) == (act is not None)


def test_one_kind_stands_alone_where_it_is_asked_for(app: Flask) -> None:
    dsl = Browser(app, "dsl")
    found = dsl.get("/needs-doing.json?owner=everyone&about=approvals").get_json()
    assert {each["rule"] for each in found} == {"H-04"}
    assert not dsl.get("/needs-doing.json?owner=everyone&about=reviews").get_json()


def test_a_placement_of_a_pupil_off_roll_is_ended_by_the_head_and_the_roll_put_right_by_who_keeps_it() -> None:
    (found,) = places.off_roll(a_placement(), on_roll=False, left_on=day("12-01"))
    about = About(named("school"), named("pupil"), named("placement"), PlacementStatus.ACTIVE)
    offered = {
        role: due.doable(
            due.Person(role, named("school"), frozenset()), Item(found, about, "A school", None, None, None)
        )
        for role in (Role.HEAD_TEACHER, Role.ATTENDANCE_OFFICER, Role.DSL, Role.AP_LEAD)
    }
    assert {role: None if one is None else one.endpoint for role, one in offered.items()} == {
        Role.HEAD_TEACHER: "placement.end",
        Role.ATTENDANCE_OFFICER: "pupil.enrol",
        Role.DSL: None,
        Role.AP_LEAD: None,
    }
