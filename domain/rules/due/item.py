"""One thing that needs doing, and the placement it is about, as plain values (model §3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.rules.flags import Tier
from domain.vocabulary import PlacementStatus, Role


class Light(StrEnum):
    """How far it has come: coming up or to be done, or overdue, run out or not lawful."""

    RED = "red"
    AMBER = "amber"


HEAD = (Role.HEAD_TEACHER, Role.HEAD_OF_SERVICE)
"""Whose decisions are the Head Teacher's are the Head of Service's as well (S26)."""


@dataclass(frozen=True)
class Due:
    """Something that needs doing: the rule, how soon, why, whose it is, and which commands can clear it.

    `since` is the first day on which it was so; `due_on` the day by which it is to be done, where there is one. The
    first of `owners` answers for it; `clears` names commands of the application, the likeliest first. `at_stake` says
    that a child may not be where they should be, or not be safe there, on this very day: it comes before all else.
    """

    rule: str
    tier: Tier
    light: Light
    sentence: str
    owners: tuple[Role, ...]
    clears: tuple[str, ...]
    since: date
    due_on: date | None = None
    at_stake: bool = False


@dataclass(frozen=True)
class Placed:
    """A placement on a day, as far as what is due depends on it; `starts_on` is proposed until it has started.

    `approved_on` is of an approval given here, never of one on paper.
    """

    status: PlacementStatus
    proposed_on: date
    starts_on: date
    ends_on: date
    outside: bool
    approved_on: date | None = None

    @property
    def running(self) -> bool:
        """Whether the pupil has it: active, or suspended for now."""
        return self.status in {PlacementStatus.ACTIVE, PlacementStatus.SUSPENDED}

    @property
    def waiting(self) -> bool:
        """Whether nobody has decided on it yet."""
        return self.status in {PlacementStatus.PROPOSED, PlacementStatus.ASSESSED}

    def light(self, today: date) -> Light:
        """How grave it is that something needed is not there: only while it is planned is there time."""
        if self.status == PlacementStatus.SUSPENDED:
            return Light.AMBER
        return Light.RED if self.running or self.starts_on <= today else Light.AMBER

    def asked_of(self, first: Role) -> tuple[Role, ...]:
        """Whose it is to get what is missing; once the placement runs without it, the Head Teacher's as well."""
        return (first, *HEAD) if self.running else (first,)

    def wanted_by(self) -> date | None:
        """By when something that is missing is wanted: before it starts."""
        return None if self.running else self.starts_on

    def wanted_since(self) -> date:
        """Since when something that was never there is missing."""
        return self.starts_on if self.running else self.proposed_on
