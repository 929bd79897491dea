"""H-06: where the parents stand is on record before an outside party teaches the pupil; silence is not allowed."""

from __future__ import annotations

import pytest

from domain.errors import Impossible
from domain.parts import Attempt
from domain.vocabulary import Medium
from tests.domain.builders import School, an_approvable_placement, an_approved_placement, an_ended_placement
from tests.domain.people import AP_LEAD, day, named

SECOND = {"holder_id": named("second parent"), "holder_name": "Q. Ashby"}
PARENTAL = {"holder_id": named("second parent"), "name": "Q. Ashby"}


def silent() -> School:
    return an_approvable_placement(without=["record_parental_agreement"])


def test_silence_is_refused() -> None:
    (breach,) = silent().refuses("approve_placement", "H-06")
    assert (breach.clause, breach.word) == ("S43", "only")


@pytest.mark.parametrize(
    "verb",
    ["record_parental_agreement", "record_parent_unreachable", "record_parental_agreement_not_relevant"],
)
def test_any_one_position_on_record_satisfies(verb: str) -> None:
    school = silent()
    school.enter(verb)
    assert school.enter("approve_placement")


def test_the_agreement_of_who_has_no_parental_responsibility_on_record_satisfies_nothing() -> None:
    school = silent()
    school.enter("record_parental_agreement", **SECOND)
    (breach,) = school.refuses("approve_placement", "H-06")
    assert "parental responsibility is not on record" in breach.sentence
    school.enter("record_parental_responsibility", effective_on=day("09-11"), **PARENTAL)
    school.refuses("approve_placement", "H-06")
    school.enter("record_parental_responsibility", effective_on=day("09-10"), **PARENTAL)
    assert school.enter("approve_placement")


@pytest.mark.parametrize(
    "verb", ["record_parental_agreement", "record_parental_refusal", "withdraw_parental_agreement"]
)
def test_what_a_parent_said_is_recorded_under_no_other_name_than_the_pupils_record_gives(verb: str) -> None:
    school = silent()
    error = school.rejects(Impossible, verb, holder_name="Totally Other Name")
    assert error.field == "holder_name"
    assert "P. Ashby on the pupil's record" in error.sentence
    (fact,) = school.enter(verb, holder_name="p.  ashby")
    assert fact.holder_name == "P. Ashby"


@pytest.mark.parametrize("verb", ["record_parental_refusal", "withdraw_parental_agreement"])
@pytest.mark.parametrize("later", ["record_parent_unreachable", "record_parental_agreement_not_relevant"])
def test_a_parents_no_is_not_cleared_by_saying_that_nobody_was_reached(verb: str, later: str) -> None:
    school = an_approvable_placement()
    for entered in (verb, later):
        school.enter(entered)
    (breach,) = school.refuses("approve_placement", "H-06")
    assert "Head Teacher has not decided" in breach.sentence
    school.enter("decide_without_parental_agreement")
    assert school.enter("approve_placement")


def test_a_parents_no_is_cleared_by_that_parents_written_yes_and_no_other() -> None:
    school = silent()
    school.enter("record_parental_refusal", **SECOND)
    school.enter("record_parent_unreachable")
    school.enter("record_parental_agreement", medium=Medium.SIGNED_FORM, holder_id=named("third parent"))
    school.enter("record_parental_agreement", medium=Medium.TELEPHONE, **SECOND)
    school.refuses("approve_placement", "H-06")
    school.enter("record_parental_agreement", **SECOND)
    assert school.enter("approve_placement")


def test_the_heads_decision_stands_though_nobody_is_reached_later() -> None:
    school = silent()
    for verb in ("record_parental_refusal", "decide_without_parental_agreement", "record_parent_unreachable"):
        school.enter(verb)
    assert school.enter("approve_placement")


def test_the_heads_decision_answers_no_withdrawal_that_was_entered_after_it() -> None:
    school = an_approvable_placement()
    school.enter("decide_without_parental_agreement")
    school.enter("withdraw_parental_agreement", effective_on=day("09-08"), received_on=day("09-08"))
    school.refuses("approve_placement", "H-06")


@pytest.mark.parametrize(
    ("attempts", "field"),
    [
        ((Attempt(day("09-08"), "Letter"), Attempt(day("09-10"), "Telephone")), "attempts.1.attempted_on"),
        ((Attempt(day("09-08"), " "),), "attempts.0.how"),
    ],
)
def test_an_attempt_that_lies_ahead_or_says_nothing_is_impossible(attempts: tuple[Attempt, ...], field: str) -> None:
    assert silent().rejects(Impossible, "record_parent_unreachable", attempts=attempts).field == field


def test_a_telephone_call_alone_is_no_agreement() -> None:
    school = silent()
    school.enter("record_parental_agreement", medium=Medium.TELEPHONE)
    (breach,) = school.refuses("approve_placement", "H-06")
    assert "telephone" in breach.sentence


def test_a_parent_who_declines_leaves_the_head_to_decide() -> None:
    school = silent()
    school.enter("record_parental_refusal")
    (breach,) = school.refuses("approve_placement", "H-06")
    assert "Head Teacher has not decided" in breach.sentence
    school.refuses("decide_without_parental_agreement", "H-04", by=AP_LEAD)
    school.enter("decide_without_parental_agreement")
    assert school.enter("approve_placement")


def test_a_second_parents_refusal_after_the_decision_asks_for_another() -> None:
    school = silent()
    for verb in ("record_parental_refusal", "decide_without_parental_agreement"):
        school.enter(verb)
    school.enter("record_parental_refusal", **SECOND)
    school.refuses("approve_placement", "H-06")


def test_one_holder_suffices_though_another_declines() -> None:
    school = an_approvable_placement()
    school.enter("record_parental_refusal", **SECOND)
    assert school.enter("approve_placement")


@pytest.mark.parametrize("verb", ["withdraw_parental_agreement", "record_parental_refusal"])
def test_an_agreement_taken_back_no_longer_counts(verb: str) -> None:
    school = an_approved_placement()
    school.enter(verb)
    school.refuses("start_placement", "H-06")
    school.enter("decide_without_parental_agreement")
    assert school.enter("start_placement")


def test_unreachable_needs_an_attempt_and_a_day_that_has_not_passed() -> None:
    for changes in ({"attempts": ()}, {"review_on": day("09-09")}):
        school = silent()
        school.enter("record_parent_unreachable", **changes)
        school.refuses("approve_placement", "H-06")


def test_an_agreement_received_after_the_approval_never_satisfies_it() -> None:
    school = silent()
    school.enter("record_parental_agreement", on=day("09-11"), received_on=day("09-11"))
    school.refuses("approve_placement", "H-06", on=day("09-11"), approved_on=day("09-10"))


def test_what_parents_say_is_recorded_whatever_became_of_the_placement() -> None:
    school = an_ended_placement()
    for verb in ("record_parental_agreement", "record_parental_refusal", "withdraw_parental_agreement"):
        assert school.enter(verb)
