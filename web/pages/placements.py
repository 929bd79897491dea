"""Placements: the list, and one placement with its state, what stands in its way, its story and who approved what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import request

from domain.errors import NotFound
from domain.vocabulary import PlacementStatus
from projections import consents as consent_rows
from projections import parents, people
from projections.approvals import who_approved
from projections.chronology import Entry, chronology
from projections.placements import Placement, placement, placement_list
from web import words
from web.actions import ACTIONS, Action
from web.desk import Desk
from web.naming import Names
from web.obstacles import obstacles
from web.pages.approvals import COLUMNS as APPROVAL_COLUMNS
from web.pages.approvals import approval_row
from web.pages.recording import version_of
from web.rendering import Page, paged
from web.telling import Line, flat, told, told_in_pages

_COLUMNS = (
    "placement_id", "pupil", "school", "provider", "site", "status", "since", "consented", "delivery", "proposed_start",
    "proposed_end", "started_on", "ended_on", "entered_from",
)  # fmt: skip
_STORY = (
    "entry", "happened_on", "received_on", "recorded_at", "title", "said", "by", "flags", "entered_from",
    "corrects", "corrected_by",
)  # fmt: skip
PLAN = "placement.plan-prepared"


def listing(desk: Desk) -> Page:
    """Every placement on the day asked about, narrowed by status, school and provider."""
    names, asked = Names(desk), _asked()
    found = placement_list(desk.connection, desk.as_at, desk.known_at, **asked)
    rows = [_row(one, names) for one in found]
    shows = {
        "list": paged(found),
        "names": names,
        "asked": {name: str(value) for name, value in asked.items()},
        "statuses": words.choices(PlacementStatus),
    }
    return Page("placements/list.html", "Placements", shows, rows, rows, _COLUMNS)


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


def _row(one: Placement, names: Names) -> dict[str, Any]:
    return {
        **flat(one),
        "pupil": names.pupil(one.pupil_id),
        "school": names.schools.get(one.school_id),
        "provider": names.providers.get(one.provider_id),
        "site": names.site(one.site_id),
        "status": one.status.value,
    }


_CONSENTS = {"H-05", "H-06"}


def show(desk: Desk, record_id: UUID) -> Page:
    """One placement as it stands on the day asked about."""
    found = _find(desk, record_id)
    stands_in_the_way = () if desk.travelled else obstacles(desk, found)
    if any(one.rule in _CONSENTS for one in stands_in_the_way):
        # The read model looks at one day, the rules at the whole span: the page says one thing, the stricter.
        found = replace(found, consented=False)
    names = Names(desk)
    items = chronology(desk.connection, record_id, desk.as_at, desk.known_at)
    matrix = who_approved(desk.connection, desk.as_at, desk.known_at, placement_id=record_id)
    shown, lines = told_in_pages(desk, items, names)
    plans = [item for item in items if isinstance(item, Entry) and item.topic == PLAN]
    shows = {
        "placement": found,
        "names": names,
        "obstacles": stands_in_the_way,
        "state": _state(found),
        "matrix_rows": [approval_row(row, names) for row in matrix],
        "consents": consent_rows.consents(desk.connection, [record_id], desk.as_at, desk.known_at),
        "parents": parents.parental_positions(desk.connection, [record_id], desk.as_at, desk.known_at),
        "authorities": people.placing_authorities(desk.connection, [found.pupil_id], desk.as_at, desk.known_at),
        "plan": told(plans[-1], names) if plans else (),
        "list": shown,
        "actions": () if desk.travelled else _actions(desk, found),
    }
    data = {
        "placement": _row(found, names),
        "approvals": [
            dict(zip(APPROVAL_COLUMNS, map(row.get, APPROVAL_COLUMNS), strict=True)) for row in shows["matrix_rows"]
        ],
        "obstacles": shows["obstacles"],
        "chronology": [_story(each) for each in lines],
    }
    version = version_of(desk, record_id) if not desk.travelled else None
    return Page("placements/show.html", "Placement", shows, data, data["chronology"], _STORY, version)


def story(desk: Desk, record_id: UUID) -> Page:
    """A placement's chronology alone."""
    found = _find(desk, record_id)
    names = Names(desk)
    items = chronology(desk.connection, record_id, desk.as_at, desk.known_at)
    shown, lines = told_in_pages(desk, items, names)
    rows = [_story(each) for each in lines]
    shows = {"placement": found, "names": names, "list": shown}
    return Page("placements/chronology.html", "Chronology of a placement", shows, rows, rows, _STORY)


def _find(desk: Desk, record_id: UUID) -> Placement:
    found = placement(desk.connection, record_id, desk.as_at, desk.known_at)
    if found is None:
        raise NotFound("placement", record_id)
    return found


def _story(each: Line) -> dict[str, Any]:
    return {**flat(each), "entry": each.index, "marks": None}


def _state(found: Placement) -> str:
    """Where the placement stands, in a sentence."""
    since = words.day(found.since)
    sentences = {
        PlacementStatus.PROPOSED: f"It was proposed on {since}. Needs and risk are not both assessed yet.",
        PlacementStatus.ASSESSED: f"Needs and risk were assessed by {since}."
        + (
            " Every consent it needs is in force; it awaits a decision."
            if found.consented
            else " It waits for consent."
        ),
        PlacementStatus.APPROVED: f"It was approved on {since} and may start from {words.day(found.start_from)}"
        f" to {words.day(found.start_by)}.",
        PlacementStatus.ACTIVE: f"The pupil has been in this placement since {words.day(found.started_on)}.",
        PlacementStatus.SUSPENDED: f"It has been suspended since {since}.",
        PlacementStatus.REFUSED: f"It was refused on {since}.",
        PlacementStatus.ENDED: f"It ended on {words.day(found.ended_on)}.",
    }
    return sentences[found.status]


def _actions(desk: Desk, found: Placement) -> Sequence[tuple[str, list[Action]]]:
    role = desk.officer.actor.role
    groups: dict[str, list[Action]] = {}
    for action in ACTIONS:
        if action.noun == "placement" and not action.new and role in action.roles and found.status in action.when:
            groups.setdefault(action.group, []).append(action)
    return list(groups.items())
