"""What an evidence file of the first form may leave out, and what may not be in it."""

from __future__ import annotations

from io import BytesIO

from ledger.scope import EntryScope, PlacementScope
from ledger.verify import verify
from tests.ledger.small_log import HONEST, OTHER_PLACEMENT, PUPIL, named, two_placements
from tests.ledger.test_verify import ITEMS, LOG, check, failure, replace_body, with_log_entry


def test_another_pupils_entry_slipped_in_is_caught() -> None:
    for stranger in (3, 5, 8):
        assert ("scope", stranger) == failure(LOG.placement_bundle(*sorted({*HONEST, stranger})))


def test_a_missing_middle_entry_of_the_placement_is_caught() -> None:
    assert failure(LOG.placement_bundle(*(index for index in HONEST if index not in (2, 6)))) == ("scope", 9)


def test_a_missing_first_entry_of_the_placement_is_caught() -> None:
    assert failure(LOG.placement_bundle(*(index for index in HONEST if index != 4))) == ("scope", 6)


def test_a_missing_record_that_a_decision_rested_on_is_caught() -> None:
    for missing in (1, 2):
        assert failure(LOG.placement_bundle(*(index for index in HONEST if index != missing))) == ("scope", None)


def test_an_amended_mark_without_the_original_is_caught() -> None:
    log = two_placements()
    amended = log.append(stream=str(named("mark")), version=2, topic="attendance.amended")

    assert check(log.placement_bundle(*HONEST, amended)).entries == 8
    without = [index for index in HONEST if index != 7]
    assert ("scope", amended) == failure(log.placement_bundle(*without, amended))


def test_a_file_without_the_placement_it_is_named_for_is_caught() -> None:
    assert failure(LOG.bundle(PlacementScope(named("nothing")), ITEMS)) == ("scope", None)
    assert failure(LOG.bundle(PlacementScope(OTHER_PLACEMENT), map(LOG.item, (0, 1, 5)))) == ("scope", 1)


def test_another_record_passed_off_as_a_placement_is_caught() -> None:
    """A pupil's own record is whole too, and would verify as a placement without a single decision in it."""
    assert failure(LOG.bundle(PlacementScope(PUPIL), map(LOG.item, (0, 1)))) == ("scope", 1)
    assert failure(LOG.bundle(PlacementScope(named("mark")), map(LOG.item, (0, 1, 7)))) == ("scope", 7)


def test_dropped_marks_are_not_noticed_in_the_first_form_and_the_result_says_so() -> None:
    told: dict[int, str] = {}
    verify(BytesIO(LOG.placement_bundle(*(index for index in HONEST if index != 7))), LOG.policy, told.__setitem__)

    assert "whether all of it is here cannot be shown" in told[10]


def test_a_placement_that_changes_its_pupil_is_caught() -> None:
    changed = replace_body(LOG, 9, subject=str(named("other pupil")))

    assert failure(with_log_entry(9, changed)) == ("scope", None)


def test_more_or_less_than_the_one_entry_asked_for_is_caught() -> None:
    assert failure(LOG.bundle(EntryScope(6), map(LOG.item, (0, 1, 6)))) == ("scope", 1)
    assert failure(LOG.bundle(EntryScope(6), map(LOG.item, (0,)))) == ("scope", None)
    assert failure(LOG.bundle(EntryScope(5), map(LOG.item, (0, 6)))) == ("scope", 6)
