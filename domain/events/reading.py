"""Facts of who looked. Subject: the reader, under whose key their name and title are sealed."""

from __future__ import annotations

from uuid import UUID

from domain.events.fact import Fact


class RecordRead(Fact, frozen=True, kw_only=True):
    """Somebody was shown records of pupils: which page, in what form, and whose; one entry a request (DESIGN §6)."""

    TOPIC = "record.read"
    OPENS_SUBJECT = True

    page: str
    form: str
    pupils: tuple[UUID, ...]
