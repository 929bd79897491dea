"""How reliably a provider says who came: for how many of the sessions marked there a return of its own was received."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection, func, select

from projections.marks import MARKS
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
    first, mark, returned = as_at - SPAN + timedelta(days=1), MARKS.table, RETURNS.table
    marked = select(mark.c.pupil_id, mark.c.day, mark.c.session).where(
        MARKS.known(known_at), mark.c.placement_id.in_(placement_ids), mark.c.day.between(first, as_at)
    )
    found = marked.subquery()
    both = found.join(
        returned,
        (returned.c.pupil_id == found.c.pupil_id)
        & (returned.c.day == found.c.day)
        & (returned.c.session == found.c.session),
    )
    sessions = connection.execute(select(func.count()).select_from(found)).scalar_one()
    answered = connection.execute(select(func.count()).select_from(both).where(RETURNS.known(known_at))).scalar_one()
    return Reliability(first, sessions, answered)
