"""Where every pupil is now: address and telephone, what this day's sessions expect, and what is marked so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from projections.present import Presence, Present, Seen, where_everyone_is_now
from web import words
from web.desk import Desk
from web.naming import Names
from web.rendering import Page, paged
from web.telling import code, flat

_COLUMNS = (
    "name", "local_ref", "school", "provider", "site", "address", "telephone", "status", "since", "started_on",
    "proposed_end", "morning", "afternoon", "pupil_id", "placement_id",
)  # fmt: skip


def listing(desk: Desk) -> Page:
    """Where every pupil is on the day asked about: placed, suspended, or without any placement."""
    everyone = where_everyone_is_now(desk.connection, desk.as_at, desk.known_at)
    names = Names(desk)
    if desk.wants != "html":
        rows = [_row(one, names) for one in everyone]
        public = [{name: row[name] for name in _COLUMNS} for row in rows]
        return Page("whereabouts.html", "Where every pupil is", {}, public, rows, _COLUMNS)
    part = paged(everyone)
    placed = [one for one in everyone if one.where.placement_id is not None]
    shows = {
        "list": replace(part, items=tuple(_row(one, names) for one in part.items)),
        "placed": len({one.where.pupil_id for one in placed}),
        "on_roll": len({one.where.pupil_id for one in everyone}),
        "unknown": sum(one.address_unknown for one in everyone),
        "sessions": (
            ("Morning", _counts([one.am for one in placed])),
            ("Afternoon", _counts([one.pm for one in placed])),
        ),
    }
    return Page("whereabouts.html", "Where every pupil is", shows)


def _row(one: Present, names: Names) -> dict[str, Any]:
    return {
        **flat(one.where),
        "school": names.schools.get(one.where.school_id),
        "status": None if one.where.status is None else words.say(one.where.status),
        "standing": one.where.status,
        "unknown": one.address_unknown,
        "morning": _told(one.am),
        "afternoon": _told(one.pm),
    }


def _told(seen: Seen) -> str:
    """One session in words; an absence with its code and what that means."""
    said = words.say(seen.presence)
    return f"{said}: {code(seen.code)}" if seen.presence is Presence.ABSENT and seen.code else said


def _counts(seen: Sequence[Seen]) -> list[tuple[str, int]]:
    counted = Counter(one.presence for one in seen)
    return [(words.say(presence), counted[presence]) for presence in Presence if counted[presence]]
