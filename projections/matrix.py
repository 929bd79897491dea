"""The matrix of who approved what, narrowed to what is asked, and read a few placements at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from domain.events import ProviderSafeguardingPolicyVerified
from domain.vocabulary import Delivery, Role
from projections.answers import every
from projections.approvals import DECISIONS, Approval, Decision, approvals_of
from projections.entries import ENTRIES
from projections.lifecycle import PLACEMENTS
from projections.placements import Placement, counted, listed, narrowed
from projections.questions import Statement, question
from projections.requirements import unmet


@dataclass(frozen=True)
class Wanted:
    """What the matrix is narrowed to: whose placements, or who decided, in what role and between which days.

    `missing` leaves only what nobody has approved, which has no person, role or day of its own, or only by telephone.
    """

    school_id: UUID | None = None
    provider_id: UUID | None = None
    pupil_id: UUID | None = None
    actor_id: UUID | None = None
    role: Role | None = None
    first: date | None = None
    last: date | None = None
    missing: bool = False

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return self != Wanted()

    @property
    def of_decisions(self) -> bool:
        """Whether it asks for decisions of some kind, and so leaves out what is missing."""
        return any(value is not None for value in (self.actor_id, self.role, self.first, self.last))

    def lets(self, row: Approval) -> bool:
        """Whether a line is shown."""
        if self.missing and not row.unmet:
            return False
        if not self.of_decisions:
            return True
        within = row.decided_on is not None and ((self.first or date.min) <= row.decided_on <= (self.last or date.max))
        return (
            row.decision is not Decision.MISSING
            and self.actor_id in {None, row.actor_id}
            and self.role in {None, row.actor_role}
            and (within or (self.first is None and self.last is None))
        )


def matrix(
    connection: Connection, as_at: date, known_at: int, wanted: Wanted, part: slice | None = None
) -> tuple[Approval, ...]:
    """The lines of the placements of one part, or of all, newest first."""
    start, most = (None, None) if part is None else (part.start, part.stop - part.start)
    lines = _lines(connection, as_at, known_at, **_asked(connection, as_at, known_at, wanted), start=start, most=most)
    placements = every(Placement, lines)
    return tuple(row for row in approvals_of(connection, placements, as_at, known_at) if wanted.lets(row))


def placements_in(connection: Connection, as_at: date, known_at: int, wanted: Wanted) -> int:
    """How many placements have a line in the matrix."""
    return int(_count(connection, as_at, known_at, **_asked(connection, as_at, known_at, wanted)).scalar())


def _asked(connection: Connection, as_at: date, known_at: int, wanted: Wanted) -> dict[str, Any]:
    """What narrows the placements; which of them lack something is looked up first."""
    asked = {field.name: getattr(wanted, field.name) for field in fields(wanted) if field.name != "missing"}
    if wanted.missing:
        # Whether something is missing hangs on consents, parents and policies together: no single row says it.
        everyone = every(Placement, _lines(connection, as_at, known_at, **asked))
        asked["lacking"] = {lack.placement_id for lack in unmet(connection, everyone, as_at, known_at)}
    return asked


@question
def _lines(as_at: date, known_at: int, *, start: int | None = None, most: int | None = None, **asked: Any) -> Statement:
    return listed(as_at, known_at, _which(as_at, known_at, **asked), start, most)


@question
def _count(as_at: date, known_at: int, **asked: Any) -> Statement:
    return counted(as_at, known_at, _which(as_at, known_at, **asked))


def _which(
    as_at: date, known_at: int, *, lacking: Collection[UUID] | None = None, **asked: Any
) -> list[ColumnElement[bool]]:
    wanted = Wanted(**asked)
    which = narrowed(school_id=wanted.school_id, provider_id=wanted.provider_id, pupil_id=wanted.pupil_id)
    if wanted.of_decisions:
        which.append(_decided(as_at, known_at, wanted))
    return which if lacking is None else [*which, PLACEMENTS.table.c.placement_id.in_(lacking)]


def _decided(as_at: date, known_at: int, wanted: Wanted) -> ColumnElement[bool]:
    """That a placement, or its outside provider's policy, was decided on as asked.

    An approval on paper may have been given on any day before its placement began: its line is looked at itself.
    """
    entry, placement = ENTRIES.c, PLACEMENTS.table.c
    query = select(entry.position).where(
        entry.topic.in_(DECISIONS), entry.position <= known_at, entry.happened_on <= as_at
    )
    for column, value in ((entry.actor_id, wanted.actor_id), (entry.actor_role, wanted.role)):
        if value is not None:
            query = query.where(column == value)
    if wanted.first is not None:
        query = query.where(entry.happened_on >= wanted.first)
    own = query.where(entry.placement_id == placement.placement_id)
    if wanted.last is not None:
        paper = and_(entry.entered_from == "paper_backfill", entry.happened_on > wanted.last)
        own = own.where(or_(entry.happened_on <= wanted.last, paper))
        query = query.where(entry.happened_on <= wanted.last)
    policy = query.where(
        entry.provider_id == placement.provider_id, entry.topic == ProviderSafeguardingPolicyVerified.TOPIC
    )
    return or_(own.exists(), and_(placement.delivery == Delivery.OUTSIDE, policy.exists()))
