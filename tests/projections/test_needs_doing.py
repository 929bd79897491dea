"""What needs doing as the rows have it: each item comes with its cause and goes with what clears it, never later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import events
from domain.events import Fact
from domain.parts import ConsentScope, Deferral, TimetabledSession
from domain.vocabulary import Deferrable, Role, Session, TaughtAt
from projections.catch_up import catch_up
from projections.database import ReadDatabase
from projections.needs_doing import Item, Light, Tier, needs_doing
from tests.projections.facts import fact
from tests.projections.ids import HOME_SITE, PLACEMENT, PROVIDER, PUPIL, SCHOOL, day, named
from tests.projections.logs import Log, a_started_placement

DSL = fact(
    events.OfficeHolderAppointed,
    originator_id=named("dsl's office"),
    office="dsl",
    person_id=named("dsl"),
    name="D. Hay",
)
MARKS = tuple(fact(events.AttendanceMarked, session=session) for session in Session)
NEXT = tuple(fact(events.AttendanceMarked, session=session, day=day("09-15")) for session in Session)
IN_HOME = fact(events.ProviderSiteRecorded, site_id=HOME_SITE, kind="childrens_home", name="Larch House")


@dataclass(frozen=True)
class Case:
    """On a day, which rule speaks once its cause is recorded, and what clears it."""

    rule: str
    on: str
    cause: tuple[Fact, ...]
    clears: tuple[Fact, ...]
    light: str = "red"


def delegated(ends_on: str) -> Fact:
    return fact(events.DelegationGranted, ends_on=day(ends_on))


def planned(version: int, *reviews: date) -> Fact:
    return fact(events.InterventionPlanPrepared, plan_version=version, review_dates=reviews)


def timetabled(where: str) -> Fact:
    sessions = tuple(
        TimetabledSession(weekday, session, TaughtAt(where if weekday == 1 else "provider"), None)
        for weekday in range(1, 6)
        for session in Session
    )
    return fact(events.WeeklyTimetableSet, sessions=sessions)


def signed(version: int) -> Fact:
    return fact(events.PlacementAgreementSigned, plan_version=version)


NEW_SCOPE = ConsentScope(PROVIDER, None, day("09-14"), day("12-18"))
CASES = [
    Case("C-11", "09-15", (), (fact(events.SettingRiskAssessed),)),
    Case("H-09", "09-15", (), (planned(1),)),
    Case("H-10", "09-15", (), (fact(events.BaselineRecorded),)),
    Case("H-04", "09-15", (), (DSL,)),
    Case("H-07", "09-15", (fact(events.AccreditationStated, accredited="not_known"),), (
        fact(events.AccreditationStated),)),
    Case("C-15", "09-14", (), MARKS, "amber"),
    Case(
        "C-05",
        "10-06",
        (fact(events.PlacingAuthorityConsentWithdrawn),),
        (
            fact(
                events.PlacingAuthorityConsentGiven, consent_id=named("another"), scope=NEW_SCOPE,
                given_on=day("10-06"), received_on=day("10-06"),
            ),
        ),
    ),
    Case("C-06", "10-09", (fact(events.ParentalAgreementWithdrawn),), (
        fact(events.ParentalAgreementDecided, decided_on=day("10-09")),)),
    Case("C-10", "12-02", (fact(events.PupilRemovedFromRoll),), (
        fact(events.PlacementEnded, ended_on=day("12-01")),)),
    Case("C-13", "09-15", (fact(events.ProviderSiteRecorded, address=" "),), (fact(events.ProviderSiteRecorded),)),
    Case("C-16", "09-22", (fact(events.AttendanceMarked, code="N"),), (
        fact(events.AttendanceAmended, original_code="N", amended_code="I"),)),
    Case("C-22", "10-21", (planned(1, day("10-20")),), (fact(events.ReviewHeld, held_on=day("10-21")),)),
    Case("C-23", "09-15", (planned(1),), (signed(1),)),
    Case("C-27", "11-02", (fact(events.EhcpRecorded),), (
        fact(events.EhcpRecorded, annual_review_due=date(2027, 12, 1)),), "amber"),
    Case("C-32", "09-28", (delegated("10-02"),), (
        fact(events.DelegationRevoked, recorded_at=datetime(2026, 9, 28, 9, tzinfo=UTC)),), "amber"),
    Case("H-08", "09-15", (fact(events.ProviderSafeguardingPolicyVerified, satisfactory=False),), (
        fact(events.ProviderSafeguardingPolicyVerified, verified_on=day("09-15")),)),
    Case("H-05", "09-28", (fact(events.PlacingAuthorityConsentRequested, requested_on=day("09-18")),), (
        fact(events.PlacingAuthorityConsentGiven, consent_id=named("another"), scope=NEW_SCOPE,
            answers_request=1, given_on=day("09-28"), received_on=day("09-28")),), "amber"),
    Case("C-19", "09-15", (timetabled("nowhere"),), (timetabled("provider"),)),
    Case("C-15", "09-15", (*MARKS, fact(events.ProviderReturnReceived, attendance="absent")), (
        fact(events.ProviderReturnReceived, attendance="attended"), *NEXT)),
    Case("H-01", "09-15", (IN_HOME, fact(events.AttendanceMarked, site_id=HOME_SITE)), (
        fact(events.ReviewHeld, held_on=day("09-15")),)),
]  # fmt: skip


def asked(read: ReadDatabase, on: str, known_at: int) -> tuple[Item, ...]:
    with read.reading() as connection:
        return needs_doing(connection, day(on), known_at)


def spoken(items: Sequence[Item], rule: str) -> list[Item]:
    return [item for item in items if item.due.rule == rule]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_an_item_comes_with_its_cause_and_goes_with_what_clears_it(read: ReadDatabase, case: Case) -> None:
    log = a_started_placement()
    caused = log.add(*case.cause) if case.cause else len(log.facts)
    cleared = log.add(*case.clears)
    catch_up(read, log)

    there = spoken(asked(read, case.on, caused), case.rule)
    assert case.light in [item.due.light.value for item in there]
    assert spoken(asked(read, case.on, cleared), case.rule) == []
    if case.cause and case.rule != "C-15":
        assert there[0] not in spoken(asked(read, case.on, caused - len(case.cause)), case.rule)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(CASES), st.integers(0, 3), st.integers(0, 3))
def test_an_item_stands_at_every_moment_between_its_cause_and_what_clears_it(
    case: Case, between: int, after: int
) -> None:
    """Whatever else is recorded meanwhile, and also when asked later as it was known then."""
    with TemporaryDirectory() as folder:
        read = ReadDatabase(f"sqlite:///{Path(folder) / 'read.sqlite'}")
        log = a_started_placement()
        caused = log.add(*case.cause) if case.cause else len(log.facts)
        others = [fact(events.ProviderRecorded, originator_id=named(f"other {number}")) for number in range(6)]
        waits = log.add(*others[:between]) if between else caused
        cleared = log.add(*case.clears)
        newest = log.add(*others[3 : 3 + after]) if after else cleared
        catch_up(read, log)

        stands = [bool(spoken(asked(read, case.on, known), case.rule)) for known in range(caused, newest + 1)]
        assert all(stands[: waits - caused + 1])
        assert stands == sorted(stands, reverse=True)  # of several clearing facts one may do: gone, it stays gone
        assert not any(stands[cleared - caused :])
        read.close()


def test_the_worst_comes_first(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.ParentalAgreementWithdrawn), planned(1), fact(events.EhcpRecorded))
    known = catch_up(read, log)

    items = asked(read, "11-02", known)
    tiers, lights = list(Tier), list(Light)
    ranks = [(tiers.index(one.due.tier), not one.due.at_stake, lights.index(one.due.light)) for one in items]
    assert ranks == sorted(ranks)
    assert {item.due.tier for item in items} == set(Tier)
    for earlier, later in pairwise(items):
        one, other = earlier.due, later.due
        if (one.tier, one.at_stake, one.light) == (other.tier, other.at_stake, other.light):
            newer, longer = one.since >= other.since, (one.due_on or one.since) <= (other.due_on or other.since)
            assert newer if one.tier is Tier.SAFETY else longer


def test_an_item_names_its_pupil_provider_school_and_owner(read: ReadDatabase) -> None:
    known = catch_up(read, a_started_placement())

    (item,) = spoken(asked(read, "09-15", known), "H-09")
    assert (item.pupil, item.local_ref, item.school) == ("Wren Ashby", "RH-001", "Rowan Hill School (demo)")
    assert item.provider == "Fieldgate Motor Project (demo)"
    assert (item.about.pupil_id, item.about.school_id) == (PUPIL, SCHOOL)
    assert item.due.owners[0] is Role.HEAD_TEACHER
    (setting,) = spoken(asked(read, "09-15", known), "C-11")
    assert (setting.about.provider_id, setting.pupil) == (PROVIDER, None)


def test_a_marks_day_decides_whether_the_pupil_lived_in_the_home(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(IN_HOME, fact(events.PupilResidenceChanged, effective_on=day("09-15")))
    log.add(*(fact(events.AttendanceMarked, day=day(text), site_id=HOME_SITE) for text in ("09-14", "09-15")))
    known = catch_up(read, log)

    (item,) = spoken(asked(read, "09-16", known), "H-01")
    assert "one session up to 14 September 2026" in item.due.sentence


def an_urgent_start(*deferred: Deferral) -> Log:
    log = a_started_placement()
    log.facts = [one for one in log.facts if not isinstance(one, events.PlacementApproved | events.PlacementStarted)]
    log.add(fact(events.SchoolCalendarPublished), fact(events.UrgentStartDecided, deferred=deferred))
    return log


def test_what_an_urgent_start_put_off_is_amber_until_its_day_and_red_after(read: ReadDatabase) -> None:
    log = an_urgent_start(Deferral(Deferrable.BASELINE, day("09-18")), Deferral(Deferrable.PLAN, day("09-22")))
    known = catch_up(read, log)

    def lights(on: str) -> list[tuple[str, str]]:
        return [(one.due.rule, one.due.light) for one in asked(read, on, known) if one.due.rule in {"H-09", "H-10"}]

    assert sorted(lights("09-18")) == [("H-09", "amber"), ("H-10", "amber")]
    assert sorted(lights("09-21")) == [("H-09", "amber"), ("H-10", "red")]
    assert sorted(lights("09-23")) == [("H-09", "red"), ("H-10", "red")]


def test_an_urgent_start_waits_for_its_approval_and_is_red_after_its_ten_days(read: ReadDatabase) -> None:
    log = an_urgent_start()
    waiting = catch_up(read, log)
    approved = log.add(fact(events.PlacementApproved, approved_on=day("09-25")))
    catch_up(read, log)

    def waits(on: str, known_at: int) -> list[str]:
        return [one.due.light for one in spoken(asked(read, on, known_at), "H-04") if "urgently" in one.due.sentence]

    assert (waits("09-25", waiting), waits("09-28", waiting)) == (["amber"], ["red"])
    assert waits("09-28", approved) == []


def test_a_second_urgent_start_of_a_pupil_says_so(read: ReadDatabase) -> None:
    log = an_urgent_start()
    second = named("second placement")
    log.add(fact(events.PlacementEnded, ended_on=day("09-25")))
    log.add(fact(events.PlacementProposed, originator_id=second))
    log.add(fact(events.UrgentStartDecided, originator_id=second, decided_on=day("09-28"), starts_on=day("09-28")))
    known = catch_up(read, log)
    (waits,) = [one.due for one in spoken(asked(read, "09-30", known), "H-04") if "urgently" in one.due.sentence]
    assert "urgently, as one of this pupil did before, and" in waits.sentence


def test_a_placement_from_paper_waits_for_an_approval_here_and_is_red_where_paper_tells_of_none(
    read: ReadDatabase,
) -> None:
    log = a_started_placement()
    log.facts = [one for one in log.facts if one.originator_id != PLACEMENT]
    told = log.add(fact(events.ExistingPlacementAdded))
    untold = log.add(fact(events.ExistingPlacementAdded, approved_on=None, approved_by=None, approver_title=None))
    approved = log.add(fact(events.PlacementApproved, approved_on=day("09-20")))
    catch_up(read, log)

    def runs(known_at: int) -> list[str]:
        waits = spoken(asked(read, "09-20", known_at), "H-04")
        return [one.due.light for one in waits if "paper" in one.due.sentence]

    assert (runs(told), runs(untold), runs(approved)) == (["amber"], ["red"], [])


def test_an_interim_assessment_neither_hides_that_the_full_one_ran_out_nor_that_it_found_it_unsafe(
    read: ReadDatabase,
) -> None:
    log = a_started_placement()
    full = log.add(fact(events.RiskAssessmentCompleted, valid_to=day("09-20")))
    later = {"interim": True, "assessed_on": day("09-18"), "valid_to": day("12-18")}
    interim = log.add(fact(events.RiskAssessmentCompleted, **later))
    unsafe = log.add(fact(events.RiskAssessmentCompleted, **later, outcome="not_safe"))
    catch_up(read, log)

    def told(known_at: int) -> list[str]:
        found = [one.due.sentence for one in spoken(asked(read, "09-21", known_at), "C-11")]
        return [sentence for sentence in found if "this pupil" in sentence]

    assert "ran out on" in told(full)[0]
    assert told(interim) == told(full)
    assert "not safe" in told(unsafe)[0]
