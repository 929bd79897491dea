"""What every fact carries, and the words for it (model §3.1)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from domain.values import Actor, Personal

ACTOR = ("actor_name", "actor_title")


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact: its stream and version, the server's time, who acted, whom it concerns, what it relied on.

    `recorded_at` is the server's clock in UTC; when a thing happened or takes effect is always another field.
    `subject` is under whose key `PERSONAL` is sealed: the pupil, else the officer, provider or school concerned.
    `relied_on` names the streams, and their versions, that a decision rested on; the recorder checks them.
    """

    TOPIC: ClassVar[str]
    PERSONAL: ClassVar[dict[str, tuple[str, ...]]] = {"actor": ACTOR}
    OPENS_SUBJECT: ClassVar[bool] = False

    originator_id: UUID
    originator_version: int
    recorded_at: datetime
    actor: Actor
    subject: UUID | None
    relied_on: dict[UUID, int] = {}
    actor_name: Personal[str]
    actor_title: Personal[str]
