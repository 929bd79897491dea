"""A school's time and a placement for the rules of what is due: everything else follows from the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.parts import Term
from domain.rules.due.item import Due, Placed
from domain.rules.due.school_time import SchoolTime, school_time
from domain.vocabulary import PlacementStatus
from tests.domain.people import day


@dataclass(frozen=True)
class Year:
    """A published calendar, as far as days go."""

    terms: tuple[Term, ...]
    inset_days: tuple[date, ...] = ()
    closures: tuple[date, ...] = ()


YEARS = (
    Year(
        (
            Term("Autumn", day("09-01"), day("12-18"), day("10-26"), day("10-30")),
            Term("Spring", date(2027, 1, 5), date(2027, 3, 26), date(2027, 2, 15), date(2027, 2, 19)),
        ),
        (day("09-01"),),
    ),
)


def on(text: str | date) -> SchoolTime:
    """The school's time as it is on a day."""
    return school_time(YEARS, day(text) if isinstance(text, str) else text)


def a_placement(status: PlacementStatus = PlacementStatus.ACTIVE, **changes: Any) -> Placed:
    """An outside placement from 14 September to the end of the autumn term, running unless another state is named."""
    usual = {
        "proposed_on": day("09-03"),
        "starts_on": day("09-14"),
        "ends_on": day("12-18"),
        "outside": True,
        "approved_on": day("09-10"),
    }
    return Placed(status=status, **usual | changes)


def told(found: Iterable[Due]) -> list[tuple[str, str]]:
    """Which rules spoke, and how gravely; each with a sentence, an owner, a command and a day."""
    items = list(found)
    for item in items:
        assert item.sentence.endswith(".")
        assert item.owners
        assert item.clears
        assert isinstance(item.since, date)
    return [(item.rule, item.light.value) for item in items]
