"""Parents' agreement: withdrawn, declined, disputed between parents, or never asked for (C-06, H-06)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from domain.rules.breach import plain
from domain.rules.due.item import HEAD, Due, Light, Placed
from domain.rules.due.school_time import SchoolTime
from domain.rules.flags import Tier
from domain.rules.parents import Position, agreeing, open_no, schools_word, settled
from domain.rules.standing import ParentalStatus
from domain.vocabulary import Role

DECIDE_WITHIN = 2
"""So many school days the Head Teacher has after a parent's no (ours)."""


def position(placed: Placed, said: Collection[Position], time: SchoolTime) -> Iterator[Due]:
    """C-06, H-06: one parent's written yes; while another says no, or none says yes, the Head Teacher decides."""
    yes, no = agreeing(said), open_no(said)
    if no is not None:
        yield _undecided(placed, no, disputed=bool(yes), time=time)
    elif not settled(said, time.today):
        yield from _unanswered(placed, schools_word(said), time.today)


def _undecided(placed: Placed, no: Position, *, disputed: bool, time: SchoolTime) -> Due:
    did = "withdrew the agreement" if no.status == ParentalStatus.WITHDRAWN else "declined"
    late = placed.running and not disputed and time.gone(no.since) > DECIDE_WITHIN
    sentence = f"A parent {did} on {plain(no.since)}, and the Head Teacher has not decided whether to go on."
    if disputed:
        sentence = f"A parent {did} on {plain(no.since)} while another agrees; the Head Teacher has not decided."
    return Due(
        "C-06", Tier.AUTHORITY, Light.RED if late else Light.AMBER, sentence, (*HEAD, Role.AP_LEAD),
        ("decide_without_parental_agreement", "record_parental_agreement"), min(no.since, time.today),
        time.later(no.since, DECIDE_WITHIN),
    )  # fmt: skip


def _unanswered(placed: Placed, last: Position | None, today: date) -> Iterator[Due]:
    if last is None or last.try_again_on is None or today <= last.try_again_on:
        yield Due(
            "H-06", Tier.AUTHORITY, placed.light(today),
            "Nothing in writing says where the parents stand.", placed.asked_of(Role.AP_LEAD),
            ("record_parental_agreement", "record_parent_unreachable", "record_parental_agreement_not_relevant"),
            placed.wanted_since(), placed.wanted_by(),
        )  # fmt: skip
    else:
        yield Due(
            "C-06", Tier.AUTHORITY, placed.light(today),
            f"The parents could not be reached, and were to be tried again by {plain(last.try_again_on)}.",
            (Role.AP_LEAD, *HEAD), ("record_parental_agreement", "record_parent_unreachable"),
            last.try_again_on + timedelta(days=1), last.try_again_on,
        )  # fmt: skip
