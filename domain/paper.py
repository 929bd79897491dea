"""What a pupil's paper file says of a placement, as its transcription takes it; None where the paper is silent."""

from __future__ import annotations

from datetime import date

import msgspec

from domain.vocabulary import (
    Capacity,
    Medium,
    NotRelevantReason,
    ParentsOnPaper,
    ReviewKind,
    ReviewOutcome,
    RiskOutcome,
)


class PaperConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A placing authority's consent: to this placement at its address, until `covers_until` or its end."""

    authority_name: str
    authority_code: str | None = None
    capacity: Capacity
    officer_name: str
    officer_title: str
    given_on: date
    received_on: date | None = None
    medium: Medium
    covers_until: date | None = None
    conditions: str | None = None


class PaperParents(msgspec.Struct, frozen=True, kw_only=True):
    """Where the parents stood on a day; `ground` is on what the parent named holds parental responsibility."""

    position: ParentsOnPaper
    said_on: date
    received_on: date | None = None
    holder_name: str | None = None
    ground: str | None = None
    medium: Medium | None = None
    reason: str | None = None
    review_on: date | None = None
    not_relevant: NotRelevantReason | None = None


class PaperRisk(msgspec.Struct, frozen=True, kw_only=True):
    """The newest assessment of the risk for this pupil at the placement's address."""

    outcome: RiskOutcome
    assessed_on: date
    valid_to: date
    assessor: str


class PaperReview(msgspec.Struct, frozen=True, kw_only=True):
    """The last review that was held."""

    held_on: date
    kind: ReviewKind
    outcome: ReviewOutcome
    chair: str
    still_safe: bool | None = None
    next_review_on: date | None = None
