"""The matrix narrowed: only what is missing, one school, one person, one office, a span of days; a part at a time."""

from __future__ import annotations

from typing import Any

import pytest

from domain import events
from domain.parts import ConsentScope, Override
from domain.values import Erased
from domain.vocabulary import Role
from projections.approvals import Approval, Decision
from projections.catch_up import catch_up
from projections.database import ReadDatabase
from projections.matrix import Wanted, matrix, placements_in
from projections.requirements import Required
from tests.projections.facts import fact
from tests.projections.ids import HEAD, PROVIDER, PUPIL, SCHOOL, day, named
from tests.projections.logs import Log, a_started_placement

DAY = day("10-05")


def lines(read: ReadDatabase, log: Log, part: slice | None = None, **wanted: Any) -> tuple[Approval, ...]:
    known = catch_up(read, log)
    with read.reading() as connection:
        return matrix(connection, DAY, known, Wanted(**wanted), part)


def count(read: ReadDatabase, log: Log, **wanted: Any) -> int:
    known = catch_up(read, log)
    with read.reading() as connection:
        return placements_in(connection, DAY, known, Wanted(**wanted))


def of_approval(found: tuple[Approval, ...]) -> list[Decision]:
    return [row.decision for row in found if row.required is Required.PLACEMENT_APPROVAL]


def without_consent(read: ReadDatabase, log: Log) -> list[Decision]:
    found = [row.decision for row in lines(read, log) if row.required is Required.AUTHORITY_CONSENT]
    return [one for one in found if one is Decision.MISSING]


@pytest.mark.parametrize("own", [{"school_id": SCHOOL}, {"provider_id": PROVIDER}, {"pupil_id": PUPIL}])
def test_it_is_narrowed_to_whose_placements_they_are(read: ReadDatabase, own: dict[str, Any]) -> None:
    log = a_started_placement()
    everything = lines(read, log)
    assert lines(read, log, **own) == everything != ()
    assert lines(read, log, **{name: named("another") for name in own}) == ()
    assert (count(read, log, **own), count(read, log, **{name: named("another") for name in own})) == (1, 0)


def test_only_what_is_missing_is_what_nobody_decided(read: ReadDatabase) -> None:
    log = a_started_placement()
    assert lines(read, log, missing=True) == ()
    assert count(read, log, missing=True) == 0
    log.add(fact(events.ParentalAgreementWithdrawn, effective_on=day("10-01"), received_on=day("10-01")))
    (missing,) = lines(read, log, missing=True)
    assert (missing.required, missing.actor_id) == (Required.PARENTAL_POSITION, None)
    assert count(read, log, missing=True) == 1


def test_a_person_an_office_or_days_leave_only_the_decisions_that_fit(read: ReadDatabase) -> None:
    log = a_started_placement()
    everything = lines(read, log)
    assert lines(read, log, actor_id=HEAD) == everything
    assert lines(read, log, actor_id=named("nobody")) == ()
    assert lines(read, log, role=Role.HEAD_TEACHER) == everything
    assert lines(read, log, role=Role.DSL) == ()
    days = {row.decided_on for row in everything if row.decided_on}
    some = lines(read, log, first=min(days), last=min(days))
    assert {row.decided_on for row in some} == {min(days)}
    assert lines(read, log, last=day("08-01")) == ()
    assert lines(read, log, missing=True, actor_id=HEAD) == ()


def test_an_approval_on_paper_is_found_by_the_day_the_paper_gives(read: ReadDatabase) -> None:
    log = Log()
    log.add(fact(events.SchoolRecorded), fact(events.PupilEnrolled), fact(events.ProviderRecorded))
    paper = {"approved_on": day("03-02"), "approved_by": "Olive Dunn", "entered_from": "paper_backfill"}
    log.add(fact(events.ExistingPlacementAdded, started_on=day("09-14"), ended_on=None, **paper))
    (row,) = lines(read, log, first=day("03-01"), last=day("03-03")) or lines(read, log, first=day("03-01"))
    assert (row.decision, row.decided_on, row.given_by) == (Decision.ON_PAPER, day("03-02"), "Olive Dunn")
    assert lines(read, log, last=day("03-01")) == ()


