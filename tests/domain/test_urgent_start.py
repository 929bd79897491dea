"""An urgent start: the Head's own, ten school days at most; plan, baseline and agreement may wait, nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import Impossible
from domain.parts import Deferral
from domain.placement import Placement
from domain.vocabulary import Accredited, Deferrable, Delivery, PlacementStatus, SiteKind
from tests.domain.builders import AT_ONCE, WAITING, School, an_approvable_placement, an_urgent_case, an_urgent_start
from tests.domain.people import AP_LEAD, DELEGATE, HEAD, day, named


def status(school: School) -> PlacementStatus:
    return school.application.look_up(Placement, named("placement")).status


def prepared(school: School) -> School:
    for verb in ("record_baseline", "prepare_plan", "sign_placement_agreement", "assess_risk"):
        school.enter(verb, on=day("09-16"))
    return school


def test_the_head_starts_a_placement_at_once_for_ten_school_days() -> None:
    (decided,) = an_urgent_case().enter("start_urgently", deferred=WAITING)
    assert (decided.starts_on, decided.ends_on) == (day("09-10"), day("09-23"))
    assert decided.deferred == WAITING
    assert decided.consent_ids == (named("consent"),)


def test_the_ten_days_are_the_schools_own_and_leave_its_holidays_out() -> None:
    school = an_urgent_case(
        assess_risk={"interim": True, "valid_to": day("12-18")}, record_authority_consent={"scope": AT_ONCE}
    )
    school.enter("verify_provider_registration", on=day("10-22"), checked_on=day("10-22"))
    (decided,) = school.enter("start_urgently", on=day("10-22"), decided_on=day("10-22"), starts_on=day("10-22"),
                              deferred=tuple(Deferral(what, day("11-03")) for what in Deferrable))  # fmt: skip
    assert decided.ends_on == day("11-11")


@pytest.mark.parametrize("by", [AP_LEAD, DELEGATE])
def test_an_urgent_start_is_the_heads_own_and_cannot_be_delegated(by: object) -> None:
    school = an_urgent_case()
    school.enter("grant_delegation")
    school.refuses("start_urgently", "H-04", by=by, deferred=WAITING)


@pytest.mark.parametrize(
    ("without", "rule"),
    [
        ("assess_needs", "H-15"),
        ("record_authority_consent", "H-05"),
        ("record_parental_agreement", "H-06"),
        ("verify_provider_registration", "H-07"),
        ("assess_setting_risk", "H-08"),
        ("verify_provider_safeguarding_policy", "H-08"),
    ],
)
def test_nothing_but_the_three_may_wait(without: str, rule: str) -> None:
    an_urgent_case(without=(without,)).refuses("start_urgently", rule, deferred=WAITING)


def test_an_urgent_start_needs_a_risk_assessment_that_does_not_find_it_unsafe() -> None:
    school = an_urgent_case(without=("assess_risk",))
    school.refuses("start_urgently", "H-08", "H-15", deferred=WAITING)
    school.enter("assess_risk", interim=True, outcome="not_safe")
    school.refuses("start_urgently", "H-08", deferred=WAITING)
    school.enter("assess_risk", interim=True)
    assert school.enter("start_urgently", deferred=WAITING)


def test_an_unanswered_question_of_accreditation_stops_an_urgent_start_until_it_is_answered() -> None:
    school = an_urgent_case(propose_placement={"accredited": Accredited.NOT_KNOWN})
    school.refuses("start_urgently", "H-07", deferred=WAITING)
    school.enter("state_accreditation", accredited=Accredited.NO, reason="No qualification is taught.")
    assert school.enter("start_urgently", deferred=WAITING)


@pytest.mark.parametrize("left_out", Deferrable)
def test_what_is_missing_and_not_put_off_is_asked_for(left_out: Deferrable) -> None:
    rest = tuple(one for one in WAITING if one.what != left_out)
    rule = "H-09" if left_out == Deferrable.PLAN else "H-10"
    (breach,) = an_urgent_case().refuses("start_urgently", rule, deferred=rest)
    assert "Or put" in breach.remedy


def test_what_is_there_need_not_be_put_off() -> None:
    school = an_urgent_case()
    school.enter("record_baseline")
    rest = tuple(one for one in WAITING if one.what != Deferrable.BASELINE)
    assert school.enter("start_urgently", deferred=rest)


@pytest.mark.parametrize("due", [day("09-09"), day("09-24")])
def test_nothing_is_put_off_beyond_the_ten_school_days(due: date) -> None:
    waiting = (Deferral(Deferrable.PLAN, due), *WAITING[1:])
    (breach,) = an_urgent_case().refuses("start_urgently", "H-15", deferred=waiting)
    assert breach.field == "deferred.0.due_on"


def test_one_thing_is_put_off_once_and_in_house_no_provider_signs() -> None:
    error = an_urgent_case().rejects(Impossible, "start_urgently", deferred=(*WAITING, WAITING[0]))
    assert error.field == "deferred.3.what"
    own = an_urgent_case(
        propose_placement={"delivery": Delivery.IN_HOUSE}, record_provider={"school_id": named("school")}
    )
    own.rejects(Impossible, "start_urgently", deferred=WAITING)
    assert own.enter("start_urgently", deferred=WAITING[:2])


def test_an_urgent_start_begins_at_once() -> None:
    school = an_urgent_case()
    school.refuses("start_urgently", "H-15", deferred=WAITING, starts_on=day("09-14"))
    assert school.enter("start_urgently", deferred=WAITING, starts_on=day("09-11"))


def test_an_urgent_start_needs_the_home_to_be_the_pupils_own() -> None:
    home = {"kind": SiteKind.CHILDRENS_HOME}
    residence = {"status": "residential_in_allied_home", "home_site_id": named("site")}
    school = an_urgent_case(record_provider_site=home, change_pupil_residence=residence)
    school.enter("change_pupil_residence", on=day("09-10"), effective_on=day("09-10"), status="non_residential",
                 home_site_id=None)  # fmt: skip
    school.refuses("start_urgently", "H-01", deferred=WAITING)


def test_while_it_runs_it_is_active_and_is_approved_in_the_ordinary_way() -> None:
    school = an_urgent_start()
    assert status(school) == PlacementStatus.ACTIVE
    school.refuses("approve_placement", "H-08", "H-09", "H-10", on=day("09-17"), approved_on=day("09-17"))
    prepared(school)
    (approved,) = school.enter("approve_placement", on=day("09-17"), approved_on=day("09-17"))
    assert (approved.start_from, approved.start_by) == (day("09-17"), day("09-17"))
    assert status(school) == PlacementStatus.ACTIVE
    school.refuses("approve_placement", "H-15", on=day("09-18"))


def test_an_interim_assessment_satisfies_no_ordinary_approval() -> None:
    school = an_approvable_placement(assess_risk={"interim": True})
    (breach,) = school.refuses("approve_placement", "H-08")
    assert "an interim one" in breach.sentence
    school.enter("assess_risk")
    assert school.enter("approve_placement")


def test_an_urgent_placement_is_reviewed_suspended_and_ended() -> None:
    school = an_urgent_start()
    assert school.enter("hold_review", on=day("09-14"), held_on=day("09-14"), next_review_on=day("09-21"))
    school.enter("suspend_placement", on=day("09-15"), suspended_on=day("09-15"))
    assert school.enter("end_placement", on=day("09-16"), ended_on=day("09-16"))
    assert status(school) == PlacementStatus.ENDED


def test_a_suspended_one_goes_on_within_its_days_and_after_them_only_once_it_is_approved() -> None:
    within, after = an_urgent_start(), an_urgent_start()
    for school in (within, after):
        school.enter("suspend_placement", on=day("09-15"), suspended_on=day("09-15"))
    assert within.enter("resume_placement", on=day("09-23"), resumed_on=day("09-23"))
    breaches = after.refuses("resume_placement", "H-15", on=day("09-24"), resumed_on=day("09-24"))
    assert "nobody approved it since" in breaches[0].sentence
    prepared(after)
    after.enter("approve_placement", on=day("09-24"), approved_on=day("09-24"))
    assert after.enter("resume_placement", on=day("09-25"), resumed_on=day("09-25"))


def test_facts_about_an_urgent_placement_are_accepted_whatever_the_day() -> None:
    school = an_urgent_start()
    for verb in ("record_baseline", "assess_risk", "record_parental_refusal", "withdraw_authority_consent"):
        assert school.enter(verb, on=day("10-14"))


def test_no_second_urgent_start_nor_one_of_what_is_approved() -> None:
    an_urgent_start().refuses("start_urgently", "H-15", deferred=WAITING)
    school = an_approvable_placement(record_authority_consent={"scope": AT_ONCE})
    school.enter("approve_placement", by=HEAD)
    school.refuses("start_urgently", "H-15")
