"""What a placement's story should hold and does not: sessions that nobody marked, half-terms without a review."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection, select

from domain.events import ReviewHeld
from domain.rules.school_days import half_terms
from domain.vocabulary import Session, TaughtAt
from projections.entries import ENTRIES
from projections.marks import MARKS
from projections.placements import bare_placement
from projections.questions import Statement, question
from projections.running import spans
from projections.schools import Calendar, calendars
from projections.timetables import Timetable, timetable_history, valid_on, where_taught


class Lacking(StrEnum):
    """What is not recorded."""

    ATTENDANCE = "attendance"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    REVIEW = "review"
    ON_PAPER = "on_paper"


@dataclass(frozen=True)
class Gap:
    """A run of school days, or a half-term, of which something is not recorded; or whose register is on paper."""

    first: date
    last: date
    lacking: Lacking


_DAY = timedelta(days=1)
_BOTH = frozenset(Session)
_SESSIONS = {one.value: one for one in Session}
_LACKING = {
    _BOTH: Lacking.ATTENDANCE,
    frozenset({Session.AM}): Lacking.MORNING,
    frozenset({Session.PM}): Lacking.AFTERNOON,
}


def gaps(connection: Connection, placement_id: UUID, as_at: date, known_at: int) -> tuple[Gap, ...]:
    """The gaps up to the day before `as_at`, as known: that day itself may still be filled in."""
    ran = spans(connection, placement_id, as_at - _DAY, known_at)
    found = bare_placement(connection, placement_id, as_at, known_at)
    if not ran or found is None:
        return ()
    years = calendars(connection, found.school_id, known_at)
    weeks = timetable_history(connection, [placement_id], known_at).get(placement_id, ())
    marked = _marked(connection, found.pupil_id, ran, known_at)
    reviewed = _reviewed(connection, placement_id, as_at, known_at).scalars()
    kept_from, began = found.register_from, ran[0][0]
    on_paper = (Gap(began, kept_from - _DAY, Lacking.ON_PAPER),) if began < kept_from else ()
    days = _Days(years, weeks, marked)
    unmarked = (gap for first, last in ran for gap in _unmarked((max(first, kept_from), last), days))
    return (*on_paper, *unmarked, *_unreviewed(ran, years, reviewed))


@dataclass(frozen=True)
class _Days:
    """What is known of a placement's days: the school's calendars, the timetables, and the sessions marked."""

    years: Sequence[Calendar]
    weeks: Sequence[Timetable]
    marked: Mapping[date, Collection[Session]]

    def lacking(self, day: date) -> frozenset[Session]:
        """The sessions of a school day that the provider expects and nobody marked."""
        week, marked = valid_on(self.weeks, day), self.marked.get(day, ())
        return frozenset(
            one for one in Session if one not in marked and where_taught(week, day, one) is TaughtAt.PROVIDER
        )


def _marked(
    connection: Connection, pupil_id: UUID, spans: Sequence[tuple[date, date]], known_at: int
) -> dict[date, set[Session]]:
    """Which sessions of each day are marked, at the provider or in school."""
    marked: dict[date, set[Session]] = {}
    for day, session in _marks(connection, pupil_id, spans[0][0], spans[-1][1], known_at):
        marked.setdefault(day, set()).add(_SESSIONS[session])
    return marked


@question
def _marks(pupil_id: UUID, first: date, last: date, known_at: int) -> Statement:
    table = MARKS.table.c
    own = (table.pupil_id == pupil_id, table.day.between(first, last))
    return select(table.day, table.session).where(*own, table.known_from <= known_at, table.amends.is_(None))


def _unmarked(span: tuple[date, date], days: _Days) -> Iterator[Gap]:
    """School days with a session that wants a mark, drawn together while they follow each other and lack the same."""
    first, last = span
    each = (first + timedelta(days=number) for number in range((last - first).days + 1))
    for lacking, run in groupby(
        (day for day in each if any(year.has_sessions(day) for year in days.years)),
        key=lambda day: _LACKING.get(days.lacking(day)),
    ):
        if lacking is not None:
            several = list(run)
            yield Gap(several[0], several[-1], lacking)


@question
def _reviewed(placement_id: UUID, as_at: date, known_at: int) -> Statement:
    table = ENTRIES.c
    return select(table.happened_on).where(
        table.placement_id == placement_id,
        table.topic == ReviewHeld.TOPIC,
        table.happened_on <= as_at,
        table.position <= known_at,
    )


def _unreviewed(
    spans: Sequence[tuple[date, date]], years: Sequence[Calendar], reviewed: Iterable[date]
) -> Iterator[Gap]:
    """Half-terms that the placement ran through from the first day to the last, and nobody reviewed it in (S35)."""
    days = list(reviewed)
    for _, first, last in half_terms(years):
        ran = any(start <= first and last <= end for start, end in spans)
        if ran and not any(first <= day <= last for day in days):
            yield Gap(first, last, Lacking.REVIEW)
