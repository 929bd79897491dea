"""SQLite and PostgreSQL tell a page the same, in the same order, also while tables are exchanged under it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event, Thread

import psycopg
import pytest

from domain import events
from domain.values import Erased
from projections.catch_up import catch_up, position, rebuild
from projections.database import ReadDatabase, ReadDatabaseUnreachable, metadata
from projections.pupils import pupils
from tests import postgres
from tests.projections.facts import fact
from tests.projections.ids import SCHOOL, day, named
from tests.projections.logs import Log, a_started_placement, a_term, rows

# By bytes of UTF-8: capitals before small letters, accents after both.
IN_ORDER = ("Adams", "Zoe Lark", "adams", "de Wren", "\u00c9loise", "\u00e5sa", "\U0001f9d2")


def begun(work: Callable[[], object]) -> Thread:
    """Do something in a thread of its own."""
    thread = Thread(target=work)
    thread.start()
    return thread


def ended(thread: Thread) -> bool:
    """Wait for it; whether it came to its end."""
    thread.join(60)
    return not thread.is_alive()


def test_names_are_sorted_by_their_bytes_and_erased_ones_come_first(read: ReadDatabase) -> None:
    log = Log()
    log.add(fact(events.SchoolRecorded))
    for number, name in enumerate((*IN_ORDER[::-1], Erased())):
        pupil = named(f"pupil {number}")
        log.add(fact(events.PupilEnrolled, originator_id=pupil, pupil_id=pupil, name=name))
    known = catch_up(read, log)

    with read.reading() as connection:
        found = [one.name for one in pupils(connection, day("10-01"), known, school_id=SCHOOL)]

    assert found == [None, *IN_ORDER]


def test_a_word_longer_than_any_vocabulary_has_stops_nothing(read: ReadDatabase) -> None:
    log = Log()
    log.add(fact(events.SchoolRecorded, urn="9" * 500))
    assert catch_up(read, log) == 1


def test_a_page_keeps_its_rows_while_a_rebuild_exchanges_the_tables(read: ReadDatabase) -> None:
    log = a_term()
    catch_up(read, log)
    before = rows(read)

    with read.reading() as connection:
        known = position(connection)
        building = begun(lambda: rebuild(read, log))
        building.join(1.5)
        for table in metadata.sorted_tables:
            assert len(connection.execute(table.select()).all()) == len(before[table.name])
        assert position(connection) == known
    assert ended(building)
    assert rows(read) == before


def test_what_a_page_begins_while_a_swap_waits_for_it_is_done(read: ReadDatabase) -> None:
    log = a_started_placement()
    known = catch_up(read, log)
    swapping = Event()

    def source(after: int, limit: int) -> Sequence[tuple[int, object]]:
        facts = log(after, limit)
        if not facts:
            swapping.set()
        return facts

    with read.reading() as connection:
        assert position(connection) == known
        building = begun(lambda: rebuild(read, source))
        assert swapping.wait(60)
        log.add(fact(events.PlacementSuspended))
        assert catch_up(read, log) == known + 1  # in the page's own thread, as an import does
        assert position(connection) == known
    assert ended(building)
    assert catch_up(read, log) == known + 1


def test_a_page_sees_one_instant_whatever_is_recorded_meanwhile(read: ReadDatabase) -> None:
    log = a_started_placement()
    known = catch_up(read, log)

    with read.reading() as connection:
        assert position(connection) == known
        log.add(fact(events.PlacementSuspended))
        assert catch_up(read, log) == known + 1
        assert position(connection) == known


def test_a_connection_that_the_server_closed_is_replaced() -> None:
    with postgres.fresh_database() as address:
        read, log = ReadDatabase(address), a_started_placement()
        catch_up(read, log)
        before = rows(read)
        with psycopg.connect(address, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert rows(read) == before
        read.close()


def test_the_read_models_leave_the_rest_of_their_database_alone() -> None:
    with postgres.fresh_database() as address:
        with psycopg.connect(address, autocommit=True) as other:
            other.execute("CREATE TABLE read_of_somebody_else AS SELECT 1 AS kept")
        read, log = ReadDatabase(address), a_started_placement()
        for _ in range(2):
            rebuild(read, log)
        read.close()
        with psycopg.connect(address, autocommit=True) as other:
            assert other.execute("SELECT kept FROM read_of_somebody_else").fetchall() == [(1,)]


@pytest.mark.parametrize("address", ["postgresql://nobody@localhost:1/none", "postgres://localhost:1/none"])
def test_a_server_that_is_not_there_is_told_apart_from_faults(address: str) -> None:
    with pytest.raises(ReadDatabaseUnreachable):
        ReadDatabase(address)
