"""One placement: how it stands, what is missing and who can supply it, who decided what, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.errors import NotFound
from domain.vocabulary import PlacementStatus
from projections import people
from projections.acts import of_placement
from projections.approvals import who_approved
from projections.placements import Placement, bare_placement, with_consents
from web import words
from web.actions import ACTIONS, Action
from web.deciding import to_go_by
from web.desk import Desk
from web.lines import COLUMNS as STORY
from web.lines import rows
from web.missing import Missing, missing
from web.naming import Names
from web.obstacles import obstacles
from web.pages.approvals import COLUMNS as APPROVAL_COLUMNS
from web.pages.approvals import approval_row
from web.pages.placements import placement_row
from web.rendering import Page
from web.story import story
from web.submitting import version_of
from web.telling import told

_NEWEST = 10
_PLANNED = {PlacementStatus.PROPOSED, PlacementStatus.ASSESSED, PlacementStatus.APPROVED}


def show(desk: Desk, record_id: UUID) -> Page:
    """One placement as it stands on the day asked about."""
    found = _with_consents(desk, _find(desk, record_id))
    stands_in_the_way = () if desk.travelled else obstacles(desk, found)
    names = Names(desk)
    names.learn_pupils([found.pupil_id])
    lacking = () if desk.travelled else missing(desk, found, stands_in_the_way, names)
    matrix = who_approved(desk.connection, desk.as_at, desk.known_at, placement_id=record_id)
    actions = () if desk.travelled else _actions(desk, found)
    happened = story(desk, of_placement(record_id), [record_id], names, most=_NEWEST)
    rests_on = to_go_by(desk, record_id)
    shows = {
        "placement": found,
        "names": names,
        "missing": lacking,
        "clear": not desk.travelled and found.status in _PLANNED and not stands_in_the_way,
        "state": _state(found),
        "site": names.sites.get(found.site_id),
        "matrix_rows": [approval_row(row, names) for row in matrix],
        **rests_on,
        "authorities": people.placing_authorities(desk.connection, [found.pupil_id], desk.as_at, desk.known_at),
        "plan_told": told(rests_on["plan"], names) if rests_on["plan"] else (),
        "next": _next(lacking, actions),
        "story": happened,
        "actions": actions,
    }
    data = {
        "placement": placement_row(found, names),
        "approvals": [
            dict(zip(APPROVAL_COLUMNS, map(row.get, APPROVAL_COLUMNS), strict=True)) for row in shows["matrix_rows"]
        ],
        "missing": [_lack(one) for one in lacking],
        "chronology": () if desk.wants == "html" else rows(happened.list.items),
    }
    version = version_of(desk, record_id) if not desk.travelled else None
    return Page("placements/show.html", "Placement", shows, data, data["chronology"], STORY, version)


def what_happened(desk: Desk, record_id: UUID) -> Page:
    """A placement's chronology alone."""
    found = _find(desk, record_id)
    names = Names(desk)
    names.learn_pupils([found.pupil_id])
    told = story(desk, of_placement(record_id), [record_id], names)
    data = () if desk.wants == "html" else rows(told.list.items)
    shows = {"placement": found, "names": names, "story": told}
    return Page("placements/chronology.html", "Chronology of a placement", shows, data, data, STORY)


def _find(desk: Desk, record_id: UUID) -> Placement:
    found = bare_placement(desk.connection, record_id, desk.as_at, desk.known_at)
    if found is None:
        raise NotFound("placement", record_id)
    return found


def _with_consents(desk: Desk, found: Placement) -> Placement:
    """The page speaks of consents in force only while a decision is awaited; the twins always do."""
    if desk.wants == "html" and found.status is not PlacementStatus.ASSESSED:
        return found
    return with_consents(desk.connection, (found,), desk.as_at, desk.known_at)[0]


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


def _next(lacking: Sequence[Missing], actions: Sequence[tuple[str, list[Action]]]) -> Action | None:
    """The step that is most likely the reader's next, where nothing that is missing is theirs to supply."""
    if any(one.doing for one in lacking):
        return None
    steps = (action for _, some in actions for action in some if action.verb in {"approve", "start", "hold-review"})
    return next(steps, None)


def _lack(one: Missing) -> dict[str, Any]:
    """One thing missing, as data."""
    found = one.item.due
    said = {name: getattr(found, name) for name in ("tier", "light", "sentence", "rule", "due_on", "since")}
    return {**said, "clause": one.clause, "remedy": one.remedy, "supplier": one.supplier}


def _actions(desk: Desk, found: Placement) -> Sequence[tuple[str, list[Action]]]:
    role = desk.officer.actor.role
    groups: dict[str, list[Action]] = {}
    for action in ACTIONS:
        fits = action.fits(found.status, awaits_approval=found.awaits_approval)
        if action.noun == "placement" and not action.new and role in action.roles and fits:
            groups.setdefault(action.group, []).append(action)
    return list(groups.items())
