"""Flags on attended sessions: what a decision would have been refused for, said of what happened all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.parts import ConsentScope
from domain.rules.attendance_codes import CODES, Category, attended
from domain.rules.covering import Given
from domain.rules.flags import Attended, Consent, Tier, flags
from domain.vocabulary import Capacity, Delivery, Medium, PlacementStatus, ResidenceStatus, SiteKind, TaughtAt
from tests.domain.people import day, named

SCOPE = ConsentScope(named("provider"), None, day("09-14"), None)
CONSENT = Consent(named("authority"), Capacity.EDUCATION_SEN, Given(SCOPE, Medium.EMAIL), day("09-09"))


def a_consent(**given: Any) -> Consent:
    """The consent, with what it covers or that it was withdrawn changed."""
    return replace(CONSENT, given=replace(CONSENT.given, **given))


IN_ORDER = Attended(
    day=day("09-15"),
    code="B",
    nature="Motor mechanics",
    site_id=named("site"),
    site_kind=SiteKind.PROVIDER_PREMISES,
    provider_id=named("provider"),
    delivery=Delivery.OUTSIDE,
    placement=PlacementStatus.ACTIVE,
    agreed_site_id=named("site"),
    residence=ResidenceStatus.NON_RESIDENTIAL,
    home_site_id=None,
    authorities=frozenset({(named("authority"), Capacity.EDUCATION_SEN)}),
    consents=(CONSENT,),
)


def flagged(**changes: Any) -> list[tuple[str, Tier]]:
    return [(flag.rule, flag.tier) for flag in flags(replace(IN_ORDER, **changes))]


def test_attendance_in_good_order_has_no_flag() -> None:
    assert flagged() == []


def test_attendance_at_another_site_than_the_placements_is_flagged_for_safety() -> None:
    assert flagged(site_id=named("other site")) == [("H-15", Tier.SAFETY)]
    assert flagged(site_id=named("other site"), agreed_site_id=None) == []


@pytest.mark.parametrize("allocated", [TaughtAt.SCHOOL, TaughtAt.NOWHERE])
def test_attendance_at_a_session_the_timetable_puts_elsewhere_is_flagged(allocated: TaughtAt) -> None:
    assert flagged(allocated=allocated) == [("H-19", Tier.AUTHORITY)]
    assert flagged(allocated=TaughtAt.PROVIDER) == []
    assert flagged(allocated=allocated, code="I") == []


@pytest.mark.parametrize("nature", [None, " "])
def test_attendance_elsewhere_without_what_was_done_there_is_flagged(nature: str | None) -> None:
    assert flagged(nature=nature) == [("H-17", Tier.PAPERWORK)]


@pytest.mark.parametrize(
    "consent",
    [
        a_consent(withdrawn_on=day("09-15")),
        a_consent(medium=Medium.TELEPHONE),
        replace(CONSENT, received_on=day("09-16")),
        a_consent(scope=ConsentScope(named("provider"), None, day("09-16"), None)),
        a_consent(scope=ConsentScope(named("provider"), None, day("09-14"), day("09-14"))),
        a_consent(scope=ConsentScope(named("provider"), named("other site"), day("09-14"), None)),
        a_consent(scope=ConsentScope(named("other provider"), None, day("09-14"), None)),
        replace(CONSENT, authority_id=named("other authority")),
        replace(CONSENT, capacity=Capacity.SOCIAL_CARE),
    ],
)
def test_attendance_without_a_consent_that_stands_is_flagged(consent: Consent) -> None:
    assert flagged(consents=(consent,)) == [("H-05", Tier.AUTHORITY)]


def test_a_withdrawn_consent_is_called_withdrawn_and_flags_no_day_before() -> None:
    withdrawn = a_consent(withdrawn_on=day("09-16"))
    assert flagged(consents=(withdrawn,)) == []
    (flag,) = flags(replace(IN_ORDER, day=day("09-16"), consents=(withdrawn,)))
    assert flag.sentence == "Attended with a placing authority's consent withdrawn."


def test_not_knowing_who_placed_the_pupil_is_flagged_and_knowing_that_nobody_did_is_not() -> None:
    assert flagged(authorities=None) == [("H-05", Tier.AUTHORITY)]
    assert flagged(authorities=frozenset(), consents=()) == []
    assert flagged(authorities=None, delivery=Delivery.IN_HOUSE) == []


@pytest.mark.parametrize(
    "residence",
    [
        (None, None),
        (ResidenceStatus.NON_RESIDENTIAL, None),
        (ResidenceStatus.RESIDENTIAL_IN_ALLIED_HOME, named("other home")),
    ],
)
def test_a_pupil_found_in_a_home_they_do_not_live_in_is_flagged_for_safety(residence: tuple[Any, Any]) -> None:
    status, home = residence
    in_home = {"site_kind": SiteKind.CHILDRENS_HOME, "residence": status, "home_site_id": home}
    assert flagged(**in_home) == [("H-01", Tier.SAFETY)]


def test_a_pupil_at_home_in_the_home_is_not_flagged() -> None:
    living = {"residence": ResidenceStatus.RESIDENTIAL_IN_ALLIED_HOME, "home_site_id": named("site")}
    assert flagged(site_kind=SiteKind.CHILDRENS_HOME, **living) == []


@pytest.mark.parametrize("status", [None, *(each for each in PlacementStatus if each is not PlacementStatus.ACTIVE)])
def test_attendance_under_no_active_placement_is_flagged(status: PlacementStatus | None) -> None:
    assert flagged(placement=status) == [("H-15", Tier.AUTHORITY)]


def test_attendance_in_school_needs_no_placement() -> None:
    assert flagged(placement=None, delivery=None, code="/") == []


def test_absence_is_never_flagged() -> None:
    for code in (*CODES, "no such code"):
        if not attended(code):
            assert flagged(code=code, placement=None, consents=(), authorities=None) == []


def test_each_code_counts_as_the_statistics_count_it() -> None:
    assert {code for code in CODES if attended(code)} == {*"/\\LKVPWBJ"}
    assert {code for code in CODES if CODES[code].category == Category.UNAUTHORISED} == {*"GNOU"}
    assert len(CODES) == 37
