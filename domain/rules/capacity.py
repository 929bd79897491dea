"""The capacities in which an authority places a pupil, consents and refuses (S42)."""

from __future__ import annotations

from domain.vocabulary import Capacity

CALLED = {Capacity.EDUCATION_SEN: "education", Capacity.SOCIAL_CARE: "social care"}
"""What a capacity is called in a sentence."""


def singles(capacity: Capacity) -> frozenset[Capacity]:
    """Return the single capacities that a capacity stands for."""
    return frozenset(Capacity) - {Capacity.BOTH} if capacity == Capacity.BOTH else frozenset({capacity})
