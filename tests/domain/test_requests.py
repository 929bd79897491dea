"""An authority is asked under a number; its answer names it and need say no more than yes (model, settled point 6)."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis.strategies import integers, text, uuids

from domain.errors import Impossible
from domain.events import PlacingAuthorityConsentGiven, PlacingAuthorityConsentRequested
from domain.parts import ConsentScope
from domain.rules.requests import reference, references_in
from domain.vocabulary import Capacity, Medium
from tests.domain.builders import School, an_approvable_placement
from tests.domain.people import day, named

ASKED = ConsentScope(named("provider"), None, day("09-14"), day("12-18"))
AGREED = {"answers_request": 1, "authority_id": None, "scope": None, "capacity": None}


def asked() -> School:
    """A placement that only the authority's consent lacks, which was asked for."""
    school = an_approvable_placement(without=["record_authority_consent"])
    school.enter("request_authority_consent")
    return school


def test_requests_of_a_placement_are_numbered_from_one() -> None:
    school = asked()
    (second,) = school.enter("request_authority_consent")
    assert isinstance(second, PlacingAuthorityConsentRequested)
    assert second.number == 2


def test_agreed_go_ahead_is_a_consent_to_what_was_asked() -> None:
    school = asked()
    (given_,) = school.enter("record_authority_consent", **AGREED)
    assert isinstance(given_, PlacingAuthorityConsentGiven)
    assert (given_.authority_id, given_.scope, given_.capacity) == (
        named("authority"),
        ASKED,
        Capacity.EDUCATION_SEN,
    )
    assert school.enter("approve_placement")


def test_an_answer_may_say_again_what_was_asked() -> None:
    assert asked().enter("record_authority_consent", answers_request=1, scope=ASKED)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("scope", ConsentScope(named("provider"), None, day("09-14"), day("10-23"))),
        ("authority_id", named("another authority")),
        ("capacity", Capacity.SOCIAL_CARE),
    ],
)
def test_an_answer_that_differs_from_the_request_is_refused_plainly(field: str, said: object) -> None:
    refused = asked().rejects(Impossible, "record_authority_consent", **AGREED | {field: said})
    assert refused.field == field
    assert "choose no request and enter what it said" in refused.sentence


def test_a_number_that_was_never_sent_is_impossible() -> None:
    for verb in ("record_authority_consent", "record_authority_refusal"):
        refused = asked().rejects(Impossible, verb, answers_request=7)
        assert refused.field == "answers_request"
        assert "no request number 7" in refused.sentence


def test_a_refusal_answers_only_a_request_to_the_same_authority() -> None:
    school = asked()
    other = {"authority_id": named("another authority"), "answers_request": 1}
    assert school.rejects(Impossible, "record_authority_refusal", **other).field == "answers_request"
    assert school.enter("record_authority_refusal", answers_request=1)


@pytest.mark.parametrize("left_out", ["authority_id", "scope", "capacity"])
def test_without_a_request_a_consent_says_all_of_it(left_out: str) -> None:
    refused = asked().rejects(Impossible, "record_authority_consent", **{left_out: None})
    assert refused.field == left_out


def test_a_telephone_call_that_names_the_request_still_satisfies_nothing() -> None:
    school = asked()
    school.enter("record_authority_consent", **AGREED, medium=Medium.TELEPHONE)
    school.refuses("approve_placement", "H-05")


@given(uuids(), integers(1, 9999), text(), text())
def test_a_reference_is_found_again_in_whatever_stands_around_it(
    placement_id: UUID, number: int, before: str, after: str
) -> None:
    made = reference(placement_id, number)
    assert made in references_in(f"{before} {made.lower()} {after}")


def test_what_only_looks_like_a_reference_is_none() -> None:
    assert references_in("XAP-3F2A91C0-2 AP-3F2A91C0-0 AP-3F2A91C-2 AP-3F2A91C0-12345") == ()
    assert references_in("RE: FW: AP-3f2a91c0-2, AP-3F2A91C0-2.") == ("AP-3F2A91C0-2",)
