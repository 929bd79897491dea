"""The fact that evidence was given out. Subject: whoever took it, under whose key their name and title are sealed."""

from __future__ import annotations

from domain.events.fact import ACTOR, Fact
from domain.parts import EvidenceScope
from domain.values import Personal


class EvidenceExported(Fact, frozen=True, kw_only=True):
    """Somebody took an evidence file: of what, for whom and why, and what the record held of it at that moment.

    Of the first `size` entries, `count` belong to what was asked for, the lowest being `first` and the highest `last`
    (leaf indexes; None where there is none), and `held` went into the file, those that decisions rested on included.
    `digest` and `contents` are the chains over the leaf hashes of either (docs/format.md §8), in hexadecimal.
    """

    TOPIC = "evidence.exported"
    PERSONAL = {"export": ("made_for", "purpose"), "actor": ACTOR}
    OPENS_SUBJECT = True

    scope: EvidenceScope
    size: int
    count: int
    digest: str
    first: int | None
    last: int | None
    held: int
    contents: str
    made_for: Personal[str]
    purpose: Personal[str]
