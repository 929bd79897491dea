"""Parents' agreement on one page: one question leads to the short form, and a disagreement between parents is shown."""

from __future__ import annotations

import pytest
from flask import Flask

from domain.rules.dispute import in_dispute
from domain.rules.standing import ParentalStatus
from tests.domain.builders import School
from tests.domain.people import day, named
from tests.web.browsing import Browser
from web.bootstrap import Services

PARENTS = f"/placements/{named('placement')}/parents"
SECOND = {"holder_id": named("second parent"), "holder_name": "Q. Ashby"}


@pytest.mark.parametrize(
    ("which", "form"),
    [
        ("agrees", "record-parental-agreement"),
        ("declines", "record-parental-refusal"),
        ("unreachable", "record-parent-unreachable"),
        ("not-relevant", "record-parental-agreement-not-relevant"),
        ("withdraws", "withdraw-parental-agreement"),
    ],
)
def test_one_question_leads_to_the_form(head: Browser, which: str, form: str) -> None:
    assert f'value="{which}"' in head.read(PARENTS)
    answer = head.get(f"{PARENTS}?which={which}&go=on")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/{form}")
    assert head.get(answer.headers["Location"]).status_code == 200


def test_no_answer_or_an_unknown_one_asks_again(head: Browser) -> None:
    for query in ("?go=on", "?which=nonsense&go=on"):
        assert "Choose one." in head.read(f"{PARENTS}{query}")


def test_what_is_the_heads_alone_is_offered_to_the_head_alone(app: Flask, head: Browser, lead: Browser) -> None:
    assert 'value="not-relevant"' in head.read(PARENTS)
    assert 'value="not-relevant"' not in lead.read(PARENTS)
    assert 'name="which"' not in Browser(app, "inspector").read(PARENTS)


def test_a_placements_page_has_one_link_for_all_of_it(lead: Browser) -> None:
    page = lead.read(f"/placements/{named('placement')}")
    assert f'href="{PARENTS}"' in page
    assert "Record that a parent declined" not in page


def test_one_parent_who_agrees_suffices_and_the_other_who_declines_stays_in_sight(
    head: Browser, services: Services
) -> None:
    school = School(services.application)
    person = {"holder_id": SECOND["holder_id"], "name": SECOND["holder_name"]}
    school.enter("record_parental_responsibility", on=day("09-10"), **person)  # type: ignore[arg-type]
    school.enter("record_parental_refusal", on=day("09-10"), **SECOND)  # type: ignore[arg-type]
    services.catch_up()
    assert "The parents disagree" in head.read(PARENTS)
    assert head.client.get(f"{PARENTS}.json").get_json()["disputed"] is True
    assert 'value="go-on"' in head.read(PARENTS)
    school.enter("approve_placement")


def test_a_dispute_is_between_holders_and_not_between_a_parent_and_the_school() -> None:
    first, second = named("first"), named("second")
    assert in_dispute([(first, ParentalStatus.GIVEN), (second, ParentalStatus.DECLINED)])
    assert in_dispute([(first, ParentalStatus.WITHDRAWN), (second, ParentalStatus.GIVEN)])
    assert not in_dispute([(first, ParentalStatus.DECLINED), (None, ParentalStatus.DECIDED)])
    assert not in_dispute([(first, ParentalStatus.DECLINED), (first, ParentalStatus.GIVEN)])
