"""Placements that are on paper: what they are known by, and whether one is here already, however it came in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from domain.errors import AlreadyRecorded
from domain.events import existing_placement_id
from domain.vocabulary import PlacementStatus
from projections.placements import Placement, placement_list

COMMAND = "add_existing_placement"


def reference(values: Mapping[str, Any]) -> UUID:
    """The id under which a placement on paper is added: the same paper always has the same."""
    return existing_placement_id(values["pupil_id"], values["provider_id"], values["started_on"])


def refuse_known(connection: Connection, values: Mapping[str, Any], today: date, known_at: int) -> None:
    """Refuse to add from paper what is on record.

    Raises:
        AlreadyRecorded: where this pupil's placement with this provider from this day is here.
    """
    if known_placement(connection, values, today, known_at) is not None:
        raise AlreadyRecorded(
            "started_on",
            "This pupil's placement with this provider from this day is already here. Go on with that one.",
        )


def known_placement(connection: Connection, values: Mapping[str, Any], today: date, known_at: int) -> Placement | None:
    """The placement on record with the same pupil, provider and first day; one that was refused is none."""
    of_pupil = placement_list(
        connection, today, known_at, pupil_id=values["pupil_id"], provider_id=values["provider_id"]
    )
    same = (one for one in of_pupil if (one.started_on or one.proposed_start) == values["started_on"])
    return next((one for one in same if one.status is not PlacementStatus.REFUSED), None)
