"""One school's days laid out once, so that any number of deadlines are counted without walking through the year."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from domain.rules.school_days import HalfTerm, Year, half_terms, is_school_day


@dataclass(frozen=True)
class SchoolTime:
    """The day asked about, the school days around it in order, the half-terms, and when the school year began."""

    today: date
    days: tuple[date, ...]
    half_terms: tuple[HalfTerm, ...]
    year_began: date

    def gone(self, since: date) -> int:
        """How many school days have come after a day, up to and with today."""
        return bisect_right(self.days, self.today) - bisect_right(self.days, since)

    def left(self, until: date) -> int:
        """How many school days are still to come until a day, that day counted."""
        return -self.gone(until)

    def later(self, day: date, number: int) -> date:
        """The school day so many after a day (before it, where less than none); the span's edge beyond it."""
        place = bisect_right(self.days, day) + number - 1
        return self.days[min(max(place, 0), len(self.days) - 1)]

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """The school days from a first to a last day, both counted."""
        return self.days[bisect_left(self.days, first) : bisect_right(self.days, last)]


def school_time(years: tuple[Year, ...], today: date) -> SchoolTime:
    """A school's time around a day, by its calendars: from the year before the last to the end of the next."""
    starts = (min(term.start for term in year.terms) for year in years if year.terms)
    began = max((start for start in starts if start <= today), default=today)
    return SchoolTime(today, _laid_out(years, today.year - 2, today.year + 1), _half_terms(years), began)


@lru_cache(maxsize=64)
def _laid_out(years: tuple[Year, ...], first: int, last: int) -> tuple[date, ...]:
    start = date(first, 1, 1)
    days = (start + timedelta(days=number) for number in range((date(last, 12, 31) - start).days + 1))
    return tuple(day for day in days if is_school_day(years, day))


@lru_cache(maxsize=64)
def _half_terms(years: tuple[Year, ...]) -> tuple[HalfTerm, ...]:
    return tuple(half_terms(years))
