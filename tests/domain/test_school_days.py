"""School days are those of the school's calendar: terms without half-term, training days and closures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.parts import Term
from domain.rules.school_days import half_terms, is_school_day, school_day_after, school_days
from tests.domain.people import day


@dataclass(frozen=True)
class Year:
    """A published calendar, as far as days go."""

    terms: tuple[Term, ...]
    inset_days: tuple[date, ...] = ()
    closures: tuple[date, ...] = ()


AUTUMN = Term("Autumn", day("09-01"), day("12-18"), day("10-26"), day("10-30"))
SPRING = Term("Spring", date(2027, 1, 5), date(2027, 3, 26), date(2027, 2, 15), date(2027, 2, 19))
YEARS = (Year((AUTUMN, SPRING), (day("09-01"),), (day("11-20"),)),)
DAYS = st.dates(date(2026, 7, 1), date(2027, 7, 1))


@pytest.mark.parametrize(
    ("when", "held"),
    [
        (day("09-01"), False),
        (day("09-02"), True),
        (day("09-05"), False),
        (day("10-26"), False),
        (day("11-02"), True),
        (day("11-20"), False),
        (day("12-23"), False),
        (date(2027, 1, 5), True),
    ],
    ids=["training day", "first day", "Saturday", "half-term", "after it", "closure", "between terms", "spring"],
)
def test_a_school_day_is_one_of_the_calendars(when: date, held: bool) -> None:
    assert is_school_day(YEARS, when) is held


def test_where_no_calendar_reaches_every_weekday_counts() -> None:
    assert is_school_day(YEARS, date(2027, 4, 1))
    assert is_school_day((), day("10-27"))
    assert not is_school_day((), day("10-25"))


def test_ten_school_days_span_the_half_term_holiday() -> None:
    first = day("10-19")
    assert school_day_after(YEARS, first - timedelta(days=1), 10) == day("11-06")
    assert school_days(YEARS, first, day("11-06")) == 10


def test_a_half_term_ends_before_its_holiday_and_the_next_begins_after_it() -> None:
    assert [(half.term, half.first, half.last) for half in half_terms(YEARS)][:2] == [
        ("Autumn", day("09-01"), day("10-25")),
        ("Autumn", day("10-31"), day("12-18")),
    ]


@given(DAYS, st.integers(1, 40))
def test_counting_on_and_counting_between_agree(start: date, number: int) -> None:
    there = school_day_after(YEARS, start, number)
    assert is_school_day(YEARS, there)
    assert school_days(YEARS, start + timedelta(days=1), there) == number


def a_year(began: int) -> Year:
    following = began + 1
    return Year((
        Term("Autumn", date(began, 9, 1), date(began, 12, 19), date(began, 10, 26), date(began, 10, 30)),
        Term("Spring", date(following, 1, 5), date(following, 3, 26), date(following, 2, 15), date(following, 2, 19)),
        Term("Summer", date(following, 4, 12), date(following, 7, 22), date(following, 5, 31), date(following, 6, 4)),
    ))  # fmt: skip


PUBLISHED = tuple(map(a_year, (2024, 2025, 2026)))


def test_a_year_that_nobody_published_between_two_that_are_is_no_long_holiday() -> None:
    first, _, last = PUBLISHED
    assert school_day_after((first, last), date(2025, 10, 1), 10) == date(2025, 10, 15)
    assert not is_school_day((first, last), date(2025, 10, 4))


def test_a_summer_between_two_published_years_is_a_holiday() -> None:
    assert not is_school_day(PUBLISHED, date(2025, 8, 12))
    assert school_day_after(PUBLISHED, date(2025, 7, 22), 1) == date(2025, 9, 1)


@given(st.sets(st.integers(0, 2)), st.dates(date(2024, 6, 1), date(2027, 9, 1)), st.integers(1, 60))
def test_a_deadline_comes_sooner_and_never_later_where_a_year_is_not_published(
    missing: set[int], start: date, number: int
) -> None:
    some = [year for place, year in enumerate(PUBLISHED) if place not in missing]
    assert school_day_after(some, start, number) <= school_day_after(PUBLISHED, start, number)
