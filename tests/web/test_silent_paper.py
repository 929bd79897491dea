"""What a file of placements on paper leaves empty or says wrongly is named: nothing that decides a rule is made up."""

from __future__ import annotations

import pytest

from tests.web.test_import_placements import UNKNOWN, known, looked_up
from web.bootstrap import Services

__all__ = ["known"]


@pytest.mark.parametrize(
    "column",
    ["authority 1 consent came by", "authority 1 placed for", "parent said", "parent said by", "last review kind"],
)
def test_what_decides_a_rule_and_a_row_leaves_empty_is_asked_for_and_never_invented(
    services: Services, known: dict[str, str], column: str
) -> None:
    review = {"last review on": "22/6/2026", "last review outcome": "Go on", "last review chaired by": "The Head"}
    whole = {**known, **review, "last review kind": "A planned review"}
    assert len(looked_up(services, whole).fresh) == 1
    (problem,) = looked_up(services, {**whole, column: ""}).problems
    assert (problem.column, "Write one of: " in problem.reason) == (column, True)


@pytest.mark.parametrize("column", ["arranged by", "copied from"])
def test_who_arranges_it_and_what_was_copied_are_never_taken_for_said(
    services: Services, known: dict[str, str], column: str
) -> None:
    (problem,) = looked_up(services, {**known, column: ""}).problems
    assert problem.column == column


def test_no_kind_of_place_is_invented_for_one_that_a_row_records(services: Services) -> None:
    (problem,) = looked_up(services, {**UNKNOWN, "place kind": ""}).problems
    assert "place kind" in problem.reason


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"pupil name": "Somebody Else"}, "pupil name"),
        ({"date of birth": "1/1/2011"}, "date of birth"),
        ({"pupil reference": "RH-999"}, "pupil reference"),
        ({"unique pupil number": "K999000125001", "pupil reference": "RH-002"}, "unique pupil number"),
        ({"provider": "Nobody"}, "provider"),
        ({"place": "Nowhere"}, "place"),
        ({"first day": "1/1/2027"}, "first day"),
        ({"first day": "2/3/0026"}, "first day"),
        ({"first day": "2/3/2001"}, "first day"),
        ({**UNKNOWN, "first day": "12/5/2012"}, "first day"),
        ({**UNKNOWN, "date of birth": "13/5/0012"}, "date of birth"),
        ({"planned last day": "1/3/2026"}, "planned last day"),
        ({"planned last day": ""}, "planned last day"),
        ({"authority 1 consented on": "1/1/2027"}, "authority 1 consented on"),
        ({"authority 1 officer": ""}, "authority 1 officer"),
        ({"parent": ""}, "parent"),
        ({"place": "The Annexe", "place address": "1 Dock Road", "place telephone": "01632 960001"}, "place"),
        ({"approved by": "x" * 300}, "approved by"),
        ({"approved by": "C.\x07 Formerhead"}, "approved by"),
    ],
)
def test_a_row_at_fault_is_named_with_its_column_and_keeps_out_nothing_else(
    services: Services, known: dict[str, str], changes: dict[str, str], column: str
) -> None:
    good = {**known, "first day": "9/3/2026"}
    outcome = looked_up(services, {**known, **changes}, good)
    assert {(problem.line, problem.column) for problem in outcome.problems} == {(2, column)}
    assert [plan.line for plan in outcome.fresh] == [3]


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"parent said": "agreement was not relevant", "parent reason": "18"}, "parent not relevant because"),
        ({"parent said": "Nobody could be reached"}, "parent reason"),
    ],
)
def test_what_the_parents_position_lacks_is_asked_for_in_its_column(
    services: Services, known: dict[str, str], said: dict[str, str], column: str
) -> None:
    (problem,) = looked_up(services, {**known, **said}).problems
    assert problem.column == column
