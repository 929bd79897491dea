"""Pupils, providers and delegations: what is known of each, and what may be recorded."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from domain.errors import NotFound
from projections import offices, people, placements, providers, pupils
from projections.acts import of_provider, of_pupil
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
_PROVIDER = ("name", "own", "registration", "checked_on", "identifier", "policy", "provider_id")
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
    rows = [
        {**flat(one), "school": names.schools.get(one.school_id), "roll_kind": words.say(one.roll_kind)}
        for one in found
    ]
    may_enrol = any(one.name == "pupil.enrol" and desk.officer.actor.role in one.roles for one in ACTIONS)
    shows = {"list": paged(rows), "may_enrol": may_enrol and not desk.travelled}
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


def provider_list(desk: Desk) -> Page:
    """Every provider with what is known of its registration and safeguarding policy."""
    found = providers.providers(desk.connection, desk.known_at)
    checked = providers.policies(desk.connection, [one.provider_id for one in found], desk.as_at, desk.known_at)
    policies = {one.provider_id: one for one in checked}
    rows = []
    for one in found:
        seen = providers.registration(desk.connection, one.provider_id, desk.as_at, desk.known_at)
        policy = policies.get(one.provider_id)
        rows.append(
            {
                "provider_id": one.provider_id,
                "name": one.name,
                "own": one.school_id is not None,
                "registration": registration(seen),
                "checked_on": None if seen is None else seen.since,
                "identifier": None if seen is None else seen.identifier,
                "policy": "Not read"
                if policy is None
                else "Satisfactory"
                if policy.satisfactory
                else "Not satisfactory",
            }
        )
    may_record = any(one.name == "provider.record" and desk.officer.actor.role in one.roles for one in ACTIONS)
    shows = {"list": paged(rows), "may_record": may_record and not desk.travelled}
    return Page("providers/list.html", "Providers", shows, rows, rows, _PROVIDER)


def registration(seen: providers.Registration | None) -> str:
    """What was last seen of a registration, in a few words."""
    if seen is None:
        return "Never checked"
    if seen.lapsed:
        return f"Ended on {words.day(seen.since)}"
    return f"{words.say(seen.status)}: {words.say(seen.regime)}"


def provider(desk: Desk, record_id: UUID) -> Page:
    """One provider: addresses, registration, safeguarding policy, risks of its settings, its placements."""
    found = providers.provider(desk.connection, record_id, desk.known_at)
    if found is None:
        raise NotFound("provider", record_id)
    names, as_at, known_at = Names(desk), desk.as_at, desk.known_at
    happened = story(desk, of_provider(record_id), (), names)
    policies = providers.policies(desk.connection, [record_id], as_at, known_at)
    risks = {one.site_id: one for one in providers.setting_risks(desk.connection, record_id, as_at, known_at)}
    shows = {
        "provider": found,
        "names": names,
        "sites": providers.sites(desk.connection, known_at, provider_id=record_id),
        "registrations": providers.registrations(desk.connection, record_id, known_at),
        "policy": policies[0] if policies else None,
        "risks": risks,
        "placements": placements.placement_list(desk.connection, as_at, known_at, provider_id=record_id),
        "story": happened,
        "actions": _actions(desk, "provider"),
    }
    data = {name: shows[name] for name in ("provider", "sites", "registrations", "policy", "placements")}
    said = () if desk.wants == "html" else rows(happened.list.items)
    return Page("providers/show.html", found.name, shows, {**data, "chronology": said}, said, STORY)


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
