"""H-04 and H-22: the Head Teacher, Head of Service or a live delegate decides, nobody else, and no one for them."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import AlreadyRecorded, DecisionRefused, Impossible
from domain.parts import DelegationLimits
from domain.rules.authority import RESTS_WITH_HEAD
from domain.values import Basis, Officer
from domain.vocabulary import BasisKind, DelegatedAct, Role
from tests.domain.builders import School, a_school, a_started_placement, an_approvable_placement
from tests.domain.people import AP_LEAD, DELEGATE, DEPUTY, DSL, HEAD, SET_UP, day, named, officer

OUTSIDERS = [Role.PROVIDER_USER, Role.INSPECTOR, Role.LA_QA_OFFICER, Role.PARENT]
OWN_DECISIONS = ["approve_placement", "refuse_placement"]
RUNNING_DECISIONS = ["suspend_placement", "hold_review", "end_placement"]


def delegated(**changes: Any) -> School:
    school = an_approvable_placement()
    school.enter("grant_delegation", **changes)
    return school


@pytest.mark.parametrize("verb", OWN_DECISIONS)
@pytest.mark.parametrize("by", [DEPUTY, DSL, AP_LEAD, SET_UP, officer(Role.PLACING_AUTHORITY_OFFICER)])
def test_who_is_not_the_head_does_not_decide(verb: str, by: Officer) -> None:
    (breach,) = an_approvable_placement().refuses(verb, "H-04", by=by)
    assert (breach.clause, breach.word) == ("S26", "rests with")


@pytest.mark.parametrize("verb", RESTS_WITH_HEAD)
def test_every_command_said_to_rest_with_the_head_is_refused_to_everyone_else(verb: str) -> None:
    school = an_approvable_placement()
    with pytest.raises(DecisionRefused) as refused:
        school.enter(verb, by=AP_LEAD)
    assert "H-04" in {breach.rule for breach in refused.value.breaches}


@pytest.mark.parametrize("verb", OWN_DECISIONS)
@pytest.mark.parametrize("role", OUTSIDERS)
def test_an_outsider_takes_no_decision_whatever_basis_they_claim(verb: str, role: Role) -> None:
    claiming = officer(role, HEAD.actor.basis, person="head_teacher")
    an_approvable_placement().refuses(verb, "H-22", by=claiming)


@pytest.mark.parametrize("verb", ["propose_placement", "appoint_office_holder", "grant_delegation"])
@pytest.mark.parametrize("role", OUTSIDERS)
def test_an_outsider_proposes_appoints_and_delegates_nothing(verb: str, role: Role) -> None:
    a_school().refuses(verb, "H-22", by=officer(role), **({"id": named("new")} if verb.startswith("appoint") else {}))


@pytest.mark.parametrize("role", OUTSIDERS)
def test_an_outsider_starts_no_placement(role: Role) -> None:
    school = an_approvable_placement()
    school.enter("approve_placement")
    school.refuses("start_placement", "H-22", by=officer(role))


@pytest.mark.parametrize("verb", RUNNING_DECISIONS)
@pytest.mark.parametrize("by", [DEPUTY, AP_LEAD, DELEGATE])
def test_a_running_placement_is_decided_on_by_the_head_or_a_delegate_for_that_act(verb: str, by: Officer) -> None:
    school = a_started_placement()
    school.enter("grant_delegation")
    school.refuses(verb, "H-04", by=by)


@pytest.mark.parametrize(
    ("verb", "act"),
    [
        ("suspend_placement", DelegatedAct.SUSPEND),
        ("hold_review", DelegatedAct.HOLD_REVIEW),
        ("end_placement", DelegatedAct.END),
    ],
)
def test_a_delegate_for_the_act_decides(verb: str, act: DelegatedAct) -> None:
    school = a_started_placement()
    school.enter("grant_delegation", acts=(act,))
    assert school.enter(verb, by=DELEGATE)


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ({"starts_on": day("09-11")}, "not in force"),
        ({"person_id": named("somebody else")}, "another person's"),
        ({"office": "deputy_head"}, "Only the Head Teacher"),
    ],
)
def test_a_head_whose_appointment_does_not_hold_that_day_does_not_approve(held: dict[str, Any], why: str) -> None:
    school = an_approvable_placement()
    school.enter("appoint_office_holder", id=named("other"), **held)
    claiming = officer(Role.HEAD_TEACHER, Basis(BasisKind.OWN_OFFICE, named("other")))
    (breach,) = school.refuses("approve_placement", "H-04", by=claiming)
    assert why in breach.sentence


def test_an_appointment_that_does_not_exist_is_no_authority() -> None:
    unknown = officer(Role.HEAD_TEACHER, Basis(BasisKind.OWN_OFFICE, named("nothing")))
    an_approvable_placement().refuses("approve_placement", "H-04", by=unknown)
    nobody = officer(Role.DEPUTY_HEAD, Basis(BasisKind.DELEGATION, named("nothing")))
    an_approvable_placement().refuses("approve_placement", "H-04", by=nobody)


def test_the_head_of_another_school_does_not_approve() -> None:
    school = an_approvable_placement()
    school.enter("record_school", id=named("kestrel"), name="Kestrel Moor School (demo)")
    school.enter("appoint_office_holder", id=named("kestrel head"), school_id=named("kestrel"))
    elsewhere = officer(Role.HEAD_TEACHER, Basis(BasisKind.OWN_OFFICE, named("kestrel head")))
    (breach,) = school.refuses("approve_placement", "H-04", by=elsewhere)
    assert "another school" in breach.sentence


def test_an_acting_head_and_a_head_of_service_approve() -> None:
    for role, acting in ((Role.HEAD_TEACHER, True), (Role.HEAD_OF_SERVICE, False)):
        school = an_approvable_placement()
        fields = {"office": role.value, "person_id": named(role.value), "acting": acting, "starts_on": day("09-10")}
        school.enter("appoint_office_holder", id=named("second"), **fields)
        assert school.enter("approve_placement", by=officer(role, Basis(BasisKind.OWN_OFFICE, named("second"))))


def test_a_head_who_has_left_does_not_approve_even_dated_back() -> None:
    school = an_approvable_placement()
    school.enter("cease_office_holder", last_day=day("09-10"))
    school.refuses("approve_placement", "H-04", on=day("09-11"))
    assert school.enter("approve_placement", on=day("09-10"))


def test_a_live_delegate_approves_and_the_entry_names_what_that_rests_on() -> None:
    school = delegated()
    (approved,) = school.enter("approve_placement", by=DELEGATE)
    assert approved.actor.basis == Basis(BasisKind.DELEGATION, named("delegation"))
    streams = {
        named("delegation"),
        named("head_teacher appointment"),
        named("pupil"),
        named("provider"),
        named("school"),
    }
    assert set(approved.relied_on) == streams
    assert approved.relied_on[named("delegation")] == 1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"delegatee_id": named("dsl")}, "another person"),
        ({"acts": (DelegatedAct.SUSPEND,)}, "is not for this: it covers suspend"),
        ({"ends_on": day("09-09")}, "does not cover 10 September 2026"),
        ({"starts_on": day("09-11")}, "does not cover 10 September 2026"),
        ({"limits": DelegationLimits(provider_id=named("other"))}, "another provider"),
        ({"limits": DelegationLimits(pupil_id=named("other"))}, "another pupil"),
        ({"limits": DelegationLimits(max_weeks=13)}, "13 weeks at most; this placement takes 14"),
    ],
)
def test_a_delegation_that_does_not_reach_this_far_is_refused(given: dict[str, Any], why: str) -> None:
    (breach,) = delegated(**given).refuses("approve_placement", "H-04", by=DELEGATE)
    assert why in breach.sentence


def test_a_delegations_weeks_count_from_the_first_day_the_approval_allows() -> None:
    school = delegated(limits=DelegationLimits(max_weeks=14))
    earlier = {"start_from": day("09-10")}
    breach, _ = school.refuses("approve_placement", "H-04", "H-05", by=DELEGATE, **earlier)
    assert "14 weeks at most; this placement takes 15" in breach.sentence


@pytest.mark.parametrize("weeks", [0, -1])
def test_a_delegation_for_no_week_is_impossible(weeks: int) -> None:
    error = a_school().rejects(Impossible, "grant_delegation", limits=DelegationLimits(max_weeks=weeks))
    assert error.field == "limits.max_weeks"


def test_an_approval_lets_no_placement_start_after_its_last_day() -> None:
    school = an_approvable_placement()
    (breach,) = school.refuses("approve_placement", "H-15", start_by=day("12-19"))
    assert breach.field == "start_by"
    assert school.enter("approve_placement", start_by=day("12-18"))


KEEPING = ["appoint_office_holder", "cease_office_holder", "revoke_delegation"]


def keeping(school: School, verb: str, by: Officer) -> dict[str, Any]:
    fresh = {"id": named("new appointment")} if verb == "appoint_office_holder" else {}
    of_another = {"id": named("deputy_head appointment")} if verb == "cease_office_holder" else {}
    return {"by": by, **fresh, **of_another}


@pytest.mark.parametrize("verb", KEEPING)
@pytest.mark.parametrize("by", [DEPUTY, DSL, AP_LEAD, DELEGATE])
def test_staff_put_nobody_in_office_nor_out_of_it_nor_revoke(verb: str, by: Officer) -> None:
    school = delegated()
    school.refuses(verb, "H-04", **keeping(school, verb, by))


@pytest.mark.parametrize("verb", KEEPING)
@pytest.mark.parametrize("role", OUTSIDERS)
def test_an_outsider_keeps_no_offices_whatever_basis_they_claim(verb: str, role: Role) -> None:
    school = delegated()
    school.refuses(verb, "H-22", **keeping(school, verb, officer(role, HEAD.actor.basis, person="head_teacher")))


@pytest.mark.parametrize("verb", KEEPING)
@pytest.mark.parametrize("by", [HEAD, SET_UP])
def test_the_head_or_who_sets_up_keeps_the_offices_and_the_entry_names_what_that_rests_on(
    verb: str, by: Officer
) -> None:
    school = delegated()
    (kept,) = school.enter(verb, **keeping(school, verb, by))
    assert set(kept.relied_on) == ({named("head_teacher appointment")} if by is HEAD else set())


def test_a_head_ends_their_own_office() -> None:
    assert a_school().enter("cease_office_holder", by=HEAD)


@pytest.mark.parametrize("verb", KEEPING)
def test_the_head_of_another_school_or_one_who_has_left_keeps_no_offices(verb: str) -> None:
    school = delegated()
    school.enter("record_school", id=named("kestrel"), name="Kestrel Moor School (demo)")
    school.enter("appoint_office_holder", id=named("kestrel head"), school_id=named("kestrel"))
    elsewhere = officer(Role.HEAD_TEACHER, Basis(BasisKind.OWN_OFFICE, named("kestrel head")))
    (breach,) = school.refuses(verb, "H-04", **keeping(school, verb, elsewhere))
    assert "another school" in breach.sentence
    school.enter("cease_office_holder", last_day=day("09-01"))
    school.refuses(verb, "H-04", **keeping(school, verb, HEAD))


@pytest.mark.parametrize("by", [AP_LEAD, DEPUTY, DSL, SET_UP])
def test_only_the_head_or_a_delegate_for_it_prepares_the_plan(by: Officer) -> None:
    (breach,) = an_approvable_placement().refuses("prepare_plan", "H-04", by=by)
    assert breach.clause == "S20"


def test_a_delegate_prepares_the_plan_and_the_entry_names_the_delegation() -> None:
    delegated().refuses("prepare_plan", "H-04", by=DELEGATE)
    (plan,) = delegated(acts=(DelegatedAct.PREPARE_PLAN,)).enter("prepare_plan", by=DELEGATE)
    assert plan.relied_on[named("delegation")] == 1
    assert plan.relied_on[named("head_teacher appointment")] == 1


def test_a_delegation_within_its_limits_suffices() -> None:
    limits = DelegationLimits(provider_id=named("provider"), pupil_id=named("pupil"), max_weeks=14)
    assert delegated(limits=limits).enter("approve_placement", by=DELEGATE)


def test_a_revoked_delegation_approves_nothing_not_even_dated_back() -> None:
    school = delegated()
    school.enter("revoke_delegation")
    school.refuses("approve_placement", "H-04", by=DELEGATE, approved_on=day("09-09"))


def test_a_delegation_ends_with_the_office_of_who_gave_it() -> None:
    school = delegated()
    school.enter("cease_office_holder", last_day=day("09-09"))
    (breach,) = school.refuses("approve_placement", "H-04", by=DELEGATE)
    assert "not in office" in breach.sentence


def test_a_delegate_does_not_delegate_further_nor_decide_what_is_the_heads_own() -> None:
    school = delegated()
    school.refuses("grant_delegation", "H-04", by=DELEGATE, id=named("second"))
    school.refuses("decide_without_parental_agreement", "H-04", by=DELEGATE)
    school.refuses("record_parental_agreement_not_relevant", "H-04", by=DELEGATE)


@pytest.mark.parametrize("by", [DEPUTY, AP_LEAD, SET_UP])
def test_only_who_holds_the_office_delegates(by: Officer) -> None:
    (breach,) = a_school().refuses("grant_delegation", "H-04", by=by)
    assert breach.clause == "S20"


def test_a_delegation_names_an_act_and_another_person() -> None:
    school = a_school()
    assert school.rejects(Impossible, "grant_delegation", acts=()).field == "acts"
    assert school.rejects(Impossible, "grant_delegation", delegatee_id=HEAD.actor.id).field == "delegatee_id"


def test_a_delegation_is_revoked_once() -> None:
    school = delegated()
    assert school.enter("revoke_delegation")
    school.rejects(AlreadyRecorded, "revoke_delegation")


def test_an_approval_is_not_dated_ahead_nor_before_its_authority() -> None:
    school = an_approvable_placement()
    assert school.rejects(Impossible, "approve_placement", approved_on=day("09-11")).rule == "H-20"
    school.enter("cease_office_holder", last_day=day("12-31"))
    assert school.enter("approve_placement", on=day("09-11"), approved_on=day("09-10"))


@pytest.mark.parametrize("record", ["pupil", "provider", "placement", "school"])
def test_a_record_is_nobody_who_could_be_put_in_office(record: str) -> None:
    school = an_approvable_placement()
    appointing = {"id": named("new"), "office": "dsl", "person_id": named(record), "name": "N. Newcomer"}
    assert school.rejects(Impossible, "appoint_office_holder", by=HEAD, **appointing).field == "person_id"
