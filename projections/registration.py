"""What was last seen or heard of the registration of several providers at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from projections.answers import columns, every
from projections.providers import REGISTRATIONS, Registration
from projections.questions import Statement, question


def registrations_of(
    connection: Connection, provider_ids: Collection[UUID], as_at: date, known_at: int
) -> dict[UUID, Registration]:
    """What was last seen or heard of the registration of each of some providers; one without is left out."""
    seen = every(Registration, _seen(connection, provider_ids, as_at, known_at))
    return {found.provider_id: found for found in seen}


@question
def _seen(provider_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    table = REGISTRATIONS.table
    query = select(*columns(Registration, table, since="effective_from"))
    return query.where(REGISTRATIONS.at(as_at, known_at), table.c.provider_id.in_(provider_ids))
