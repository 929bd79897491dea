"""Urgent starts and overrides as rows: what is open, since when, and that nothing gets past ten days unseen."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import DomainError
from domain.events import Fact, PlacementApproved, PlacementEnded, UrgentStartDecided
from domain.parts import Override
from domain.placement import Placement
from domain.rules.urgent import Course, deferrals, made_good, remarks
from domain.vocabulary import Deferrable
from projections.approvals import Decision, who_approved
from projections.catch_up import catch_up
from projections.database import ReadDatabase
from projections.overrides import StandingOverride, standing_overrides
from projections.urgent import UrgentStart, urgent_starts
from tests.domain.builders import WAITING as PUT_OFF
from tests.domain.builders import School, an_approvable_placement, an_urgent_case, an_urgent_start, entered
from tests.domain.people import HEAD, day, named

LATER = ("record_baseline", "prepare_plan", "sign_placement_agreement", "assess_risk")
SPITE = Override("H-09", "S23", "The provider reports daily.")


def source(school: School) -> Any:
    """Read a school's own facts as the read models are given them."""
    application = school.application

    def facts(after: int, limit: int) -> Sequence[tuple[int, object]]:
        found = application.recorder.select_notifications(after + 1, limit)
        return [(one.id, application.mapper.to_domain_event(one)) for one in found]

    return facts


def urgent(read: ReadDatabase, school: School, on: date, known_at: int | None = None) -> UrgentStart | None:
    newest = catch_up(read, source(school))
    with read.reading() as connection:
        found = urgent_starts(connection, on, known_at or newest)
    return found[0] if found else None


def standing(read: ReadDatabase, school: School, on: date) -> tuple[StandingOverride, ...]:
    newest = catch_up(read, source(school))
    with read.reading() as connection:
        return standing_overrides(connection, on, newest, placement_ids=[named("placement")])


def test_what_was_put_off_is_overdue_from_the_day_after_until_it_is_there(read: ReadDatabase) -> None:
    school = an_urgent_start()
    before = urgent(read, school, day("09-18"))
    assert before is not None
    assert (before.overdue, before.awaits_approval, before.overran) == ((), True, False)
    after = urgent(read, school, day("09-19"))
    assert after is not None
    assert {one.what for one in after.overdue} == set(Deferrable)
    known = school.positions
    entered(school, LATER, (), {})
    good = urgent(read, school, day("09-19"))
    assert good is not None
    assert good.overdue == ()
    assert {one.what: one.made_good_on for one in good.deferred} == dict.fromkeys(Deferrable, day("09-09"))
    then = urgent(read, school, day("09-19"), known)
    assert then is not None
    assert then.overdue == after.overdue


def test_a_plan_that_lacks_something_makes_nothing_good(read: ReadDatabase) -> None:
    school = an_urgent_start()
    school.enter("prepare_plan", on=day("09-14"), prepared_on=day("09-14"), monitoring=())
    found = urgent(read, school, day("09-19"))
    assert found is not None
    assert Deferrable.PLAN in {one.what for one in found.overdue}


def test_ten_school_days_without_an_approval_are_flagged_also_once_it_is_approved_or_ended(read: ReadDatabase) -> None:
    school = an_urgent_start()
    for on, ran in ((day("09-23"), False), (day("09-24"), True)):
        found = urgent(read, school, on)
        assert found is not None
        assert found.overran is ran
    school.enter("end_placement", on=day("09-28"), ended_on=day("09-28"))
    found = urgent(read, school, day("10-14"))
    assert found is not None
    assert (found.overran, found.awaits_approval) == (True, False)


def test_an_overrun_and_what_was_late_stay_flagged_once_it_is_over_on_the_record_and_in_the_matrix(
    read: ReadDatabase,
) -> None:
    school = an_urgent_start()
    assert said(read, school, day("09-18")) == []
    school.enter("record_baseline", on=day("09-21"), measured_on=day("09-21"))
    school.enter("end_placement", on=day("11-16"), ended_on=day("11-16"))
    told = [
        (
            "It ran without an approval past its last school day, 23 September 2026;"
            " it ended on 16 November 2026 without one."
        ),
        "It put the starting point off to 18 September 2026, and that was there only on 21 September 2026.",
        "It put the plan off to 18 September 2026, and that is not there.",
        "It put the provider's agreement off to 18 September 2026, and that is not there.",
    ]
    assert sorted(said(read, school, day("12-01"))) == sorted(told)
    newest = catch_up(read, source(school))
    with read.reading() as connection:
        lines = who_approved(connection, day("12-01"), newest, placement_id=named("placement"))
    assert [len(line.flags) for line in lines if line.decision is Decision.URGENT] == [4]


