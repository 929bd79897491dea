"""What every fact carries, and the words for it (model §3.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from domain.parts import EvidenceFile
from domain.values import Actor, Personal
from domain.vocabulary import Source

ACTOR = ("actor_name", "actor_title")
EVIDENCE = ("evidence",)


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact: its stream and version, the server's time, who acted, whom it concerns, what it relied on.

    `recorded_at` is the server's clock in UTC; when a thing happened or takes effect is always another field.
    `subject` is under whose key `PERSONAL` is sealed: the pupil, else the officer, provider or school concerned.
    `relied_on` names the streams, and their versions, that a decision rested on; the recorder checks them.
    `entered_from` says how it came in: a fact transcribed from paper is badged so, and is no decision taken here.
    """

    TOPIC: ClassVar[str]
    PERSONAL: ClassVar[dict[str, tuple[str, ...]]] = {"actor": ACTOR}
    OPENS_SUBJECT: ClassVar[bool] = False
    class_version: ClassVar[int] = 2

    originator_id: UUID
    originator_version: int
    recorded_at: datetime
    actor: Actor
    subject: UUID | None
    relied_on: dict[UUID, int] = {}
    entered_from: Source = Source.UI
    actor_name: Personal[str]
    actor_title: Personal[str]

    @staticmethod
    def upcast_v1_v2(facts: dict[str, Any]) -> None:
        """Read a fact of the first shape: what was not asked then has its default, and nothing is made up."""


class Evidenced(Fact, frozen=True, kw_only=True):
    """A fact that files may support: what came in, or what somebody wrote down and signed (model, settled point 6)."""

    evidence: Personal[tuple[EvidenceFile, ...]] = ()
