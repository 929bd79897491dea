"""What a placing authority's consent covers: whom, where and which days (S42); one answer for everyone who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from domain.parts import ConsentScope
from domain.vocabulary import Medium


@dataclass(frozen=True)
class Given:
    """A consent as far as says whether it stands; `withdrawn_on` the day from which it was taken back or refused."""

    scope: ConsentScope
    medium: Medium | None
    withdrawn_on: date | None = None

    @property
    def last_day(self) -> date | None:
        """The last day it covers; None where it lasts as long as the placement."""
        if self.withdrawn_on is None:
            return self.scope.ends_on
        return min(self.withdrawn_on - timedelta(days=1), self.scope.ends_on or date.max)


def stands(given: Given, provider_id: UUID | None, site_id: UUID | None, first: date, last: date) -> bool:
    """Return whether a consent covers this provider and address on every day of a span."""
    return fits(given, provider_id, site_id) and lasts(given, first, last)


def fits(given: Given, provider_id: UUID | None, site_id: UUID | None) -> bool:
    """Return whether it is for this provider and address, and not by telephone: a call satisfies nothing."""
    here = given.scope.provider_id == provider_id and given.scope.site_id in {None, site_id}
    return here and given.medium != Medium.TELEPHONE


def lasts(given: Given, first: date, last: date) -> bool:
    """Return whether it covers every day of a span."""
    return given.scope.starts_on <= first and last <= (given.last_day or date.max)
