"""What a placement needs that is not in force on a day: whose approval, consent or position is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection

from domain.rules.covering import stands
from domain.rules.parents import settled
from domain.rules.status import RUNNING
from domain.vocabulary import Delivery, PlacementStatus, Source
from projections.consents import Consent, consents, singles
from projections.parents import as_judged, parents_said
from projections.people import PlacingAuthority, holders, placing_authorities
from projections.providers import policies
from projections.standing import ConsentStatus
from projections.urgent import urgent_starts


class Required(StrEnum):
    """What the policy requires of a placement (clauses S26, S42, S43 and S30)."""

    PLACEMENT_APPROVAL = "placement_approval"
    AUTHORITY_CONSENT = "authority_consent"
    PARENTAL_POSITION = "parental_position"
    SAFEGUARDING_POLICY = "safeguarding_policy"


@dataclass(frozen=True)
class Unmet:
    """A requirement not in force; of a consent, which authority's (None while nobody said who placed the pupil)."""

    placement_id: UUID
    required: Required
    authority_id: UUID | None = None
    authority: str | None = None

    @property
    def is_consent(self) -> bool:
        """Whether its lack keeps the placement from being consented."""
        return self.required in {Required.AUTHORITY_CONSENT, Required.PARENTAL_POSITION}


class Placed(Protocol):
    """As much of a placement as decides what it needs."""

    @property
    def placement_id(self) -> UUID:
        """Which placement."""

    @property
    def pupil_id(self) -> UUID:
        """Whose, and so which authorities must consent."""

    @property
    def provider_id(self) -> UUID:
        """With whom, and so whose safeguarding policy counts."""

    @property
    def site_id(self) -> UUID:
        """Where, and so what a consent must cover."""

    @property
    def delivery(self) -> Delivery:
        """By the school itself, or by someone outside."""

    @property
    def proposed_start(self) -> date:
        """Its first day as proposed."""

    @property
    def started_on(self) -> date | None:
        """Its first day, once it has started."""

    @property
    def proposed_end(self) -> date:
        """Its last day as proposed."""

    @property
    def entered_from(self) -> Source:
        """How it came in; one from paper runs without an approval given here."""

    @property
    def approved_on(self) -> date | None:
        """When it was approved here, if it was."""

    @property
    def approved_on_paper(self) -> bool:
        """Whether its paper says that it was approved."""

    @property
    def status(self) -> PlacementStatus:
        """How far it has come."""


_UNDECIDED = {PlacementStatus.PROPOSED, PlacementStatus.ASSESSED}


def unmet(connection: Connection, placements: Sequence[Placed], as_at: date, known_at: int) -> tuple[Unmet, ...]:
    """What each of these placements needs and lacks on a day; asks the same few questions however many there are."""
    outside = [one for one in placements if one.delivery is Delivery.OUTSIDE]
    ids = {one.placement_id for one in outside}
    given = [found for found in consents(connection, ids, as_at, known_at) if found.status is ConsentStatus.GIVEN]
    said = parents_said(connection, ids, as_at, known_at)
    pupils = {one.pupil_id for one in outside}
    placed_by = placing_authorities(connection, pupils, as_at, known_at)
    responsible = holders(connection, pupils, as_at, known_at)
    verified = policies(connection, {one.provider_id for one in outside}, as_at, known_at)
    starts = urgent_starts(connection, as_at, known_at, placement_ids=ids)
    urgent = {start.placement_id: start.ends_on for start in starts if start.awaits_approval}
    fit = {policy.provider_id for policy in verified if policy.satisfactory}
    lacks = [Unmet(one.placement_id, Required.PLACEMENT_APPROVAL) for one in placements if _unapproved(one)]
    for one in outside:
        until = urgent.get(one.placement_id)
        lacks.extend(_consents_lacking(one, placed_by, [each for each in given if _covers(each, one, until, as_at)]))
        may_agree = {holder for pupil, holder in responsible if pupil == one.pupil_id}
        words = (position for position in said if position.placement_id == one.placement_id)
        if not settled(as_judged(words, may_agree), as_at):
            lacks.append(Unmet(one.placement_id, Required.PARENTAL_POSITION))
        if one.provider_id not in fit:
            lacks.append(Unmet(one.placement_id, Required.SAFEGUARDING_POLICY))
    return tuple(lacks)


def _unapproved(one: Placed) -> bool:
    """Nobody has decided yet; or it runs or ran on no approval: an urgent start, or paper that tells of none."""
    nowhere = not (one.approved_on_paper or one.approved_on)
    return one.status in _UNDECIDED or (one.status is not PlacementStatus.REFUSED and nowhere)


def _consents_lacking(
    one: Placed, placed_by: Collection[PlacingAuthority], standing: Collection[Consent]
) -> Iterator[Unmet]:
    """A consent of every authority that placed the pupil, in every capacity in which it did (H-05)."""
    authorities = [authority for authority in placed_by if authority.pupil_id == one.pupil_id]
    if not authorities:
        yield Unmet(one.placement_id, Required.AUTHORITY_CONSENT)
    covered = {(consent.authority_id, word) for consent in standing for word in singles(consent.capacity)}
    for authority in authorities:
        if authority.authority_id is None:  # it is said that none placed the pupil
            continue
        if any((authority.authority_id, word) not in covered for word in singles(authority.capacity)):
            yield Unmet(one.placement_id, Required.AUTHORITY_CONSENT, authority.authority_id, authority.name)


def _covers(consent: Consent, one: Placed, urgent_until: date | None, as_at: date) -> bool:
    """It covers all days from the first, or of one that runs the days still to come; of an urgent start its own."""
    given, first = consent.given, one.started_on or one.proposed_start
    if given is None or consent.placement_id != one.placement_id:
        return False
    last = one.proposed_end if urgent_until is None else urgent_until
    first = max(first, as_at) if one.status in RUNNING else first
    return stands(given, one.provider_id, one.site_id, min(first, last), last)
