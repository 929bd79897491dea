"""What can be decided on a placement that came in from paper: all that is ordinary, by the rules of today."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from domain.errors import Impossible
from domain.events import PlacementApproved
from domain.paper import PaperConsent
from domain.parts import ConsentScope
from domain.vocabulary import Medium, PlacementStatus, Role, Source
from tests.domain.builders import School, a_school, an_approvable_placement, entered
from tests.domain.people import HEAD, day, named, officer
from tests.domain.test_existing import ID, NEXT, TODAY, added, one, placement
from tests.domain.wording import WORDING
from tests.domain.wording_on_paper import CONSENT


def test_every_ordinary_act_on_it_works_afterwards() -> None:
    school = a_school()
    added(school)
    entered(school, ["assess_risk", "record_baseline"], (), {"assess_risk": ID, "record_baseline": ID})
    school.enter("hold_review", by=HEAD, held_on=TODAY, next_review_on=None, **NEXT)
    school.enter("suspend_placement", suspended_on=TODAY, **NEXT)
    assert placement(school).status is PlacementStatus.SUSPENDED
    school.enter("end_placement", ended_on=TODAY, **NEXT)
    assert placement(school).status is PlacementStatus.ENDED


def test_one_that_is_over_takes_no_more_decisions() -> None:
    school = a_school()
    added(school, ended_on=date(2026, 7, 1))
    assert placement(school).status is PlacementStatus.ENDED
    school.refuses("suspend_placement", "H-15", suspended_on=TODAY, **NEXT)
    school.refuses("end_placement", "H-15", ended_on=TODAY, **NEXT)


def test_it_is_reviewed_and_suspended_from_its_first_day_on_and_not_before() -> None:
    school = a_school()
    added(school, started_on=day("09-01"))
    school.refuses("hold_review", "H-15", by=HEAD, held_on=day("08-31"), next_review_on=None, **NEXT)
    school.refuses("suspend_placement", "H-15", suspended_on=day("08-31"), **NEXT)


_PLACED_BY = WORDING["record_placing_authority"].fields
IN_FORCE = msgspec.structs.replace(
    CONSENT, authority_name=_PLACED_BY["authority_name"], capacity=_PLACED_BY["capacity"]
)
APPROVAL = {"approved_on": TODAY, "start_from": TODAY, "start_by": TODAY}


def an_approvable_one(consents: tuple[PaperConsent, ...] = (IN_FORCE,)) -> School:
    """A placement from paper with everything that an approval given here needs."""
    school = a_school()
    added(school, consents=consents, accredited="yes")
    preparing = ("record_baseline", "prepare_plan", "sign_placement_agreement")
    return entered(school, preparing, (), dict.fromkeys(preparing, ID))


def test_one_that_runs_is_approved_here_from_today_by_the_rules_of_an_approval() -> None:
    school = an_approvable_one()
    school.refuses("approve_placement", "H-04", by=officer(Role.TEACHER), **APPROVAL, **NEXT)
    facts = school.enter("approve_placement", **APPROVAL, **NEXT)
    assert one(facts, PlacementApproved).entered_from is Source.UI
    assert placement(school).status is PlacementStatus.ACTIVE
    school.refuses("approve_placement", "H-15", **APPROVAL, **NEXT)


def test_an_approval_of_one_that_runs_is_judged_from_its_own_day_whatever_start_it_names() -> None:
    school = an_approvable_one(consents=())
    later = TODAY + timedelta(days=30)
    scope = ConsentScope(named("provider"), None, later, None)
    school.enter("record_authority_consent", scope=scope, **NEXT)
    school.refuses("approve_placement", "H-05", **APPROVAL, **NEXT)
    named_later = {"approved_on": TODAY, "start_from": later, "start_by": later}
    school.refuses("approve_placement", "H-05", **named_later, **NEXT)


def test_an_agreement_signed_on_paper_is_recorded_and_agrees_to_no_plan_that_is_prepared_here_later() -> None:
    school = a_school()
    added(school, consents=(IN_FORCE,), accredited="yes")
    school.enter("record_baseline", **ID)
    (signed,) = school.enter("sign_placement_agreement", plan_version=None, **ID)
    assert signed.plan_version is None
    school.refuses("approve_placement", "H-09", **APPROVAL, **NEXT)
    school.enter("prepare_plan", **ID)
    school.refuses("approve_placement", "H-10", **APPROVAL, **NEXT)
    school.enter("sign_placement_agreement", **ID)
    assert school.enter("approve_placement", **APPROVAL, **NEXT)


def test_only_a_placement_from_paper_was_agreed_on_with_a_plan_that_is_not_here() -> None:
    school = an_approvable_placement()
    assert school.rejects(Impossible, "sign_placement_agreement", plan_version=None).field == "plan_version"


def test_the_paper_does_not_stand_in_for_what_an_approval_needs() -> None:
    school = a_school()
    added(school, consents=(), parents=None, risk=None)
    with_breaches = school.refuses(
        "approve_placement", "H-05", "H-06", "H-07", "H-08", "H-09", "H-10", **APPROVAL, **NEXT
    )
    assert {breach.clause for breach in with_breaches} >= {"S42", "S43"}


def test_a_telephone_call_on_paper_satisfies_nothing() -> None:
    school = a_school(without=["record_placing_authority"])
    added(school, consents=(msgspec.structs.replace(CONSENT, medium=Medium.TELEPHONE),), accredited="yes")
    school.refuses("approve_placement", "H-05", "H-09", "H-10", **APPROVAL, **NEXT)
