"""Rows of a file that tell of a placement or a pupil already here: held back and told, never entered as a second."""

from __future__ import annotations

from uuid import uuid4

from domain.values import Submission
from tests.domain.people import HEAD
from tests.domain.wording import WORDING
from tests.web.browsing import recorded
from tests.web.test_import_placements import entered, known, looked_up
from web.bootstrap import Services

__all__ = ["known"]


def test_a_row_a_day_beside_a_placement_on_record_is_held_back_for_a_person_unless_told_that_it_is_another(
    services: Services, known: dict[str, str]
) -> None:
    assert entered(services, known).entered == 1
    size, beside = recorded(services), {**known, "first day": "3/3/2026"}
    held_back = entered(services, beside)
    assert (held_back.entered, held_back.fresh) == (0, [])
    assert [(plan.line, plan.differs) for plan in held_back.differing] == [(2, ("first day",))]
    assert recorded(services) == size
    assert entered(services, {**beside, "another placement": "yes"}).entered == 1


def test_two_rows_of_a_file_a_day_apart_are_no_two_placements_unless_told(
    services: Services, known: dict[str, str]
) -> None:
    beside = {**known, "first day": "3/3/2026"}
    outcome = looked_up(services, known, beside)
    assert [(one.line, one.column) for one in outcome.problems] == [(3, "first day")]
    assert "Line 2 has this pupil with this provider in that time" in outcome.problems[0].reason
    assert looked_up(services, {**known, "another placement": ""}, {**beside, "another placement": "yes"}).bad == 0
    assert looked_up(services, {**known, "last day": "2/3/2026"}, {**beside, "last day": ""}).bad == 0


def test_a_reference_that_two_pupils_have_is_told_and_neither_is_picked(
    services: Services, known: dict[str, str]
) -> None:
    twin = dict(WORDING["enrol_pupil"].fields) | {"upn": None, "name": "Somebody Else"}
    services.application.enrol_pupil(uuid4(), **twin, submission=Submission(HEAD, services.clock()))
    outcome = looked_up(services, known)
    assert [(one.line, one.column) for one in outcome.problems] == [(2, "pupil reference")]
    assert "More than one pupil on roll here" in outcome.problems[0].reason
