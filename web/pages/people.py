"""Pupils and delegations: what is known of each, and what may be recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from domain.errors import NotFound
from projections import offices, people, placements, pupils
from projections.acts import of_pupil
from web import words
from web.actions import ACTIONS, Action
from web.desk import Desk
from web.lines import COLUMNS as STORY
from web.lines import rows
from web.naming import Names
from web.rendering import Page, paged
from web.story import story
from web.telling import flat

_PUPIL = ("name", "local_ref", "upn", "school", "roll_kind", "since", "pupil_id")
_DELEGATION = (
    "delegatee_name", "delegatee_title", "delegator", "acts", "starts_on", "ends_on", "revoked_on", "live",
    "delegation_id",
)  # fmt: skip


def _actions(desk: Desk, noun: str) -> Sequence[Action]:
    """What this person may record about one thing of a kind."""
    if desk.travelled:
        return ()
    return [one for one in ACTIONS if one.noun == noun and not one.new and desk.officer.actor.role in one.roles]


def pupil_list(desk: Desk) -> Page:
    """Every pupil on roll."""
    names = Names(desk)
    found = pupils.pupils(desk.connection, desk.as_at, desk.known_at)
    part = paged(found)
    rows = [
        {**flat(one), "school": names.schools.get(one.school_id), "roll_kind": words.say(one.roll_kind)}
        for one in (part.items if desk.wants == "html" else found)
    ]
    may_enrol = any(one.name == "pupil.enrol" and desk.officer.actor.role in one.roles for one in ACTIONS)
    shows = {"list": replace(part, items=tuple(rows)), "may_enrol": may_enrol and not desk.travelled}
    return Page("pupils/list.html", "Pupils", shows, rows, rows, _PUPIL)


def pupil(desk: Desk, record_id: UUID) -> Page:
    """One pupil: roll, residence, who answers for them, placements and the whole story."""
    found = pupils.pupil(desk.connection, record_id, desk.as_at, desk.known_at)
    if found is None:
        raise NotFound("pupil", record_id)
    names, as_at, known_at = Names(desk), desk.as_at, desk.known_at
    placed = placements.placement_list(desk.connection, as_at, known_at, pupil_id=record_id)
    happened = story(desk, of_pupil(record_id), [one.placement_id for one in placed], names)
    shows = {
        "pupil": found,
        "names": names,
        "residence": pupils.residence(desk.connection, record_id, as_at, known_at),
        "ehcp": pupils.ehcp(desk.connection, record_id, as_at, known_at),
        "authorities": people.placing_authorities(desk.connection, [record_id], as_at, known_at),
        "parents": people.parents(desk.connection, record_id, as_at, known_at),
        "placements": placed,
        "story": happened,
        "actions": _actions(desk, "pupil"),
    }
    data = {name: shows[name] for name in ("pupil", "residence", "ehcp", "authorities", "parents", "placements")}
    said = () if desk.wants == "html" else rows(happened.list.items)
    return Page("pupils/show.html", "Pupil", shows, {**data, "chronology": said}, said, STORY)


def delegations(desk: Desk) -> Page:
    """Every delegation: what is let, by whom, to whom, and whether it is live on the day asked about."""
    found = offices.delegations(desk.connection, desk.as_at, desk.known_at, live_only=False)
    rows = [
        {
            **flat(one),
            "delegator": None if one.delegator is None else one.delegator.name,
            "acts": [words.say(act) for act in one.acts],
        }
        for one in found
    ]
    granting = next(one for one in ACTIONS if one.name == "delegation.grant")
    may = desk.officer.actor.role in granting.roles and not desk.travelled
    shows = {"list": paged(rows), "may": may}
    public = [{name: row[name] for name in _DELEGATION} for row in rows]
    return Page("delegations.html", "Delegations", shows, public, rows, _DELEGATION)
