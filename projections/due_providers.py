"""What is due of providers and their sites, for each school whose pupils have a placement there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from domain.rules.due import providers, risks
from domain.rules.due.item import Due, Placed
from domain.rules.registration import Lapsed, Looked
from domain.vocabulary import Accredited
from projections.providers import Registration
from projections.situation import About, Found, Open, Situation


def of_providers(now: Situation) -> Found:
    """Registrations and policies of providers, risks of settings."""
    for (school_id, provider_id), here in _by(now, lambda one: (one.school_id, one.provider_id)).items():
        about = About(school_id, provider_id=provider_id, pupils=_pupils(here))
        for due in _provider(provider_id, here, now):
            yield due, about
    for (school_id, site_id), here in _by(now, lambda one: (one.school_id, one.site_id)).items():
        site, newest = now.sites.get(site_id), now.setting_risks.get(site_id)
        assessed = risks.Assessed(newest.assessed_on, newest.valid_to, newest.outcome) if newest else None
        of_what = f"of {site.name} as a place to learn" if site and site.name else "of the setting itself"
        for due in risks.risk(_together(here), of_what, assessed, "assess_setting_risk", now.time(school_id)):
            yield due, About(school_id, provider_id=here[0].provider_id, pupils=_pupils(here))


def _provider(provider_id: UUID, here: Sequence[Open], now: Situation) -> Iterator[Due]:
    found = now.providers.get(provider_id)
    name = found.name if found else "this provider"
    accredited = [one for one in here if one.accredited is Accredited.YES]
    if accredited:
        history = [one for one in now.registrations.get(provider_id, ()) if one.since <= now.as_at]
        since, running = _since(accredited), any(one.placed.running for one in accredited)
        yield from providers.registration(
            name, list(_looks(history)), list(_lapses(history)), since, now.as_at, running=running
        )
    outside = [one for one in here if one.placed.outside]
    if outside:
        read, running = now.policies.get(provider_id), any(one.placed.running for one in outside)
        yield from providers.policy(
            name,
            read.verified_on if read else None,
            fit=read is not None and read.satisfactory,
            running=running,
            needed_since=_since(outside),
        )


def _looks(history: Iterable[Registration]) -> Iterator[Looked]:
    for one in history:
        if one.regime is not None and one.source is not None and one.status is not None:
            yield Looked(one.since, one.position, one.regime, one.source, one.status)


def _lapses(history: Iterable[Registration]) -> Iterator[Lapsed]:
    for one in history:
        if one.lapsed:
            yield Lapsed(one.since, one.received_on or one.since, one.position)


def _since(here: Iterable[Open]) -> date:
    return min(one.placed.wanted_since() for one in here)


def _together(here: Sequence[Open]) -> Placed:
    """Several placements at one site, as the one that runs and wants it most."""
    running = [one.placed for one in here if one.placed.running] or [one.placed for one in here]
    first = min(running, key=lambda one: one.starts_on)
    return replace(first, ends_on=max(one.ends_on for one in running))


def _pupils(here: Iterable[Open]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(one.pupil_id for one in here))


def _by(now: Situation, key: Callable[[Open], tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], list[Open]]:
    groups: dict[tuple[UUID, UUID], list[Open]] = {}
    for one in now.placements:
        groups.setdefault(key(one), []).append(one)
    return groups
