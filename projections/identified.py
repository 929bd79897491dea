"""What identifies pupils in a text: the names and unique pupil numbers ever given to each."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, select

from projections.pupils import ROLL
from projections.questions import Statement, question


def identified(connection: Connection, after: int) -> tuple[tuple[UUID, str | None, str | None], ...]:
    """Every name and unique pupil number that entries after a position gave a pupil: pupil, name, number."""
    return tuple((row.pupil_id, row.name, row.upn) for row in _identified(connection, after))


@question
def _identified(after: int) -> Statement:
    table = ROLL.table
    return select(table.c.pupil_id, table.c.name, table.c.upn).where(table.c.known_from > after).distinct()
