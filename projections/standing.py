"""How consents and parents' agreement may stand on a day; the words are the rules' own."""

from __future__ import annotations

from domain.rules.standing import ConsentStatus, ParentalStatus

__all__ = ["ConsentStatus", "ParentalStatus"]
