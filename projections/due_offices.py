"""What is due of offices and delegations: who decides, who leads on safeguarding, and what was lent to whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from domain.rules.due import offices
from domain.rules.due.item import Due
from domain.vocabulary import Office
from projections.offices import Appointment
from projections.situation import About, Found, Situation

_NEEDED = (
    (Office.HEAD_TEACHER, frozenset({Office.HEAD_TEACHER, Office.HEAD_OF_SERVICE})),
    (Office.DSL, frozenset({Office.DSL})),
)


def of_offices(now: Situation) -> Found:
    """Vacant offices, last days without a successor, delegations that end or have lost their giver."""
    for school_id in now.schools:
        for office, held_by in _NEEDED:
            held = [one for one in now.tenures.get(school_id, ()) if one.office in held_by]
            for due in _vacancy(office, held, school_id, now):
                yield due, About(school_id)
    for given in now.delegations:
        if given.revoked_on is not None or given.starts_on > now.as_at:
            continue
        left = given.delegator.ends_on if given.delegator else None
        name = given.delegatee_name or "an officer whose name is erased"
        for due in offices.delegation(name, given.ends_on, giver_left_on=left, time=now.time(given.school_id)):
            yield due, About(given.school_id, delegation_id=given.delegation_id)


def _vacancy(office: Office, held: Sequence[Appointment], school_id: UUID, now: Situation) -> Iterator[Due]:
    time, today = now.time(school_id), now.as_at
    serving = [one for one in held if one.starts_on <= today and _last(one) >= today]
    if not serving:
        since = max((_last(one) for one in held if _last(one) < today), default=today - timedelta(days=1))
        yield from offices.vacancy(office, since=since + timedelta(days=1), until=None, time=time)
        return
    until = max(_last(one) for one in serving)
    followed = (
        any(one.starts_on > today and one.starts_on <= until + timedelta(days=1) for one in held)
        if until < date.max
        else False
    )
    if until < date.max and not followed:
        yield from offices.vacancy(office, since=None, until=until, time=time)


def _last(one: Appointment) -> date:
    return one.ends_on or date.max
