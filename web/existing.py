"""Placements that are on paper: what they are known by, and whether one is here already, however it came in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from domain.errors import AlreadyRecorded
from domain.events import existing_placement_id
from domain.rules.breach import plain
from domain.vocabulary import PlacementStatus
from projections.placements import Placement, placement_list

COMMAND = "add_existing_placement"

Span = tuple[date, date | None]
"""A first day and a last one, None where it goes on."""


def reference(values: Mapping[str, Any]) -> UUID:
    """The id under which a placement on paper is added: the same paper always has the same."""
    return existing_placement_id(values["pupil_id"], values["provider_id"], values["started_on"])


def refuse_known(connection: Connection, values: Mapping[str, Any], today: date, known_at: int) -> None:
    """Refuse to add from paper what is on record.

    Raises:
        AlreadyRecorded: where this pupil's placement with this provider from this day, or in that time, is here.
    """
    known = known_placement(connection, values, today, known_at)
    if known is None:
        return
    began = first_day(known)
    if began == values["started_on"]:
        raise AlreadyRecorded(
            "started_on",
            "This pupil's placement with this provider from this day is already here. Go on with that one.",
        )
    raise AlreadyRecorded(
        "another",
        f"This pupil already has a placement with this provider in that time, since {plain(began)}. Go on with that"
        " one. If the paper tells of another one, answer yes here.",
    )


def known_placement(connection: Connection, values: Mapping[str, Any], today: date, known_at: int) -> Placement | None:
    """The placement on record that the paper is likely about; one that was refused is none.

    That is the pupil's with the provider from that first day; or, unless it is said to be `another`, one that ran for
    a part of the same time, since a first day copied wrongly would else make one placement two.
    """
    of_pupil = placement_list(
        connection, today, known_at, pupil_id=values["pupil_id"], provider_id=values["provider_id"]
    )
    standing = [one for one in of_pupil if one.status is not PlacementStatus.REFUSED]
    same = [one for one in standing if first_day(one) == values["started_on"]]
    running = () if values["another"] else (one for one in standing if _ran(one, values))
    return next(chain(same, running), None)


def first_day(placement: Placement) -> date:
    """The day a placement began, or is to begin."""
    return placement.started_on or placement.proposed_start


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a day; one without an end goes on."""
    return one[0] <= (other[1] or date.max) and other[0] <= (one[1] or date.max)


def _ran(placement: Placement, values: Mapping[str, Any]) -> bool:
    if placement.started_on is None:
        return False
    return overlap((placement.started_on, placement.ended_on), (values["started_on"], values["ended_on"]))
