"""What is due of placements and their pupils: consents, parents, place, risk, paper, decision and reviews."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

from domain.rules.capacity import CALLED
from domain.rules.covering import fits
from domain.rules.due import consents, parents, places, plans, providers, pupils, reviews, risks
from domain.rules.due.item import Due, Placed
from domain.rules.setting import counts, lives_there
from domain.vocabulary import Accredited, Capacity, Deferrable, SiteKind
from projections.consents import singles
from projections.parents import as_judged
from projections.people import PlacingAuthority
from projections.requests import RequestStatus
from projections.situation import Found, Open, Situation
from projections.standing import ConsentStatus

_PREPARED = "H-10"
"""The rule on what should be there before the start: its overrides are told of with what is missing."""


def of_placements(now: Situation) -> Found:
    """Everything due of every placement that is planned or runs, and of its pupil."""
    for one in now.placements:
        placed = one.placed
        safe = list(_safety(one, placed, now))
        asked = list(_authority(one, placed, now))
        paper = list(_paper(one, placed, now))
        for due in (*safe, *asked, *paper, *_decision(one, placed, now, [*safe, *asked, *paper])):
            yield due, one.about
    for pupil_id, one in {one.pupil_id: one for one in now.placements}.items():
        plan = now.ehcps.get(pupil_id)
        if plan is not None and plan.in_force:
            for due in pupils.annual_review(plan.annual_review_due, now.as_at):
                yield due, replace(one.about, placement_id=None, status=None, provider_id=None)


def _safety(one: Open, placed: Placed, now: Situation) -> Iterator[Due]:
    site = now.sites.get(one.site_id)
    if site is not None and site.kind is SiteKind.CHILDRENS_HOME:
        lives = now.residences.get(one.pupil_id)
        there = lives is not None and lives_there(lives.status, lives.home_site_id, one.site_id)
        moved_on = None if lives is None else lives.since
        yield from places.home_in_use(placed, site.name or "This address", lives_there=there, moved_on=moved_on)
    yield from places.address_unknown(placed, site.name if site else None, site.address if site else None)
    yield from _risk(one, placed, now)
    week = now.timetables.get(one.placement_id)
    if week is not None:
        yield from plans.unallocated(placed, len(week.nowhere), week.valid_from, now.as_at)
    review = now.reviews.get(one.placement_id)
    if review is not None:
        yield from risks.found_unsafe(placed, review.held_on, still_safe=review.still_safe)


def _risk(one: Open, placed: Placed, now: Situation) -> Iterator[Due]:
    assessments, urgent = now.risks.get((one.placement_id, one.site_id), ()), now.urgent.get(one.placement_id)
    interim_will_do = urgent is not None and urgent.awaits_approval
    counting = [risk for risk in assessments if counts(risk, interim_will_do=interim_will_do)]
    newest = max(counting, key=lambda risk: (risk.assessed_on, risk.position), default=None)
    assessed = risks.Assessed(newest.assessed_on, newest.valid_to, newest.outcome) if newest else None
    only = " but an interim one" if assessments and not counting else ""
    of_what = f"for this pupil in this setting{only}"
    yield from risks.risk(placed, of_what, assessed, "assess_risk", now.time(one.school_id))


def _authority(one: Open, placed: Placed, now: Situation) -> Iterator[Due]:
    place = now.pupils.get((one.pupil_id, one.school_id))
    on_roll = place is not None and place.on_roll
    yield from places.off_roll(placed, on_roll=on_roll, left_on=None if place is None or on_roll else place.since)
    if not placed.outside:
        return
    if one.accredited is Accredited.NOT_KNOWN:
        yield providers.unknown_accreditation(placed, now.as_at)
    placed_by = now.placed_by.get(one.pupil_id, ())
    if not placed_by:
        yield consents.nobody_placed(placed, now.as_at)
    for authority in placed_by:
        for capacity in sorted(singles(authority.capacity), key=str):
            if authority.authority_id is not None:
                whose = _whose(authority, capacity)
                answers = list(_answers(one, authority.authority_id, capacity, now))
                yield from consents.consent(placed, whose, answers, now.time(one.school_id))
    yield from _unanswered(one, placed_by, now)
    responsible = {holder for pupil, holder in now.holders if pupil == one.pupil_id}
    said = as_judged(now.parents_said.get(one.placement_id, ()), responsible)
    yield from parents.position(placed, said, now.time(one.school_id))


def _unanswered(one: Open, said: Iterable[PlacingAuthority], now: Situation) -> Iterator[Due]:
    names = {authority.authority_id: authority.name for authority in said}
    for asked in now.requests.get(one.placement_id, ()):
        if asked.status is RequestStatus.OPEN:
            whose = names.get(asked.authority_id) or "The authority"
            yield from consents.unanswered(whose, asked.reference, asked.requested_on, now.time(one.school_id))


def _whose(authority: PlacingAuthority, capacity: Capacity | None) -> str:
    name = authority.name or "the placing authority"
    return f"{name} ({CALLED[capacity]})" if authority.capacity is Capacity.BOTH and capacity else name


def _answers(one: Open, authority_id: UUID, capacity: Capacity | None, now: Situation) -> Iterator[consents.Answer]:
    for said in now.consents.get(one.placement_id, ()):
        given = said.given
        if said.authority_id == authority_id and capacity in singles(said.capacity) and given is not None:
            here = fits(given, one.provider_id, one.site_id)
            yield consents.Answer(said.status, said.since, given if here else None)
    for no in now.refusals.get(one.placement_id, ()):
        if no["authority_id"] == authority_id and capacity in singles(no["capacity"]):
            yield consents.Answer(ConsentStatus.REFUSED, no["effective_from"], None)


def _paper(one: Open, placed: Placed, now: Situation) -> Iterator[Due]:
    plan, signed = now.plans.get(one.placement_id), now.agreements.get(one.placement_id)
    done = plans.Prepared(
        needs=one.needs_on is not None,
        baseline=one.placement_id in now.baselines,
        plan_version=plan.plan_version if plan else None,
        planned_on=plan.prepared_on if plan else None,
        signed_version=(signed.plan_version or 0) if signed else None,
        put_off=_put_off(one, now),
        overridden=frozenset(_overridden(one, now)),
    )
    time = now.time(one.school_id)
    yield from plans.preparation(placed, done, time)
    for left in now.overrides.get(one.placement_id, ()):
        if left.rule != _PREPARED:
            yield plans.still_overridden(left.decided_on, left.clears)
    review = now.reviews.get(one.placement_id)
    last = reviews.Reviewed(review.held_on if review else None, review.next_review_on if review else None)
    yield from reviews.review(placed, last, plan.review_dates if plan else (), time)


def _put_off(one: Open, now: Situation) -> dict[Deferrable, date]:
    urgent = now.urgent.get(one.placement_id)
    return {} if urgent is None else {left.what: left.due_on for left in urgent.deferred if left.made_good_on is None}


def _overridden(one: Open, now: Situation) -> Iterator[Deferrable]:
    for left in now.overrides.get(one.placement_id, ()):
        if left.rule == _PREPARED:
            yield Deferrable.BASELINE if left.clause == "S24" else Deferrable.PROVIDER_AGREEMENT


def _decision(one: Open, placed: Placed, now: Situation, lacks: Iterable[Due]) -> Iterator[Due]:
    """A decision waits only where nothing else does: until then the others' items say what is missing."""
    plan = now.plans.get(one.placement_id)
    ready = not list(lacks)
    ready_since = max(one.since, plan.prepared_on) if plan else one.since
    urgent = now.urgent.get(one.placement_id)
    if urgent is not None:
        yield from plans.urgent_start(placed, urgent.ends_on, now.time(one.school_id), again=urgent.again)
    elif one.approved_on is None:
        yield from plans.without_approval(placed, on_paper=one.approved_on_paper)
    yield from plans.decision(placed, ready=ready, ready_since=ready_since, today=now.as_at)
