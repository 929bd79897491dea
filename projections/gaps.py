"""What a placement's story should hold and does not: sessions that nobody marked, half-terms without a review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection, select

from domain.events import ReviewHeld
from domain.rules.school_days import half_terms
from domain.vocabulary import PlacementStatus, Session
from projections.entries import ENTRIES
from projections.marks import MARKS
from projections.placements import Placement, history
from projections.schools import Calendar, calendars


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
_LACKING = {
    _BOTH: Lacking.ATTENDANCE,
    frozenset({Session.AM}): Lacking.MORNING,
    frozenset({Session.PM}): Lacking.AFTERNOON,
}


def gaps(connection: Connection, placement_id: UUID, as_at: date, known_at: int) -> tuple[Gap, ...]:
    """The gaps up to the day before `as_at`, as known: that day itself may still be filled in."""
    states = history(connection, placement_id, known_at)
    spans = list(_active(states, as_at - _DAY))
    if not spans:
        return ()
    years = calendars(connection, states[0].school_id, known_at)
    marked = _marked(connection, states[0].pupil_id, spans, known_at)
    reviewed = _reviewed(connection, placement_id, as_at, known_at)
    kept_from, began = states[0].register_from, spans[0][0]
    on_paper = (Gap(began, kept_from - _DAY, Lacking.ON_PAPER),) if began < kept_from else ()
    kept = ((max(first, kept_from), last) for first, last in spans)
    unmarked = (gap for span in kept for gap in _unmarked(span, years, marked))
    return (*on_paper, *unmarked, *_unreviewed(spans, years, reviewed))


def _active(states: Sequence[Placement], last: date) -> Iterator[tuple[date, date]]:
    """The days on which the placement ran; the day it ends on still belongs to it."""
    for number, state in enumerate(states):
        if state.status is not PlacementStatus.ACTIVE:
            continue
        following = states[number + 1] if number + 1 < len(states) else None
        until = last if following is None else following.since - _DAY
        if following is not None and following.status is PlacementStatus.ENDED:
            until = following.since
        if state.since <= min(until, last):
            yield state.since, min(until, last)


def _marked(
    connection: Connection, pupil_id: UUID, spans: Sequence[tuple[date, date]], known_at: int
) -> dict[date, set[Session]]:
    """Which sessions of each day are marked, at the provider or in school."""
    table = MARKS.table.c
    query = select(table.day, table.session).where(
        table.pupil_id == pupil_id,
        table.day.between(spans[0][0], spans[-1][1]),
        table.known_from <= known_at,
        table.amends.is_(None),
    )
    marked: dict[date, set[Session]] = {}
    for day, session in connection.execute(query):
        marked.setdefault(day, set()).add(Session(session))
    return marked


def _unmarked(span: tuple[date, date], years: Sequence[Calendar], marked: dict[date, set[Session]]) -> Iterator[Gap]:
    """School days without a mark, drawn together while they follow each other and lack the same."""
    open_gap: Gap | None = None
    for day in _school_days(span, years):
        lacking = _LACKING.get(_BOTH - marked.get(day, set()))
        if open_gap is not None and lacking is open_gap.lacking:
            open_gap = Gap(open_gap.first, day, open_gap.lacking)
            continue
        if open_gap is not None:
            yield open_gap
        open_gap = None if lacking is None else Gap(day, day, lacking)
    if open_gap is not None:
        yield open_gap


def _school_days(span: tuple[date, date], years: Sequence[Calendar]) -> Iterator[date]:
    day, last = span
    while day <= last:
        if any(year.has_sessions(day) for year in years):
            yield day
        day += _DAY


def _reviewed(connection: Connection, placement_id: UUID, as_at: date, known_at: int) -> list[date]:
    table = ENTRIES.c
    query = select(table.happened_on).where(
        table.placement_id == placement_id,
        table.topic == ReviewHeld.TOPIC,
        table.happened_on <= as_at,
        table.position <= known_at,
    )
    return [row[0] for row in connection.execute(query)]


def _unreviewed(
    spans: Sequence[tuple[date, date]], years: Sequence[Calendar], reviewed: Iterable[date]
) -> Iterator[Gap]:
    """Half-terms that the placement ran through from the first day to the last, and nobody reviewed it in (S35)."""
    days = list(reviewed)
    for _, first, last in half_terms(years):
        ran = any(start <= first and last <= end for start, end in spans)
        if ran and not any(first <= day <= last for day in days):
            yield Gap(first, last, Lacking.REVIEW)
