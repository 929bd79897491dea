"""Rows and position move together, once, whoever applies them and in whatever portions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryDirectory
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from domain import events
from domain.events import Fact
from projections import catch_up as catching_up
from projections.catch_up import MODELS, ProjectionStoppedError, apply, catch_up, position, rebuild
from projections.database import ReadDatabase, Slot
from projections.placements import placement
from tests.projections.conftest import NewAddress
from tests.projections.facts import fact
from tests.projections.ids import PLACEMENT, day
from tests.projections.logs import Log, a_started_placement, a_term, rows


def test_catching_up_reaches_the_newest_entry(read: ReadDatabase) -> None:
    log = a_term()

    assert catch_up(read, log, batch=7) == len(log.facts)
    with read.reading() as connection:
        assert position(connection) == len(log.facts)


def test_what_is_new_is_applied_to_what_is_there(read: ReadDatabase) -> None:
    log = a_started_placement()
    catch_up(read, log)
    log.add(fact(events.PlacementSuspended))

    reached = catch_up(read, log)

    with read.reading() as connection:
        found = placement(connection, PLACEMENT, day("10-06"), reached)
    assert found is not None
    assert found.status == "suspended"


def test_nothing_new_costs_one_question(read: ReadDatabase) -> None:
    log = a_started_placement()
    catch_up(read, log)
    asked: list[tuple[int, int]] = []

    def source(after: int, limit: int) -> list[tuple[int, Fact]]:
        asked.append((after, limit))
        return []

    before = rows(read)
    assert catch_up(read, source) == len(log.facts)
    assert asked == [(len(log.facts), 500)]
    assert rows(read) == before


def test_a_stale_longer_batch_is_refused_whole(read: ReadDatabase) -> None:
    log = a_term()
    catch_up(read, lambda after, limit: log(after, limit)[: 11 - after] if after < 11 else [])
    held = rows(read)

    assert not apply(read, Slot.LIVE, 1, 10, log(10, 20))
    assert rows(read) == held


def test_two_workers_at_once_apply_everything_once(new_address: NewAddress) -> None:
    log = a_term()
    address = new_address()
    together = Barrier(4)

    def work(portion: int) -> int:
        own = ReadDatabase(address)
        together.wait()
        try:
            return catch_up(own, log, batch=portion)
        finally:
            own.close()

    with ThreadPoolExecutor(4) as workers:
        assert set(workers.map(work, (1, 2, 3, 5))) == {len(log.facts)}
    shared, alone = ReadDatabase(address), ReadDatabase(new_address())
    catch_up(alone, log)
    assert rows(shared) == rows(alone)
    shared.close()
    alone.close()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=50))
def test_any_portions_give_the_same_rows_as_one(portions: list[int]) -> None:
    log = a_started_placement()
    log.add(*(fact(kind) for kind in (events.AttendanceMarked, events.AttendanceAmended)))
    log.add(fact(events.PlacingAuthorityConsentWithdrawn), fact(events.PlacementSuspended))
    log.add(fact(events.PupilResidenceChanged), fact(events.PupilResidenceChanged, effective_on=day("09-10")))
    log.add(fact(events.AttendanceAmended, original_code="N", amended_code="I"), fact(events.OfficeHolderCeased))
    sizes = iter(portions)

    def source(after: int, limit: int) -> list[tuple[int, Fact]]:
        return list(log(after, min(limit, next(sizes, limit))))

    with TemporaryDirectory() as folder:
        split, whole = (
            ReadDatabase(f"sqlite:///{folder}/split.sqlite"),
            ReadDatabase(f"sqlite:///{folder}/whole.sqlite"),
        )
        catch_up(split, Log())
        catch_up(split, source)
        catch_up(whole, log)
        assert rows(split) == rows(whole)
        split.close()
        whole.close()


def test_a_rebuild_gives_the_same_rows(read: ReadDatabase) -> None:
    log = a_term()
    catch_up(read, log, batch=3)
    before = rows(read)
    portions: list[int] = []

    assert rebuild(read, log, portions.append) == len(log.facts)
    assert rows(read) == before
    assert sum(portions) == len(log.facts)


def test_rebuilding_again_and_again_leaves_one_set_of_tables(read: ReadDatabase) -> None:
    log = a_term()
    for _ in range(3):
        rebuild(read, log)

    with read.reading() as connection:
        names = inspect(connection).get_table_names()
    assert sorted(names) == sorted([*rows(read), "read_state"])


def test_pages_are_served_from_the_old_rows_while_a_rebuild_goes_on(read: ReadDatabase) -> None:
    log = a_term()
    catch_up(read, log)
    before = rows(read)

    def look(_: int) -> None:
        assert rows(read) == before

    rebuild(read, log, look)


def test_a_rebuild_never_falls_behind_what_pages_have_shown(read: ReadDatabase) -> None:
    log = a_started_placement()
    catch_up(read, log)
    shown = []

    def source(after: int, limit: int) -> list[tuple[int, Fact]]:
        facts = list(log(after, limit))
        if not facts and not shown:
            log.add(fact(events.PlacementSuspended))
            shown.append(catch_up(read, log))
        return facts

    rebuild(read, source)

    with read.reading() as connection:
        assert position(connection) == shown[0]


def test_rows_of_another_version_are_made_anew(read: ReadDatabase) -> None:
    log = a_term()
    catch_up(read, log)
    good = rows(read)
    with read.writing() as connection:
        connection.exec_driver_sql("UPDATE read_state SET version = 'older'")
        connection.exec_driver_sql("DELETE FROM read_marks")
        connection.exec_driver_sql("CREATE TABLE read_forgotten (name TEXT)")

    catch_up(read, log)

    assert rows(read) == good
    with read.reading() as connection:
        assert not inspect(connection).has_table("read_forgotten")


def test_a_build_that_was_broken_off_is_gone_on_with(address: str) -> None:
    log = a_term()

    def breaks(after: int, limit: int) -> list[tuple[int, Fact]]:
        if after >= 10:
            raise ConnectionError
        return list(log(after, min(limit, 5)))

    first = ReadDatabase(address)
    with pytest.raises(ConnectionError):
        catch_up(first, breaks)
    first.close()
    asked: list[int] = []

    def source(after: int, limit: int) -> list[tuple[int, Fact]]:
        asked.append(after)
        return list(log(after, limit))

    second = ReadDatabase(address)
    catch_up(second, source)
    assert asked[0] == 10
    second.close()


class Unforeseen(Fact, frozen=True, kw_only=True):
    """A fact that no read model has heard of."""

    TOPIC = "placement.unforeseen"


def test_a_fact_nobody_knows_stops_the_read_models(read: ReadDatabase) -> None:
    log = a_started_placement()
    known = catch_up(read, log)
    one = log.facts[-1]
    log.add(
        Unforeseen(
            originator_id=PLACEMENT,
            originator_version=0,
            recorded_at=one.recorded_at,
            actor=one.actor,
            subject=one.subject,
            actor_name="Ada Quill",
            actor_title="Head Teacher",
        )
    )

    with pytest.raises(ProjectionStoppedError, match=r"placement\.unforeseen"):
        catch_up(read, log)
    with read.reading() as connection:
        assert position(connection) == known


def test_a_missing_entry_stops_the_read_models(read: ReadDatabase) -> None:
    log = a_term()

    with pytest.raises(ProjectionStoppedError, match="Entry 3 is missing"):
        catch_up(read, lambda after, limit: [pair for pair in log(after, limit) if pair[0] != 3])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_fact_is_applied_or_ignored_by_name(model: catching_up.ReadModel) -> None:
    assert set(events.FACTS) == {*model.folds, *model.ignored}
    assert not set(model.folds) & model.ignored


class KeyEnrolled:
    """An entry of the log's own, of a type that read models know nothing about."""

    TOPIC = "ledger.key-enrolled"


def test_an_entry_of_the_logs_own_keeps_its_position_and_folds_into_nothing(read: ReadDatabase) -> None:
    assert catch_up(read, lambda after, _: [(1, KeyEnrolled())] if after == 0 else []) == 1
    assert not any(rows(read).values())


def test_what_is_neither_a_fact_nor_the_logs_own_stops_the_read_models(read: ReadDatabase) -> None:
    with pytest.raises(ProjectionStoppedError, match="Entry 1 is a “object”"):
        catch_up(read, lambda after, _: [(1, object())] if after == 0 else [])
