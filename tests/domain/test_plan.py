"""H-09: an approval needs a plan with objectives of both kinds, days, monitoring, English, mathematics, and reviews."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.parts import Objective, Pathway
from domain.rules.plan import HALF_TERM_WITHOUT_CALENDAR, gap_between
from domain.rules.school_days import school_days
from domain.vocabulary import AttendanceMode
from tests.domain.builders import an_approvable_placement
from tests.domain.people import day
from tests.domain.wording import WORDING

IMPROVEMENT, ATTAINMENT = WORDING["prepare_plan"].fields["objectives"]
LATE = Objective("o3", "attainment", "Reads aloud", "One year's gain", day("12-19"))
NOTHING = Pathway(0, 200, "Entry 3")


@pytest.mark.parametrize(
    ("plan", "clause", "says"),
    [
        ({"objectives": (ATTAINMENT,)}, "S21", "no objective for improvement"),
        ({"objectives": (IMPROVEMENT,)}, "S21", "no objective for attainment"),
        ({"objectives": (IMPROVEMENT, ATTAINMENT, LATE)}, "S22", "19 December 2026"),
        ({"monitoring": ()}, "S23", "who watches"),
        ({"review_dates": ()}, "S35", "longer than a half-term"),
        ({"review_dates": (day("09-15"),)}, "S35", "between 15 September 2026 and 18 December 2026"),
    ],
)
def test_a_plan_that_lacks_something_is_named_with_its_clause(plan: dict[str, Any], clause: str, says: str) -> None:
    school = an_approvable_placement(prepare_plan=plan)
    (breach,) = school.refuses("approve_placement", "H-09")
    assert (breach.clause, breach.word, breach.overridable) == (clause, "should", True)
    assert says in breach.sentence
    school.enter("prepare_plan")
    assert school.enter("approve_placement")


def test_a_placement_without_a_plan_is_told_to_have_one_prepared() -> None:
    school = an_approvable_placement(without=["prepare_plan", "sign_placement_agreement"])
    (breach,) = school.refuses("approve_placement", "H-09")
    assert (breach.clause, breach.remedy) == ("S20", "Prepare the plan.")


@pytest.mark.parametrize(("mode", "lacking"), [(AttendanceMode.FULL_TIME, True), (AttendanceMode.PART_TIME, False)])
def test_english_and_mathematics_are_planned_where_nobody_else_teaches_them(mode: str, lacking: bool) -> None:
    school = an_approvable_placement(propose_placement={"attendance_mode": mode}, prepare_plan={"maths": NOTHING})
    if lacking:
        assert school.refuses("approve_placement", "H-09")[0].clause == "S54"
    else:
        assert school.enter("approve_placement")


def test_a_plan_is_recorded_as_it_is_however_much_it_lacks() -> None:
    assert an_approvable_placement().enter("prepare_plan", objectives=(), monitoring=(), review_dates=(day("10-14"),))


def test_a_half_term_is_measured_by_the_schools_calendar() -> None:
    """The half-terms of that autumn hold 38 and 34 school days: the second review may come 38 after the first."""
    within = an_approvable_placement(prepare_plan={"review_dates": (day("10-19"), day("12-15"))})
    assert within.enter("approve_placement")
    beyond = an_approvable_placement(prepare_plan={"review_dates": (day("10-14"), day("12-16"))})
    assert beyond.refuses("approve_placement", "H-09")[0].clause == "S35"


@given(st.lists(st.dates(day("09-14"), day("12-18")), max_size=6))
def test_without_a_calendar_no_gap_holds_more_than_seven_weeks_of_weekdays(reviews: list[Any]) -> None:
    days = [day("09-14"), *sorted(reviews), day("12-18")]
    gaps = [school_days((), one + timedelta(days=1), next_) for one, next_ in pairwise(days)]
    found = list(gap_between(day("09-14"), tuple(reviews), day("12-18"), ()))
    assert bool(found) == (max(gaps) > HALF_TERM_WITHOUT_CALENDAR)