def test_an_overrun_stays_flagged_after_the_approval_and_a_second_urgent_start_says_so() -> None:
    late = Course(day("09-23"), (), approved_on=day("11-02"), ended_on=None, again=True)
    assert [flag.sentence for flag in remarks(late, day("12-01"))] == [
        "The pupil had been started urgently before.",
        "It ran without an approval past its last school day, 23 September 2026; it was approved on 2 November 2026.",
    ]
    assert not list(remarks(replace(late, approved_on=day("09-23"), again=False), day("12-01")))
    waiting = replace(late, approved_on=None, again=False)
    (still,) = remarks(waiting, day("09-24"))
    assert still.sentence.endswith("; nobody has approved it yet.")


def said(read: ReadDatabase, school: School, on: date) -> list[str]:
    found = urgent(read, school, on)
    assert found is not None
    return [flag.sentence for flag in found.flags]


def test_an_override_stands_until_what_the_rule_asks_for_is_there(read: ReadDatabase) -> None:
    school = an_approvable_placement(prepare_plan={"monitoring": ()}, without=["record_baseline"])
    school.enter("approve_placement", overrides=(SPITE,))
    baseline = Override("H-10", "S24", "The test is booked.")
    school.enter("start_placement", by=HEAD, overrides=(baseline,))
    first, second = standing(read, school, day("09-14"))
    assert (first.rule, first.clause, first.reason) == ("H-09", "S23", SPITE.reason)
    assert first.decided_by == "A. Head_Teacher"
    assert "who watches" in first.clears
    assert second.clears == "Record the starting point."
    school.enter("prepare_plan", on=day("09-15"), prepared_on=day("09-15"))
    school.enter("record_baseline", on=day("09-16"), measured_on=day("09-16"))
    assert standing(read, school, day("09-15")) == (second,)
    assert standing(read, school, day("09-16")) == ()


DATED = {
    "start_urgently": ("decided_on", "starts_on"),
    "approve_placement": ("approved_on",),
    "suspend_placement": ("suspended_on",),
    "resume_placement": ("resumed_on",),
    "end_placement": ("ended_on",),
    "record_baseline": ("measured_on",),
    "prepare_plan": ("prepared_on",),
    "sign_placement_agreement": ("signed_on", "received_on"),
    "assess_risk": ("assessed_on",),
    "hold_review": ("held_on",),
}
STEPS = st.lists(st.tuples(st.sampled_from(sorted(DATED)), st.integers(0, 5), st.integers(0, 2)), max_size=14)


def carried_out(steps: Sequence[tuple[str, int, int]]) -> tuple[School, date]:
    """An urgent start, then whatever the steps ask for, days apart and some dated back; refusals are passed over."""
    school, today = an_urgent_case(assess_risk={"interim": True}), day("09-10")
    school.enter("start_urgently", deferred=PUT_OFF)
    for verb, on, back in steps:
        today += timedelta(days=on)
        fields = dict.fromkeys(DATED[verb], today - timedelta(days=back))
        if verb == "hold_review":
            fields["next_review_on"] = today
        with suppress(DomainError):
            school.enter(verb, on=today, **fields)
    return school, today


@settings(max_examples=25, deadline=None)
@given(steps=STEPS, later=st.integers(0, 30))
def test_no_way_of_entering_things_gets_past_ten_school_days_unapproved_and_unseen(
    tmp_path_factory: pytest.TempPathFactory, steps: Sequence[tuple[str, int, int]], later: int
) -> None:
    school, today = carried_out(steps)
    on = today + timedelta(days=later)
    facts = school.application.repository.event_store.get(named("placement"))
    placement = Placement.replay(None, facts)
    assert placement is not None
    assert placement.status == school.application.look_up(Placement, named("placement")).status
    read = ReadDatabase(f"sqlite:///{tmp_path_factory.mktemp('read') / 'read.sqlite'}")
    try:
        found = urgent(read, school, on)
    finally:
        read.close()
    assert found is not None
    assert found.overran == ran_unapproved_past_its_days(placement.facts, on)
    known = school.application.about(placement, school.submission(HEAD, on))
    assert found.deferred == deferrals(PUT_OFF, made_good(placement.case(known, on)))


def ran_unapproved_past_its_days(facts: Sequence[Fact], on: date) -> bool:
    """Walk the days one by one: was there one after its last on which it had neither been approved nor ended?"""
    (start,) = [fact for fact in facts if isinstance(fact, UrgentStartDecided)]
    approved = [fact.approved_on for fact in facts if isinstance(fact, PlacementApproved)]
    ended = [fact.ended_on for fact in facts if isinstance(fact, PlacementEnded)]
    days = [start.ends_on + timedelta(days=number) for number in range(1, (on - start.ends_on).days + 1)]
    return any(all(day_ <= other for other in (*approved, *ended)) for day_ in days)
