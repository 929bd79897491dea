"""What a decision on a placement has to go by, in short: consents, parents, plan and risk, each with its entry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain.events import InterventionPlanPrepared, RiskAssessmentCompleted
from projections import consents, parents, requests
from projections.chronology import newest
from web.desk import Desk

PLAN, RISK = InterventionPlanPrepared.TOPIC, RiskAssessmentCompleted.TOPIC


def to_go_by(desk: Desk, placement_id: UUID) -> dict[str, Any]:
    """What the page of a placement and the form of its approval both show; the names are the templates' own."""
    prepared = newest(desk.connection, placement_id, (PLAN, RISK), desk.as_at, desk.known_at)
    return {
        "requests": requests.requests(desk.connection, desk.as_at, desk.known_at, placement_ids=[placement_id]),
        "consents": consents.consents(desk.connection, [placement_id], desk.as_at, desk.known_at),
        "parents": parents.parental_positions(desk.connection, [placement_id], desk.as_at, desk.known_at),
        "plan": prepared.get(PLAN),
        "risk": prepared.get(RISK),
    }
