"""H-01: the children's home cannot be used for pupils who do not live in it, whoever decides."""

from __future__ import annotations

from typing import Any

import pytest

from domain.vocabulary import ResidenceStatus, Role, SiteKind
from tests.domain.builders import School, a_school, an_approvable_placement, an_approved_placement
from tests.domain.people import AP_LEAD, HEAD, day, named, officer

HOME = {"kind": SiteKind.CHILDRENS_HOME, "name": "Larch House"}
LIVES_THERE = {"status": ResidenceStatus.RESIDENTIAL_IN_ALLIED_HOME, "home_site_id": named("site")}
ELSEWHERE = {"status": ResidenceStatus.RESIDENTIAL_IN_ALLIED_HOME, "home_site_id": named("another home")}
AT_HOME = {"status": ResidenceStatus.NON_RESIDENTIAL, "home_site_id": None}


def at_larch_house(build: Any = a_school, **residence: Any) -> School:
    return build(record_provider_site=HOME, change_pupil_residence=residence)


@pytest.mark.parametrize("residence", [AT_HOME, ELSEWHERE, {"status": ResidenceStatus.RESIDENTIAL_OTHER}])
def test_a_pupil_who_does_not_live_in_the_home_cannot_be_proposed_for_it(residence: dict[str, Any]) -> None:
    (breach,) = at_larch_house(**residence).refuses("propose_placement", "H-01")
    assert (breach.clause, breach.word, breach.field) == ("S60", "cannot", "site_id")
    assert "14 September 2026" in breach.sentence


def test_a_pupil_of_whom_no_residence_is_recorded_does_not_live_there() -> None:
    school = a_school(without=["change_pupil_residence"], record_provider_site=HOME)
    school.refuses("propose_placement", "H-01")


@pytest.mark.parametrize("by", [HEAD, AP_LEAD, officer(Role.HEAD_OF_SERVICE), officer(Role.REGISTERED_MANAGER)])
def test_no_role_overrides_the_home(by: Any) -> None:
    at_larch_house(**AT_HOME).refuses("propose_placement", "H-01", by=by)


def test_a_resident_may_be_proposed_for_the_home() -> None:
    assert at_larch_house(**LIVES_THERE).enter("propose_placement")


def test_one_day_of_living_elsewhere_within_the_placement_is_enough_to_refuse() -> None:
    school = at_larch_house(**LIVES_THERE)
    school.enter("change_pupil_residence", effective_on=day("12-18"), **AT_HOME)
    (breach,) = school.refuses("propose_placement", "H-01")
    assert "18 December 2026" in breach.sentence


def test_a_move_after_the_placement_or_corrected_meanwhile_does_not_refuse() -> None:
    school = at_larch_house(**LIVES_THERE)
    school.enter("change_pupil_residence", effective_on=day("12-19"), **AT_HOME)
    school.enter("change_pupil_residence", effective_on=day("10-01"), **AT_HOME)
    school.enter("change_pupil_residence", effective_on=day("10-01"), **LIVES_THERE)
    assert school.enter("propose_placement")


def test_a_pupil_who_moved_out_after_the_proposal_cannot_be_approved_for_the_home() -> None:
    school = at_larch_house(an_approvable_placement, **LIVES_THERE)
    school.enter("change_pupil_residence", effective_on=day("10-01"), **AT_HOME)
    school.refuses("approve_placement", "H-01")


def test_a_pupil_who_moved_out_after_the_approval_cannot_start_there() -> None:
    school = at_larch_house(an_approved_placement, **LIVES_THERE)
    school.enter("change_pupil_residence", effective_on=day("10-01"), **AT_HOME)
    school.refuses("start_placement", "H-01")


def test_being_found_in_the_home_is_recorded_all_the_same() -> None:
    assert at_larch_house(**AT_HOME).enter("mark_attendance", placement_id=None, code="/", nature=None)
