"""How reliably a provider says who came: for how many of the sessions marked there a return of its own was received."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection, and_, func, select

from projections.lifecycle import PLACEMENTS
from projections.marks import MARKS
from projections.questions import Statement, question
from projections.returns import RETURNS

SPAN = timedelta(weeks=4)


@dataclass(frozen=True)
class Reliability:
    """Sessions that the school marked from `first` to the day asked about, and for how many there is a return."""

    first: date
    sessions: int
    returned: int


def reliability(connection: Connection, placement_ids: Collection[UUID], as_at: date, known_at: int) -> Reliability:
    """The returns of these placements over the four weeks up to a day."""
    first = as_at - SPAN + timedelta(days=1)
    sessions, answered = _counts(connection, placement_ids, first, as_at, known_at).one()
    return Reliability(first, sessions, answered)


@question
def _counts(placement_ids: Collection[UUID], first: date, as_at: date, known_at: int) -> Statement:
    """How many sessions are marked, and of how many there is a return that stands."""
    mark, returned = MARKS.table, RETURNS.table
    keys = ("pupil_id", "day", "session")
    same = and_(*(returned.c[name] == mark.c[name] for name in keys), RETURNS.known(known_at))
    query = select(func.count(), func.count(returned.c.known_from)).join_from(mark, returned, same, isouter=True)
    # Marks are found by their pupil; an index by placement would cost every rebuild more than it saves a page.
    whose = select(PLACEMENTS.table.c.pupil_id).where(PLACEMENTS.table.c.placement_id.in_(placement_ids))
    query = query.where(mark.c.pupil_id.in_(whose), mark.c.day.between(first, as_at))
    return query.where(MARKS.known(known_at), mark.c.placement_id.in_(placement_ids))
