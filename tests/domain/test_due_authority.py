"""What is due of consents, parents, registrations, offices and decisions: not yet, amber, red, cleared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.parts import ConsentScope
from domain.rules.covering import Given
from domain.rules.due import consents, offices, parents, places, plans, providers
from domain.rules.due.consents import Answer
from domain.rules.flags import Tier
from domain.rules.parents import Position
from domain.rules.registration import Lapsed, Looked
from domain.rules.standing import ConsentStatus, ParentalStatus
from domain.vocabulary import Medium, Office, PlacementStatus, Regime, RegisterStatus, Role
from tests.domain.due import a_placement, on, told
from tests.domain.people import day, named

ACTIVE, SUSPENDED, PROPOSED = PlacementStatus.ACTIVE, PlacementStatus.SUSPENDED, PlacementStatus.PROPOSED


RECEIVED = day("09-08")


def an_answer(
    status: ConsentStatus = ConsentStatus.GIVEN, since: date = RECEIVED, covers_to: date | None = None
) -> Answer:
    scope = ConsentScope(named("provider"), None, day("09-14"), covers_to)
    return Answer(status, since, Given(scope, Medium.EMAIL))


@pytest.mark.parametrize(
    ("today", "lights"),
    [("11-02", []), ("11-03", [("C-05", "amber")]), ("12-01", [("C-05", "amber")])],
    ids=["twenty-one school days before", "twenty before", "its last day"],
)
def test_a_consent_that_runs_out_before_the_placement_is_asked_for_twenty_school_days_ahead(today, lights) -> None:
    ends = an_answer(covers_to=day("12-01"))
    assert told(consents.consent(a_placement(), "Northmere", [ends], on(today))) == lights


def test_a_consent_that_lasts_as_long_as_the_placement_is_never_said_to_run_out() -> None:
    for until in (None, day("12-18")):
        lasting = an_answer(covers_to=until)
        assert not told(consents.consent(a_placement(), "Northmere", [lasting], on("12-17")))


@pytest.mark.parametrize("status", [ConsentStatus.EXPIRED, ConsentStatus.WITHDRAWN, ConsentStatus.REFUSED])
def test_a_placement_that_runs_without_a_standing_consent_is_red_until_a_consent_stands(status) -> None:
    gone = an_answer(status, since=day("10-05"), covers_to=day("10-04"))
    (item,) = consents.consent(a_placement(), "Northmere", [gone], on("10-06"))

    assert told([item]) == [("C-05", "red")]
    assert (item.tier, item.since) == (Tier.AUTHORITY, day("10-05"))
    assert "Northmere" in item.sentence
    cleared = [gone, an_answer(since=day("10-06"))]
    assert not told(consents.consent(a_placement(), "Northmere", cleared, on("10-06")))


def test_what_is_withdrawn_is_for_the_head_and_what_ran_out_for_the_lead() -> None:
    withdrawn = an_answer(ConsentStatus.WITHDRAWN, since=day("10-05"))
    expired = an_answer(ConsentStatus.EXPIRED, since=day("10-05"), covers_to=day("10-04"))
    for one, owner in ((withdrawn, Role.HEAD_TEACHER), (expired, Role.AP_LEAD)):
        (item,) = consents.consent(a_placement(), "Northmere", [one], on("10-06"))
        assert item.owners[0] is owner


@pytest.mark.parametrize(
    ("placed", "light"),
    [(a_placement(ACTIVE), "red"), (a_placement(SUSPENDED), "amber"), (a_placement(PROPOSED), "amber")],
    ids=["runs", "is suspended", "is still to come"],
)
def test_a_missing_consent_is_red_only_where_the_pupil_is_taught_without_it(placed, light: str) -> None:
    assert told(consents.consent(placed, "Northmere", [], on("09-11"))) == [("H-05", light)]
    unfit = replace(an_answer(), given=None)
    assert told(consents.consent(placed, "Northmere", [unfit], on("09-11"))) == [("H-05", light)]


def test_nothing_that_only_plans_is_amber_after_the_day_it_was_to_start() -> None:
    assert told(consents.consent(a_placement(PROPOSED), "Northmere", [], on("09-14"))) == [("H-05", "red")]


def said(status: ParentalStatus, since: str, holder: str | None = "parent", **changes: Any) -> Position:
    return Position(named(holder) if holder else None, status, day(since), order=int(since[-2:]), **changes)


YES = said(ParentalStatus.GIVEN, "09-06")


@pytest.mark.parametrize(
    ("today", "light"), [("10-05", "amber"), ("10-07", "amber"), ("10-08", "red")], ids=["at once", "two days", "three"]
)
def test_a_withdrawn_agreement_is_for_the_head_to_decide_within_two_school_days(today: str, light: str) -> None:
    no = said(ParentalStatus.WITHDRAWN, "10-05")
    assert told(parents.position(a_placement(), [no], on(today))) == [("C-06", light)]
    decided = [no, said(ParentalStatus.DECIDED, "10-08", None)]
    assert not told(parents.position(a_placement(), decided, on(today)))


def test_a_no_entered_after_the_heads_decision_is_open_though_it_bears_an_earlier_day() -> None:
    decided = said(ParentalStatus.DECIDED, "09-09", None)
    no = replace(said(ParentalStatus.WITHDRAWN, "09-08"), order=decided.order + 1)
    assert told(parents.position(a_placement(), [decided, no], on("09-15"))) == [("C-06", "red")]


def test_parents_who_disagree_are_amber_however_long_and_a_decision_clears_it() -> None:
    disputed = [YES, said(ParentalStatus.DECLINED, "09-07", "other parent")]
    assert told(parents.position(a_placement(), disputed, on("11-02"))) == [("C-06", "amber")]
    decided = [*disputed, said(ParentalStatus.DECIDED, "09-09", None)]
    assert not told(parents.position(a_placement(), decided, on("11-02")))


@pytest.mark.parametrize(
    "lacking", [{"medium": Medium.TELEPHONE}, {"responsible": False}], ids=["by telephone", "not a parent"]
)
def test_a_yes_that_satisfies_nothing_leaves_the_question_open(lacking: dict[str, Any]) -> None:
    spoken = said(ParentalStatus.GIVEN, "09-06", **lacking)
    assert told(parents.position(a_placement(), [spoken], on("09-15"))) == [("H-06", "red")]
    assert not told(parents.position(a_placement(), [YES], on("09-15")))


def test_parents_who_could_not_be_reached_are_tried_again_by_the_day_set() -> None:
    unreachable = said(ParentalStatus.UNREACHABLE, "09-09", None, try_again_on=day("09-23"))
    assert not told(parents.position(a_placement(), [unreachable], on("09-23")))
    assert told(parents.position(a_placement(), [unreachable], on("09-24"))) == [("C-06", "red")]
    assert not told(parents.position(a_placement(), [unreachable, YES], on("09-24")))


def registered(today: str, looks=(), lapses=(), *, running: bool = True) -> list[tuple[str, str]]:
    return told(providers.registration("Fieldgate", looks, lapses, day("09-14"), day(today), running=running))


def looked(on: str, order: int, status: RegisterStatus = RegisterStatus.OPEN, **found: Any) -> Looked:
    usual = {"regime": Regime.GIAS_SCHOOL_URN, "source": "Get information about schools"}
    return Looked(day(on), order, status=status, **usual | found)


LOOKED = looked("09-02", 1)


@pytest.mark.parametrize(
    ("today", "lights"),
    [("10-02", []), ("10-03", [("C-08", "amber")]), ("12-01", [("C-08", "amber")]), ("12-02", [("C-08", "red")])],
    ids=["thirty days", "thirty-one", "ninety", "ninety-one"],
)
def test_a_look_at_the_register_ages_at_thirty_days_and_is_old_at_ninety(today: str, lights) -> None:
    assert registered(today, [LOOKED]) == lights
    assert registered(today, [LOOKED, looked(today, 2)]) == []


def test_a_provider_that_is_closed_or_was_never_looked_up_is_red_while_a_pupil_is_there() -> None:
    closed = looked("09-20", 2, RegisterStatus.CLOSED)
    assert registered("09-21", [LOOKED, closed]) == [("C-08", "red")]
    assert registered("09-21") == [("C-08", "red")]
    assert registered("09-21", running=False) == [("C-08", "amber")]


@pytest.mark.parametrize("found", [{"source": "UKRLP"}, {"regime": Regime.NOT_REGISTERED_NOT_REQUIRED}], ids=str)
def test_a_look_that_h07_does_not_take_needs_doing_again_though_an_older_one_was_good(found: dict[str, Any]) -> None:
    assert registered("09-21", [LOOKED, looked("09-20", 2, **found)]) == [("C-08", "red")]


def test_while_it_is_not_known_whether_it_delivers_accredited_education_somebody_finds_out() -> None:
    due = providers.unknown_accreditation(a_placement(), day("09-21"))
    assert told([due]) == [("H-07", "red")]


def test_a_lapse_is_answered_only_by_a_look_made_knowing_of_it() -> None:
    lapse = Lapsed(day("10-01"), day("10-09"), order=5)
    before = looked("10-05", 4)
    after = looked("10-12", 6)
    assert registered("10-12", [LOOKED, before], [lapse]) == [("C-09", "red")]
    assert registered("10-12", [LOOKED, after], [lapse]) == []


@pytest.mark.parametrize(
    ("read_on", "fit", "light"), [(None, False, "red"), (day("09-20"), False, "red"), (day("09-20"), True, None)]
)
def test_an_outside_providers_policy_is_read_by_a_safeguarding_lead_and_found_fit(read_on, fit, light) -> None:
    found = list(providers.policy("Fieldgate", read_on, fit=fit, running=True, needed_since=day("09-14")))
    assert told(found) == ([("H-08", light)] if light else [])
    assert all(item.owners[0] is Role.DSL and item.tier is Tier.SAFETY for item in found)


def test_a_pupil_off_roll_with_a_running_placement_is_red_at_once() -> None:
    assert told(places.off_roll(a_placement(), on_roll=False, left_on=day("12-01"))) == [("C-10", "red")]
    assert not told(places.off_roll(a_placement(), on_roll=True, left_on=None))
    assert not told(places.off_roll(a_placement(PlacementStatus.APPROVED), on_roll=False, left_on=None))


@pytest.mark.parametrize("office", [Office.HEAD_TEACHER, Office.DSL])
def test_a_vacant_office_is_red_and_a_last_day_without_a_successor_amber(office: Office) -> None:
    assert told(offices.vacancy(office, since=day("11-02"), until=None, time=on("11-02"))) == [("H-04", "red")]
    assert told(offices.vacancy(office, since=None, until=day("11-13"), time=on("10-23"))) == [("H-04", "amber")]
    assert not told(offices.vacancy(office, since=None, until=day("11-13"), time=on("10-22")))


def test_a_delegation_runs_out_or_dies_with_its_givers_office() -> None:
    def lent(today: str, left: date | None = None) -> list[tuple[str, str]]:
        return told(offices.delegation("Bo Lark", day("11-13"), giver_left_on=left, time=on(today)))

    assert lent("10-22") == []
    assert lent("10-23") == [("C-32", "amber")]
    assert lent("11-14") == []
    assert lent("10-02", day("10-01")) == [("C-32", "red")]


def test_a_placement_with_all_it_needs_waits_for_the_head_and_for_nobody_else() -> None:
    def waits(today: str, status: PlacementStatus = PlacementStatus.ASSESSED, *, ready: bool = True) -> Any:
        return told(plans.decision(a_placement(status), ready=ready, ready_since=day("09-07"), today=day(today)))

    assert waits("09-08") == [("H-04", "amber")]
    assert waits("09-14") == [("H-04", "red")]
    assert waits("09-08", ready=False) == []
    assert waits("09-08", PlacementStatus.APPROVED) == []


@pytest.mark.parametrize(
    ("today", "lights"),
    [("10-02", []), ("10-05", [("H-05", "amber")]), ("10-09", [("H-05", "amber")]), ("10-12", [("H-05", "red")])],
    ids=["five school days", "six", "ten", "eleven"],
)
def test_an_authority_that_does_not_answer_is_asked_again_after_five_school_days(today: str, lights) -> None:
    assert told(consents.unanswered("Northmere", "A-1", day("09-25"), on(today))) == lights


def test_an_urgent_start_is_approved_or_ends_within_its_ten_days() -> None:
    urgent = a_placement(approved_on=None)
    assert told(plans.urgent_start(urgent, day("09-25"), on("09-25"))) == [("H-04", "amber")]
    assert told(plans.urgent_start(urgent, day("09-25"), on("09-28"))) == [("H-04", "red")]
    assert not told(plans.urgent_start(a_placement(), day("09-25"), on("09-28")))
    ended = a_placement(PlacementStatus.ENDED, approved_on=None)
    assert not told(plans.urgent_start(ended, day("09-25"), on("09-28")))


@pytest.mark.parametrize(("decided", "lights"), [("09-09", ["red"]), ("09-10", []), ("12-31", []), ("01-01", ["red"])])
def test_a_decision_outside_the_days_of_the_office_it_rests_on_is_red(decided: str, lights: list[str]) -> None:
    held = {"since": day("09-10"), "until": day("12-31")}
    found = list(offices.decided_outside("The approval", day(decided), **held))
    assert [due.light for due in found] == lights
    assert not list(offices.decided_outside("The approval", day("12-31"), since=day("09-10"), until=None))


def test_two_head_teachers_at_once_are_told_by_name_and_one_alone_is_not() -> None:
    (due,) = offices.together(["A. Lark", "B. Wren"], day("09-10"))
    assert "A. Lark, B. Wren" in due.sentence
    assert not list(offices.together(["A. Lark"], day("09-10")))
