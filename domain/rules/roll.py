"""The school's roll: whom it answers for while anyone else teaches them (H-12)."""

from __future__ import annotations

from collections.abc import Iterator

from domain.events import PupilEnrolled, PupilRemovedFromRoll
from domain.rules.breach import Breach, Word, plain
from domain.rules.case import Case


def on_roll(case: Case) -> Iterator[Breach]:
    """H-12: outside, the pupil remains on the school's roll, and so is on it on the first day (S27)."""
    said = [
        (fact.starts_on if isinstance(fact, PupilEnrolled) else fact.removed_on, fact.originator_version, fact)
        for fact in case.known.pupil
        if isinstance(fact, PupilEnrolled | PupilRemovedFromRoll) and fact.school_id == case.proposal.school_id
    ]
    last = max((one for one in said if one[0] <= case.starts_on), key=lambda one: one[:2], default=None)
    if case.outside and not (last and isinstance(last[2], PupilEnrolled)):
        yield Breach(
            "H-12", "S27", Word.WILL, None, f"The pupil is not on the school's roll on {plain(case.starts_on)}.",
            "Put the pupil on the school's roll from that day or before, or choose a day on which they are on it.",
            "enrol_pupil",
        )  # fmt: skip
