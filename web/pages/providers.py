"""Providers: the list, and one provider's file with everything an inspector asks of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.errors import NotFound
from domain.vocabulary import Delivery, PlacementStatus
from projections import providers
from projections.acts import of_provider
from projections.chronology import for_provider
from projections.consents import consents
from projections.placements import IN_FORCE, Narrowed, Placement, bare_list
from projections.provider_returns import Reliability, reliability
from projections.registration import registrations_of
from web.actions import ACTIONS
from web.desk import Desk
from web.lines import COLUMNS as STORY
from web.lines import rows
from web.naming import Names, address
from web.pages.inspection import standing
from web.provider_file import checks, documents, readings, risks
from web.rendering import Page, paged
from web.story import story

_COLUMNS = ("name", "own", "registration", "checked_on", "identifier", "policy", "provider_id")
_BEFORE = {PlacementStatus.ENDED, PlacementStatus.REFUSED}


def listing(desk: Desk) -> Page:
    """Every provider with what is known of its registration and safeguarding policy."""
    found = providers.providers(desk.connection, desk.known_at)
    ids = [one.provider_id for one in found]
    policies = {one.provider_id: one for one in providers.policies(desk.connection, ids, desk.as_at, desk.known_at)}
    seen = registrations_of(desk.connection, ids, desk.as_at, desk.known_at)
    lines = [_line(one, seen.get(one.provider_id), policies.get(one.provider_id)) for one in found]
    may_record = any(one.name == "provider.record" and desk.officer.actor.role in one.roles for one in ACTIONS)
    shows = {"list": paged(lines), "may_record": may_record and not desk.travelled}
    return Page("providers/list.html", "Providers", shows, lines, lines, _COLUMNS)


def _line(
    one: providers.Provider, seen: providers.Registration | None, policy: providers.Policy | None
) -> dict[str, Any]:
    found = {None: "Not read", True: "Satisfactory", False: "Not satisfactory"}
    return {
        "provider_id": one.provider_id,
        "name": one.name,
        "own": one.school_id is not None,
        "registration": standing(seen),
        "checked_on": None if seen is None else seen.since,
        "identifier": None if seen is None else seen.identifier,
        "policy": found[None if policy is None else policy.satisfactory],
    }


def show(desk: Desk, record_id: UUID) -> Page:
    """One provider's file: addresses, checks, readings, risks, documents, pupils now and before, consents, returns."""
    found = providers.provider(desk.connection, record_id, desk.known_at)
    if found is None:
        raise NotFound("provider", record_id)
    names, as_at, known_at = Names(desk), desk.as_at, desk.known_at
    entries = for_provider(desk.connection, record_id, as_at, known_at)
    sites = providers.sites(desk.connection, known_at, provider_id=record_id)
    addresses = {one.site_id: address(one) for one in sites}
    seen = registrations_of(desk.connection, [record_id], as_at, known_at).get(record_id)
    data = {
        "provider": found,
        "sites": sites,
        "registration": standing(seen),
        "checks": checks(entries),
        "readings": readings(entries),
        "risks": risks(entries, addresses, as_at),
        "documents": documents(entries),
        **_pupils(desk, record_id, names),
    }
    happened = story(desk, of_provider(record_id), (), names)
    may = [] if desk.travelled else [one for one in ACTIONS if one.noun == "provider" and not one.new]
    shows = {
        **data,
        "names": names,
        "unassessed": [one for one in sites if one.site_id not in _assessed(desk, record_id)],
        "story": happened,
        "actions": [one for one in may if desk.officer.actor.role in one.roles],
    }
    said = () if desk.wants == "html" else rows(happened.list.items)
    return Page("providers/show.html", found.name, shows, {**data, "chronology": said}, said, STORY)


def _assessed(desk: Desk, record_id: UUID) -> set[UUID]:
    return {one.site_id for one in providers.setting_risks(desk.connection, record_id, desk.as_at, desk.known_at)}


def _pupils(desk: Desk, record_id: UUID, names: Names) -> dict[str, Any]:
    """Who is there, was there and is to go there, on whose consent, and how reliably the provider says who came."""
    where = (desk.connection, desk.as_at, desk.known_at)
    placed = bare_list(*where, Narrowed(provider_id=record_id))
    names.learn_pupils({one.pupil_id for one in placed})
    told = [_placed(one, names) for one in placed]
    by_id = {one.placement_id: one for one in placed}
    return {
        "now": [one for one in told if one["status"] in IN_FORCE],
        "to_come": [one for one in told if one["status"] not in {*IN_FORCE, *_BEFORE}],
        "before": [one for one in told if one["status"] in _BEFORE],
        "consents": _consents(desk, by_id, names),
        "returns": _returns(desk, placed),
    }


def _placed(one: Placement, names: Names) -> dict[str, Any]:
    return {
        "placement_id": one.placement_id,
        "pupil": names.pupil(one.pupil_id),
        "site": names.site(one.site_id),
        "status": one.status,
        "entered_from": one.entered_from,
        "from": one.started_on or one.proposed_start,
        "until": one.ended_on or one.proposed_end,
    }


def _consents(desk: Desk, placed: dict[UUID, Placement], names: Names) -> list[dict[str, Any]]:
    found = consents(desk.connection, placed, desk.as_at, desk.known_at)
    return [
        {
            "pupil": names.pupil(placed[one.placement_id].pupil_id),
            "authority": one.authority_id and names.authority(one.authority_id, placed[one.placement_id].pupil_id),
            "standing": one.status,
            "since": one.since,
            "covers_from": one.scope_from,
            "covers_until": one.scope_to or placed[one.placement_id].proposed_end,
            "site": names.site(one.site_id) if one.site_id else None,
            "conditions": one.conditions,
            "officer": ", ".join(part for part in (one.officer_name, one.officer_title) if part) or None,
            "entry": one.position - 1,
        }
        for one in found
    ]


def _returns(desk: Desk, placed: Sequence[Placement]) -> Reliability | None:
    outside = [one.placement_id for one in placed if one.delivery is Delivery.OUTSIDE]
    found = reliability(desk.connection, outside, desk.as_at, desk.known_at)
    return found if found.sessions else None
