"""What the demo's plans for intervention say, whoever they are for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from domain.parts import Objective, Pathway
from domain.vocabulary import NextStep

_BETWEEN_REVIEWS = timedelta(days=35)


def written(day: date, start: date, until: date, *, improves_by: date, next_step: NextStep) -> dict[str, Any]:
    """A plan written on a day for a placement from its start until its end, reviewed every five weeks."""
    reviews = max(1, (until - start) // _BETWEEN_REVIEWS)
    return {
        "prepared_on": day,
        "starts_on": start,
        "ends_on": until,
        "review_dates": tuple(start + number * _BETWEEN_REVIEWS for number in range(1, reviews + 1)),
        "objectives": (
            Objective("improvement-1", "improvement", "Attends every planned session", "95 per cent", improves_by),
            Objective(
                "attainment-1", "attainment", "Reads unseen text aloud with confidence", "One year's gain", improves_by
            ),
        ),
        "next_step": next_step,
        "english": Pathway(180, 200, "Functional Skills Entry 3"),
        "maths": Pathway(180, 200, "Functional Skills Entry 2"),
    }
