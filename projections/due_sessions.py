"""What is due of the register: sessions without a mark, absences without a reason, lessons in a home not lived in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, String, and_, case, func, or_, select

from domain.rules.attendance_codes import CODES, attended
from domain.rules.due import attendance, places
from domain.rules.setting import lives_there
from domain.vocabulary import PlacementStatus, Session, SiteKind
from projections.lifecycle import PLACEMENTS, STATES
from projections.marks import MARKS
from projections.pupils import RESIDENCES
from projections.situation import About, Found, Situation

_ATTENDED = tuple(code for code in CODES if attended(code))
_DAY = timedelta(days=1)


def of_sessions(connection: Connection, now: Situation, known_at: int) -> Found:
    """Everything due of the sessions up to today."""
    yield from _unmarked(connection, now, known_at)
    yield from _without_reason(connection, now, known_at)
    yield from _in_homes(connection, now, known_at)


def _unmarked(connection: Connection, now: Situation, known_at: int) -> Found:
    """One item a school and day: whoever takes the register clears it for all its pupils at once."""
    missing: dict[tuple[UUID, date], dict[Session, set[UUID]]] = {}
    spans = _spans(connection, now, known_at)
    marked = _marked(connection, now, known_at, {span["pupil_id"] for span in spans})
    for span in spans:
        pupil_id, school_id = span["pupil_id"], span["school_id"]
        last = min(span["effective_to"] - _DAY, now.as_at)
        for day in now.time(school_id).between(span["effective_from"], last):
            for session in Session:
                if f"{day}{session}" not in marked.get(pupil_id, frozenset()):
                    missing.setdefault((school_id, day), {}).setdefault(session, set()).add(pupil_id)
    for (school_id, day), sessions in missing.items():
        pupils = tuple(sorted(set().union(*sessions.values())))
        due = attendance.unmarked(day, frozenset(sessions), now.time(school_id))
        one = pupils[0] if len(pupils) == 1 else None
        yield due, About(school_id, pupil_id=one, day=day, pupils=() if one else pupils)


def _spans(connection: Connection, now: Situation, known_at: int) -> Sequence[RowMapping]:
    """When each placement was active."""
    same = PLACEMENTS.table.c.placement_id == STATES.table.c.placement_id
    columns = (PLACEMENTS.table.c.pupil_id, PLACEMENTS.table.c.school_id)
    query = select(*columns, STATES.table.c.effective_from, STATES.table.c.effective_to)
    query = query.join_from(PLACEMENTS.table, STATES.table, and_(same, PLACEMENTS.known(known_at)))
    active = STATES.table.c.status == PlacementStatus.ACTIVE
    begun = STATES.table.c.effective_from <= now.as_at
    return connection.execute(query.where(STATES.known(known_at), active, begun)).mappings().all()


def _marked(connection: Connection, now: Situation, known_at: int, pupils: set[UUID]) -> dict[UUID, frozenset[str]]:
    """Which sessions of these pupils are marked, as `2026-09-14AM`, read from the index alone."""
    table = MARKS.table
    told = func.aggregate_strings(table.c.day.cast(String) + table.c.session, ",")
    query = select(table.c.pupil_id, told).where(
        table.c.pupil_id.in_(pupils), table.c.day <= now.as_at, table.c.known_from <= known_at
    )
    return {pupil: frozenset(said.split(",")) for pupil, said in connection.execute(query.group_by(table.c.pupil_id))}


def _without_reason(connection: Connection, now: Situation, known_at: int) -> Found:
    table = MARKS.table
    query = select(table.c.pupil_id, table.c.school_id, table.c.placement_id, table.c.day, table.c.session).where(
        table.c.code == "N", MARKS.known(known_at), table.c.day <= now.as_at
    )
    for row in connection.execute(query):
        if row.school_id is not None:
            session = Session(row.session)
            about = About(row.school_id, row.pupil_id, row.placement_id, day=row.day, session=session)
            for due in attendance.no_reason(row.day, session, now.time(row.school_id)):
                yield due, about


def _in_homes(connection: Connection, now: Situation, known_at: int) -> Found:
    """Sessions in a children's home on days on which the pupil did not live there (H-01)."""
    homes = {one.site_id: one.name or "a home" for one in now.sites.values() if one.kind is SiteKind.CHILDRENS_HOME}
    if not homes:
        return
    found = _taught_in(connection, now, known_at, homes)
    lived = _lived(connection, known_at, {row["pupil_id"] for row in found})
    outside = [row for row in found if not _lived_in(lived.get(row["pupil_id"], ()), row)]
    for (pupil_id, site_id), several in groupby(outside, key=lambda row: (row["pupil_id"], row["site_id"])):
        rows = list(several)
        last = rows[-1]
        review = now.reviews.get(last["placement_id"])
        there = places.FoundThere(
            homes[site_id], len(rows), rows[0]["day"], last["day"], review.held_on if review else None
        )
        about = About(last["school_id"], pupil_id, last["placement_id"], day=last["day"])
        for due in places.found_in_home(there):
            yield due, about


def _taught_in(
    connection: Connection, now: Situation, known_at: int, homes: Mapping[UUID, str]
) -> Sequence[RowMapping]:
    """Marks of attendance at these addresses; one that names no address was taken where its placement is."""
    table, agreed = MARKS.table, PLACEMENTS.table
    site_id = case((table.c.site_id.is_(None), agreed.c.site_id), else_=table.c.site_id).label("site_id")
    query = select(table.c.pupil_id, table.c.school_id, table.c.placement_id, table.c.day, site_id)
    same = and_(agreed.c.placement_id == table.c.placement_id, PLACEMENTS.known(known_at))
    query = query.outerjoin_from(table, agreed, same).where(
        MARKS.known(known_at),
        table.c.code.in_(_ATTENDED),
        table.c.day <= now.as_at,
        or_(table.c.site_id.in_(homes), and_(table.c.site_id.is_(None), agreed.c.site_id.in_(homes))),
    )
    return connection.execute(query.order_by(table.c.pupil_id, site_id, table.c.day)).mappings().all()


def _lived(connection: Connection, known_at: int, pupils: set[UUID]) -> dict[UUID, list[Mapping[str, Any]]]:
    table, found = RESIDENCES.table, dict[UUID, list[Mapping[str, Any]]]()
    for row in connection.execute(
        select(table).where(RESIDENCES.known(known_at), table.c.pupil_id.in_(pupils))
    ).mappings():
        found.setdefault(row["pupil_id"], []).append(dict(row))
    return found


def _lived_in(lived: Sequence[Mapping[str, Any]], mark: RowMapping) -> bool:
    return any(
        row["effective_from"] <= mark["day"] < row["effective_to"]
        and lives_there(row["status"], row["home_site_id"], mark["site_id"])
        for row in lived
    )
