"""Questions asked of the driver itself say what SQLAlchemy would, on both databases, and fail as it would."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, select
from sqlalchemy.exc import SQLAlchemyError

from projections.catch_up import catch_up
from projections.database import ReadDatabase
from projections.lifecycle import PLACEMENTS, STATES
from projections.placements import history
from projections.questions import Statement, question
from tests.projections.ids import PLACEMENT
from tests.projections.logs import a_started_placement

_NOWHERE = Table("nowhere", MetaData(), Column("position", Integer))


@question
def _states(placement_ids: Collection[UUID], known_at: int, most: int | None = None) -> Statement:
    query = select(STATES.table).where(STATES.known(known_at), STATES.table.c.placement_id.in_(placement_ids))
    return query.order_by(STATES.table.c.effective_from).limit(most)


@question
def _from_nowhere(position: int) -> Statement:
    return select(_NOWHERE).where(_NOWHERE.c.position == position)


@pytest.fixture
def reached(read: ReadDatabase) -> int:
    return catch_up(read, a_started_placement())


def test_rows_are_those_that_sqlalchemy_reads_type_for_type(read: ReadDatabase, reached: int) -> None:
    query = select(STATES.table).where(STATES.known(reached), STATES.table.c.placement_id.in_([PLACEMENT]))
    with read.reading() as connection:
        theirs = connection.execute(query.order_by(STATES.table.c.effective_from)).mappings().all()
        ours = _states(connection, [PLACEMENT], reached).mappings()
    assert len(ours) > 1
    assert [dict(row) for row in theirs] == ours
    assert [list(map(type, row.values())) for row in theirs] == [list(map(type, row.values())) for row in ours]


def test_none_one_and_several_may_be_asked_about_in_turn(read: ReadDatabase, reached: int) -> None:
    with read.reading() as connection:
        some = len(_states(connection, [PLACEMENT], reached).all())
        assert not _states(connection, [], reached).all()
        assert len(_states(connection, (PLACEMENT, UUID(int=1), UUID(int=2)), reached).all()) == some
        assert len(_states(connection, {PLACEMENT}, reached, most=1).all()) == 1


def test_what_was_asked_of_a_snapshot_is_answered_alike_and_what_comes_later_is_another_snapshots(
    read: ReadDatabase, reached: int
) -> None:
    with read.reading() as connection:
        first = history(connection, PLACEMENT, reached)
        assert history(connection, PLACEMENT, reached) is first
        rows = _states(connection, [PLACEMENT], reached)
        rows.mappings()[0].clear()
        assert rows.mappings()[0]
    with read.writing() as connection:
        connection.execute(PLACEMENTS.table.delete())
    with read.reading() as connection:
        assert history(connection, PLACEMENT, reached) == ()


def test_a_question_that_cannot_be_answered_fails_with_an_error_that_pages_know(read: ReadDatabase) -> None:
    with pytest.raises(SQLAlchemyError), read.reading() as connection:
        _from_nowhere(connection, 1)
