"""What is due of safety, whereabouts, plans and reviews: not yet, amber, red, cleared."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.due import attendance, places, plans, pupils, reviews, risks
from domain.rules.due.plans import Prepared
from domain.rules.due.reviews import Reviewed
from domain.rules.due.risks import Assessed
from domain.rules.flags import Tier
from domain.rules.school_days import school_day_after, school_days
from domain.vocabulary import PlacementStatus, RiskOutcome, Role, Session
from tests.domain.due import YEARS, a_placement, on, told
from tests.domain.people import day

ACTIVE, SUSPENDED, PROPOSED = PlacementStatus.ACTIVE, PlacementStatus.SUSPENDED, PlacementStatus.PROPOSED


def test_a_childrens_home_in_use_is_always_looked_at_and_red_for_who_does_not_live_there() -> None:
    def home(*, lives_there: bool, status: PlacementStatus = ACTIVE) -> list[tuple[str, str]]:
        return told(places.home_in_use(a_placement(status), "Larch House", lives_there=lives_there, moved_on=None))

    assert home(lives_there=True) == [("C-02", "amber")]
    assert home(lives_there=False) == [("H-01", "red")]
    assert home(lives_there=False, status=PlacementStatus.APPROVED) == []


def test_being_found_in_a_home_is_red_until_a_review_after_the_last_such_day() -> None:
    def found(reviewed_on: date | None) -> list[tuple[str, str]]:
        return told(places.found_in_home(places.FoundThere("Larch House", 3, day("10-05"), day("10-06"), reviewed_on)))

    assert found(None) == found(day("10-05")) == [("H-01", "red")]
    assert found(day("10-06")) == []


@pytest.mark.parametrize(("address", "known"), [(None, False), (" ", False), ("1 Demo Lane", True)])
def test_an_address_that_nobody_knows_is_red(address: str | None, known: bool) -> None:
    found = told(places.address_unknown(a_placement(), "Fieldgate Yard", address))
    assert found == ([] if known else [("C-13", "red")])


@pytest.mark.parametrize(
    ("today", "lights"),
    [("11-10", []), ("11-11", [("C-11", "amber")]), ("11-25", [("C-11", "amber")]), ("11-26", [("C-11", "red")])],
    ids=["eleven school days before", "ten", "its last day", "the day after"],
)
def test_a_risk_assessment_is_due_ten_school_days_before_it_runs_out(today: str, lights) -> None:
    last = Assessed(day("09-04"), day("11-25"), RiskOutcome.SAFE)
    assert told(risks.risk(a_placement(), "here", last, "assess_risk", on(today))) == lights
    renewed = Assessed(day(today), day("12-18"), RiskOutcome.SAFE_WITH_CONTROLS)
    assert not told(risks.risk(a_placement(), "here", renewed, "assess_risk", on(today)))


def test_a_placement_found_unsafe_or_never_assessed_is_red_and_the_head_and_safeguarding_lead_hear_of_it() -> None:
    unsafe = Assessed(day("10-05"), day("12-18"), RiskOutcome.NOT_SAFE)
    (item,) = risks.risk(a_placement(), "here", unsafe, "assess_risk", on("10-05"))
    assert told([item]) == [("C-11", "red")]
    assert {Role.HEAD_TEACHER, Role.DSL} <= {*item.owners}
    assert item.tier is Tier.SAFETY
    assert told(risks.risk(a_placement(), "here", None, "assess_risk", on("10-05"))) == [("C-11", "red")]
    assert told(risks.risk(a_placement(PROPOSED), "here", None, "assess_risk", on("09-10"))) == [("C-11", "amber")]


def test_a_review_that_did_not_find_it_safe_is_red_while_the_pupil_goes_on_there() -> None:
    def reviewed(status: PlacementStatus, *, safe: bool | None) -> list[tuple[str, str]]:
        return told(risks.found_unsafe(a_placement(status), day("10-05"), still_safe=safe))

    assert reviewed(ACTIVE, safe=False) == [("C-11", "red")]
    assert reviewed(ACTIVE, safe=True) == reviewed(ACTIVE, safe=None) == reviewed(SUSPENDED, safe=False) == []


DONE = Prepared(needs=True, baseline=True, plan_version=1, planned_on=day("09-07"), signed_version=1)


@pytest.mark.parametrize(
    ("lacking", "rule"),
    [({"needs": False}, "C-03"), ({"baseline": False}, "H-10"), ({"plan_version": None, "planned_on": None}, "H-09")],
)
def test_what_is_not_prepared_is_amber_before_the_start_and_red_from_it_on(lacking: dict[str, Any], rule: str) -> None:
    done = Prepared(**{**DONE.__dict__, **lacking})
    assert told(plans.preparation(a_placement(PROPOSED), done, on("09-11"))) == [(rule, "amber")]
    assert told(plans.preparation(a_placement(PROPOSED), done, on("09-14"))) == [(rule, "red")]
    assert told(plans.preparation(a_placement(), done, on("09-15"))) == [(rule, "red")]
    assert not told(plans.preparation(a_placement(), DONE, on("09-15")))


@pytest.mark.parametrize(
    ("today", "lights"),
    [("10-08", []), ("10-09", [("C-23", "amber")]), ("10-15", [("C-23", "amber")]), ("10-16", [("C-23", "red")])],
    ids=["four school days", "five", "nine", "ten"],
)
def test_a_new_version_of_a_plan_is_signed_within_five_school_days_and_ten_at_last(today: str, lights) -> None:
    newer = Prepared(needs=True, baseline=True, plan_version=2, planned_on=day("10-02"), signed_version=1)
    assert told(plans.preparation(a_placement(), newer, on(today))) == lights
    signed = Prepared(needs=True, baseline=True, plan_version=2, planned_on=day("10-02"), signed_version=2)
    assert not told(plans.preparation(a_placement(), signed, on(today)))
    assert not told(plans.preparation(a_placement(outside=False), newer, on(today)))


@pytest.mark.parametrize(
    ("today", "lights"),
    [("10-12", []), ("10-13", [("C-22", "amber")]), ("10-20", [("C-22", "amber")]), ("10-21", [("C-22", "red")])],
    ids=["six school days before", "five", "the day", "the day after"],
)
def test_a_review_is_due_five_school_days_before_its_day_and_overdue_after_it(today: str, lights) -> None:
    planned, last = [day("10-20")], Reviewed(None, None)
    assert told(reviews.review(a_placement(), last, planned, on(today))) == lights
    held = Reviewed(day(today), None)
    assert not told(reviews.review(a_placement(), held, planned, on(today)))


def test_the_day_that_the_last_review_set_counts_before_the_plans() -> None:
    last = Reviewed(day("10-05"), day("11-20"))
    assert not told(reviews.review(a_placement(), last, [day("10-20")], on("11-10")))
    assert told(reviews.review(a_placement(), last, [day("10-20")], on("11-23"))) == [("C-22", "red")]


def test_a_half_term_without_a_review_is_overdue_whatever_day_was_set() -> None:
    early, far = a_placement(starts_on=day("09-01")), Reviewed(None, date(2027, 1, 15))
    assert not told(reviews.review(early, far, (), on("10-25")))
    assert told(reviews.review(early, far, (), on("11-02"))) == [("C-22", "red")]
    assert not told(reviews.review(a_placement(), far, (), on("11-02")))  # it began within the half-term
    assert not told(reviews.review(early, Reviewed(day("10-23"), None), (), on("11-02")))


@pytest.mark.parametrize(
    ("due_on", "lights"),
    [(None, []), (day("12-29"), []), (day("12-28"), [("C-27", "amber")]), (day("11-01"), [("C-27", "red")])],
)
def test_an_annual_review_approaches_eight_weeks_before(due_on: date | None, lights) -> None:
    assert told(pupils.annual_review(due_on, day("11-02"))) == lights


def test_a_session_without_a_mark_is_amber_that_day_and_the_next_and_red_after() -> None:
    today = attendance.unmarked(day("10-22"), {Session.AM: 1, Session.PM: 14})
    assert today.sentence == (
        "Expected in alternative provision on 22 October 2026 and not marked:"
        " the morning of one pupil and the afternoon of 14 pupils."
    )
    assert (today.tier, today.light, today.at_stake) == (Tier.SAFETY, "amber", True)
    before = [attendance.unmarked_before([day("10-22")], 2, on(now)) for now in ("10-23", "11-02")]
    assert [(one.light, one.at_stake) for one in before] == [("amber", False), ("red", False)]


def test_what_earlier_days_left_unmarked_is_one_thing_with_its_oldest_day_and_how_much_it_is() -> None:
    several = attendance.unmarked_before([day("10-20"), day("10-21"), day("10-22")], 5, on("10-23"))
    assert several.sentence == (
        "5 sessions of alternative provision on 3 school days from 20 October 2026 to 22 October 2026 are not marked."
    )
    assert (several.since, several.light) == (day("10-20"), "red")


@pytest.mark.parametrize(
    ("today", "lights"),
    [("10-06", []), ("10-07", [("C-16", "amber")]), ("10-09", [("C-16", "amber")]), ("10-12", [("C-16", "red")])],
    ids=["two school days", "three", "five", "six"],
)
def test_an_absence_has_its_reason_within_five_school_days(today: str, lights) -> None:
    assert told(attendance.no_reason(day("10-02"), Session.AM, on(today))) == lights


DAYS = st.dates(date(2026, 9, 1), date(2027, 3, 26))


@given(DAYS, DAYS)
def test_school_time_counts_as_the_calendar_does(since: date, until: date) -> None:
    gone = on(until).gone(since)
    assert gone == (school_days(YEARS, since + timedelta(days=1), until) if until >= since else gone)
    assert on(since).left(until) == gone


@given(DAYS, st.integers(1, 30))
def test_so_many_school_days_later_is_the_day_the_calendar_says(since: date, number: int) -> None:
    later = on(since).later(since, number)
    assert later == school_day_after(YEARS, since, number)
    assert on(later).gone(since) == number
