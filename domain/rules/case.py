"""What a decision about one placement rests on: the facts known of it, its pupil and its provider, and a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from domain.events import (
    AccreditationStated,
    DelegationGranted,
    ExistingPlacementAdded,
    Fact,
    OfficeHolderAppointed,
    PlacementApproved,
    PlacementProposed,
    ProviderSiteRecorded,
    SchoolCalendarPublished,
    UrgentStartDecided,
)
from domain.rules.registration import CHECKED_WITHIN
from domain.values import Actor
from domain.vocabulary import Accredited, Delivery, PlacementStatus

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True)
class Limits:
    """What the policy leaves to be set; the ages are ours, as the policy names none."""

    registration_check_days: int = CHECKED_WITHIN


LIMITS = Limits()


@dataclass(frozen=True)
class Tenure:
    """A person's time in an office; open where no last day is known."""

    appointed: OfficeHolderAppointed
    last_day: date | None

    def in_force(self, day: date) -> bool:
        """Return whether the person held the office on a day."""
        return self.appointed.starts_on <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True)
class Authority:
    """On what an officer acts, looked up from the basis they gave.

    `tenure` is their own appointment or, where `delegation` is set, that of the Head Teacher who granted it.
    """

    actor: Actor
    tenure: Tenure | None = None
    delegation: DelegationGranted | None = None
    revoked: bool = False


@dataclass(frozen=True)
class Known:
    """What is known outside the placement's own stream when something is decided on it.

    `relied_on` names the streams this was read from, with their versions, so that none can move before it is recorded.
    """

    pupil: tuple[Fact, ...]
    provider: tuple[Fact, ...]
    authority: Authority
    today: date
    relied_on: Mapping[UUID, int]
    limits: Limits = LIMITS
    calendars: tuple[SchoolCalendarPublished, ...] = ()


@dataclass(frozen=True)
class Case:
    """Everything a decision is tested against, each stream's facts in the order they were recorded.

    `on` is the day the decision is dated, `starts_on` the placement's first day by it; `until` its last, where that
    is not the one proposed; `interim` says that an interim assessment of the risk will do.
    """

    known: Known
    proposal: PlacementProposed
    status: PlacementStatus
    placement: tuple[Fact, ...]
    on: date
    starts_on: date
    until: date | None = None
    interim: bool = False

    @property
    def ends_on(self) -> date:
        """The last day decided on: the placement's as proposed, or an urgent start's."""
        return self.until or self.proposal.proposed_end

    @property
    def urgent(self) -> UrgentStartDecided | None:
        """The urgent start that it runs on, while nobody approved it since."""
        for fact in reversed(self.placement):
            if isinstance(fact, PlacementApproved):
                return None
            if isinstance(fact, UrgentStartDecided):
                return fact
        return None

    @property
    def from_paper(self) -> bool:
        """Whether it was transcribed from paper and nobody approved it here since."""
        return isinstance(self.proposal, ExistingPlacementAdded) and not every(PlacementApproved, self.placement)

    @property
    def outside(self) -> bool:
        """Whether anyone but the school itself delivers it (S42)."""
        return self.proposal.delivery == Delivery.OUTSIDE

    @property
    def accredited(self) -> Accredited:
        """Whether it delivers accredited education, as was last said."""
        said = every(AccreditationStated, self.placement)
        return said[-1].accredited if said else self.proposal.accredited

    @property
    def site(self) -> ProviderSiteRecorded:
        """The provider's site the placement is at."""
        sites = every(ProviderSiteRecorded, self.known.provider)
        return next(site for site in sites if site.site_id == self.proposal.site_id)


def every(kind: type[F], facts: Iterable[Fact]) -> list[F]:
    """Return the facts of one kind, in their order."""
    return [fact for fact in facts if isinstance(fact, kind)]
