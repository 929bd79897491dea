"""Facts as plain JSON, for a store in memory that seals nothing; a ledger brings its own mapper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, StoredEvent

from domain.events import Fact


class PlainMapper(Mapper[UUID]):
    """Maps the facts it is given by topic, and nothing else."""

    def __init__(self, topics: Mapping[str, type[Fact]]) -> None:
        """Make a decoder for each topic."""
        self._decoders = {topic: msgspec.json.Decoder(kind) for topic, kind in topics.items()}
        self._encode = msgspec.json.Encoder().encode

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """Encode a fact under its permanent topic."""
        fact: Fact = domain_event
        return StoredEvent(fact.originator_id, fact.originator_version, fact.TOPIC, self._encode(fact))

    def to_domain_event(self, stored_event: StoredEvent) -> Fact:
        """Decode a fact; its types are checked, its rules are not."""
        return self._decoders[stored_event.topic].decode(stored_event.state)
