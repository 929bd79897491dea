"""The ledger's own fact: this key signs entries from here on. The first leaf of every log, signed by that very key."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from eventsourcing.persistence import StoredEvent

from ledger.errors import LedgerError
from ledger.mapper import SealedEvent, frame_body

if TYPE_CHECKING:
    from ledger.keys import Keys
    from ledger.recorder import LedgerRecorder

_SYSTEM = {"id": None, "role": "system", "organisation": None, "basis": {"kind": "system", "ref": None}}


class KeyNotEnrolled(LedgerError):
    """The key that would sign entries is not in the log, so nothing it signs could be checked."""


class KeyEnrolled(msgspec.Struct, frozen=True, kw_only=True):
    """An entry key was enrolled; entries at or after this one may be signed with it."""

    TOPIC: ClassVar[str] = "ledger.key-enrolled"
    PERSONAL: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    OPENS_SUBJECT: ClassVar[bool] = False

    originator_id: UUID
    originator_version: int
    recorded_at: datetime
    actor: dict[str, Any]
    subject: UUID | None = None
    relied_on: dict[UUID, int] = {}
    key_id: str
    public_key: str
    algorithm: str


TOPICS: Mapping[str, type[Any]] = {KeyEnrolled.TOPIC: KeyEnrolled}


def enrol(recorder: LedgerRecorder, keys: Keys, at: datetime) -> None:
    """Make the key that signs entries the first leaf of an empty log, signed by itself, which proves possession.

    A second time changes nothing. A second key is refused: were a key's own word enough later on, whoever can write to
    the database could enrol theirs.

    Raises:
        KeyNotEnrolled: where the log began with another key.
    """
    if recorder.max_notification_id() is not None:
        require(recorder, keys)
        return
    public_key = b64encode(keys.entry.public_key).decode()
    event = KeyEnrolled(
        originator_id=stream(keys.origin),
        originator_version=1,
        recorded_at=at,
        actor=_SYSTEM,
        key_id=keys.entry.key_id,
        public_key=public_key,
        algorithm="Ed25519",
    )
    facts = {"key_id": event.key_id, "public_key": event.public_key, "algorithm": event.algorithm}
    body = frame_body(keys.origin, event, facts, None)
    stored = SealedEvent(event.originator_id, event.originator_version, event.TOPIC, body, recorded_at=at)
    recorder.insert_events([stored])


def require(recorder: LedgerRecorder, keys: Keys) -> None:
    """Refuse to go on with a key that is not enrolled.

    Raises:
        KeyNotEnrolled: where nothing signed with it would verify.
    """
    if not _is_enrolled(keys, recorder.select_notifications(1, 1)):
        raise KeyNotEnrolled(
            f"The entry key {keys.entry.key_id} is not enrolled in this ledger: these are another's keys, or init"
            " was not run."
        )


def stream(origin: str) -> UUID:
    """Return the stream that holds a log's key enrolments."""
    return uuid5(NAMESPACE_URL, f"{origin}#keys")


def _is_enrolled(keys: Keys, enrolled: Sequence[StoredEvent]) -> bool:
    public_key = b64encode(keys.entry.public_key).decode()
    try:
        return any(msgspec.json.decode(each.state)["facts"]["public_key"] == public_key for each in enrolled)
    except (msgspec.MsgspecError, KeyError, TypeError):
        return False
