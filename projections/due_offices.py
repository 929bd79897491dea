"""What is due of offices and delegations: who decides, who leads on safeguarding, and what was lent to whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from domain import events
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
        yield from _together(school_id, now)
    yield from _misdated(now)
    for given in now.delegations:
        if given.revoked_on is not None or given.starts_on > now.as_at:
            continue
        left = given.delegator.ends_on if given.delegator else None
        name = given.delegatee_name or "an officer whose name is erased"
        for due in offices.delegation(name, given.ends_on, giver_left_on=left, time=now.time(given.school_id)):
            yield due, About(given.school_id, delegation_id=given.delegation_id)


def _together(school_id: UUID, now: Situation) -> Found:
    """Two Head Teachers in office at once; the line leads to the one appointed first."""
    held = [one for one in now.tenures.get(school_id, ()) if one.office is Office.HEAD_TEACHER]
    serving = sorted((one for one in held if one.starts_on <= now.as_at <= _last(one)), key=lambda one: one.starts_on)
    names = [one.name or "name erased" for one in serving]
    for due in offices.together(names, serving[-1].starts_on if serving else now.as_at):
        yield due, About(school_id, appointment_id=serving[0].appointment_id)


def _misdated(now: Situation) -> Found:
    """Decisions that rest on an office which, as is known now, was not held on their day."""
    placed = {one.placement_id: one.about for one in now.placements}
    for one in now.misdated:
        about = replace(placed[one.placement_id], status=None, appointment_id=one.office.appointment_id)
        what, until = _CALLED.get(one.topic, "A decision"), one.office.ends_on
        for due in offices.decided_outside(what, one.decided_on, since=one.office.starts_on, until=until):
            yield due, about


_CALLED = {
    events.PlacementApproved.TOPIC: "The approval",
    events.PlacementRefused.TOPIC: "The refusal",
    events.UrgentStartDecided.TOPIC: "The urgent start",
    events.ReviewHeld.TOPIC: "The review",
}


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
