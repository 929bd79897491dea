"""What about marks needs a second look: gathers what was in force on each mark's day, and asks `domain.rules.flags`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from domain.parts import ConsentScope
from domain.rules.attendance_codes import attended
from domain.rules.covering import Given
from domain.rules.flags import Attended, Consent, Flag, flags
from domain.vocabulary import Capacity, Delivery, PlacementStatus, TaughtAt
from projections.axes import Chain, Timeline
from projections.consents import CONSENTS, REFUSALS, singles
from projections.lifecycle import PLACEMENTS, STATES
from projections.marks import Mark
from projections.people import NOBODY, PLACING_AUTHORITIES
from projections.providers import PROVIDERS, SITES
from projections.pupils import RESIDENCES
from projections.questions import Statement, question
from projections.rows import Rows
from projections.running import state_of
from projections.timetables import Timetable, timetable_history, valid_on

Line = Mapping[str, Any]
Lines = Mapping[UUID, Sequence[Line]]
"""The rows of a timeline by what they are about, oldest first."""


@dataclass(frozen=True)
class _Known:
    """Everything known that the marks in question may be held against, of all days."""

    placements: Mapping[UUID, Line]
    states: Lines
    sites: Mapping[UUID, Line]
    providers: Mapping[UUID, Line]
    residences: Lines
    placed_by: Lines
    consents: Lines
    refusals: Lines
    timetables: Mapping[UUID, tuple[Timetable, ...]]


def flagged(connection: Connection, marks: Collection[Mark], known_at: int) -> dict[int, tuple[Flag, ...]]:
    """The flags of each mark that has any, by the mark's position; nine questions however many marks there are."""
    there = [mark for mark in marks if attended(mark.code or "")]
    if not there:
        return {}
    known = _known(connection, there, known_at)
    given = {placement_id: _consents(placement_id, known) for placement_id in known.placements}
    found = {mark.position: flags(_attended(mark, known, given)) for mark in there}
    return {position: raised for position, raised in found.items() if raised}


def _known(connection: Connection, marks: Collection[Mark], known_at: int) -> _Known:
    pupils = {mark.pupil_id for mark in marks}
    placements = _newest(connection, PLACEMENTS, {mark.placement_id for mark in marks}, known_at)
    sites = _newest(
        connection,
        SITES,
        {mark.site_id for mark in marks} | {row["site_id"] for row in placements.values()},
        known_at,
    )
    providers = _newest(connection, PROVIDERS, {row["provider_id"] for row in sites.values()}, known_at)

    def lines(timeline: Timeline, about: str, ids: Collection[UUID]) -> Lines:
        return _by(about, _LINES[timeline](connection, ids, known_at))

    return _Known(
        placements=placements,
        states=lines(STATES, "placement_id", placements),
        sites=sites,
        providers=providers,
        residences=lines(RESIDENCES, "pupil_id", pupils),
        placed_by=lines(PLACING_AUTHORITIES, "pupil_id", pupils),
        consents=lines(CONSENTS, "placement_id", placements),
        refusals=lines(REFUSALS, "placement_id", placements),
        timetables=timetable_history(connection, placements, known_at),
    )


def _attended(mark: Mark, known: _Known, given: Mapping[UUID, tuple[Consent, ...]]) -> Attended:
    """What was in force that day; a mark that names no site was taken where its placement is."""
    placement = None if mark.placement_id is None else known.placements.get(mark.placement_id)
    where = placement or {}
    site_id = mark.site_id or where.get("site_id")
    site = {} if site_id is None else known.sites.get(site_id, {})
    lives = _on(known.residences.get(mark.pupil_id, ()), mark.day)
    return Attended(
        day=mark.day,
        code=mark.code or "",
        nature=mark.nature,
        site_id=site_id,
        site_kind=site.get("kind"),
        provider_id=site.get("provider_id", where.get("provider_id")),
        delivery=_delivery(site, known) or where.get("delivery"),
        placement=None if mark.placement_id is None else _status(known.states.get(mark.placement_id, ()), mark.day),
        agreed_site_id=where.get("site_id"),
        residence=lives.get("status"),
        home_site_id=lives.get("home_site_id"),
        authorities=_authorities(known.placed_by.get(mark.pupil_id, ()), mark.day),
        consents=() if mark.placement_id is None else given.get(mark.placement_id, ()),
        allocated=_allocated(mark, known),
    )


