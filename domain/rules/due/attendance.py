"""The register: sessions nobody has marked, and absences without a reason (C-15, C-16)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.rules.breach import plain
from domain.rules.due.item import Due, Light
from domain.rules.due.school_time import SchoolTime
from domain.rules.flags import Tier
from domain.vocabulary import Role, Session

UNMARKED_AFTER = 1
"""So many school days after its own a session without a mark is overdue (model C-15)."""

NO_REASON, NO_REASON_AT_LAST = 3, 5
"""So many school days after the session a missing reason is looked for; by the second it is amended (SI 2024/208)."""

_HALVES = {Session.AM: "the morning", Session.PM: "the afternoon"}


def unmarked(day: date, sessions: frozenset[Session], time: SchoolTime) -> Due:
    """C-15: expected in alternative provision and nobody has said whether they came: where is the child?"""
    late = time.gone(day) > UNMARKED_AFTER
    halves = " and ".join(words for session, words in _HALVES.items() if session in sessions)
    return Due(
        "C-15", Tier.SAFETY, Light.RED if late else Light.AMBER,
        f"Expected in alternative provision on {plain(day)} and not marked for {halves}.",
        (Role.ATTENDANCE_OFFICER, Role.AP_LEAD), ("take_register",), day, day,
    )  # fmt: skip


def no_reason(day: date, session: Session, time: SchoolTime) -> Iterator[Due]:
    """C-16: code N stands for a reason not yet established, for five school days at most."""
    gone = time.gone(day)
    if gone < NO_REASON:
        return
    yield Due(
        "C-16", Tier.PAPERWORK, Light.RED if gone > NO_REASON_AT_LAST else Light.AMBER,
        f"Absent on {plain(day)} in {_HALVES[session]} without a reason established (code N).",
        (Role.ATTENDANCE_OFFICER,), ("amend_attendance",), time.later(day, NO_REASON),
        time.later(day, NO_REASON_AT_LAST),
    )  # fmt: skip
