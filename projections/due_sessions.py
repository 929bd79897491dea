"""What is due of the register: sessions without a mark, absences without a reason, lessons in a home not lived in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, or_, select

from domain.rules.attendance_codes import CODES, attended
from domain.rules.due import attendance, places
from domain.rules.returns import Comparison, compare
from domain.rules.setting import lives_there
from domain.vocabulary import Returned, Session, SiteKind
from projections.lifecycle import PLACEMENTS
from projections.marks import MARKS
from projections.pupils import RESIDENCES
from projections.returns import RETURNS
from projections.situation import About, Found, Situation
from projections.unmarked import Unmarked, unmarked

_ATTENDED = tuple(code for code in CODES if attended(code))


def of_sessions(connection: Connection, now: Situation, known_at: int) -> Found:
    """Everything due of the sessions up to today."""
    yield from _unmarked(connection, now, known_at)
    yield from _without_reason(connection, now, known_at)
    yield from _in_homes(connection, now, known_at)
    yield from _differing(connection, now, known_at)


def _unmarked(connection: Connection, now: Situation, known_at: int) -> Found:
    """Two items a school: today's register, which one form clears, and all that earlier days left open."""
    times = {school_id: now.time(school_id) for school_id in now.schools}
    today: dict[UUID, list[Unmarked]] = {}
    before: dict[UUID, list[Unmarked]] = {}
    for one in unmarked(connection, times, now.as_at, known_at):
        (today if one.day == now.as_at else before).setdefault(one.school_id, []).append(one)
    for school_id, several in today.items():
        due = attendance.unmarked(now.as_at, Counter(one.session for one in several))
        yield due, _whose(school_id, several, now.as_at)
    for school_id, several in before.items():
        days = sorted({one.day for one in several})
        due = attendance.unmarked_before(days, len(several), now.time(school_id))
        yield due, _whose(school_id, several, days[0] if len(days) == 1 else None)


def _whose(school_id: UUID, several: Sequence[Unmarked], day: date | None) -> About:
    pupils = tuple(sorted({one.pupil_id for one in several}))
    alone = pupils[0] if len(pupils) == 1 else None
    return About(school_id, pupil_id=alone, day=day, pupils=() if alone else pupils)


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


def _differing(connection: Connection, now: Situation, known_at: int) -> Found:
    """Sessions of which a provider says otherwise than the register; an unmarked one is told of as such."""
    told, mark = RETURNS.table, MARKS.table
    same = and_(*(told.c[name] == mark.c[name] for name in ("pupil_id", "day", "session")), MARKS.known(known_at))
    columns = ("pupil_id", "school_id", "placement_id", "day", "session", "attendance", "received_on")
    query = select(*(told.c[name] for name in columns), mark.c.code, mark.c.placement_id.label("marked_under"))
    query = query.join_from(told, mark, same).where(RETURNS.known(known_at), told.c.day <= now.as_at)
    for row in connection.execute(query):
        if row.code is None or row.attendance is None:
            continue
        there = row.marked_under == row.placement_id
        found = compare(row.code, Returned(row.attendance), at_provider=there)
        if found.comparison is Comparison.DIFFERS:
            session = Session(row.session)
            about = About(row.school_id, row.pupil_id, row.placement_id, day=row.day, session=session)
            yield attendance.differs(row.day, session, found.sentence, row.received_on, now.time(row.school_id)), about


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
) -> Sequence[dict[str, Any]]:
    """Marks of attendance at these addresses; one that names no address was taken where its placement is."""
    table, agreed = MARKS.table, PLACEMENTS.table
    placed = select(agreed.c.placement_id, agreed.c.site_id).where(
        PLACEMENTS.known(known_at), agreed.c.site_id.in_(homes)
    )
    there = {row.placement_id: row.site_id for row in connection.execute(placed)}
    columns = (table.c.pupil_id, table.c.school_id, table.c.placement_id, table.c.site_id, table.c.day)
    found = select(*columns).where(
        or_(table.c.site_id.in_(homes), and_(table.c.site_id.is_(None), table.c.placement_id.in_(there))),
        MARKS.known(known_at),
        table.c.code.in_(_ATTENDED),
        table.c.day <= now.as_at,
    )
    rows = [dict(row) for row in connection.execute(found).mappings()]
    for row in rows:
        row["site_id"] = row["site_id"] or there[row["placement_id"]]
    return sorted(rows, key=lambda row: (row["pupil_id"], row["site_id"], row["day"]))


def _lived(connection: Connection, known_at: int, pupils: set[UUID]) -> dict[UUID, list[Mapping[str, Any]]]:
    table, found = RESIDENCES.table, dict[UUID, list[Mapping[str, Any]]]()
    for row in connection.execute(
        select(table).where(RESIDENCES.known(known_at), table.c.pupil_id.in_(pupils))
    ).mappings():
        found.setdefault(row["pupil_id"], []).append(dict(row))
    return found


def _lived_in(lived: Sequence[Mapping[str, Any]], mark: Mapping[str, Any]) -> bool:
    return any(
        row["effective_from"] <= mark["day"] < row["effective_to"]
        and lives_there(row["status"], row["home_site_id"], mark["site_id"])
        for row in lived
    )
