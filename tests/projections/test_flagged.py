"""A fact is never refused, but what should not have been is flagged, as far as was known."""

from __future__ import annotations

import pytest

from domain import events
from domain.events import Fact
from projections.catch_up import catch_up
from projections.database import ReadDatabase
from projections.register import flagged, marks
from tests.projections.facts import fact
from tests.projections.ids import HOME, HOME_SITE, PUPIL, SCHOOL, SITE, day, named
from tests.projections.logs import Log, a_started_placement


def raised(read: ReadDatabase, log: Log, known_at: int | None = None) -> list[str]:
    known = catch_up(read, log) if known_at is None else known_at
    with read.reading() as connection:
        found = flagged(connection, marks(connection, known, first=day("09-01"), last=day("12-31")), known)
    return [flag.rule for flags in found.values() for flag in flags]


def on(text: str, *more: Fact, **mark: object) -> Log:
    log = a_started_placement()
    log.add(fact(events.AttendanceMarked, day=day(text), **mark))
    log.add(*more)
    return log


def test_a_session_attended_as_agreed_is_not_flagged(read: ReadDatabase) -> None:
    assert raised(read, on("09-14")) == []


def test_attendance_while_consent_is_withdrawn_is_flagged_once_that_is_known(read: ReadDatabase) -> None:
    log = on("10-06", fact(events.PlacingAuthorityConsentWithdrawn, effective_on=day("10-05")))

    assert raised(read, log) == ["H-05"]
    assert raised(read, log, len(log.facts) - 1) == []


@pytest.mark.parametrize(("text", "rules"), [("10-04", []), ("10-05", ["H-05"])])
def test_consent_counts_until_the_day_before_its_withdrawal(read: ReadDatabase, text: str, rules: list[str]) -> None:
    withdrawn = fact(events.PlacingAuthorityConsentWithdrawn, effective_on=day("10-05"))

    assert raised(read, on(text, withdrawn)) == rules


@pytest.mark.parametrize(("text", "rules"), [("09-14", []), ("09-15", ["H-05"])])
def test_a_refusal_after_the_consent_counts_as_its_withdrawal(read: ReadDatabase, text: str, rules: list[str]) -> None:
    refused = fact(events.PlacingAuthorityConsentRefused, refused_on=day("09-15"))

    assert raised(read, on(text, refused)) == rules


def test_a_refusal_in_another_capacity_raises_no_flag(read: ReadDatabase) -> None:
    refused = fact(events.PlacingAuthorityConsentRefused, refused_on=day("09-15"), capacity="social_care")

    assert raised(read, on("09-15", refused)) == []


def test_an_authority_recorded_late_makes_its_missing_consent_a_flag(read: ReadDatabase) -> None:
    other = fact(events.PlacingAuthorityRecorded, authority_id=named("other"), effective_on=day("09-01"))

    assert raised(read, on("09-14", other)) == ["H-05"]


def test_no_consent_is_wanting_where_it_is_said_that_no_authority_placed_the_pupil(read: ReadDatabase) -> None:
    withdrawn = fact(events.PlacingAuthorityConsentWithdrawn, effective_on=day("09-14"))
    nobody = fact(events.NoPlacingAuthorityRecorded, effective_on=day("09-14"))

    assert raised(read, on("09-14", withdrawn, nobody)) == []


def in_the_home(*said: Fact) -> Log:
    log = a_started_placement()
    log.add(
        fact(events.ProviderRecorded, originator_id=HOME, name="Larch House (demo)", school_id=SCHOOL),
        fact(events.ProviderSiteRecorded, originator_id=HOME, site_id=HOME_SITE, kind="childrens_home"),
        fact(events.AttendanceMarked, placement_id=None, site_id=HOME_SITE, day=day("10-12")),
    )
    log.add(*said)
    return log


def test_a_pupil_found_in_the_childrens_home_after_moving_out_is_flagged(read: ReadDatabase) -> None:
    lived = fact(events.PupilResidenceChanged, effective_on=day("09-01"))
    moved = fact(events.PupilResidenceChanged, effective_on=day("10-10"), status="non_residential", home_site_id=None)
    log = in_the_home(lived, moved)

    assert raised(read, log) == ["H-01"]
    assert raised(read, log, len(log.facts) - 1) == []


def test_living_in_another_home_is_not_living_in_this_one(read: ReadDatabase) -> None:
    elsewhere = fact(events.PupilResidenceChanged, home_site_id=named("another home"))

    assert raised(read, in_the_home(elsewhere)) == ["H-01"]


def test_attendance_outside_without_a_placement_is_flagged(read: ReadDatabase) -> None:
    assert "H-15" in raised(read, on("09-14", placement_id=None))


@pytest.mark.parametrize(("text", "rules"), [("12-11", []), ("12-12", ["H-15"])])
def test_the_day_a_placement_ends_on_still_belongs_to_it(read: ReadDatabase, text: str, rules: list[str]) -> None:
    assert raised(read, on(text, fact(events.PlacementEnded, ended_on=day("12-11")))) == rules


def test_an_amended_code_is_what_counts(read: ReadDatabase) -> None:
    withdrawn = fact(events.PlacingAuthorityConsentWithdrawn, effective_on=day("09-14"))
    log = on("09-14", withdrawn)
    assert raised(read, log) == ["H-05"]

    log.add(fact(events.AttendanceAmended, original_code="B", amended_code="I"))

    assert raised(read, log) == []


def test_a_pupil_of_an_in_house_placement_found_with_an_outside_provider_is_flagged(read: ReadDatabase) -> None:
    log = in_the_home(fact(events.PupilResidenceChanged))
    own = named("in house")
    log.add(
        fact(events.PlacementProposed, originator_id=own, delivery="in_house", provider_id=HOME, site_id=HOME_SITE),
        fact(events.PlacementStarted, originator_id=own, subject=PUPIL),
        fact(events.AttendanceMarked, placement_id=own, site_id=HOME_SITE, day=day("10-13")),
    )
    assert raised(read, log) == []

    log.add(fact(events.AttendanceMarked, placement_id=own, site_id=SITE, day=day("10-14")))

    assert sorted(raised(read, log)) == ["H-05", "H-15"]


def test_attendance_at_another_site_than_the_placements_is_flagged(read: ReadDatabase) -> None:
    other = fact(events.ProviderSiteRecorded, site_id=named("second site"))

    assert raised(read, on("09-14", other, site_id=named("second site"))) == ["H-15"]


def test_an_authority_that_placed_in_both_capacities_consents_in_both(read: ReadDatabase) -> None:
    both = fact(events.PlacingAuthorityRecorded, capacity="both")
    log = on("09-14", both)
    assert raised(read, log) == ["H-05"]

    log.add(fact(events.PlacingAuthorityConsentGiven, consent_id=named("care"), capacity="social_care"))

    assert raised(read, log) == []
