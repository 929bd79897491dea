"""What is on paper is transcribed as it is: no rule for decisions refuses it, only what cannot be is turned away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import AlreadyRecorded, Impossible, NotFound
from domain.events import (
    ExistingPlacementAdded,
    Fact,
    ParentalAgreementDeclined,
    ParentalAgreementGiven,
    ParentalAgreementNotRelevantRecorded,
    ParentalResponsibilityRecorded,
    ParentUnreachableRecorded,
    PlacementApproved,
    PlacingAuthorityConsentGiven,
    PlacingAuthorityRecorded,
    ReviewHeld,
    RiskAssessmentCompleted,
)
from domain.paper import PaperParents
from domain.placement import Placement
from domain.rules.impossible import OBSERVED
from domain.vocabulary import (
    Capacity,
    Medium,
    NotRelevantReason,
    ParentsOnPaper,
    PlacementStatus,
    RiskOutcome,
    Role,
    SiteKind,
    Source,
)
from tests.domain.builders import School, a_school
from tests.domain.people import day, named, officer
from tests.domain.wording import WORDING
from tests.domain.wording_on_paper import CONSENT, PARENTS, REVIEW, RISK

ADD = "add_existing_placement"
PAPER = named("existing placement")
TODAY = WORDING[ADD].on
ID = {"id": PAPER}
NEXT = {**ID, "on": TODAY}


def added(school: School, **changes: Any) -> list[Fact]:
    return school.enter(ADD, **changes)


def placement(school: School) -> Placement:
    return school.application.look_up(Placement, PAPER)


def one(facts: list[Fact], kind: type[Any]) -> Any:
    (found,) = [fact for fact in facts if isinstance(fact, kind)]
    return found


def test_all_that_the_paper_says_is_one_transaction_with_its_true_dates_and_how_it_came_in() -> None:
    facts = added(a_school())
    assert [type(fact) for fact in facts[:5]] == [
        ExistingPlacementAdded, PlacingAuthorityConsentGiven, ParentalAgreementGiven, RiskAssessmentCompleted,
        ReviewHeld,
    ]  # fmt: skip
    assert {fact.entered_from for fact in facts} == {Source.PAPER_BACKFILL}
    assert one(facts, ExistingPlacementAdded).started_on == date(2026, 3, 2)
    consent = one(facts, PlacingAuthorityConsentGiven)
    assert (consent.given_on, consent.received_on) == (CONSENT.given_on, CONSENT.received_on)
    assert (consent.scope.starts_on, consent.scope.ends_on) == (date(2026, 3, 2), None)
    assert one(facts, ParentalAgreementGiven).received_on == PARENTS.said_on
    assert one(facts, RiskAssessmentCompleted).assessed_on == RISK.assessed_on
    assert one(facts, ReviewHeld).held_on == REVIEW.held_on


def test_it_comes_in_from_paper_however_it_was_sent() -> None:
    school = a_school()
    submission = replace(school.submission(WORDING[ADD].by, TODAY), source=Source.API)
    recordings = school.application.add_existing_placement(PAPER, **WORDING[ADD].fields, submission=submission)
    assert {one.domain_event.entered_from for one in recordings} == {Source.PAPER_BACKFILL}


@pytest.mark.parametrize(
    "changes",
    [
        {"consents": (), "parents": None, "risk": None, "review": None, "approved_by": None, "approved_on": None},
        {"risk": msgspec.structs.replace(RISK, outcome=RiskOutcome.NOT_SAFE)},
        {"risk": msgspec.structs.replace(RISK, valid_to=date(2026, 3, 1))},
        {"consents": (msgspec.structs.replace(CONSENT, medium=Medium.TELEPHONE, covers_until=date(2026, 3, 3)),)},
        {"ended_on": date(2026, 7, 1)},
        {"by": officer(Role.TEACHER)},
    ],
)
def test_no_rule_for_decisions_refuses_what_was(changes: dict[str, Any]) -> None:
    assert added(a_school(), **changes)


def test_not_even_a_childrens_home_in_which_the_pupil_did_not_live_is_refused() -> None:
    school = a_school(record_provider_site={"kind": SiteKind.CHILDRENS_HOME}, without=["change_pupil_residence"])
    school.refuses("propose_placement", "H-01")
    assert added(school)


def test_the_approval_on_paper_is_none_given_here() -> None:
    school = a_school()
    facts = added(school)
    assert not [fact for fact in facts if isinstance(fact, PlacementApproved)]
    assert one(facts, ExistingPlacementAdded).approved_by == "C. Formerhead"
    assert placement(school).status is PlacementStatus.ACTIVE


DAYS = ("started_on", "ended_on", "approved_on", "given_on", "said_on", "assessed_on", "held_on")


def dated(field: str, when: date) -> dict[str, Any]:
    """The ordinary wording with one day changed, wherever it stands."""
    fields = WORDING[ADD].fields
    if field in fields:
        return {field: when, "proposed_end": date(2027, 12, 31)}
    for name, part in (("consents", CONSENT), ("parents", PARENTS), ("risk", RISK), ("review", REVIEW)):
        if field in part.__struct_fields__:
            after = {"received_on", "valid_to", "next_review_on", "review_on"} & set(part.__struct_fields__)
            changed = msgspec.structs.replace(part, **dict.fromkeys(after, date(2027, 12, 31)), **{field: when})
            if "received_on" in after:
                changed = msgspec.structs.replace(changed, received_on=None)
            return {name: (changed,) if name == "consents" else changed}
    raise AssertionError(field)


@settings(max_examples=60, deadline=None)
@given(field=st.sampled_from(DAYS), ahead=st.integers(1, 4000))
def test_no_day_on_which_something_was_lies_ahead(field: str, ahead: int) -> None:
    assert field in OBSERVED
    school = a_school()
    error = school.rejects(Impossible, ADD, **dated(field, TODAY + timedelta(days=ahead)))
    assert error.rule == "H-20"
    assert error.field.split(".")[-1] == field


@settings(max_examples=60, deadline=None)
@given(field=st.sampled_from(DAYS), ago=st.integers(0, 4000))
def test_any_past_day_is_taken_on_as_the_paper_gives_it(field: str, ago: int) -> None:
    when = TODAY - timedelta(days=ago)
    if field == "ended_on":
        when = max(when, date(2026, 3, 2))
    facts = added(a_school(), **dated(field, when))
    name = {"said_on": "given_on"}.get(field, field)
    assert when in {getattr(fact, name, None) for fact in facts}


@settings(max_examples=40, deadline=None)
@given(before=st.integers(1, 4000), field=st.sampled_from(["ended_on", "proposed_end"]))
def test_nothing_ends_before_it_begins(before: int, field: str) -> None:
    error = a_school().rejects(Impossible, ADD, **{field: date(2026, 3, 2) - timedelta(days=before)})
    assert error.field == field


def test_without_a_last_day_planned_or_lived_it_is_not_known_how_long_it_was_for() -> None:
    assert a_school().rejects(Impossible, ADD, proposed_end=None).field == "proposed_end"
    (added_, *_) = added(a_school(), proposed_end=None, ended_on=date(2026, 7, 1))
    assert added_.proposed_end == date(2026, 7, 1)


@pytest.mark.parametrize("unknown", ["pupil_id", "provider_id", "school_id", "site_id"])
def test_it_names_records_that_exist(unknown: str) -> None:
    a_school().rejects(NotFound, ADD, **{unknown: named("nothing")})


def test_the_same_paper_is_not_entered_twice() -> None:
    school = a_school()
    added(school)
    assert school.rejects(AlreadyRecorded, ADD).field == "started_on"


def test_who_placed_the_pupil_and_who_is_responsible_is_added_where_the_record_does_not_say() -> None:
    school = a_school(without=["record_placing_authority", "record_parental_responsibility"])
    facts = added(school)
    authority, holder = one(facts, PlacingAuthorityRecorded), one(facts, ParentalResponsibilityRecorded)
    assert (authority.authority_name, authority.capacity) == ("Ploughshire Council", Capacity.EDUCATION_SEN)
    assert one(facts, PlacingAuthorityConsentGiven).authority_id == authority.authority_id
    assert one(facts, ParentalAgreementGiven).holder_id == holder.holder_id
    assert (holder.ground, holder.evidence_seen) == ("mother", "The blue folder in the Head's office")


def test_whom_the_record_names_already_is_not_added_again() -> None:
    school = a_school()
    known = WORDING["record_placing_authority"].fields, WORDING["record_parental_responsibility"].fields
    consent = msgspec.structs.replace(
        CONSENT, authority_name=f"  {known[0]['authority_name'].upper()} ", authority_code=None
    )
    facts = added(
        school, consents=(consent,), parents=msgspec.structs.replace(PARENTS, holder_name=known[1]["name"].upper())
    )
    assert not [fact for fact in facts if isinstance(fact, PlacingAuthorityRecorded | ParentalResponsibilityRecorded)]
    assert one(facts, PlacingAuthorityConsentGiven).authority_id == known[0]["authority_id"]
    assert one(facts, ParentalAgreementGiven).holder_id == known[1]["holder_id"]


def test_an_authority_that_consented_in_two_capacities_placed_the_pupil_in_both() -> None:
    school = a_school(without=["record_placing_authority"])
    care = msgspec.structs.replace(CONSENT, capacity=Capacity.SOCIAL_CARE)
    facts = added(school, consents=(CONSENT, care))
    assert one(facts, PlacingAuthorityRecorded).capacity is Capacity.BOTH
    assert len({fact.consent_id for fact in facts if isinstance(fact, PlacingAuthorityConsentGiven)}) == 2


NO = PaperParents(
    position=ParentsOnPaper.DECLINED, said_on=date(2026, 2, 18), holder_name="P. Ashby", reason="Too far."
)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (NO, ParentalAgreementDeclined),
        (msgspec.structs.replace(NO, position=ParentsOnPaper.UNREACHABLE), ParentUnreachableRecorded),
        (
            msgspec.structs.replace(
                NO, position=ParentsOnPaper.NOT_RELEVANT, not_relevant=NotRelevantReason.PUPIL_IS_18
            ),
            ParentalAgreementNotRelevantRecorded,
        ),
    ],
)
def test_parents_stood_where_the_paper_says(said: PaperParents, kind: type[Fact]) -> None:
    assert one(added(a_school(), parents=said), kind)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"holder_name": None}, "parents.holder_name"),
        ({"medium": None}, "parents.medium"),
        ({"position": ParentsOnPaper.DECLINED}, "parents.reason"),
        ({"position": ParentsOnPaper.UNREACHABLE}, "parents.reason"),
        ({"position": ParentsOnPaper.NOT_RELEVANT}, "parents.not_relevant"),
    ],
)
def test_what_only_a_name_or_a_reason_makes_a_fact_asks_for_it(said: dict[str, Any], field: str) -> None:
    assert a_school().rejects(Impossible, ADD, parents=msgspec.structs.replace(PARENTS, **said)).field == field


def test_what_is_transcribed_does_not_depend_on_the_day_it_is_transcribed() -> None:
    early, late = (added(a_school(), on=day(on)) for on in ("09-10", "09-30"))
    assert [msgspec.structs.replace(fact, recorded_at=late[0].recorded_at) for fact in early] == late
