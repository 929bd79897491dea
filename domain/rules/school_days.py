"""School days counted by the school's own calendars: what terms, deadlines and gaps between reviews are measured in.

Where no published calendar reaches, every weekday counts as a school day: a deadline then comes sooner, never later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import NamedTuple, Protocol

from domain.parts import Term

_DAY = timedelta(days=1)
_SATURDAY = 5
_SUMMER = timedelta(weeks=8)
"""The longest holiday there is between two terms; summer holidays in England last six weeks, and a few days more."""


class Year(Protocol):
    """As much of a published calendar as says which days are school days."""

    @property
    def terms(self) -> tuple[Term, ...]:
        """Its terms, each with its half-term holiday."""

    @property
    def inset_days(self) -> tuple[date, ...]:
        """Days on which staff are trained and no pupil comes."""

    @property
    def closures(self) -> tuple[date, ...]:
        """Other days without sessions."""


class HalfTerm(NamedTuple):
    """Half a term, from its first to its last day, holidays beside it left out."""

    term: str
    first: date
    last: date


def has_sessions(year: Year, day: date) -> bool:
    """Return whether one calendar holds sessions on a day."""
    in_term = any(
        term.start <= day <= term.end and not term.half_term_from <= day <= term.half_term_to for term in year.terms
    )
    return in_term and day.weekday() < _SATURDAY and day not in year.inset_days and day not in year.closures


def is_school_day(years: Collection[Year], day: date) -> bool:
    """Return whether a school with these calendars holds sessions on a day."""
    if not _reached(years, day):
        return day.weekday() < _SATURDAY
    return any(has_sessions(year, day) for year in years)


def school_days(years: Collection[Year], first: date, last: date) -> int:
    """Return how many school days there are from a first to a last day, both counted."""
    return sum(is_school_day(years, day) for day in _days(first, last))


def school_day_after(years: Collection[Year], day: date, number: int) -> date:
    """Return the nth school day after a day; the day itself is not counted."""
    while number > 0:
        day += _DAY
        number -= is_school_day(years, day)
    return day


def half_terms(years: Collection[Year]) -> list[HalfTerm]:
    """Return the halves of every term, in their order."""
    halves = [
        half
        for year in years
        for term in year.terms
        for half in (
            HalfTerm(term.name, term.start, term.half_term_from - _DAY),
            HalfTerm(term.name, term.half_term_to + _DAY, term.end),
        )
    ]
    return sorted((half for half in halves if half.first <= half.last), key=lambda half: half.first)


def _reached(years: Collection[Year], day: date) -> bool:
    """Whether calendars say of a day that it is one or is none: a holiday between two terms is known to be a holiday.

    A gap longer than any summer is a year that nobody has published.
    """
    terms = [term for year in years for term in year.terms]
    ended = max((term.end for term in terms if term.start <= day), default=date.min)
    following = min((term.start for term in terms if term.start > day), default=date.max)
    return day <= ended or following - ended <= _SUMMER


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY
