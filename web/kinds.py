"""The kinds of thing that happen, as a chronology's filter offers them."""

from __future__ import annotations

from collections.abc import Mapping

from domain import events
from projections import families

GAP = "gap"
"""Stands as the topic of what is not recorded."""

_CONSENT = {fact.TOPIC for fact in families.CONSENT}
_AUTHORITY = {topic for topic in _CONSENT if "authority" in topic} | {
    events.PlacingAuthorityRecorded.TOPIC,
    events.NoPlacingAuthorityRecorded.TOPIC,
}
_DECISIONS = (*families.DECISION, events.PlacementProposed, events.ExistingPlacementAdded)

KINDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "decisions": (
        "Decisions",
        frozenset(fact.TOPIC for fact in _DECISIONS if fact is not events.ReviewHeld),
    ),
    "preparation": (
        "Assessments, plan and agreement",
        frozenset(fact.TOPIC for fact in families.PREPARATION if fact not in _DECISIONS),
    ),
    "authority": ("Placing authority", frozenset(_AUTHORITY)),
    "parents": (
        "Parents",
        frozenset(_CONSENT - _AUTHORITY) | {events.ParentalResponsibilityRecorded.TOPIC},
    ),
    "reviews": ("Reviews", frozenset({events.ReviewHeld.TOPIC})),
    "attendance": ("Attendance", frozenset(fact.TOPIC for fact in (*families.ATTENDANCE, *families.RETURN))),
    "pupil": ("Roll, home and health plan", frozenset(fact.TOPIC for fact in families.PUPIL)),
    "provider": ("Provider", frozenset(fact.TOPIC for fact in families.PROVIDER)),
    "gaps": ("Gaps", frozenset({GAP})),
    "other": ("Anything else", frozenset()),
}
"""By its name in addresses: what the kind is called, and which topics it holds; `other` holds all the rest."""

_OF = {topic: name for name, (_, topics) in KINDS.items() for topic in topics}


def kind_of(topic: str) -> str:
    """The kind that a topic belongs to."""
    return _OF.get(topic, "other")
