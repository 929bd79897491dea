"""How consents and parents' agreement may stand on a day: worked out from facts, never recorded as such."""

from __future__ import annotations

from enum import StrEnum


class ConsentStatus(StrEnum):
    """How a placing authority's consent stands on a day; `unconfirmed` is a telephone call and satisfies nothing."""

    GIVEN = "given"
    UNCONFIRMED = "unconfirmed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class ParentalStatus(StrEnum):
    """Where the parents' agreement stands on a day; `unconfirmed` is a call on the telephone and satisfies nothing."""

    GIVEN = "given"
    UNCONFIRMED = "unconfirmed"
    DECLINED = "declined"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    UNREACHABLE = "unreachable"
    NOT_RELEVANT = "not_relevant"
