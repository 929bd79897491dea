"""Consents of placing authorities, by the days they hold for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Connection, Date, Text, Uuid, select

from domain.events import (
    PlacingAuthorityConsentGiven,
    PlacingAuthorityConsentRefused,
    PlacingAuthorityConsentRequested,
    PlacingAuthorityConsentWithdrawn,
)
from domain.parts import ConsentScope
from domain.rules import capacity as capacities
from domain.rules.covering import Given
from domain.vocabulary import Capacity, Medium
from projections.answers import columns, every, word
from projections.axes import Timeline
from projections.families import (
    ATTENDANCE,
    DECISION,
    OFFICE,
    PARENTS,
    PREPARATION,
    PROVIDER,
    PUPIL,
    READING,
    RESPONSIBILITY,
    RETURN,
    SCHOOL,
)
from projections.questions import Statement, question
from projections.read_model import Batch, ReadModel, erased, plain
from projections.standing import ConsentStatus

MODEL = ReadModel(
    "consents",
    ignores=(
        *SCHOOL,
        *OFFICE,
        *PUPIL,
        *RESPONSIBILITY,
        *PROVIDER,
        *PREPARATION,
        *DECISION,
        *PARENTS,
        *ATTENDANCE,
        *RETURN,
        *READING,
        PlacingAuthorityConsentRequested,
    ),
)


CONSENTS = Timeline(
    "consents",
    [Column("consent_id", Uuid)],
    [
        Column("status", word(ConsentStatus), nullable=False),
        Column("placement_id", Uuid, nullable=False, index=True),
        Column("authority_id", Uuid),
        Column("provider_id", Uuid),
        Column("site_id", Uuid),
        Column("scope_from", Date),
        Column("scope_to", Date),
        Column("given_on", Date),
        Column("received_on", Date),
        Column("capacity", word(Capacity)),
        Column("officer_name", Text),
        Column("officer_title", Text),
        Column("medium", word(Medium)),
        Column("conditions", Text),
        Column("consented_at", BigInteger),
        Column("withdrawn_on", Date),
        Column("withdrawal_received_on", Date),
        Column("notified_by", Text),
        Column("withdrawal_reason", Text),
        Column("erased", Boolean, nullable=False),
    ],
)

REFUSALS = Timeline(
    "authority_refusals",
    [Column("placement_id", Uuid), Column("authority_id", Uuid), Column("entry", BigInteger)],
    [Column("capacity", word(Capacity))],
)
"""Each refusal for itself: a later one in another capacity does not replace it."""


@MODEL.applies(PlacingAuthorityConsentGiven)
def _given(batch: Batch, position: int, fact: PlacingAuthorityConsentGiven) -> None:
    """It stands from the day it was received until its scope ends; which days it covers is for the reader to ask."""
    sealed = ("capacity", "officer_name", "officer_title", "medium", "conditions")
    values = {
        "status": ConsentStatus.UNCONFIRMED if fact.medium == Medium.TELEPHONE else ConsentStatus.GIVEN,
        "placement_id": fact.originator_id,
        "authority_id": fact.authority_id,
        "provider_id": fact.scope.provider_id,
        "site_id": fact.scope.site_id,
        "scope_from": fact.scope.starts_on,
        "scope_to": fact.scope.ends_on,
        "given_on": fact.given_on,
        "received_on": fact.received_on,
        **{name: plain(getattr(fact, name)) for name in sealed},
        "consented_at": position,
        "erased": erased(*(getattr(fact, name) for name in sealed)),
    }
    line, key = batch.timeline(CONSENTS), (fact.consent_id,)
    begins = max(fact.given_on, fact.received_on)
    line.state(position, key, begins, values)
    if fact.scope.ends_on is not None and fact.medium != Medium.TELEPHONE:
        ends = max(fact.scope.ends_on + timedelta(days=1), begins)
        line.state(position, key, ends, values | {"status": ConsentStatus.EXPIRED})


@MODEL.applies(PlacingAuthorityConsentRefused)
def _refused(batch: Batch, position: int, fact: PlacingAuthorityConsentRefused) -> None:
    key = (fact.originator_id, fact.authority_id, position)
    batch.timeline(REFUSALS).state(position, key, fact.refused_on, {"capacity": plain(fact.capacity)})


@MODEL.applies(PlacingAuthorityConsentWithdrawn)
def _withdrawn(batch: Batch, position: int, fact: PlacingAuthorityConsentWithdrawn) -> None:
    values = {
        "status": ConsentStatus.WITHDRAWN,
        "placement_id": fact.originator_id,
        "withdrawn_on": fact.effective_on,
        "withdrawal_received_on": fact.received_on,
        "notified_by": plain(fact.notified_by),
        "withdrawal_reason": plain(fact.reason),
    }
    gone = erased(fact.notified_by, fact.reason)
    batch.timeline(CONSENTS).onwards(
        position, (fact.consent_id,), fact.effective_on, lambda row: {"erased": gone, **(row or {}), **values}
    )


@dataclass(frozen=True)
class Consent:
    """A placing authority's consent as it stands on a day; `position` is the entry that put it so."""

    consent_id: UUID
    placement_id: UUID
    authority_id: UUID | None
    status: ConsentStatus
    since: date
    provider_id: UUID | None
    site_id: UUID | None
    scope_from: date | None
    scope_to: date | None
    given_on: date | None
    received_on: date | None
    capacity: Capacity | None
    officer_name: str | None
    officer_title: str | None
    medium: Medium | None
    conditions: str | None
    withdrawn_on: date | None
    withdrawal_received_on: date | None
    notified_by: str | None
    withdrawal_reason: str | None
    erased: bool
    position: int

    @property
    def given(self) -> Given | None:
        """The same as the rules take it; None where only its withdrawal is known."""
        if self.provider_id is None or self.scope_from is None:
            return None
        scope = ConsentScope(self.provider_id, self.site_id, self.scope_from, self.scope_to)
        return Given(scope, self.medium, self.withdrawn_on)


