"""What identifies pupils: the names and numbers ever given to each, and whose a reference or a number is."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from projections.answers import columns, every
from projections.pupils import ROLL, Pupil
from projections.questions import Statement, question


def identified(connection: Connection, after: int) -> tuple[tuple[UUID, str | None, str | None], ...]:
    """Every name and unique pupil number that entries after a position gave a pupil: pupil, name, number."""
    return tuple((row.pupil_id, row.name, row.upn) for row in _identified(connection, after))


@question
def _identified(after: int) -> Statement:
    table = ROLL.table
    return select(table.c.pupil_id, table.c.name, table.c.upn).where(table.c.known_from > after).distinct()


def with_local_ref(
    connection: Connection, local_ref: str, as_at: date, known_at: int, *, school_id: UUID
) -> tuple[Pupil, ...]:
    """Every pupil who on a day or later is on a school's roll with this reference of its own."""
    return every(Pupil, _referred(connection, local_ref, as_at, known_at, school_id))


@question
def _referred(local_ref: str, as_at: date, known_at: int, school_id: UUID) -> Statement:
    table = ROLL.table
    used = (table.c.school_id == school_id, table.c.local_ref == local_ref, table.c.effective_to > as_at)
    query = select(*columns(Pupil, table, since="effective_from"))
    return query.where(ROLL.known(known_at), table.c.on_roll, *used)


def with_upn(connection: Connection, upn: str, known_at: int) -> tuple[Pupil, ...]:
    """Every pupil who was ever enrolled with a unique pupil number."""
    return every(Pupil, _numbered(connection, upn, known_at))


@question
def _numbered(upn: str, known_at: int) -> Statement:
    table = ROLL.table
    return select(*columns(Pupil, table, since="effective_from")).where(ROLL.known(known_at), table.c.upn == upn)
