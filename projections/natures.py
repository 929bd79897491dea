"""What pupils do where they learn, as was last said when they were marked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, func, select

from projections.marks import MARKS
from projections.questions import Statement, question


def natures(
    connection: Connection, pupil_ids: Collection[UUID], known_at: int, *, first: date, last: date
) -> Mapping[UUID, str]:
    """What each of these pupils was last said to do where they learn, in the days from `first` to `last`."""
    return {row.pupil_id: row.nature for row in _natures(connection, pupil_ids, known_at, first, last)}


@question
def _natures(pupil_ids: Collection[UUID], known_at: int, first: date, last: date) -> Statement:
    table = MARKS.table
    said = (MARKS.known(known_at), table.c.nature.is_not(None), table.c.day.between(first, last))
    newest = (
        select(func.max(table.c.known_from)).where(*said, table.c.pupil_id.in_(pupil_ids)).group_by(table.c.pupil_id)
    )
    return select(table.c.pupil_id, table.c.nature).where(table.c.known_from.in_(newest))
