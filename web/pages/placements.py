"""Placements: the list, and one placement with its state, what stands in its way, its story and who approved what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import request

from domain.vocabulary import PlacementStatus
from projections.placements import (
    Narrowed,
    Placement,
    bare_list,
    how_many,
    placement_list,
    with_consents,
)
from web import words
from web.desk import Desk
from web.naming import Names
from web.rendering import PAGE_SIZE, Page, Paged, asked_part
from web.telling import flat

_COLUMNS = (
    "placement_id", "pupil", "school", "provider", "site", "status", "since", "consented", "delivery", "proposed_start",
    "proposed_end", "started_on", "ended_on", "entered_from",
)  # fmt: skip


def listing(desk: Desk) -> Page:
    """Every placement on the day asked about, narrowed by status, school and provider."""
    names, asked = Names(desk), _asked()
    found = _part(desk, names, asked) if desk.wants == "html" else Paged((), 1, 1, 0)
    rows = [] if desk.wants == "html" else [placement_row(one, names) for one in _whole(desk, asked)]
    shows = {
        "list": found,
        "names": names,
        "asked": {name: str(value) for name, value in asked.items()},
        "statuses": words.choices(PlacementStatus),
    }
    return Page("placements/list.html", "Placements", shows, rows, rows, _COLUMNS)


def _whole(desk: Desk, asked: dict[str, Any]) -> tuple[Placement, ...]:
    return placement_list(desk.connection, desk.as_at, desk.known_at, **asked)


def _part(desk: Desk, names: Names, asked: dict[str, Any]) -> Paged:
    """The page's own 25, and of those that await a decision whether consents are in force; the others do not say."""
    at, which = (desk.connection, desk.as_at, desk.known_at), Narrowed(**asked)
    part = asked_part(how_many(*at, which))
    shown = bare_list(*at, which, slice(part.start, part.start + PAGE_SIZE))
    waiting = tuple(one for one in shown if one.status is PlacementStatus.ASSESSED)
    told = {one.placement_id: one for one in with_consents(desk.connection, waiting, desk.as_at, desk.known_at)}
    names.learn_pupils([one.pupil_id for one in shown])
    return replace(part, items=tuple(told.get(one.placement_id, one) for one in shown))


def _asked() -> dict[str, Any]:
    """What the list is narrowed to; what cannot be read narrows nothing."""
    asked: dict[str, Any] = {}
    for name in ("school_id", "provider_id"):
        try:
            asked[name] = UUID(request.args[name])
        except (KeyError, ValueError):
            continue
    if request.args.get("status") in {status.value for status in PlacementStatus}:
        asked["status"] = PlacementStatus(request.args["status"])
    return asked


def placement_row(one: Placement, names: Names) -> dict[str, Any]:
    """A placement as the data twins give it."""
    return {
        **flat(one),
        "pupil": names.pupil(one.pupil_id),
        "school": names.schools.get(one.school_id),
        "provider": names.providers.get(one.provider_id),
        "site": names.site(one.site_id),
        "status": one.status.value,
    }
