"""All that what is due depends on, gathered for every school at once: two dozen questions however many pupils."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, and_, select

from domain.rules.due.item import Due, Placed
from domain.rules.due.school_time import SchoolTime, school_time
from domain.vocabulary import Accredited, Delivery, PlacementStatus, Session
from projections import preparations
from projections.answers import columns, every
from projections.bases import Misdated, misdated
from projections.consents import REFUSALS, Consent, consents
from projections.lifecycle import PLACEMENTS, STATES
from projections.offices import Appointment, Delegation, delegations, tenures
from projections.overrides import StandingOverride, standing_overrides
from projections.parents import ParentalPosition, parents_said
from projections.people import PlacingAuthority, holders, placing_authorities
from projections.providers import (
    Policy,
    Provider,
    Registration,
    SettingRisk,
    Site,
    all_registrations,
    all_setting_risks,
    policies,
    providers,
    sites,
)
from projections.pupils import Ehcp, Pupil, Residence, all_ehcps, all_residences, roll
from projections.questions import Statement, question
from projections.requests import Request, requests
from projections.schools import School, all_calendars, schools
from projections.timetables import Timetable, timetables
from projections.urgent import UrgentStart, urgent_starts

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_OPEN = (
    *(PlacementStatus.PROPOSED, PlacementStatus.ASSESSED, PlacementStatus.APPROVED),
    *(PlacementStatus.ACTIVE, PlacementStatus.SUSPENDED),
)


@dataclass(frozen=True)
class About:
    """What something that needs doing is about; `pupils` where it is about several of them at once."""

    school_id: UUID
    pupil_id: UUID | None = None
    placement_id: UUID | None = None
    status: PlacementStatus | None = None
    provider_id: UUID | None = None
    delegation_id: UUID | None = None
    appointment_id: UUID | None = None
    day: date | None = None
    session: Session | None = None
    pupils: tuple[UUID, ...] = ()


Found = Iterator[tuple[Due, About]]
"""What a rule found, one by one, with what it is about."""


@dataclass(frozen=True)
class Open:
    """A placement that is neither refused nor over, as far as what is due depends on it."""

    placement_id: UUID
    pupil_id: UUID
    school_id: UUID
    provider_id: UUID
    site_id: UUID
    delivery: Delivery
    accredited: Accredited
    proposed_start: date
    proposed_end: date
    status: PlacementStatus
    since: date
    proposed_on: date
    needs_on: date | None
    approved_on: date | None
    started_on: date | None
    approved_on_paper: bool

    @property
    def about(self) -> About:
        """What an item of this placement is about."""
        return About(self.school_id, self.pupil_id, self.placement_id, self.status, self.provider_id)

    @property
    def placed(self) -> Placed:
        """The same as the rules take it."""
        return Placed(
            status=self.status,
            proposed_on=self.proposed_on,
            starts_on=self.started_on or self.proposed_start,
            ends_on=self.proposed_end,
            outside=self.delivery is Delivery.OUTSIDE,
            approved_on=self.approved_on,
        )


@dataclass(frozen=True)
class Situation:
    """What was so on a day, as far as was known: each question asked once for everyone."""

    as_at: date
    placements: tuple[Open, ...]
    schools: Mapping[UUID, School]
    times: Mapping[UUID, SchoolTime]
    sites: Mapping[UUID, Site]
    providers: Mapping[UUID, Provider]
    pupils: Mapping[tuple[UUID, UUID], Pupil]
    residences: Mapping[UUID, Residence]
    ehcps: Mapping[UUID, Ehcp]
    placed_by: Mapping[UUID, Sequence[PlacingAuthority]]
    holders: Collection[tuple[UUID, UUID]]
    consents: Mapping[UUID, Sequence[Consent]]
    refusals: Mapping[UUID, Sequence[Mapping[str, Any]]]
    parents_said: Mapping[UUID, Sequence[ParentalPosition]]
    registrations: Mapping[UUID, Sequence[Registration]]
    policies: Mapping[UUID, Policy]
    setting_risks: Mapping[UUID, SettingRisk]
    risks: Mapping[tuple[UUID, UUID], Sequence[preparations.Risk]]
    baselines: Collection[UUID]
    plans: Mapping[UUID, preparations.Plan]
    agreements: Mapping[UUID, preparations.Agreement]
    reviews: Mapping[UUID, preparations.Review]
    tenures: Mapping[UUID, Sequence[Appointment]]
    delegations: tuple[Delegation, ...]
    misdated: tuple[Misdated, ...]
    urgent: Mapping[UUID, UrgentStart]
    overrides: Mapping[UUID, Sequence[StandingOverride]]
    timetables: Mapping[UUID, Timetable]
    requests: Mapping[UUID, Sequence[Request]]

    def time(self, school_id: UUID) -> SchoolTime:
        """A school's days around the day asked about; of one without a calendar, every weekday."""
        return self.times.get(school_id) or school_time((), self.as_at)


