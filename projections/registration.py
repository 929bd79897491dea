"""What was last seen or heard of the registration of several providers at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from projections.answers import columns, every
from projections.providers import REGISTRATIONS, Registration


def registrations_of(
    connection: Connection, provider_ids: Collection[UUID], as_at: date, known_at: int
) -> dict[UUID, Registration]:
    """What was last seen or heard of the registration of each of some providers; one without is left out."""
    table = REGISTRATIONS.table
    query = _REGISTRATIONS.where(REGISTRATIONS.at(as_at, known_at), table.c.provider_id.in_(provider_ids))
    return {found.provider_id: found for found in every(connection, Registration, query)}


_REGISTRATIONS = select(*columns(Registration, REGISTRATIONS.table, since="effective_from"))
