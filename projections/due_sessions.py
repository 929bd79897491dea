"""What is due of the register: sessions without a mark, absences without a reason, lessons in a home not lived in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
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
from projections.questions import Statement, question
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
    for row in _noted(connection, now.as_at, known_at):
        if row.school_id is not None:
            session = Session(row.session)
            about = About(row.school_id, row.pupil_id, row.placement_id, day=row.day, session=session)
            for due in attendance.no_reason(row.day, session, now.time(row.school_id)):
                yield due, about


@question
def _noted(as_at: date, known_at: int) -> Statement:
    table = MARKS.table
    query = select(table.c.pupil_id, table.c.school_id, table.c.placement_id, table.c.day, table.c.session)
    return query.where(table.c.code == "N", MARKS.known(known_at), table.c.day <= as_at)


def _differing(connection: Connection, now: Situation, known_at: int) -> Found:
    """Sessions of which a provider says otherwise than the register; an unmarked one is told of as such."""
    for row in _both_said(connection, now.as_at, known_at):
        if row.code is None or row.attendance is None:
            continue
        there = row.marked_under == row.placement_id
        found = compare(row.code, Returned(row.attendance), at_provider=there)
        if found.comparison is Comparison.DIFFERS:
            session = Session(row.session)
            about = About(row.school_id, row.pupil_id, row.placement_id, day=row.day, session=session)
            yield attendance.differs(row.day, session, found.sentence, row.received_on, now.time(row.school_id)), about


@question
def _both_said(as_at: date, known_at: int) -> Statement:
    told, mark = RETURNS.table, MARKS.table
    same = and_(*(told.c[name] == mark.c[name] for name in ("pupil_id", "day", "session")), MARKS.known(known_at))
    columns = ("pupil_id", "school_id", "placement_id", "day", "session", "attendance", "received_on")
    query = select(*(told.c[name] for name in columns), mark.c.code, mark.c.placement_id.label("marked_under"))
    return query.join_from(told, mark, same).where(RETURNS.known(known_at), told.c.day <= as_at)


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
    there = {row.placement_id: row.site_id for row in _agreed(connection, homes, known_at)}
    rows = _attended_at(connection, homes, there, now.as_at, known_at).mappings()
    for row in rows:
        row["site_id"] = row["site_id"] or there[row["placement_id"]]
    return sorted(rows, key=lambda row: (row["pupil_id"], row["site_id"], row["day"]))


@question
def _agreed(site_ids: Collection[UUID], known_at: int) -> Statement:
    table = PLACEMENTS.table
    return select(table.c.placement_id, table.c.site_id).where(
        PLACEMENTS.known(known_at), table.c.site_id.in_(site_ids)
    )


@question
def _attended_at(site_ids: Collection[UUID], placement_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    table = MARKS.table
    columns = (table.c.pupil_id, table.c.school_id, table.c.placement_id, table.c.site_id, table.c.day)
    return select(*columns).where(
        or_(table.c.site_id.in_(site_ids), and_(table.c.site_id.is_(None), table.c.placement_id.in_(placement_ids))),
        MARKS.known(known_at),
        table.c.code.in_(_ATTENDED),
        table.c.day <= as_at,
    )


def _lived(connection: Connection, known_at: int, pupils: set[UUID]) -> dict[UUID, list[Mapping[str, Any]]]:
    found = dict[UUID, list[Mapping[str, Any]]]()
    for row in _residences(connection, pupils, known_at).mappings():
        found.setdefault(row["pupil_id"], []).append(row)
    return found


@question
def _residences(pupil_ids: Collection[UUID], known_at: int) -> Statement:
    table = RESIDENCES.table
    return select(table).where(RESIDENCES.known(known_at), table.c.pupil_id.in_(pupil_ids))


def _lived_in(lived: Sequence[Mapping[str, Any]], mark: Mapping[str, Any]) -> bool:
    return any(
        row["effective_from"] <= mark["day"] < row["effective_to"]
        and lives_there(row["status"], row["home_site_id"], mark["site_id"])
        for row in lived
    )
