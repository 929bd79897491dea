"""A provider's return held against the school's mark: whether they agree, and what to do where they do not (S32)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.rules.attendance_codes import attended
from domain.vocabulary import Returned


class Comparison(StrEnum):
    """How a provider's return and the school's mark stand to each other; the first are to be looked at first."""

    DIFFERS = "differs"
    RETURN_WITHOUT_MARK = "return_without_mark"
    MARK_WITHOUT_RETURN = "mark_without_return"
    NEITHER = "neither"
    AGREES = "agrees"


@dataclass(frozen=True)
class Compared:
    """What comparing came to, and in one sentence why."""

    comparison: Comparison
    sentence: str


def compare(code: str | None, returned: Returned | None, *, at_provider: bool) -> Compared:
    """Hold a return against a mark; neither overrides the other, a person decides.

    `at_provider` says that the mark is of a session under the placement with that provider: a pupil marked present
    elsewhere was not at the provider.
    """
    if code is None and returned is None:
        return Compared(Comparison.NEITHER, "Neither the provider nor the school has said anything yet.")
    if code is None:
        return Compared(Comparison.RETURN_WITHOUT_MARK, f"{_SAYS[returned]} The school has not marked it.")
    if returned is None:
        return Compared(Comparison.MARK_WITHOUT_RETURN, f"The school marked {code}. The provider has not said.")
    was_there = attended(code) and at_provider
    if was_there == (returned is not Returned.ABSENT):
        return Compared(Comparison.AGREES, f"{_SAYS[returned]} The school marked {code}.")
    where = "" if not attended(code) or at_provider else ", present somewhere else"
    return Compared(Comparison.DIFFERS, f"{_SAYS[returned]} The school marked {code}{where}.")


_SAYS: dict[Returned | None, str] = {
    Returned.ATTENDED: "The provider says the pupil was there.",
    Returned.LEFT_EARLY: "The provider says the pupil was there and left early.",
    Returned.ABSENT: "The provider says the pupil was not there.",
}
