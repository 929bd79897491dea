"""The list an inspection asks for on its first call: who is where, registered how, since when, why, for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import request

from domain.events import ExistingPlacementAdded, UrgentStartDecided
from domain.vocabulary import PlacementStatus
from projections.hours import WEEKS
from projections.inspection import Approved, Listed, inspection_list
from projections.providers import Registration
from web import words
from web.desk import Desk
from web.naming import Names
from web.rendering import Page

_COLUMNS = (
    "provider", "address", "telephone", "registration", "number", "checked_on", "source", "pupil", "reference",
    "born_in", "school", "on_roll", "standing", "reason", "started_on", "until", "planned_hours_a_week",
    "hours_attended", "hours_attended_from", "approved", "approved_by", "approved_on", "last_review",
    "provider_id", "placement_id",
)  # fmt: skip


def listing(desk: Desk) -> Page:
    """Every running placement by provider and address; of one school where `?school_id=` asks for it."""
    names, school_id = Names(desk), _asked()
    found = inspection_list(desk.connection, desk.as_at, desk.known_at, school_id=school_id)
    rows = [_row(one, names) for one in found]
    shows = {
        "places": _places(rows),
        "providers": len({one.running.provider_id for one in found}),
        "pupils": len({one.running.pupil_id for one in found}),
        "reasons": Counter(row["reason"] for row in rows).most_common(),
        "missing": sum(row["missing"] for row in rows),
        "schools": names.schools.items(),
        "school_id": str(school_id or ""),
        "weeks": WEEKS,
    }
    public = [] if desk.wants == "html" else [{name: row[name] for name in _COLUMNS} for row in rows]
    return Page("inspection_list.html", "Inspection list", shows, public, rows, _COLUMNS)


def _asked() -> UUID | None:
    try:
        return UUID(request.args["school_id"])
    except (KeyError, ValueError):
        return None


def _places(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines by provider and address, each with how many pupils are there and why."""
    places = []
    for _, group in groupby(rows, key=lambda row: (row["provider_id"], row["site_id"])):
        there = list(group)
        reasons = Counter(row["reason"] for row in there).most_common()
        places.append({**there[0], "rows": there, "count": len({row["pupil_id"] for row in there}), "reasons": reasons})
    return places


def _row(one: Listed, names: Names) -> dict[str, Any]:
    placed, hours = one.running, one.hours
    return {
        "provider_id": placed.provider_id,
        "site_id": placed.site_id,
        "pupil_id": placed.pupil_id,
        "placement_id": placed.placement_id,
        "provider": placed.provider,
        "address": f"{placed.site}, {placed.address}" if placed.site and placed.address else None,
        "telephone": placed.telephone,
        **_registered(one.registration),
        "pupil": placed.name or ("Name erased" if placed.on_roll is not None else "Not on the roll that day"),
        "reference": placed.local_ref,
        "born_in": placed.born_on.year if placed.born_on else None,
        "school": names.schools.get(placed.school_id),
        "on_roll": bool(placed.on_roll),
        "standing": words.say(placed.status),
        "suspended": placed.status is PlacementStatus.SUSPENDED,
        "entered_from": placed.entered_from,
        "reason": words.say(placed.need_basis),
        "started_on": placed.started_on,
        "until": placed.proposed_end,
        "planned_hours_a_week": None if hours is None or hours.planned is None else _hours(hours.planned),
        "hours_attended": None if hours is None else _hours(hours.attended),
        "hours_attended_from": None if hours is None else hours.first,
        "missing": one.approved is None,
        **_decided(one.approved),
        "last_review": one.reviewed_on,
    }


def _registered(seen: Registration | None) -> dict[str, Any]:
    return {
        "registration": standing(seen),
        "number": None if seen is None else seen.identifier,
        "checked_on": None if seen is None or seen.lapsed else seen.since,
        "source": None if seen is None else seen.source or seen.how_known,
    }


def standing(seen: Registration | None) -> str:
    """What was last seen of a registration, in a few words."""
    if seen is None:
        return "Never looked up"
    if seen.lapsed:
        return f"Ended on {words.day(seen.since)}"
    return f"{words.say(seen.status)}: {words.say(seen.regime)}"


def _decided(said: Approved | None) -> dict[str, Any]:
    if said is None:
        return {"approved": "Missing", "approved_by": None, "approved_on": None, "entry": None}
    how = {UrgentStartDecided.TOPIC: "Urgent start", ExistingPlacementAdded.TOPIC: "On paper"}.get(said.topic, "Here")
    by = ", ".join(part for part in (said.name, said.title) if part) or None
    return {"approved": how, "approved_by": by, "approved_on": said.decided_on, "entry": said.position - 1}


def _hours(minutes: int) -> float:
    return round(minutes / 60, 1)
