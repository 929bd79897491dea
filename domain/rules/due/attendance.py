"""The register: sessions nobody has marked, and absences without a reason (C-15, C-16)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from domain.rules.attendance_clocks import N_AMBER, N_DAYS, Clock, n_clock, unmarked_clock
from domain.rules.breach import plain
from domain.rules.due.item import Due, Light
from domain.rules.due.school_time import SchoolTime
from domain.rules.flags import Tier
from domain.vocabulary import Role, Session

_TAKERS = (Role.ATTENDANCE_OFFICER, Role.AP_LEAD)
_HALVES = {Session.AM: "the morning", Session.PM: "the afternoon"}


def unmarked(day: date, left: Mapping[Session, int]) -> Due:
    """C-15: expected in alternative provision today and nobody has said whether they came: where is the child?

    `left` says of how many pupils each session is still to be marked.
    """
    pupils = {session: "one pupil" if number == 1 else f"{number} pupils" for session, number in left.items()}
    halves = " and ".join(f"{words} of {pupils[session]}" for session, words in _HALVES.items() if session in pupils)
    return Due(
        "C-15", Tier.SAFETY, Light.AMBER,
        f"Expected in alternative provision on {plain(day)} and not marked: {halves}.", _TAKERS,
        ("take_register",), day, day, at_stake=True,
    )  # fmt: skip


def unmarked_before(days: Sequence[date], sessions: int, time: SchoolTime) -> Due:
    """C-15: what was left unmarked on earlier school days, in one: the oldest day first, and how many sessions."""
    first, last, many = days[0], days[-1], len(days)
    when = plain(first) if many == 1 else f"{many} school days from {plain(first)} to {plain(last)}"
    what = "One session" if sessions == 1 else f"{sessions} sessions"
    late = unmarked_clock(time.gone(first)) is Clock.RED
    return Due(
        "C-15", Tier.SAFETY, Light.RED if late else Light.AMBER,
        f"{what} of alternative provision on {when} {'is' if sessions == 1 else 'are'} not marked.", _TAKERS,
        ("take_register",), first, first,
    )  # fmt: skip


def no_reason(day: date, session: Session, time: SchoolTime) -> Iterator[Due]:
    """C-16: code N stands for a reason not yet established, for five school days at most."""
    clock = n_clock(time.gone(day))
    if clock is Clock.RUNNING:
        return
    yield Due(
        "C-16", Tier.PAPERWORK, Light.RED if clock is Clock.RED else Light.AMBER,
        f"Absent on {plain(day)} in {_HALVES[session]} without a reason established (code N).",
        (Role.ATTENDANCE_OFFICER,), ("amend_attendance",), time.later(day, N_AMBER),
        time.later(day, N_DAYS),
    )  # fmt: skip


def differs(day: date, session: Session, sentence: str, told_on: date, time: SchoolTime) -> Due:
    """C-15: the provider and the register do not agree where the pupil was; a person looks into it and amends.

    Of today or the school day before, the child may still not have been found.
    """
    return Due(
        "C-15", Tier.SAFETY, Light.RED, f"{plain(day)}, {_HALVES[session]}: {sentence}",
        (Role.ATTENDANCE_OFFICER, Role.DSL), ("amend_attendance",), told_on,
        at_stake=time.gone(day) <= 1,
    )  # fmt: skip
