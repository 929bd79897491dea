"""The week of a timetable: its ten sessions, where each is taught, and how many minutes that comes to (S17, S52)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache

from domain.errors import Impossible
from domain.events import ExistingPlacementAdded, Fact, PlacementProposed, PlacementStarted, UrgentStartDecided
from domain.parts import SessionTimes, TimetabledSession
from domain.rules.breach import plain
from domain.vocabulary import Session, TaughtAt

WEEK = tuple((weekday, session) for weekday in range(1, 6) for session in Session)
"""The ten sessions of a school week, Monday to Friday, in their order."""

_A_YEAR = 366
"""How far ahead a timetable may be set, in days (model §3.1)."""


def refuse_no_week(sessions: Sequence[TimetabledSession]) -> None:
    """Refuse a timetable that is not a whole week: each of the ten sessions, once.

    Raises:
        Impossible: naming the first session that is no school session or stands twice, or the ones left out.
    """
    seen: set[tuple[int, Session]] = set()
    for number, one in enumerate(sessions):
        of_week = one.weekday, one.session
        if of_week not in WEEK:
            raise Impossible(f"sessions.{number}.weekday", "A school week runs from 1 (Monday) to 5 (Friday).")
        if of_week in seen:
            raise Impossible(f"sessions.{number}.session", f"{said(*of_week)} stands twice. Give each session once.")
        seen.add(of_week)
    if missing := [said(*of_week) for of_week in WEEK if of_week not in seen]:
        raise Impossible("sessions", f"Say where all ten sessions are taught. Missing: {', '.join(missing)}.")


def refuse_no_start(valid_from: date, facts: Iterable[Fact], today: date) -> None:
    """Refuse a day that no timetable of a placement with these facts can run from.

    Raises:
        Impossible: where it lies before the placement, or more than a year ahead.
    """
    begins = min(_beginnings(facts), default=valid_from)
    if valid_from < begins:
        raise Impossible("valid_from", f"The placement begins on {plain(begins)}. Give that day or a later one.")
    if (valid_from - today).days > _A_YEAR:
        raise Impossible("valid_from", f"{plain(valid_from)} is more than a year ahead. Give a nearer day.")


def by_session(sessions: Sequence[TimetabledSession]) -> Mapping[tuple[int, Session], TaughtAt]:
    """Return where a timetable puts each session, by its weekday (Monday is 1); there is none at a weekend."""
    return {(one.weekday, one.session): one.at for one in sessions}


def unallocated(sessions: Sequence[TimetabledSession]) -> tuple[TimetabledSession, ...]:
    """Return the sessions that nobody has allocated, which a full-time offer may not have (S17, H-11)."""
    return tuple(one for one in sessions if one.at is TaughtAt.NOWHERE)


def minutes_a_week(sessions: Sequence[TimetabledSession], times: SessionTimes, at: TaughtAt) -> int:
    """Return how many minutes a week a timetable plans at the provider, or in school, by the school's session times."""
    return sum(minutes(times, one.session) for one in sessions if one.at is at)


@lru_cache(maxsize=1024)
def minutes(times: SessionTimes, session: Session) -> int:
    """Return how many minutes one session lasts."""
    start, end = (times.am_start, times.am_end) if session is Session.AM else (times.pm_start, times.pm_end)
    first, last = (datetime.combine(date.min, time.fromisoformat(clock)) for clock in (start, end))
    return int((last - first).total_seconds() // 60)


def said(weekday: int, session: Session) -> str:
    """Say a session of the week: Monday morning."""
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    return f"{days[weekday - 1]} {'morning' if session is Session.AM else 'afternoon'}"


def _beginnings(facts: Iterable[Fact]) -> Iterator[date]:
    """The days a placement was to begin on or did; it may have begun before the day proposed."""
    for fact in facts:
        if isinstance(fact, PlacementProposed):
            yield fact.proposed_start
        if isinstance(fact, PlacementStarted | ExistingPlacementAdded):
            yield fact.started_on
        elif isinstance(fact, UrgentStartDecided):
            yield fact.starts_on
