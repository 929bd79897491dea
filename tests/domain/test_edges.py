"""First and last days count: where a rule's span begins and ends, to the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from domain.errors import Impossible
from domain.parts import ConsentScope, SessionTimes, Term
from domain.rules.flags import flags
from domain.vocabulary import ResidenceStatus, Session, SiteKind
from tests.domain.builders import School, a_school, a_started_placement, an_approvable_placement
from tests.domain.people import DELEGATE, day, named
from tests.domain.test_flags import CONSENT, IN_ORDER, a_consent

AUTUMN = Term("Autumn", day("09-01"), day("12-18"), day("10-26"), day("10-30"))


def approved(school: School, **changes: Any) -> bool:
    return bool(school.enter("approve_placement", **changes))


@pytest.mark.parametrize("span", [{"starts_on": day("09-10")}, {"ends_on": day("09-10")}])
def test_a_delegation_counts_on_its_first_and_last_day(span: dict[str, date]) -> None:
    school = an_approvable_placement()
    school.enter("grant_delegation", **span)
    assert approved(school, by=DELEGATE)


@pytest.mark.parametrize(
    "changes",
    [
        {"record_placing_authority": {"effective_on": day("09-14")}},
        {"assess_risk": {"valid_to": day("09-14")}},
        {"assess_setting_risk": {"valid_to": day("09-14")}},
        {"verify_provider_safeguarding_policy": {"on": day("09-10"), "verified_on": day("09-10")}},
        {"assess_risk": {"on": day("09-10"), "assessed_on": day("09-10")}},
    ],
)
def test_what_holds_on_the_day_itself_is_enough(changes: dict[str, Any]) -> None:
    assert approved(an_approvable_placement(**changes))


def test_who_placed_the_pupil_from_the_day_after_the_start_leaves_the_question_open() -> None:
    later = {"effective_on": day("09-15")}
    an_approvable_placement(record_placing_authority=later).refuses("approve_placement", "H-05")


def test_an_authority_that_places_from_the_placements_last_day_must_consent() -> None:
    school = an_approvable_placement()
    school.enter("record_placing_authority", authority_id=named("care authority"), effective_on=day("12-18"))
    school.refuses("approve_placement", "H-05")


@pytest.mark.parametrize(
    ("verb", "changes"),
    [
        ("record_parental_agreement_not_relevant", {"decided_on": day("09-10")}),
        ("record_parent_unreachable", {"concluded_on": day("09-10")}),
        ("record_parent_unreachable", {"review_on": day("09-10")}),
    ],
)
def test_the_parents_position_counts_from_its_day_to_its_last(verb: str, changes: dict[str, Any]) -> None:
    school = an_approvable_placement(without=["record_parental_agreement"])
    school.enter(verb, on=day("09-10"), **changes)
    assert approved(school)


@pytest.mark.parametrize(
    "checked",
    [
        {"on": day("09-09"), "checked_on": day("09-09")},  # on the day of the notice, not after the lapse
        {"on": day("09-10"), "checked_on": day("09-08")},  # entered after the notice, looked up before it
    ],
)
def test_a_check_answers_a_lapse_only_from_the_day_after_and_knowing_of_it(checked: dict[str, date]) -> None:
    school = an_approvable_placement()
    school.enter("record_provider_registration_lapse", effective_on=day("09-09"), received_on=day("09-09"))
    school.enter("verify_provider_registration", **checked)
    school.refuses("approve_placement", "H-07")


def test_a_check_on_the_day_of_the_notice_answers_an_earlier_lapse_only_if_made_after_it() -> None:
    school = an_approvable_placement()
    school.enter("verify_provider_registration", on=day("09-09"), checked_on=day("09-09"))
    school.enter("record_provider_registration_lapse", effective_on=day("09-08"), received_on=day("09-09"))
    school.refuses("approve_placement", "H-07")
    school.enter("verify_provider_registration", on=day("09-09"), checked_on=day("09-09"))
    assert approved(school)


def test_a_check_made_for_an_announced_lapse_does_not_answer_it() -> None:
    school = an_approvable_placement()
    school.enter("record_provider_registration_lapse", effective_on=day("11-01"), received_on=day("09-08"))
    school.enter("verify_provider_registration", on=day("09-10"), checked_on=day("09-10"))
    school.refuses("approve_placement", "H-07")


def test_a_pupil_who_moves_in_on_the_first_day_lives_there_and_one_who_moves_in_the_day_after_does_not() -> None:
    home = {"kind": SiteKind.CHILDRENS_HOME}
    living = {"status": ResidenceStatus.RESIDENTIAL_IN_ALLIED_HOME, "home_site_id": named("site")}
    school = a_school(record_provider_site=home)
    school.enter("change_pupil_residence", effective_on=day("09-15"), **living)
    school.refuses("propose_placement", "H-01")
    school.enter("change_pupil_residence", effective_on=day("09-14"), **living)
    assert school.enter("propose_placement")


def test_what_follows_a_start_may_be_of_the_same_day() -> None:
    assert a_started_placement().enter("suspend_placement", suspended_on=day("09-14"))


def test_an_unassessed_placement_is_told_what_to_do_first_and_another_is_not() -> None:
    unassessed = an_approvable_placement(without=["assess_needs"]).refuses("approve_placement", "H-15")
    assert "Record the needs assessment" in unassessed[0].remedy
    running = a_started_placement().refuses("approve_placement", "H-15")
    assert running[0].remedy == "This can be decided only while a placement is assessed."
    starting = an_approvable_placement(without=["assess_needs"]).refuses("start_placement", "H-15")
    assert starting[0].remedy == "This can be decided only while a placement is approved."


def test_an_office_may_be_held_for_one_day() -> None:
    assert a_school().enter("cease_office_holder", last_day=date(2024, 9, 1))
    a_school().rejects(Impossible, "cease_office_holder", last_day=date(2024, 8, 31))


@pytest.mark.parametrize("when", [day("09-02"), day("10-23"), day("11-02"), day("12-18")])
def test_the_first_and_last_days_of_term_and_beside_half_term_have_sessions(when: date) -> None:
    terms = (Term("Autumn", day("09-02"), day("12-18"), day("10-26"), day("10-30")),)
    school = a_school(publish_school_calendar={"terms": terms})
    taken = datetime.combine(when, time(9), UTC)
    assert school.enter("mark_attendance", on=day("12-31"), day=when, taken_at=taken, placement_id=None)


@pytest.mark.parametrize("when", [day("10-26"), day("10-30")])
def test_the_first_and_last_days_of_half_term_have_none(when: date) -> None:
    a_school().rejects(Impossible, "mark_attendance", on=day("12-31"), day=when, placement_id=None)


@pytest.mark.parametrize(
    "calendar",
    [
        {"terms": (Term("Autumn", day("09-01"), day("12-18"), day("10-30"), day("10-26")),)},
        {"terms": (Term("Autumn", day("12-18"), day("09-01"), day("10-26"), day("10-30")),)},
        {"session_times": SessionTimes("09:00", "09:00", "13:00", "15:10")},
        {"session_times": SessionTimes("09:00", "12:00", "13:00", "13:00")},
        {"session_times": SessionTimes("09:00", "13:30", "13:00", "15:10")},
        {"session_times": SessionTimes("nine", "12:00", "13:00", "15:10")},
    ],
)
def test_a_calendar_that_runs_backwards_is_impossible(calendar: dict[str, Any]) -> None:
    assert a_school().rejects(Impossible, "publish_school_calendar", **calendar).field in calendar


def test_a_calendar_without_a_lunch_break_or_ending_in_half_term_is_possible() -> None:
    short = Term("Autumn", day("09-01"), day("10-30"), day("10-26"), day("10-30"))
    through = SessionTimes("09:00", "12:00", "12:00", "15:10")
    assert a_school().enter("publish_school_calendar", terms=(short,), session_times=through)


def test_the_calendar_published_last_for_a_year_counts() -> None:
    school = a_school()
    school.enter("publish_school_calendar", terms=(AUTUMN,), inset_days=(day("09-15"),))
    school.rejects(Impossible, "mark_attendance", placement_id=None)


def test_a_time_may_run_ahead_of_the_clock_by_five_minutes_and_no_more() -> None:
    """The mark is sent at 15:00 UTC."""
    afternoon = {"session": Session.PM, "code": "\\", "nature": None}
    for minute, passes in ((5, True), (6, False)):
        school = a_started_placement()
        taken = {"taken_at": datetime(2026, 9, 15, 15, minute, tzinfo=UTC), **afternoon}
        if passes:
            assert school.enter("mark_attendance", **taken)
        else:
            school.rejects(Impossible, "mark_attendance", **taken)


@pytest.mark.parametrize(
    "consent",
    [
        a_consent(scope=ConsentScope(named("provider"), None, day("09-15"), day("09-15"))),
        replace(CONSENT, received_on=day("09-15")),
    ],
)
def test_a_consent_covers_attendance_from_its_first_day_to_its_last(consent: Any) -> None:
    assert flags(replace(IN_ORDER, consents=(consent,))) == ()


@pytest.mark.parametrize("typed", [date(26, 9, 2), date(1850, 9, 2), date(1899, 12, 31), date(2200, 1, 1)])
@pytest.mark.parametrize(
    ("verb", "field"),
    [
        ("enrol_pupil", "born_on"),
        ("enrol_pupil", "starts_on"),
        ("add_existing_placement", "started_on"),
        ("add_existing_placement", "proposed_end"),
        ("propose_placement", "proposed_end"),
    ],
)
def test_a_year_typed_short_or_centuries_off_is_impossible(verb: str, field: str, typed: date) -> None:
    error = a_school().rejects(Impossible, verb, id=named("short year"), **{field: typed})
    assert error.field == field


def test_review_dates_have_years_of_our_time_too() -> None:
    error = an_approvable_placement().rejects(Impossible, "prepare_plan", review_dates=(date(26, 10, 1),))
    assert (error.field, str(error)) == (
        "review_dates",
        "The year 26 cannot be meant. Give a year from 1900 to 2199, in four figures.",
    )


def test_nobody_is_enrolled_or_placed_before_they_were_born() -> None:
    newborn = {"id": named("newborn"), "born_on": day("09-01"), "starts_on": day("08-31")}
    assert a_school().rejects(Impossible, "enrol_pupil", **newborn).field == "starts_on"
    school = a_school(enrol_pupil={"born_on": date(2010, 4, 2), "starts_on": date(2021, 9, 1)})
    early = {"started_on": date(2010, 4, 1)}
    assert school.rejects(Impossible, "add_existing_placement", **early).field == "started_on"
