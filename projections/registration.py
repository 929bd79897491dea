"""Which providers are registered no more, and which running placements that touches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from domain.vocabulary import RegisterStatus
from projections.answers import columns, every
from projections.placements import IN_FORCE, Placement, placement_list
from projections.providers import REGISTRATIONS, Registration, providers


@dataclass(frozen=True)
class Lapse:
    """A provider whose registration has ended by the day asked about, and its placements in force that day."""

    provider_id: UUID
    provider: str
    registration: Registration
    placements: tuple[Placement, ...]


def registrations_of(
    connection: Connection, provider_ids: Collection[UUID], as_at: date, known_at: int
) -> dict[UUID, Registration]:
    """What was last seen or heard of the registration of each of some providers; one without is left out."""
    table = REGISTRATIONS.table
    query = select(*columns(Registration, table, since="effective_from"))
    query = query.where(REGISTRATIONS.at(as_at, known_at), table.c.provider_id.in_(provider_ids))
    return {found.provider_id: found for found in every(connection, Registration, query)}


def ended(registration: Registration) -> bool:
    """Whether it says that the provider is registered no more."""
    return registration.lapsed or registration.status is RegisterStatus.CLOSED


def lapses(connection: Connection, as_at: date, known_at: int) -> tuple[Lapse, ...]:
    """Every provider whose registration has ended, by name; the placements touched are those active or suspended."""
    names = {one.provider_id: one.name for one in providers(connection, known_at)}
    gone = {
        provider_id: found
        for provider_id, found in registrations_of(connection, names, as_at, known_at).items()
        if ended(found)
    }
    running = [one for one in placement_list(connection, as_at, known_at) if one.status in IN_FORCE] if gone else []
    return tuple(
        Lapse(provider_id, name, gone[provider_id], tuple(one for one in running if one.provider_id == provider_id))
        for provider_id, name in names.items()
        if provider_id in gone
    )
