"""What held on a day, and what was known of it: a later fact changes the first answer and never the second."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain import events
from domain.vocabulary import PlacementStatus, ResidenceStatus
from projections.catch_up import catch_up
from projections.chronology import chronology, entry
from projections.consents import consents
from projections.database import ReadDatabase
from projections.offices import delegations
from projections.people import placing_authorities
from projections.placements import history, placement, where_everyone_is
from projections.providers import registration
from projections.pupils import pupil, pupils, residence, residences
from projections.standing import ConsentStatus
from tests.projections.facts import fact
from tests.projections.ids import AUTHORITY, HOME_SITE, PLACEMENT, PROVIDER, PUPIL, SCHOOL, day, named
from tests.projections.logs import Log, a_started_placement


def test_a_move_recorded_late_holds_from_its_day_and_is_known_from_its_entry(read: ReadDatabase) -> None:
    log = Log()
    early = log.add(fact(events.PupilResidenceChanged, effective_on=day("09-01")))
    late = log.add(fact(events.PupilResidenceChanged, effective_on=day("10-10"), status="non_residential"))
    catch_up(read, log)

    assert lives(read, day("10-11"), late) == ResidenceStatus.NON_RESIDENTIAL
    assert lives(read, day("10-09"), late) == ResidenceStatus.RESIDENTIAL_IN_ALLIED_HOME
    assert lives(read, day("10-11"), early) == ResidenceStatus.RESIDENTIAL_IN_ALLIED_HOME
    assert lives(read, day("08-31"), late) is None
    assert lives(read, day("10-11"), early - 1) is None


def test_a_move_dated_between_two_known_ones_ends_at_the_later(read: ReadDatabase) -> None:
    log = Log()
    log.add(fact(events.PupilResidenceChanged, effective_on=day("09-01")))
    before = log.add(fact(events.PupilResidenceChanged, effective_on=day("11-01"), status="non_residential"))
    between = fact(events.PupilResidenceChanged, effective_on=day("10-01"), status="residential_other")
    after = log.add(between)
    catch_up(read, log)

    assert lives(read, day("10-15"), before) == ResidenceStatus.RESIDENTIAL_IN_ALLIED_HOME
    assert lives(read, day("10-15"), after) == ResidenceStatus.RESIDENTIAL_OTHER
    assert lives(read, day("11-15"), after) == ResidenceStatus.NON_RESIDENTIAL
    with read.reading() as connection:
        assert [row.since for row in residences(connection, PUPIL, after)] == [day("09-01"), day("10-01"), day("11-01")]
        assert [row.position for row in residences(connection, PUPIL, after)] == [1, 3, 2]
        assert len(residences(connection, PUPIL, before)) == 2


def lives(read: ReadDatabase, on: date, known_at: int) -> ResidenceStatus | None:
    with read.reading() as connection:
        found = residence(connection, PUPIL, on, known_at)
    return None if found is None else found.status


def test_a_withdrawal_in_force_before_it_was_recorded_shows_on_both_axes(read: ReadDatabase) -> None:
    log = a_started_placement()
    before = len(log.facts)
    after = log.add(fact(events.PlacingAuthorityConsentWithdrawn, effective_on=day("10-05")))
    catch_up(read, log)

    with read.reading() as connection:

        def status(on: date, known_at: int) -> ConsentStatus:
            return consents(connection, [PLACEMENT], on, known_at)[0].status

        assert status(day("10-06"), before) is ConsentStatus.GIVEN
        assert status(day("10-06"), after) is ConsentStatus.WITHDRAWN
        assert status(day("10-04"), after) is ConsentStatus.GIVEN
        assert status(day("12-19"), before) is ConsentStatus.EXPIRED
        then, now = (placement(connection, PLACEMENT, day("10-06"), known_at) for known_at in (before, after))
        assert then is not None
        assert now is not None
        assert (then.consented, now.consented) == (True, False)


def test_a_consent_never_covers_days_before_it_was_given(read: ReadDatabase) -> None:
    log = Log()
    known = log.add(fact(events.PlacingAuthorityConsentGiven, given_on=day("09-20")))
    catch_up(read, log)

    with read.reading() as connection:
        assert not consents(connection, [PLACEMENT], day("09-19"), known)
        assert consents(connection, [PLACEMENT], day("09-20"), known)[0].scope_from == day("09-14")


def test_an_amended_mark_shows_what_was_known_before_its_amendment(read: ReadDatabase) -> None:
    log = a_started_placement()
    marked = log.add(fact(events.AttendanceMarked, code="B"))
    amended = log.add(fact(events.AttendanceAmended, original_code="B", amended_code="N"))
    again = log.add(fact(events.AttendanceAmended, original_code="N", amended_code="I"))
    catch_up(read, log)

    with read.reading() as connection:
        first, second, third = (entry(connection, at, again) for at in (marked, amended, again))
        assert first is not None
        assert second is not None
        assert third is not None
        assert (first.corrects, first.corrected_by) == (None, amended)
        assert (second.corrects, second.corrected_by) == (marked, again)
        assert (third.corrects, third.corrected_by) == (amended, None)
        earlier = entry(connection, marked, marked)
        assert earlier is not None
        assert earlier.corrected_by is None
        assert entry(connection, amended, marked) is None
        codes = [
            [mark.code for item in chronology(connection, PLACEMENT, day("12-31"), known) for mark in marks_of(item)]
            for known in (marked, amended, again)
        ]
        assert codes == [["B"], ["N"], ["I"]]


def marks_of(item: object) -> tuple[object, ...]:
    found: tuple[object, ...] = getattr(item, "marks", ())
    return found


def test_nothing_recorded_later_reaches_an_earlier_page(read: ReadDatabase) -> None:
    """Every answer as known at a position is the same whether or not the log went on."""
    log = a_started_placement()
    log.add(fact(events.AttendanceMarked))
    known = len(log.facts)
    catch_up(read, log)
    before = everything(read, known)
    log.add(
        fact(events.AttendanceAmended),
        fact(events.PlacingAuthorityConsentWithdrawn, effective_on=day("09-15")),
        fact(events.PupilRemovedFromRoll, removed_on=day("09-15")),
        fact(events.PlacementEnded, ended_on=day("09-15")),
        fact(events.ProviderSiteRecorded, address="Elsewhere"),
        fact(events.OfficeHolderCeased, last_day=day("09-02")),
        fact(events.NoPlacingAuthorityRecorded, effective_on=day("09-10")),
        fact(events.PupilResidenceChanged),
        fact(events.ProviderRegistrationLapsed, effective_on=day("09-03")),
    )
    catch_up(read, log)

    assert everything(read, known) == before
    assert everything(read, len(log.facts)) != before


def everything(read: ReadDatabase, known_at: int) -> tuple[object, ...]:
    on = day("09-20")
    with read.reading() as connection:
        return (
            where_everyone_is(connection, on, known_at),
            placement(connection, PLACEMENT, on, known_at),
            history(connection, PLACEMENT, known_at),
            chronology(connection, PLACEMENT, on, known_at),
            pupils(connection, on, known_at),
            residence(connection, PUPIL, on, known_at),
            registration(connection, PROVIDER, on, known_at),
            placing_authorities(connection, [PUPIL], on, known_at),
        )


def test_a_placement_goes_through_its_states_from_day_to_day(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.PlacementSuspended), fact(events.PlacementResumed))
    known = log.add(fact(events.PlacementEnded))
    catch_up(read, log)

    with read.reading() as connection:
        found = [(state.status, state.since) for state in history(connection, PLACEMENT, known)]
    assert found == [
        (PlacementStatus.PROPOSED, day("09-01")),
        (PlacementStatus.PROPOSED, day("09-03")),
        (PlacementStatus.ASSESSED, day("09-04")),
        (PlacementStatus.APPROVED, day("09-10")),
        (PlacementStatus.ACTIVE, day("09-14")),
        (PlacementStatus.SUSPENDED, day("10-05")),
        (PlacementStatus.ACTIVE, day("10-12")),
        (PlacementStatus.ENDED, day("12-11")),
    ]


def test_an_end_dated_before_a_suspension_already_known_ends_the_placement_for_good(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.PlacementSuspended, suspended_on=day("10-05")))
    known = log.add(fact(events.PlacementEnded, ended_on=day("10-01")))
    catch_up(read, log)

    with read.reading() as connection:
        found = placement(connection, PLACEMENT, day("10-06"), known)
    assert found is not None
    assert found.status is PlacementStatus.ENDED


def test_every_pupil_on_roll_is_listed_with_or_without_a_placement(read: ReadDatabase) -> None:
    log = a_started_placement()
    other = named("another pupil")
    known = log.add(fact(events.PupilEnrolled, originator_id=other, name="Ash Birch", upn=None))
    catch_up(read, log)

    with read.reading() as connection:
        ash, wren = where_everyone_is(connection, day("09-20"), known)
        assert (ash.name, ash.placement_id, ash.address) == ("Ash Birch", None, None)
        assert (wren.name, wren.placement_id, wren.status) == ("Wren Ashby", PLACEMENT, PlacementStatus.ACTIVE)
        assert (wren.address, wren.telephone) == ("1 Demo Lane, Northmere", "01632 960001")
        assert wren.since == day("09-14")
        assert where_everyone_is(connection, day("09-20"), known, placed=False) == (ash,)
        assert where_everyone_is(connection, day("09-20"), known, provider_id=PROVIDER) == (wren,)
        assert where_everyone_is(connection, day("09-20"), known, school_id=SCHOOL) == (ash, wren)
        assert where_everyone_is(connection, day("09-13"), known, pupil_id=PUPIL)[0].placement_id is None


def test_a_pupil_removed_from_the_roll_keeps_name_and_ground(read: ReadDatabase) -> None:
    log = a_started_placement()
    known = log.add(fact(events.PupilRemovedFromRoll, removed_on=day("12-01"), ground="moved away (demo)"))
    catch_up(read, log)

    with read.reading() as connection:
        assert not pupils(connection, day("12-01"), known)
        assert len(pupils(connection, day("11-30"), known)) == 1
        found = pupil(connection, PUPIL, day("12-01"), known)
    assert found is not None
    assert (found.name, found.on_roll, found.ground) == ("Wren Ashby", False, "moved away (demo)")


def test_nobody_placed_the_pupil_until_an_authority_does(read: ReadDatabase) -> None:
    log = Log()
    log.add(fact(events.PlacingAuthorityRecorded, effective_on=day("09-01")))
    log.add(fact(events.NoPlacingAuthorityRecorded, effective_on=day("10-01")))
    known = log.add(fact(events.PlacingAuthorityRecorded, authority_id=named("other"), effective_on=day("11-01")))
    catch_up(read, log)

    with read.reading() as connection:

        def placed_by(on: date) -> list[UUID | None]:
            return [row.authority_id for row in placing_authorities(connection, [PUPIL], on, known)]

        assert placed_by(day("08-31")) == []
        assert placed_by(day("09-01")) == [AUTHORITY]
        assert placed_by(day("10-01")) == [None]
        assert placed_by(day("11-01")) == [named("other")]


def test_a_revoked_delegation_is_live_as_known_before_its_revocation(read: ReadDatabase) -> None:
    log = Log()
    log.add(fact(events.OfficeHolderAppointed))
    granted = log.add(fact(events.DelegationGranted))
    revoked = log.add(fact(events.DelegationRevoked))
    catch_up(read, log)

    with read.reading() as connection:
        assert [row.live for row in delegations(connection, day("09-01"), granted)] == [True]
        assert not delegations(connection, day("09-01"), revoked)
        assert not delegations(connection, day("12-19"), granted)
        found = delegations(connection, day("09-01"), revoked, live_only=False)[0]
    assert (found.revoked_on, found.starts_on, found.ends_on) == (day("09-01"), day("09-01"), day("12-18"))


def test_a_delegation_ends_with_its_delegators_office(read: ReadDatabase) -> None:
    log = Log()
    log.add(fact(events.OfficeHolderAppointed), fact(events.DelegationGranted))
    known = log.add(fact(events.OfficeHolderCeased, last_day=day("10-31")))
    catch_up(read, log)

    with read.reading() as connection:
        assert delegations(connection, day("10-31"), known)
        assert not delegations(connection, day("11-01"), known)


def test_the_home_a_pupil_lives_in_is_told(read: ReadDatabase) -> None:
    log = Log()
    known = log.add(fact(events.PupilResidenceChanged))
    catch_up(read, log)

    with read.reading() as connection:
        found = residence(connection, PUPIL, day("09-02"), known)
    assert found is not None
    assert found.home_site_id == HOME_SITE
