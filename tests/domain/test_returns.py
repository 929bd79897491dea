"""S32: a provider's return stands beside the school's mark; late or contradicting, it is never refused for that."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import AlreadyRecorded, Impossible, NotFound
from domain.events import ProviderReturnReceived, provider_return_id
from domain.parts import ReturnedSession
from domain.rules.attendance_codes import CODES, attended
from domain.rules.returns import Comparison, compare
from domain.vocabulary import Returned, Session
from tests.domain.builders import a_started_placement, an_approvable_placement, an_ended_placement
from tests.domain.people import day, named

_THERE = {"attendance": Returned.ATTENDED, "arrived": None, "left": None, "note": None}


def line(**changes: Any) -> ReturnedSession:
    said = {"attendance": Returned.ATTENDED, "arrived": None, "left": None, "note": None} | changes
    return ReturnedSession(
        **{"pupil_id": named("pupil"), "placement_id": named("placement"), "session": Session.AM} | said
    )


@pytest.mark.parametrize("build", [an_approvable_placement, a_started_placement, an_ended_placement])
def test_a_return_is_recorded_whatever_the_placement_is_and_beside_the_mark(build: Any) -> None:
    school = build()
    school.enter("mark_attendance", code="I", nature=None)
    (fact,) = school.enter("record_provider_return")
    assert isinstance(fact, ProviderReturnReceived)
    assert fact.originator_id == provider_return_id(named("pupil"), day("09-15"), Session.AM)
    assert (fact.attendance, fact.arrived, fact.left) == (Returned.LEFT_EARLY, "09:02", "11:30")


def test_a_late_return_is_recorded_and_a_later_one_follows_it() -> None:
    school = a_started_placement()
    (first,) = school.enter("record_provider_return", on=day("11-30"), received_on=day("11-30"))
    (second,) = school.enter("record_provider_return", on=day("12-01"), rows=(line(attendance=Returned.ABSENT),))
    assert (first.originator_version, second.originator_version) == (1, 2)


def test_the_same_return_sent_again_makes_no_second_entry_and_a_line_put_right_makes_one() -> None:
    school = a_started_placement()
    rows = (line(), line(session=Session.PM))
    assert len(school.enter("record_provider_return", rows=rows)) == 2
    assert school.rejects(AlreadyRecorded, "record_provider_return", rows=rows).field == "rows"
    (put_right,) = school.enter("record_provider_return", rows=(line(), line(session=Session.PM, left="14:00")))
    assert (put_right.session, put_right.originator_version) == (Session.PM, 2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rows": ()}, "rows"),
        ({"rows": (line(attendance=Returned.ABSENT, arrived="09:00"),)}, "rows.0.arrived"),
        ({"rows": (line(), line(session=Session.PM, arrived="13:00", left="12:59"))}, "rows.1.left"),
        ({"rows": (line(arrived="9 o'clock"),)}, "rows.0.arrived"),
        ({"rows": (line(arrived="25:00"),)}, "rows.0.arrived"),
        ({"received_on": day("09-14")}, "received_on"),
        ({"received_on": day("09-17")}, "received_on"),
        ({"day": day("09-12")}, "day"),
        ({"day": day("09-17"), "received_on": day("09-17")}, "day"),
        ({"given_by": " "}, "given_by"),
        ({"provider_id": named("another provider")}, "rows.0.placement_id"),
    ],
)
def test_a_return_that_cannot_be_is_refused_whole_and_names_its_line(changes: dict[str, Any], field: str) -> None:
    assert a_started_placement().rejects(Impossible, "record_provider_return", **changes).field == field


def test_a_return_speaks_of_one_session_once_and_of_pupils_that_are_known() -> None:
    school = a_started_placement()
    school.rejects(AlreadyRecorded, "record_provider_return", rows=(line(), line()))
    school.rejects(NotFound, "record_provider_return", rows=(line(pupil_id=named("nobody")),))
    school.rejects(NotFound, "record_provider_return", rows=(line(placement_id=named("nowhere")),))


@given(st.none() | st.sampled_from(sorted(CODES)), st.none() | st.sampled_from(Returned), st.booleans())
def test_a_return_agrees_with_a_mark_exactly_where_both_say_there_or_both_say_not(
    code: str | None, returned: Returned | None, at_provider: bool
) -> None:
    found = compare(code, returned, at_provider=at_provider)
    assert found.sentence
    if code is None or returned is None:
        assert found.comparison not in {Comparison.AGREES, Comparison.DIFFERS}
        return
    same = (attended(code) and at_provider) == (returned is not Returned.ABSENT)
    assert (found.comparison is Comparison.AGREES) == same


def test_a_school_receives_returns_for_its_own_placements_only() -> None:
    school = a_started_placement()
    other = {"name": "Another school (demo)", "urn": "999003"}
    school.enter("record_school", id=named("another school"), **other)
    school.enter("publish_school_calendar", id=named("another school"))
    error = school.rejects(Impossible, "record_provider_return", id=named("another school"))
    assert error.field == "rows.0.placement_id"


def test_the_day_of_a_return_may_lie_in_an_earlier_year_s_calendar() -> None:
    error = a_started_placement().rejects(Impossible, "record_provider_return", day=date(2025, 9, 15))
    assert error.field == "day"
