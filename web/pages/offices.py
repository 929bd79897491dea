"""Offices: who holds each at every school on a day, which is vacant, who is to come, and who left with what ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from domain.vocabulary import Office
from projections.offices import Appointment, Delegation, delegations, tenures
from web import words
from web.actions import BY_NAME
from web.desk import Desk
from web.naming import ERASED, Names
from web.rendering import Page, paged

COLUMNS = (
    "school", "office", "standing", "name", "title", "acting", "with_another", "starts_on", "ends_on",
    "delegations_ended", "entry", "appointment_id",
)  # fmt: skip
_ALWAYS = (Office.HEAD_TEACHER, Office.DSL)
"""The offices that a school is never without; a Head of Service stands for the Head Teacher."""


def listing(desk: Desk) -> Page:
    """Every office of every school on the day asked about, the reader's own school first."""
    known = tenures(desk.connection, desk.known_at)
    lent = delegations(desk.connection, desk.as_at, desk.known_at, live_only=False)
    schools = sorted(Names(desk).schools.items(), key=lambda one: (one[0] != desk.school_id, one[1]))
    rows = [
        {"school": name, "school_id": school_id, **row}
        for school_id, name in schools
        for row in _rows([one for one in known if one.school_id == school_id], lent, desk.as_at)
    ]
    may = desk.officer.actor.role in BY_NAME["office.appoint"].roles and not desk.travelled
    public = [{name: row.get(name) for name in COLUMNS} for row in rows]
    shown = paged(rows)
    by_school = [(name, list(some)) for name, some in groupby(shown.items, key=itemgetter("school"))]
    shows = {"list": shown, "schools": by_school, "may": may, "own": desk.school_id}
    return Page("offices.html", "Offices", shows, public, public, COLUMNS)


def _rows(held: list[Appointment], lent: Iterable[Delegation], as_at: date) -> Iterator[dict[str, Any]]:
    lead = {Office.HEAD_TEACHER, Office.HEAD_OF_SERVICE}
    for office in Office:
        serving = [one for one in held if one.office is office and _serves(one, as_at)]
        several = office is Office.HEAD_TEACHER and len(serving) > 1
        yield from (_row(one, "In office") | {"with_another": several} for one in serving)
        covered = office is Office.HEAD_TEACHER and any(one.office in lead and _serves(one, as_at) for one in held)
        if not serving and not covered:
            yield {"office": words.say(office), "standing": "Missing" if office in _ALWAYS else "Nobody"}
    yield from (_row(one, "To come") for one in held if one.starts_on > as_at)
    for one in held:
        if one.ends_on is not None and one.ends_on < as_at:
            yield _row(one, "Left") | {"delegations_ended": [_to(each) for each in lent if _ended(each, one)]}


def _serves(one: Appointment, day: date) -> bool:
    return one.starts_on <= day and (one.ends_on is None or day <= one.ends_on)


def _row(one: Appointment, standing: str) -> dict[str, Any]:
    return {
        "office": words.say(one.office),
        "standing": standing,
        "name": one.name or ERASED,
        "title": one.title,
        "acting": one.acting,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "entry": one.position - 1,
        "appointment_id": one.appointment_id,
    }


def _ended(given: Delegation, left: Appointment) -> bool:
    """Whether what was lent ended because its giver left, and not before."""
    last: date | None = left.ends_on
    own = given.delegator is not None and given.delegator.appointment_id == left.appointment_id
    return own and last is not None and given.ends_on > last and (given.revoked_on or date.max) > last


def _to(given: Delegation) -> str:
    return f"{given.delegatee_name or ERASED}, {given.delegatee_title or ''}"
