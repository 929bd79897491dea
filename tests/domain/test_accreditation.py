"""Accredited education: delivered, not delivered because of something, or not known and answered later."""

from __future__ import annotations

import pytest

from domain.errors import Impossible
from domain.vocabulary import Accredited
from tests.domain.builders import an_approvable_placement
from tests.domain.people import day

UNKNOWN = {"accredited": Accredited.NOT_KNOWN}


def test_an_unanswered_question_blocks_an_outside_approval_and_is_answered_without_a_new_proposal() -> None:
    school = an_approvable_placement(propose_placement=UNKNOWN)
    (breach,) = school.refuses("approve_placement", "H-07")
    assert "It is not known whether this provider delivers accredited education." in breach.sentence
    assert breach.command == "state_accreditation"
    school.enter("state_accreditation")
    assert school.enter("approve_placement")


def test_the_answer_yes_asks_for_the_registration_and_no_does_not() -> None:
    school = an_approvable_placement(propose_placement=UNKNOWN, without=["verify_provider_registration"])
    school.enter("state_accreditation", accredited=Accredited.YES)
    school.refuses("approve_placement", "H-07")
    school.enter("state_accreditation", accredited=Accredited.NO, reason="No qualification is taught.")
    assert school.enter("approve_placement")


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_no_is_said_with_a_reason(reason: str | None) -> None:
    school = an_approvable_placement()
    said = {"accredited": Accredited.NO, "reason": reason}
    assert school.rejects(Impossible, "state_accreditation", **said).field == "reason"


def test_an_answer_is_a_fact_that_no_rule_refuses_and_is_not_received_before_it_was_found_out() -> None:
    school = an_approvable_placement(propose_placement=UNKNOWN)
    error = school.rejects(Impossible, "state_accreditation", received_on=day("09-07"))
    assert error.field == "received_on"
    school.enter("state_accreditation")
    school.enter("approve_placement")
    assert school.enter("state_accreditation", on=day("10-01"), accredited=Accredited.NOT_KNOWN)
