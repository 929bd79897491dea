"""After a subject's key is destroyed every read model still answers, and says that something is gone."""

from __future__ import annotations

import pytest

from domain import events
from domain.events import Fact
from domain.vocabulary import Session
from projections.approvals import who_approved
from projections.catch_up import catch_up
from projections.chronology import Entry, entry, for_provider, for_pupil
from projections.database import ReadDatabase
from projections.offices import delegations, officers
from projections.people import parents, placing_authorities
from projections.placements import placement_list, where_everyone_is
from projections.pupils import ehcp, pupil, residence
from projections.register import expected, flagged, mark, marks
from tests.projections.facts import erased, fact
from tests.projections.ids import PLACEMENT, PROVIDER, PUPIL, SCHOOL, day
from tests.projections.logs import Log, a_started_placement, a_term, rows

SEALED = (
    *("Wren", "Ashby", "Quill", "Lark", "Moor", "Northmere Council", "Fieldgate Yard"),
    *("RH-001", "A000000000000", "reason (demo)"),
)


def test_no_row_keeps_what_is_erased(read: ReadDatabase) -> None:
    log = a_term()
    catch_up(read, Log([erased(one) for one in log.facts]))

    kept = repr(rows(read))
    assert [word for word in SEALED if word in kept] == []


def test_the_same_words_are_there_before_they_are_erased(read: ReadDatabase) -> None:
    """Else the test above could not fail."""
    catch_up(read, a_term())

    kept = repr(rows(read))
    assert [word for word in SEALED if word not in kept] == []


def test_every_question_is_answered_and_says_what_is_gone(read: ReadDatabase) -> None:
    known = catch_up(read, Log([erased(one) for one in a_term().facts]))

    on = day("09-20")
    with read.reading() as connection:
        assert [(row.name, row.erased) for row in where_everyone_is(connection, on, known)] == [(None, True)]
        assert [row.erased for row in placement_list(connection, on, known)] == [True]
        assert who_approved(connection, day("12-31"), known)
        assert all(item.erased for item in for_pupil(connection, PUPIL, on, known) if isinstance(item, Entry))
        assert for_provider(connection, PROVIDER, on, known)
        assert expected(connection, SCHOOL, day("09-14"), known)[0].pupils[0].erased
        assert flagged(connection, marks(connection, known, first=on, last=on), known) == {}
        for found in (
            pupil(connection, PUPIL, on, known),
            residence(connection, PUPIL, on, known),
            ehcp(connection, PUPIL, on, known),
            mark(connection, PUPIL, day("09-14"), Session.AM, known),
            *parents(connection, PUPIL, on, known),
            *officers(connection, on, known),
            *delegations(connection, on, known, live_only=False),
        ):
            assert found is not None
            assert found.erased
        assert placing_authorities(connection, [PUPIL], on, known)[0].erased


@pytest.mark.parametrize("kind", events.FACTS, ids=lambda kind: kind.TOPIC)
def test_each_kind_of_fact_may_be_erased_among_others_that_are_not(read: ReadDatabase, kind: type[Fact]) -> None:
    log = a_term()
    known = catch_up(read, Log([erased(one) if type(one) is kind else one for one in log.facts]))

    with read.reading() as connection:
        for at, one in enumerate(log.facts, start=1):
            found = entry(connection, at, known)
            assert found is not None
            assert found.erased == (type(one) is kind)
            gone = [name for name, said in found.facts.items() if said == {"erased": True}]
            sealed = {name for group in kind.PERSONAL.values() for name in group if name in found.facts}
            assert set(gone) == (sealed if type(one) is kind else set())


def test_an_amended_mark_may_be_erased_on_its_own(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.AttendanceMarked), erased(fact(events.AttendanceAmended)))
    known = catch_up(read, log)

    with read.reading() as connection:
        found = mark(connection, PUPIL, day("09-14"), Session.AM, known)
    assert found is not None
    assert (found.marked_code, found.code, found.erased) == ("B", None, True)
    assert (found.placement_id, found.amendments[0].erased) == (PLACEMENT, True)