def gather(connection: Connection, as_at: date, known_at: int) -> Situation:
    """Ask everything, once."""
    open_ = _open(connection, as_at, known_at)
    outside = [one for one in open_ if one.delivery is Delivery.OUTSIDE]
    ids, whose = {one.placement_id for one in outside}, {one.pupil_id for one in outside}
    at, known = (connection, as_at, known_at), (connection, known_at)
    calendars = _grouped(all_calendars(*known), lambda one: one.school_id)
    return Situation(
        as_at=as_at,
        placements=open_,
        schools=_by(schools(*known), lambda one: one.school_id),
        times={school: school_time(tuple(years), as_at) for school, years in calendars.items()},
        sites=_by(sites(*known), lambda one: one.site_id),
        providers=_by(providers(*known), lambda one: one.provider_id),
        pupils=_by(roll(*at), lambda one: (one.pupil_id, one.school_id)),
        residences=_by(all_residences(*at), lambda one: one.pupil_id),
        ehcps=_by(all_ehcps(*at), lambda one: one.pupil_id),
        placed_by=_grouped(placing_authorities(connection, whose, as_at, known_at), lambda one: one.pupil_id),
        holders=holders(connection, whose, as_at, known_at),
        consents=_grouped(consents(connection, ids, as_at, known_at), lambda one: one.placement_id),
        refusals=_grouped(map(dict, _refused(*at).mappings()), lambda row: row["placement_id"]),
        parents_said=_grouped(parents_said(connection, ids, as_at, known_at), lambda one: one.placement_id),
        registrations=_grouped(all_registrations(*known), lambda one: one.provider_id),
        policies=_by(
            policies(connection, {one.provider_id for one in outside}, as_at, known_at), lambda one: one.provider_id
        ),
        setting_risks=_by(all_setting_risks(*at), lambda one: one.site_id),
        risks=_grouped(preparations.risks(*at), lambda one: (one.placement_id, one.site_id)),
        baselines=preparations.baselines(*at),
        plans=_by(preparations.plans(*at), lambda one: one.placement_id),
        agreements=_by(preparations.agreements(*at), lambda one: one.placement_id),
        reviews=_by(preparations.reviews(*at), lambda one: one.placement_id),
        tenures=_grouped(tenures(*known), lambda one: one.school_id),
        delegations=delegations(connection, as_at, known_at, live_only=False),
        misdated=misdated(connection, [one.placement_id for one in open_], as_at, known_at),
        urgent=_by(urgent_starts(*at), lambda one: one.placement_id),
        overrides=_grouped(standing_overrides(*at), lambda one: one.placement_id),
        requests=_grouped(requests(*at), lambda one: one.placement_id),
        timetables=timetables(connection, [one.placement_id for one in open_], as_at, known_at),
    )


def _open(connection: Connection, as_at: date, known_at: int) -> tuple[Open, ...]:
    return every(Open, _opened(connection, as_at, known_at))


@question
def _opened(as_at: date, known_at: int) -> Statement:
    same = PLACEMENTS.table.c.placement_id == STATES.table.c.placement_id
    query = select(*_OPEN_COLUMNS).join_from(PLACEMENTS.table, STATES.table, and_(same, PLACEMENTS.known(known_at)))
    query = query.where(STATES.at(as_at, known_at), STATES.table.c.status.in_(_OPEN))
    return query.order_by(PLACEMENTS.table.c.known_from)


@question
def _refused(as_at: date, known_at: int) -> Statement:
    return select(REFUSALS.table).where(REFUSALS.at(as_at, known_at))


_STATED = {"status", "since", "proposed_on", "needs_on", "approved_on", "started_on"}
_OPEN_COLUMNS = columns(Open, PLACEMENTS.table, without=_STATED) + columns(
    Open, STATES.table, only=_STATED, since="effective_from"
)


def _by(found: Iterable[V], key: Callable[[V], K]) -> dict[K, V]:
    return {key(one): one for one in found}


def _grouped(found: Iterable[V], key: Callable[[V], K]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    return groups
