"""How long a session may stay unmarked, and how long code N may stand (SI 2024/208, regulation 10; C-15, C-16)."""

from __future__ import annotations

from enum import StrEnum

N_AMBER, N_DAYS = 3, 5
"""School days after the session: when code N is looked at, and the last on which its reason may still be found."""


class Clock(StrEnum):
    """How far a clock has run."""

    RUNNING = "running"
    AMBER = "amber"
    RED = "red"


def unmarked_clock(school_days: int) -> Clock:
    """Return how far it has run for a session unmarked so many school days after its day (C-15)."""
    if school_days < 1:
        return Clock.RUNNING
    return Clock.AMBER if school_days == 1 else Clock.RED


def n_clock(school_days: int) -> Clock:
    """Return how far it has run for code N so many school days after the session (C-16).

    Within five school days the reason is found, or the mark is amended to O; that is a person's act, never the clock's.
    """
    if school_days < N_AMBER:
        return Clock.RUNNING
    return Clock.AMBER if school_days <= N_DAYS else Clock.RED


def n_days_left(school_days: int) -> int:
    """Return how many school days are left to find the reason; negative once they are over."""
    return N_DAYS - school_days
