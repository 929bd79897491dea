"""Must against should: the Head Teacher goes on in spite of a should, with a reason; nobody in spite of a must."""

from __future__ import annotations

import pytest

from domain.errors import Impossible
from domain.parts import Override
from domain.rules.breach import Breach, Word
from domain.values import Basis, Officer
from domain.vocabulary import BasisKind, Role
from tests.domain.builders import School, an_approvable_placement, an_approved_placement
from tests.domain.people import AP_LEAD, DELEGATE, DEPUTY, HEAD, day, named, officer

NO_MONITORING = {"monitoring": ()}
SPITE = Override("H-09", "S23", "The provider reports daily; we put that into the next version.")
NO_BASELINE = Override("H-10", "S24", "The reading test is booked for Thursday.")
NO_AGREEMENT = Override("H-10", "S39, S49, S50", "Signed on paper, in the post.")


def lacking_monitoring() -> School:
    return an_approvable_placement(prepare_plan=NO_MONITORING)


def test_only_should_typically_and_ideally_may_be_overridden() -> None:
    weak = {word for word in Word if Breach("H-09", None, word, None, "", "").overridable}
    assert weak == {Word.SHOULD, Word.TYPICALLY, Word.IDEALLY}


def test_the_head_goes_on_in_spite_of_a_should_and_the_entry_says_why() -> None:
    (approved,) = lacking_monitoring().enter("approve_placement", overrides=(SPITE,))
    assert approved.overridden == (SPITE,)


def test_the_head_starts_in_spite_of_a_should() -> None:
    school = an_approved_placement(without=["record_baseline", "sign_placement_agreement"])
    school.refuses("start_placement", "H-10", by=HEAD, overrides=(NO_BASELINE,))
    (started,) = school.enter("start_placement", by=HEAD, overrides=(NO_BASELINE, NO_AGREEMENT))
    assert started.overridden == (NO_BASELINE, NO_AGREEMENT)


@pytest.mark.parametrize("by", [DELEGATE, DEPUTY, AP_LEAD])
def test_nobody_but_the_head_in_their_own_office_goes_on_in_spite_of_a_rule(by: Officer) -> None:
    school = lacking_monitoring()
    school.enter("grant_delegation")
    breaches = school.refuses("approve_placement", "H-04", by=by, overrides=(SPITE,))
    assert any("may go on although a rule says should" in breach.sentence for breach in breaches)


def test_who_starts_without_being_the_head_overrides_nothing() -> None:
    school = an_approved_placement(without=["record_baseline"])
    school.refuses("start_placement", "H-04", overrides=(NO_BASELINE,))


@pytest.mark.parametrize(
    ("without", "rule", "clause", "word"),
    [
        (["record_authority_consent"], "H-05", "S42", "only"),
        (["record_parental_agreement"], "H-06", "S43", "only"),
        (["verify_provider_registration"], "H-07", "S29", "will"),
        (["assess_setting_risk"], "H-08", "S30", "will"),
    ],
)
def test_no_reason_sets_a_strict_rule_aside(without: list[str], rule: str, clause: str, word: str) -> None:
    school = an_approvable_placement(without=without)
    (breach,) = school.refuses("approve_placement", rule, overrides=(Override(rule, clause, "It is urgent."),))
    assert f"The policy says “{word}” here, so no reason sets it aside" in breach.sentence


def test_a_rule_of_the_service_is_not_set_aside_either() -> None:
    school = an_approvable_placement(without=["assess_needs"])
    breach, *_ = school.refuses("approve_placement", "H-15", overrides=(Override("H-15", None, "Now."),))
    assert "It is a rule of this service" in breach.sentence


def test_an_override_of_what_is_not_broken_is_refused_and_told() -> None:
    error = an_approvable_placement().rejects(Impossible, "approve_placement", overrides=(SPITE,))
    assert error.field == "overrides.0.reason"
    assert "Nothing stands in the way under rule H-09" in error.sentence


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_override_without_a_reason_is_impossible(reason: str) -> None:
    error = lacking_monitoring().rejects(Impossible, "approve_placement", overrides=(Override("H-09", "S23", reason),))
    assert error.field == "overrides.0.reason"


def test_two_reasons_for_one_rule_are_one_too_many() -> None:
    error = lacking_monitoring().rejects(Impossible, "approve_placement", overrides=(SPITE, SPITE))
    assert error.field == "overrides.1.rule"


def test_an_acting_head_overrides_as_the_head_does_and_who_left_does_not() -> None:
    school = lacking_monitoring()
    school.enter("cease_office_holder", last_day=day("09-09"))
    acting = {"person_id": named("deputy_head"), "starts_on": day("09-10"), "acting": True}
    school.enter("appoint_office_holder", id=named("acting"), **acting)
    school.refuses("approve_placement", "H-04", overrides=(SPITE,))
    basis = Basis(BasisKind.OWN_OFFICE, named("acting"))
    by = officer(Role.HEAD_TEACHER, basis, person="deputy_head")
    (approved,) = school.enter("approve_placement", by=by, overrides=(SPITE,))
    assert approved.overridden == (SPITE,)
