"""Providers' returns held against the school's marks, session by session. No table of its own; it joins the others'."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from domain.rules.returns import Compared, compare
from domain.vocabulary import Delivery, Session
from projections.marks import Mark
from projections.register import Expected, expected
from projections.returns import Return, returns


@dataclass(frozen=True)
class SessionCompared:
    """One pupil's one session at a provider: the mark, the return, and how they stand to each other."""

    provider_id: UUID
    provider: str | None
    pupil: Expected
    session: Session
    mark: Mark | None
    returned: Return | None
    compared: Compared


def comparisons(
    connection: Connection, school_id: UUID, day: date, known_at: int, *, provider_id: UUID | None = None
) -> tuple[SessionCompared, ...]:
    """Every session of a day expected at a provider, or marked or returned there, by provider, pupil and session.

    The school's own provision returns nothing: its staff take the register themselves.
    """
    said = {
        (one.placement_id, one.session): one
        for one in returns(connection, known_at, first=day, last=day, school_id=school_id)
    }
    return tuple(
        _compared(group.provider_id, group.provider, pupil, session, said.get((pupil.placement_id, session)))
        for group in expected(connection, school_id, day, known_at)
        if provider_id in {None, group.provider_id}
        for pupil in group.pupils
        if pupil.delivery is not Delivery.IN_HOUSE
        for session in Session
        if pupil.expects(session) or _marked_there(pupil, session) or (pupil.placement_id, session) in said
    )


def _compared(
    provider_id: UUID, provider: str | None, pupil: Expected, session: Session, returned: Return | None
) -> SessionCompared:
    mark = pupil.mark(session)
    found = compare(
        None if mark is None else mark.code,
        None if returned is None else returned.attendance,
        at_provider=_marked_there(pupil, session),
    )
    return SessionCompared(provider_id, provider, pupil, session, mark, returned, found)


def _marked_there(pupil: Expected, session: Session) -> bool:
    mark = pupil.mark(session)
    return mark is not None and mark.placement_id == pupil.placement_id
