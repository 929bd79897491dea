"""Parents who disagree: one holder's yes suffices (S43), but that another says no is never left out of sight (C-06)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain.rules.standing import ParentalStatus

_NO = frozenset({ParentalStatus.DECLINED, ParentalStatus.WITHDRAWN})


def in_dispute(said: Iterable[tuple[UUID | None, ParentalStatus]]) -> bool:
    """Return whether one holder of parental responsibility agrees while another does not; None is the school."""
    words = {holder: status for holder, status in said if holder is not None}
    return ParentalStatus.GIVEN in words.values() and bool(_NO & set(words.values()))
