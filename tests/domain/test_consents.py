"""H-05: outside parties only with every placing authority's consent: in writing, in time and for this very thing."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import AlreadyRecorded, Impossible, NotFound
from domain.parts import ConsentScope
from domain.vocabulary import Capacity, Delivery, Medium
from tests.domain.builders import (
    a_started_placement,
    an_approvable_placement,
    an_approved_placement,
    an_ended_placement,
)
from tests.domain.people import day, named

PROVIDER = named("provider")
CARE = {"authority_id": named("care authority"), "authority_name": "Marlmouth (demo)", "capacity": Capacity.SOCIAL_CARE}
OF_CARE = {"consent_id": named("second"), "authority_id": named("care authority"), "capacity": Capacity.SOCIAL_CARE}


def scope(**changes: Any) -> dict[str, ConsentScope]:
    fields = {"provider_id": PROVIDER, "site_id": None, "starts_on": day("09-14"), "ends_on": None}
    return {"scope": ConsentScope(**fields | changes)}


def test_approval_without_the_placing_authoritys_consent_is_refused() -> None:
    school = an_approvable_placement(without=["record_authority_consent"])
    (breach,) = school.refuses("approve_placement", "H-05")
    assert (breach.clause, breach.word) == ("S42", "only")
    assert "Easterby County Council (demo) placed this pupil" in breach.sentence
    assert "Record the written consent of Easterby" in breach.remedy


@pytest.mark.parametrize(
    "consent",
    [
        scope(provider_id=named("other provider")),
        scope(site_id=named("other site")),
        scope(starts_on=day("09-15")),
        scope(ends_on=day("12-17")),
        {"medium": Medium.TELEPHONE},
        {"authority_id": named("another authority")},
        {"capacity": Capacity.SOCIAL_CARE},
    ],
)
def test_a_consent_that_does_not_cover_this_placement_satisfies_nothing(consent: dict[str, Any]) -> None:
    an_approvable_placement(record_authority_consent=consent).refuses("approve_placement", "H-05")


@pytest.mark.parametrize(
    "consent",
    [
        scope(site_id=named("site")),
        scope(starts_on=day("09-01"), ends_on=day("12-18")),
        {"medium": Medium.LETTER},
        {"capacity": Capacity.BOTH},
    ],
)
def test_a_consent_that_covers_it_satisfies(consent: dict[str, Any]) -> None:
    (approved,) = an_approvable_placement(record_authority_consent=consent).enter("approve_placement")
    assert approved.consent_ids == (named("consent"),)


def test_every_authority_that_placed_the_pupil_must_consent() -> None:
    school = an_approvable_placement()
    school.enter("record_placing_authority", **CARE)
    (breach,) = school.refuses("approve_placement", "H-05")
    assert "Marlmouth" in breach.sentence
    school.enter("record_authority_consent", **OF_CARE)
    (approved,) = school.enter("approve_placement")
    assert set(approved.consent_ids) == {named("consent"), named("second")}


def test_an_authority_that_placed_in_both_capacities_consents_in_both() -> None:
    school = an_approvable_placement(record_placing_authority={"capacity": Capacity.BOTH})
    (breach,) = school.refuses("approve_placement", "H-05")
    assert "social care" in breach.sentence
    school.enter("record_authority_consent", consent_id=named("second"), capacity=Capacity.SOCIAL_CARE)
    assert school.enter("approve_placement")


def test_an_authority_that_places_from_a_day_within_the_placement_must_consent_too() -> None:
    school = an_approvable_placement()
    school.enter("record_placing_authority", **CARE, effective_on=day("11-01"))
    school.refuses("approve_placement", "H-05")


def test_while_nobody_said_who_placed_the_pupil_the_question_is_named() -> None:
    school = an_approvable_placement(without=["record_placing_authority"])
    (breach,) = school.refuses("approve_placement", "H-05")
    assert "Nobody has said who placed this pupil" in breach.sentence
    school.enter("record_no_placing_authority")
    assert school.enter("approve_placement")


def test_who_was_placed_by_nobody_from_a_day_on_needs_no_consent_from_then() -> None:
    school = an_approvable_placement(without=["record_authority_consent"])
    school.enter("record_no_placing_authority", effective_on=day("09-15"))
    school.refuses("approve_placement", "H-05")
    school.enter("record_no_placing_authority", effective_on=day("09-14"))
    assert school.enter("approve_placement")


def test_a_withdrawn_consent_covers_nothing_and_a_fresh_one_does() -> None:
    school = an_approvable_placement()
    school.enter("withdraw_authority_consent", effective_on=day("12-18"))
    school.refuses("approve_placement", "H-05")
    school.enter("record_authority_consent", consent_id=named("second"))
    assert school.enter("approve_placement")


def test_a_consent_withdrawn_for_a_day_after_the_placement_still_covers_it() -> None:
    school = an_approvable_placement()
    school.enter("withdraw_authority_consent", effective_on=day("12-19"))
    assert school.enter("approve_placement")


def test_the_authoritys_last_word_counts() -> None:
    school = an_approvable_placement()
    school.enter("record_authority_refusal")
    school.refuses("approve_placement", "H-05")
    school.enter("record_authority_consent", consent_id=named("second"), given_on=day("09-09"))
    assert school.enter("approve_placement")


def test_a_refusal_in_one_capacity_leaves_the_consent_in_the_other() -> None:
    school = an_approvable_placement()
    school.enter("record_authority_refusal", capacity=Capacity.SOCIAL_CARE)
    assert school.enter("approve_placement")


def test_a_consent_in_both_capacities_speaks_on_in_the_one_not_refused() -> None:
    school = an_approvable_placement(record_authority_consent={"capacity": Capacity.BOTH})
    school.enter("record_authority_refusal", capacity=Capacity.SOCIAL_CARE)
    assert school.enter("approve_placement")


def test_a_refusal_in_both_capacities_leaves_nothing() -> None:
    school = an_approvable_placement()
    school.enter("record_authority_refusal", capacity=Capacity.BOTH)
    school.refuses("approve_placement", "H-05")


def test_a_consent_received_after_the_approval_never_satisfies_it() -> None:
    school = an_approvable_placement(without=["record_authority_consent"])
    late = {"given_on": day("09-08"), "received_on": day("09-11")}
    school.enter("record_authority_consent", on=day("09-11"), **late)
    school.refuses("approve_placement", "H-05", on=day("09-11"), approved_on=day("09-10"))
    assert school.enter("approve_placement", on=day("09-11"), approved_on=day("09-11"))


def test_an_approval_dated_back_must_hold_today_too() -> None:
    school = an_approvable_placement()
    school.enter("withdraw_authority_consent", effective_on=day("09-11"), received_on=day("09-11"), on=day("09-11"))
    school.refuses("approve_placement", "H-05", on=day("09-11"), approved_on=day("09-10"))


def test_a_consent_withdrawn_between_approval_and_start_stops_the_start() -> None:
    school = an_approved_placement()
    school.enter("withdraw_authority_consent", on=day("09-11"), received_on=day("09-11"), effective_on=day("09-11"))
    school.refuses("start_placement", "H-05")


def test_delivery_by_the_school_itself_needs_no_consent() -> None:
    left_out = ["record_placing_authority", "record_authority_consent", "record_parental_agreement"]
    school = an_approvable_placement(without=left_out, propose_placement={"delivery": Delivery.IN_HOUSE})
    assert school.enter("approve_placement")


def test_what_authorities_say_is_recorded_whatever_became_of_the_placement() -> None:
    school = an_ended_placement()
    assert school.enter("record_authority_consent", consent_id=named("late"), medium=Medium.TELEPHONE)
    assert school.enter("record_authority_refusal")
    assert school.enter("withdraw_authority_consent")


def test_a_consent_is_recorded_and_withdrawn_once() -> None:
    school = a_started_placement()
    school.rejects(AlreadyRecorded, "record_authority_consent")
    school.rejects(NotFound, "withdraw_authority_consent", consent_id=named("no such consent"))
    school.enter("withdraw_authority_consent")
    school.rejects(AlreadyRecorded, "withdraw_authority_consent")
    assert school.enter("withdraw_authority_consent", effective_on=day("09-09"))


def test_a_consent_whose_days_run_backwards_is_impossible() -> None:
    backwards = scope(ends_on=day("09-13"))
    school = an_approvable_placement(without=["record_authority_consent"])
    assert school.rejects(Impossible, "record_authority_consent", **backwards).field == "scope.ends_on"


def test_a_refusal_says_what_the_consent_there_is_covers_instead() -> None:
    school = an_approvable_placement()
    (breach,) = school.refuses("approve_placement", "H-05", start_from=day("09-11"))
    assert "covers from 14 September 2026" in breach.sentence
