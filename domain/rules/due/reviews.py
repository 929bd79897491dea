"""Reviews: at the day set, and at least once in each half-term (C-22, S35)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.rules.breach import plain
from domain.rules.due.item import HEAD, Due, Light, Placed
from domain.rules.due.school_time import SchoolTime
from domain.rules.flags import Tier
from domain.vocabulary import Role

DUE_WITHIN = 5
"""So many school days before its day a review is due (model C-22)."""

_SOON = timedelta(days=10)
"""A review held so shortly before a day of the plan is the review of that day (ours)."""


@dataclass(frozen=True)
class Reviewed:
    """When the placement was last reviewed and which day was set for the next; both None before the first review."""

    held_on: date | None
    next_on: date | None


def review(placed: Placed, last: Reviewed, planned: Sequence[date], time: SchoolTime) -> Iterator[Due]:
    """C-22: due on the day the last review set, else the plan's next; overdue also after a half-term without one."""
    if not placed.running:
        return
    missed = _half_term_without(placed, last.held_on, time)
    day = _next(placed, last, planned)
    if missed is not None and (day is None or missed < day):
        yield _due(f"No review was held in the half-term that ended on {plain(missed)}.", Light.RED, missed, time)
    elif day is not None and day < time.today:
        yield _due(f"A review was due on {plain(day)}.", Light.RED, day, time)
    elif day is not None and time.left(day) <= DUE_WITHIN:
        yield _due(f"A review is due on {plain(day)}.", Light.AMBER, day, time)


def _next(placed: Placed, last: Reviewed, planned: Sequence[date]) -> date | None:
    if last.next_on is not None:
        return last.next_on
    after = placed.starts_on if last.held_on is None else last.held_on + _SOON
    return min((day for day in planned if day > after), default=None)


def _half_term_without(placed: Placed, held_on: date | None, time: SchoolTime) -> date | None:
    """The last day of the first half-term since the last review that it ran through from end to end without one."""
    after = placed.starts_on if held_on is None else held_on
    whole = (half for half in time.half_terms if half.first >= after and half.last < time.today)
    return min((half.last for half in whole), default=None)


def _due(sentence: str, light: Light, day: date, time: SchoolTime) -> Due:
    since = day + timedelta(days=1) if light == Light.RED else time.later(day, -DUE_WITHIN)
    return Due("C-22", Tier.PAPERWORK, light, sentence, (*HEAD, Role.AP_LEAD), ("hold_review",), since, day)