def _allocated(mark: Mark, known: _Known) -> TaughtAt | None:
    """Where the timetable valid that day puts the session of a mark that names a placement."""
    if mark.placement_id is None:
        return None
    week = valid_on(known.timetables.get(mark.placement_id, ()), mark.day)
    return None if week is None else week.at(mark.day, mark.session)


def _delivery(site: Line, known: _Known) -> Delivery | None:
    """By whom a pupil is taught at a site, whatever the placement that the mark names was proposed as."""
    provider = known.providers.get(site["provider_id"]) if site else None
    if provider is None:
        return None
    return Delivery.OUTSIDE if provider["school_id"] is None else Delivery.IN_HOUSE


def _status(states: Sequence[Line], day: date) -> PlacementStatus | None:
    """The status on a day."""
    begun = [row for row in states if row["effective_from"] <= day]
    return state_of(begun[-1], day) if begun else None


def _authorities(placed_by: Sequence[Line], day: date) -> frozenset[tuple[UUID, Capacity | None]] | None:
    """Who placed the pupil as of a day: none where that is said, None where nothing is."""
    said = [row for row in placed_by if row["effective_from"] <= day < row["effective_to"]]
    if not said:
        return None
    none = max((_when(row) for row in said if row["authority_id"] == NOBODY), default=(date.min, 0))
    placed = [row for row in said if row["authority_id"] != NOBODY and _when(row) > none]
    return frozenset((row["authority_id"], one) for row in placed for one in singles(row["capacity"]))


def _consents(placement_id: UUID, known: _Known) -> tuple[Consent, ...]:
    """A placement's consents with the day each was taken back, by withdrawal or by a later refusal."""
    newest = {row["consent_id"]: row for row in known.consents.get(placement_id, ()) if row["scope_from"] is not None}
    refusals = known.refusals.get(placement_id, ())
    return tuple(
        _consent(row, one, [no for no in refusals if one in singles(no["capacity"]) and _against(no, row)])
        for row in newest.values()
        for one in singles(row["capacity"])
    )


def _consent(row: Line, capacity: Capacity | None, refusals: Sequence[Line]) -> Consent:
    ends = [no["effective_from"] for no in refusals] + [day for day in [row["withdrawn_on"]] if day is not None]
    scope = ConsentScope(row["provider_id"], row["site_id"], row["scope_from"], row["scope_to"])
    given = Given(scope, row["medium"], min(ends, default=None))
    return Consent(row["authority_id"], capacity, given, row["received_on"])


def _against(refusal: Line, consent: Line) -> bool:
    given = (consent["given_on"], consent["consented_at"])
    return bool(refusal["authority_id"] == consent["authority_id"] and _when(refusal) > given)


def _when(row: Line) -> tuple[date, int]:
    return row["effective_from"], row["position"]


def _on(rows: Sequence[Line], day: date) -> Line:
    return next((row for row in rows if row["effective_from"] <= day < row["effective_to"]), {})


def _newest(connection: Connection, chain: Chain, ids: Collection[UUID | None], known_at: int) -> dict[UUID, Line]:
    (key,) = chain.key
    rows = _LINKS[chain](connection, {one for one in ids if one is not None}, known_at).mappings()
    return {row[key]: row for row in rows}


def _links(chain: Chain, ids: Collection[UUID], known_at: int) -> Statement:
    (key,) = chain.key
    return select(chain.table).where(chain.known(known_at), chain.table.c[key].in_(ids))


def _by(about: str, rows: Rows) -> dict[UUID, list[Line]]:
    found = dict[UUID, list[Line]]()
    for row in rows.mappings():
        found.setdefault(row[about], []).append(row)
    return found


def _lines(timeline: Timeline, about: str, ids: Collection[UUID], known_at: int) -> Statement:
    table = timeline.table
    query = select(table).where(timeline.known(known_at), table.c[about].in_(ids))
    return query.order_by(table.c.effective_from, table.c.position)


_LINKS = {chain: question(partial(_links, chain)) for chain in (PLACEMENTS, SITES, PROVIDERS)}
_LINES = {
    timeline: question(partial(_lines, timeline, about))
    for timeline, about in (
        (STATES, "placement_id"),
        (RESIDENCES, "pupil_id"),
        (PLACING_AUTHORITIES, "pupil_id"),
        (CONSENTS, "placement_id"),
        (REFUSALS, "placement_id"),
    )
}
