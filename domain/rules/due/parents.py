"""Parents' agreement: withdrawn, declined, disputed between parents, or never asked for (C-06, H-06)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from domain.rules.breach import plain
from domain.rules.due.item import HEAD, Due, Light, Placed
from domain.rules.due.school_time import SchoolTime
from domain.rules.flags import Tier
from domain.rules.standing import ParentalStatus
from domain.vocabulary import Role

DECIDE_WITHIN = 2
"""So many school days the Head Teacher has after a parent's no (ours)."""


@dataclass(frozen=True)
class Position:
    """What one parent, or the school (no `holder`), has said; `written` and `responsible` are of a parent's yes."""

    holder: UUID | None
    status: ParentalStatus
    since: date
    order: int
    written: bool = True
    responsible: bool = True
    try_again_on: date | None = None

    @property
    def when(self) -> tuple[date, int]:
        """Its day, and its place among what was entered, for two on one day."""
        return self.since, self.order


def position(placed: Placed, said: Collection[Position], time: SchoolTime) -> Iterator[Due]:
    """C-06, H-06: one parent's written yes; while another says no, or none says yes, the Head Teacher decides."""
    yes = [one for one in said if one.status == ParentalStatus.GIVEN and one.written and one.responsible]
    noes = [one for one in said if one.status in {ParentalStatus.WITHDRAWN, ParentalStatus.DECLINED}]
    decided = max((one.when for one in said if one.status == ParentalStatus.DECIDED), default=(date.min, 0))
    open_no = max((one for one in noes if one.when > decided), key=lambda one: one.when, default=None)
    if open_no is not None:
        yield _undecided(placed, open_no, disputed=bool(yes), time=time)
    elif not yes:
        yield from _unanswered(placed, [one for one in said if one.holder is None], time.today)


def _undecided(placed: Placed, no: Position, *, disputed: bool, time: SchoolTime) -> Due:
    did = "withdrew the agreement" if no.status == ParentalStatus.WITHDRAWN else "declined"
    late = placed.running and not disputed and time.gone(no.since) > DECIDE_WITHIN
    sentence = f"A parent {did} on {plain(no.since)}, and the Head Teacher has not decided whether to go on."
    if disputed:
        sentence = f"A parent {did} on {plain(no.since)} while another agrees; the Head Teacher has not decided."
    return Due(
        "C-06", Tier.AUTHORITY, Light.RED if late else Light.AMBER, sentence, (*HEAD, Role.AP_LEAD),
        ("decide_without_parental_agreement", "record_parental_agreement"), no.since,
        time.later(no.since, DECIDE_WITHIN),
    )  # fmt: skip


def _unanswered(placed: Placed, school: Sequence[Position], today: date) -> Iterator[Due]:
    last = max(school, key=lambda one: one.when, default=None)
    if last is None:
        yield Due(
            "H-06", Tier.AUTHORITY, placed.light(today),
            "Nothing in writing says where the parents stand.", placed.asked_of(Role.AP_LEAD),
            ("record_parental_agreement", "record_parent_unreachable", "record_parental_agreement_not_relevant"),
            placed.wanted_since(), placed.wanted_by(),
        )  # fmt: skip
    elif last.try_again_on is not None and last.try_again_on < today:
        yield Due(
            "C-06", Tier.AUTHORITY, placed.light(today),
            f"The parents could not be reached, and were to be tried again by {plain(last.try_again_on)}.",
            (Role.AP_LEAD, *HEAD), ("record_parental_agreement", "record_parent_unreachable"),
            last.try_again_on + timedelta(days=1), last.try_again_on,
        )  # fmt: skip
