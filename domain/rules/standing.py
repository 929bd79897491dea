"""How consents and parents' agreement may stand on a day: worked out from facts, never recorded as such."""

from __future__ import annotations

from enum import StrEnum


class ConsentStatus(StrEnum):
    """How a placing authority's consent stands on a day."""

    GIVEN = "given"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class ParentalStatus(StrEnum):
    """Where the question of the parents' agreement stands on a day."""

    GIVEN = "given"
    DECLINED = "declined"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    UNREACHABLE = "unreachable"
    NOT_RELEVANT = "not_relevant"
