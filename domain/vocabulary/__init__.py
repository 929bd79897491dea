"""The controlled vocabularies of the field (model §3.5): every word a fact may use where it may not use its own."""

from __future__ import annotations

from domain.vocabulary.agreement import Medium, NotRelevantReason, ParentsOnPaper
from domain.vocabulary.attendance import AmendmentReason, Returned, Session
from domain.vocabulary.people import BasisKind, Capacity, DelegatedAct, Office, ResidenceStatus, Role, RollKind, Source
from domain.vocabulary.placement import (
    Accredited,
    ArrangedBy,
    AttendanceMode,
    Deferrable,
    Delivery,
    EndReason,
    Exported,
    LegalGateway,
    Measured,
    NeedBasis,
    NextStep,
    PlacementStatus,
    Rag,
    ReviewKind,
    ReviewOutcome,
    RiskOutcome,
    TaughtAt,
)
from domain.vocabulary.places import Regime, RegisterStatus, SiteKind

__all__ = [
    "Accredited",
    "AmendmentReason",
    "ArrangedBy",
    "AttendanceMode",
    "BasisKind",
    "Capacity",
    "Deferrable",
    "DelegatedAct",
    "Delivery",
    "EndReason",
    "Exported",
    "LegalGateway",
    "Measured",
    "Medium",
    "NeedBasis",
    "NextStep",
    "NotRelevantReason",
    "Office",
    "ParentsOnPaper",
    "PlacementStatus",
    "Rag",
    "Regime",
    "RegisterStatus",
    "ResidenceStatus",
    "Returned",
    "ReviewKind",
    "ReviewOutcome",
    "RiskOutcome",
    "Role",
    "RollKind",
    "Session",
    "SiteKind",
    "Source",
    "TaughtAt",
]
