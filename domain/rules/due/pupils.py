"""A pupil's education, health and care plan: its annual review coming up or past (C-27)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from domain.rules.breach import plain
from domain.rules.due.item import Due, Light
from domain.rules.flags import Tier
from domain.vocabulary import Role

APPROACHING = timedelta(weeks=8)


def annual_review(due_on: date | None, today: date) -> Iterator[Due]:
    """C-27: the annual review within eight weeks, or past without the next being on record."""
    if due_on is None or due_on - APPROACHING > today:
        return
    past = due_on < today
    when = f"{'was' if past else 'is'} due on {plain(due_on)}"
    sentence = f"The annual review of the education, health and care plan {when}."
    yield Due(
        "C-27", Tier.PAPERWORK, Light.RED if past else Light.AMBER, sentence, (Role.SENCO,), ("record_ehcp",),
        due_on + timedelta(days=1) if past else due_on - APPROACHING, due_on,
    )  # fmt: skip
