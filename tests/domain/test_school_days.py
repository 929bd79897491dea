"""School days are those of the school's calendar: terms without half-term, training days and closures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.parts import Term
from domain.rules.school_days import half_term_of, half_terms, is_school_day, school_day_after, school_days
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
    assert half_term_of(YEARS, day("10-27")) is None
    assert half_term_of(YEARS, day("11-20")) == half_terms(YEARS)[1]


@given(DAYS, st.integers(1, 40))
def test_counting_on_and_counting_between_agree(start: date, number: int) -> None:
    there = school_day_after(YEARS, start, number)
    assert is_school_day(YEARS, there)
    assert school_days(YEARS, start + timedelta(days=1), there) == number
