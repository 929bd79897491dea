"""Whether it is safe: risk assessments due, run out, missing or against it, and a review that found so (C-11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from domain.rules.breach import plain
from domain.rules.due.item import HEAD, Due, Light, Placed
from domain.rules.due.school_time import SchoolTime
from domain.rules.flags import Tier
from domain.vocabulary import PlacementStatus, RiskOutcome, Role

DUE_WITHIN = 10
"""So many school days before a risk assessment runs out the next one is due (ours)."""

_ASSESSORS = (Role.AP_LEAD, Role.RISK_ASSESSOR)


@dataclass(frozen=True)
class Assessed:
    """The newest risk assessment, of a pupil in a setting or of the setting itself."""

    on: date
    valid_to: date
    outcome: RiskOutcome | None


def risk(placed: Placed, of_what: str, newest: Assessed | None, clears: str, time: SchoolTime) -> Iterator[Due]:
    """C-11: an assessment that is in force and does not find it unsafe; the next before it runs out."""
    if newest is None:
        yield Due(
            "C-11", Tier.SAFETY, placed.light(time.today), f"There is no risk assessment {of_what}.", _ASSESSORS,
            (clears,), placed.wanted_since(), placed.wanted_by(),
        )  # fmt: skip
    elif newest.outcome == RiskOutcome.NOT_SAFE:
        yield Due(
            "C-11", Tier.SAFETY, placed.light(time.today),
            f"The risk assessment {of_what} found on {plain(newest.on)} that it is not safe.", (*HEAD, Role.DSL),
            ("suspend_placement", "end_placement", "refuse_placement", clears), max(newest.on, placed.wanted_since()),
            at_stake=placed.status == PlacementStatus.ACTIVE,
        )  # fmt: skip
    elif newest.valid_to < time.today:
        yield Due(
            "C-11", Tier.SAFETY, placed.light(time.today),
            f"The risk assessment {of_what} ran out on {plain(newest.valid_to)}.", _ASSESSORS, (clears,),
            newest.valid_to + timedelta(days=1), newest.valid_to,
        )  # fmt: skip
    elif newest.valid_to < placed.ends_on and time.left(newest.valid_to) <= DUE_WITHIN:
        yield Due(
            "C-11", Tier.SAFETY, Light.AMBER,
            f"The risk assessment {of_what} runs out on {plain(newest.valid_to)}.", _ASSESSORS, (clears,),
            time.later(newest.valid_to, -DUE_WITHIN), newest.valid_to,
        )  # fmt: skip


def found_unsafe(placed: Placed, reviewed_on: date | None, *, still_safe: bool | None) -> Iterator[Due]:
    """C-11: the last review did not find it safe, and the pupil is still there; it stops until that is put right."""
    if placed.status == PlacementStatus.ACTIVE and reviewed_on is not None and still_safe is False:
        yield Due(
            "C-11", Tier.SAFETY, Light.RED,
            f"The review on {plain(reviewed_on)} did not find the placement safe, and it goes on.", (*HEAD, Role.DSL),
            ("suspend_placement", "end_placement", "hold_review"), reviewed_on, at_stake=True,
        )  # fmt: skip
