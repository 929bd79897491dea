"""What a start or a resumption needs, it needs on the day it is dated and on the day it is decided."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.parts import ConsentScope
from domain.vocabulary import DelegatedAct, PlacementStatus, ResidenceStatus, RiskOutcome, SiteKind
from tests.domain.builders import School, a_suspended_placement, an_approved_placement
from tests.domain.people import AP_LEAD, DELEGATE, DSL, day, named

RESUMED, LATER = day("09-28"), day("09-30")
NO_CONSENT = ("withdraw_authority_consent", {"effective_on": day("12-01")})
NO_PARENT = ("withdraw_parental_agreement", {})
LAPSED = ("record_provider_registration_lapse", {})
UNSAFE_PUPIL = ("assess_risk", {"outcome": RiskOutcome.NOT_SAFE})
UNSAFE_SITE = ("assess_setting_risk", {"outcome": RiskOutcome.NOT_SAFE})
UNFIT_POLICY = ("verify_provider_safeguarding_policy", {"satisfactory": False, "by": DSL})
DATED = {
    "withdraw_authority_consent": "received_on",
    "withdraw_parental_agreement": "effective_on",
    "record_provider_registration_lapse": "received_on",
    "assess_risk": "assessed_on",
    "assess_setting_risk": "assessed_on",
    "verify_provider_safeguarding_policy": "verified_on",
}
EVERY_RULE = [
    ("H-05", NO_CONSENT),
    ("H-06", NO_PARENT),
    ("H-07", LAPSED),
    ("H-08", UNSAFE_PUPIL),
    ("H-08", UNSAFE_SITE),
    ("H-08", UNFIT_POLICY),
]


def learn(school: School, what: tuple[str, dict[str, Any]], on: date) -> None:
    verb, changes = what
    received = {"received_on": on} if verb.endswith("_agreement") else {}
    school.enter(verb, on=on, **{DATED[verb]: on}, **received, **changes)


@pytest.mark.parametrize(("rule", "learnt"), EVERY_RULE)
def test_a_placement_does_not_resume_without_what_a_start_needs(rule: str, learnt: tuple[str, dict[str, Any]]) -> None:
    school = a_suspended_placement()
    learn(school, learnt, day("09-25"))
    school.refuses("resume_placement", rule)


@pytest.mark.parametrize(("rule", "learnt"), EVERY_RULE)
def test_a_resumption_dated_back_must_hold_today_too(rule: str, learnt: tuple[str, dict[str, Any]]) -> None:
    school = a_suspended_placement()
    learn(school, learnt, day("09-29"))
    school.refuses("resume_placement", rule, on=LATER)


@pytest.mark.parametrize(("rule", "learnt"), EVERY_RULE)
def test_a_start_dated_back_must_hold_today_too(rule: str, learnt: tuple[str, dict[str, Any]]) -> None:
    school = an_approved_placement()
    learn(school, learnt, day("09-15"))
    school.refuses("start_placement", rule, on=day("09-16"))


def test_a_resumption_dated_back_in_good_order_is_recorded() -> None:
    assert a_suspended_placement().enter("resume_placement", on=LATER)


def test_a_childrens_home_is_resumed_only_for_who_lives_there() -> None:
    school = a_suspended_placement(
        record_provider_site={"kind": SiteKind.CHILDRENS_HOME},
        change_pupil_residence={
            "status": ResidenceStatus.RESIDENTIAL_IN_ALLIED_HOME,
            "home_site_id": named("site"),
        },
    )
    school.enter("change_pupil_residence", on=RESUMED, effective_on=day("10-20"))
    school.refuses("resume_placement", "H-01")


def test_a_placement_resumes_only_by_who_may_suspend_and_not_before_it_was_suspended() -> None:
    school = a_suspended_placement()
    school.refuses("resume_placement", "H-04", by=AP_LEAD)
    school.refuses("resume_placement", "H-15", resumed_on=day("09-18"))
    school.enter("grant_delegation", acts=(DelegatedAct.SUSPEND,))
    assert school.enter("resume_placement", by=DELEGATE)


def test_only_a_suspended_placement_resumes() -> None:
    school = a_suspended_placement()
    school.enter("resume_placement")
    (breach,) = school.refuses("resume_placement", "H-15")
    assert breach.sentence == f"The placement is {PlacementStatus.ACTIVE.value}."


def test_a_consent_that_ends_before_the_placement_does_not_let_it_resume() -> None:
    school = a_suspended_placement()
    learn(school, NO_CONSENT, day("09-25"))
    scope = ConsentScope(named("provider"), None, RESUMED, day("11-30"))
    school.enter("record_authority_consent", on=RESUMED, consent_id=named("second"), scope=scope)
    school.refuses("resume_placement", "H-05")
