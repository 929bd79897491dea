"""Logs of facts to read from, named by the state they lead to; and every row they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from domain import events
from domain.events import Fact
from projections.database import ReadDatabase, metadata
from tests.projections.facts import fact


@dataclass
class Log:
    """Facts in order, each at its position and with its stream's next version, recorded an hour apart."""

    facts: list[Fact] = field(default_factory=list)
    starts: datetime = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)

    def add(self, *said: Fact) -> int:
        """Record facts; returns the position of the last."""
        for one in said:
            version = 1 + sum(1 for earlier in self.facts if earlier.originator_id == one.originator_id)
            at = one.recorded_at
            if at.month == 1:
                at = self.starts + timedelta(hours=len(self.facts))
            self.facts.append(msgspec.structs.replace(one, originator_version=version, recorded_at=at))
        return len(self.facts)

    def __call__(self, after: int, limit: int) -> Sequence[tuple[int, Fact]]:
        """The facts after a position: what `catch_up` reads from."""
        return list(enumerate(self.facts[after : after + limit], start=after + 1))


def rows(read: ReadDatabase) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every live table, in an order that does not depend on how they came to be."""
    with read.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in metadata.sorted_tables
        }


def a_term() -> Log:
    """One of every kind of fact, about one pupil's placement."""
    log = Log()
    log.add(*(fact(kind) for kind in events.FACTS))
    return log


def a_started_placement() -> Log:
    """A pupil whose placement outside is consented to, approved and started on 14 September."""
    log = Log()
    log.add(
        fact(events.SchoolRecorded),
        fact(events.OfficeHolderAppointed),
        fact(events.PupilEnrolled),
        fact(events.PlacingAuthorityRecorded),
        fact(events.ProviderRecorded),
        fact(events.ProviderSiteRecorded),
        fact(events.ProviderSafeguardingPolicyVerified),
        fact(events.PlacementProposed),
        fact(events.NeedsAssessmentCompleted),
        fact(events.RiskAssessmentCompleted),
        fact(events.PlacingAuthorityConsentGiven),
        fact(events.ParentalAgreementGiven),
        fact(events.PlacementApproved),
        fact(events.PlacementStarted),
        fact(events.ParentalResponsibilityRecorded),
    )
    return log