def consents(
    connection: Connection, placement_ids: Collection[UUID], as_at: date, known_at: int
) -> tuple[Consent, ...]:
    """Every consent for some placements received by a day, as it stands then; whether it covers a day is its scope's.

    A refusal of the same authority dated later, or as late and recorded later, ends it in the capacity refused; what is
    left of a consent in both capacities is a consent in the other. Of a withdrawal received by that day, but from a
    later one, the consent says the day.
    """
    noes = _refusals(connection, placement_ids, as_at, known_at).all()
    found = [_after(one, noes) for one in every(Consent, _consents(connection, placement_ids, as_at, known_at))]
    withdrawn = _withdrawn_ahead(connection, placement_ids, as_at, known_at)
    ahead = {row.consent_id: row.withdrawn_on for row in withdrawn}
    return tuple(replace(one, withdrawn_on=ahead.get(one.consent_id, one.withdrawn_on)) for one in found)


@question
def _consents(placement_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    table = CONSENTS.table
    query = select(*columns(Consent, table, since="effective_from"))
    query = query.where(CONSENTS.at(as_at, known_at), table.c.placement_id.in_(placement_ids))
    return query.order_by(table.c.consented_at)


@question
def _refusals(placement_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    table = REFUSALS.table
    query = select(table).where(REFUSALS.at(as_at, known_at), table.c.placement_id.in_(placement_ids))
    return query.order_by(table.c.effective_from, table.c.position)


@question
def _withdrawn_ahead(placement_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    table = CONSENTS.table
    return select(table.c.consent_id, table.c.withdrawn_on).where(
        CONSENTS.known(known_at),
        table.c.placement_id.in_(placement_ids),
        table.c.status == ConsentStatus.WITHDRAWN,
        table.c.effective_from > as_at,
        table.c.withdrawal_received_on <= as_at,
    )


def _after(one: Consent, refusals: Sequence[Any]) -> Consent:
    if one.status is not ConsentStatus.GIVEN or one.given_on is None:
        return one
    left = singles(one.capacity)
    for no in refusals:
        later = (no.effective_from, no.position) > (one.given_on, one.position)
        if (no.placement_id, no.authority_id) != (one.placement_id, one.authority_id) or not later:
            continue
        left -= singles(no.capacity)
        if not left:
            return replace(one, status=ConsentStatus.REFUSED, since=no.effective_from, position=no.position)
    return one if left == singles(one.capacity) else replace(one, capacity=next(iter(left)))


def singles(capacity: Capacity | None) -> frozenset[Capacity | None]:
    """The single capacities of a consent, a refusal or a placing; one that is erased still stands for itself."""
    return frozenset({None}) if capacity is None else frozenset[Capacity | None](capacities.singles(capacity))
