"""How far a placement has come, read off its facts (model §3.4)."""

from __future__ import annotations

from collections.abc import Sequence

from domain.events import (
    ExistingPlacementAdded,
    Fact,
    NeedsAssessmentCompleted,
    PlacementApproved,
    PlacementEnded,
    PlacementProposed,
    PlacementRefused,
    PlacementResumed,
    PlacementStarted,
    PlacementSuspended,
    RiskAssessmentCompleted,
    UrgentStartDecided,
)
from domain.rules.case import every
from domain.vocabulary import PlacementStatus

UNFINISHED = frozenset({PlacementStatus.PROPOSED, PlacementStatus.ASSESSED, PlacementStatus.APPROVED})
RUNNING = frozenset({PlacementStatus.ACTIVE, PlacementStatus.SUSPENDED})

_AFTER: dict[type[Fact], PlacementStatus] = {
    PlacementProposed: PlacementStatus.PROPOSED,
    PlacementApproved: PlacementStatus.APPROVED,
    PlacementRefused: PlacementStatus.REFUSED,
    PlacementStarted: PlacementStatus.ACTIVE,
    PlacementSuspended: PlacementStatus.SUSPENDED,
    PlacementResumed: PlacementStatus.ACTIVE,
    PlacementEnded: PlacementStatus.ENDED,
    ExistingPlacementAdded: PlacementStatus.ACTIVE,
    UrgentStartDecided: PlacementStatus.ACTIVE,
}


def status_of(proposal: PlacementProposed, facts: Sequence[Fact]) -> PlacementStatus:
    """Return how far it has come; assessed once needs, and the risk at its own site, were."""
    status = PlacementStatus.PROPOSED
    for fact in facts:
        if type(fact) not in _AFTER or (status in RUNNING and isinstance(fact, PlacementApproved)):
            continue  # the approval of one that an urgent start set running comes after its start
        status = _AFTER[type(fact)]
        if isinstance(fact, ExistingPlacementAdded) and fact.ended_on is not None:
            status = PlacementStatus.ENDED
    at_site = any(fact.site_id == proposal.site_id for fact in every(RiskAssessmentCompleted, facts))
    if status == PlacementStatus.PROPOSED and at_site and every(NeedsAssessmentCompleted, facts):
        return PlacementStatus.ASSESSED
    return status
