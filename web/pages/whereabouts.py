"""Where every pupil in alternative provision is, with address and telephone."""

from __future__ import annotations

from projections.placements import placement_list
from projections.requirements import unmet
from projections.whereabouts import where_everyone_is
from web import words
from web.desk import Desk
from web.naming import Names
from web.rendering import Page, paged
from web.telling import flat

_COLUMNS = (
    "name", "local_ref", "school", "provider", "site", "address", "telephone", "status", "since", "started_on",
    "proposed_end", "pupil_id", "placement_id",
)  # fmt: skip


def listing(desk: Desk) -> Page:
    """Where every pupil in alternative provision is, on the day asked about."""
    everyone = where_everyone_is(desk.connection, desk.as_at, desk.known_at)
    placed = tuple(one for one in everyone if one.placement_id is not None)
    names = Names(desk)
    by_provider: dict[str, int] = {}
    for one in placed:
        by_provider[one.provider or "?"] = by_provider.get(one.provider or "?", 0) + 1
    rows = [
        {**flat(one), "school": names.schools.get(one.school_id), "status": words.say(one.status)} for one in placed
    ]
    shows = {
        "list": paged(placed),
        "missing": _missing(desk) if desk.wants == "html" else 0,
        "names": names,
        "on_roll": len({one.pupil_id for one in everyone}),
        "by_provider": sorted(by_provider.items()),
    }
    return Page("whereabouts.html", "Where every pupil is", shows, placed, rows, _COLUMNS)


def _missing(desk: Desk) -> int:
    """How many decisions some placement lacks."""
    placements = placement_list(desk.connection, desk.as_at, desk.known_at)
    return len(unmet(desk.connection, placements, desk.as_at, desk.known_at))
