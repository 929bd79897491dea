"""The demo's school year: fictional, and laid so that the day it is shown falls inside the first term."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain.parts import SessionTimes, Term
from domain.values import LONDON

TIMES = SessionTimes(am_start="09:00", am_end="12:00", pm_start="13:00", pm_end="15:10")
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """The terms and, of the first, the school days before today whose registers were taken."""

    today: date
    terms: tuple[Term, ...]
    inset_days: tuple[date, ...]
    taken: tuple[date, ...]

    @property
    def year(self) -> str:
        """The school year's name, such as 2026/27."""
        start = self.terms[0].start.year
        return f"{start}/{(start + 1) % 100:02}"

    def share(self, part: float) -> date:
        """The school day that lies a share (0 to 1) of the taken days into the term."""
        return self.taken[min(int(part * len(self.taken)), len(self.taken) - 1)]

    def after(self, day: date, school_days: int) -> date:
        """The school day so many school days after another; past today it counts weekdays of term."""
        for later in self._school_days(day + _DAY):
            school_days -= 1
            if school_days <= 0:
                return later
        raise AssertionError("the calendar has no end")

    def before_term(self, weekdays: int) -> date:
        """The weekday so many weekdays before the term begins: when next term is prepared."""
        return before(self.terms[0].start, weekdays)

    def _school_days(self, start: date) -> Iterator[date]:
        term, day = self.terms[0], start
        while True:
            if _open(day, term, self.inset_days):
                yield day
            day += _DAY


def lay(today: date, days: int) -> Calendar:
    """Lay a year whose first term has had so many school days before today."""
    monday = today - timedelta(days=today.weekday())
    half_term = monday - 7 * _WEEK if days > 45 else monday + 4 * _WEEK  # in a short demo it is still to come
    end = monday + 6 * _WEEK + timedelta(days=4)
    term = Term("Term 1", date.min, end, half_term, half_term + timedelta(days=4))
    inset = (half_term + _WEEK,)
    taken = _back_from(today, days, term, inset)
    first = before(taken[0], 1)  # an INSET day opens the term
    terms = (Term(term.name, first, end, term.half_term_from, term.half_term_to), *_later_terms(end))
    return Calendar(today, terms, (first, *inset), taken)


def at(day: date, clock: str) -> datetime:
    """The instant, in UTC, of a wall-clock time HH:MM in England."""
    return datetime.combine(day, time.fromisoformat(clock), LONDON).astimezone(UTC)


def before(day: date, weekdays: int) -> date:
    """The weekday so many weekdays before a day, holidays counted."""
    while weekdays:
        day -= _DAY
        weekdays -= day.weekday() < 5
    return day


def _back_from(today: date, days: int, term: Term, inset: tuple[date, ...]) -> tuple[date, ...]:
    taken: list[date] = []
    day = today
    while len(taken) < days:
        day -= _DAY
        if _open(day, term, inset):
            taken.append(day)
    return tuple(reversed(taken))


def _open(day: date, term: Term, inset: tuple[date, ...]) -> bool:
    return day.weekday() < 5 and not term.half_term_from <= day <= term.half_term_to and day not in inset


def _later_terms(end: date) -> Iterator[Term]:
    for name in ("Term 2", "Term 3"):
        start = end + timedelta(days=17)  # the Monday after two weeks' holiday
        half_term, end = start + 6 * _WEEK, start + 12 * _WEEK + timedelta(days=4)
        yield Term(name, start, end, half_term, half_term + timedelta(days=4))