def test_an_urgent_start_is_a_line_with_its_reason_and_the_approval_is_still_missing(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.facts = [one for one in log.facts if not isinstance(one, events.PlacementApproved | events.PlacementStarted)]
    urgent = {"decided_on": day("10-01"), "starts_on": day("10-01"), "ends_on": day("10-14")}
    log.add(fact(events.UrgentStartDecided, **urgent, reason="No other place is safe this week."))
    found = lines(read, log)
    assert of_approval(found) == [Decision.URGENT, Decision.MISSING]
    assert found[0].reason == "No other place is safe this week."
    log.add(fact(events.PlacementApproved, approved_on=day("10-02")))
    assert of_approval(lines(read, log)) == [Decision.URGENT, Decision.GIVEN]


def test_an_urgent_start_needs_a_consent_for_its_own_days_and_its_approval_one_for_the_whole(
    read: ReadDatabase,
) -> None:
    log = a_started_placement()
    of_old = events.PlacementApproved | events.PlacementStarted | events.PlacingAuthorityConsentGiven
    log.facts = [one for one in log.facts if not isinstance(one, of_old)]
    scope = ConsentScope(PROVIDER, None, day("10-01"), day("10-14"))
    log.add(fact(events.PlacingAuthorityConsentGiven, scope=scope))
    urgent = {"decided_on": day("10-01"), "starts_on": day("10-01"), "ends_on": day("10-14")}
    log.add(fact(events.UrgentStartDecided, **urgent))
    assert without_consent(read, log) == []
    log.add(fact(events.PlacementApproved, approved_on=day("10-02"), start_from=day("10-02"), start_by=day("10-02")))
    assert without_consent(read, log) == [Decision.MISSING]


def test_one_that_runs_needs_a_consent_for_the_days_still_to_come(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.facts = [one for one in log.facts if not isinstance(one, events.PlacingAuthorityConsentGiven)]
    log.add(fact(events.PlacingAuthorityConsentGiven, scope=ConsentScope(PROVIDER, None, day("10-06"), None)))
    assert without_consent(read, log) == [Decision.MISSING]
    renewed = ConsentScope(PROVIDER, None, day("10-05"), None)
    log.add(fact(events.PlacingAuthorityConsentGiven, consent_id=named("renewed"), scope=renewed))
    assert without_consent(read, log) == []
    ahead = {"effective_on": day("10-20"), "received_on": day("10-05")}
    log.add(fact(events.PlacingAuthorityConsentWithdrawn, consent_id=named("renewed"), **ahead))
    assert without_consent(read, log) == [Decision.MISSING]


def test_a_parents_withdrawal_counts_from_the_day_it_was_received(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.ParentalAgreementWithdrawn, effective_on=day("10-20"), received_on=day("10-05")))
    (missing,) = lines(read, log, missing=True)
    assert missing.required is Required.PARENTAL_POSITION


def test_a_rule_set_aside_is_told_with_its_reason_until_it_is_erased(read: ReadDatabase) -> None:
    log = a_started_placement()
    aside = Override("H-26", "S26", "The only assessor on duty (demo)")
    log.add(fact(events.PlacementApproved, overridden=(aside,)))
    assert lines(read, log)[1].overridden == (aside,)
    log.add(fact(events.PlacementApproved, overridden=Erased(), decision_reason=Erased()))
    assert lines(read, log)[2].overridden == ()


def test_parts_laid_one_behind_another_are_the_whole(read: ReadDatabase) -> None:
    log = a_started_placement()
    for number in range(5):
        log.add(fact(events.PlacementProposed, originator_id=named(f"placement {number}"), pupil_id=PUPIL))
    whole = lines(read, log)
    parts = [line for start in range(0, 6, 2) for line in lines(read, log, slice(start, start + 2))]
    assert tuple(parts) == whole
    assert count(read, log) == 6
