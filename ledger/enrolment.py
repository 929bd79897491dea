"""The log's own entries as events: which keys sign it since when, that it was frozen, or goes on from another."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID

import msgspec

from ledger import enrolled
from ledger import entry as entries
from ledger.enrolled import KeyHistory
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.mapper import SealedEvent, frame_body

if TYPE_CHECKING:
    from ledger.keys import EntrySigner, Keys
    from ledger.recorder import LedgerRecorder

_SYSTEM = {"id": None, "role": "system", "organisation": None, "basis": {"kind": "system", "ref": None}}
_OPERATOR = _SYSTEM | {"role": "operator"}
"""Whoever runs the ledger's commands; who that was is what the machine's own log says."""


class KeyNotEnrolled(LedgerError):
    """The key that would sign entries is not in the log, so nothing it signs could be checked."""


class OwnEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What every entry of the log's own has."""

    TOPIC: ClassVar[str]
    PERSONAL: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    OPENS_SUBJECT: ClassVar[bool] = False

    originator_id: UUID
    originator_version: int
    recorded_at: datetime
    actor: dict[str, Any]
    subject: UUID | None = None
    relied_on: dict[UUID, int] = {}


class KeyEnrolled(OwnEvent, frozen=True, kw_only=True):
    """The first entry: the key that signs entries was enrolled, by its own signature."""

    TOPIC: ClassVar[str] = enrolled.ENROLLED

    key_id: str
    public_key: str
    algorithm: str


class KeyAdded(OwnEvent, frozen=True, kw_only=True):
    """A further key was enrolled, with what it is for and the proof that whoever enrolled it has it."""

    TOPIC: ClassVar[str] = enrolled.ADDED

    key_id: str
    public_key: str
    algorithm: str
    purpose: str
    possession: str


class KeyRetired(OwnEvent, frozen=True, kw_only=True):
    """A key signs nothing after this entry; what it signed stays believed."""

    TOPIC: ClassVar[str] = enrolled.RETIRED

    key_id: str
    purpose: str


class KeyRevoked(OwnEvent, frozen=True, kw_only=True):
    """A key is not believed from an entry on, because somebody else may have used it."""

    TOPIC: ClassVar[str] = enrolled.REVOKED

    key_id: str
    purpose: str
    from_index: int
    reason: str


class LogFrozen(OwnEvent, frozen=True, kw_only=True):
    """Nothing more is recorded here but the log's own entries and the topics named."""

    TOPIC: ClassVar[str] = enrolled.FROZEN

    reason: str
    still_recorded: list[str]


class LogContinued(OwnEvent, frozen=True, kw_only=True):
    """This log goes on where another had to stop: its name, its last checkpoint, and why."""

    TOPIC: ClassVar[str] = enrolled.CONTINUED

    origin: str
    size: int
    root: str
    checkpoint: str
    reason: str


E = TypeVar("E", bound=OwnEvent)
TOPICS: Mapping[str, type[Any]] = {
    event.TOPIC: event for event in (KeyEnrolled, KeyAdded, KeyRetired, KeyRevoked, LogFrozen, LogContinued)
}


def enrol(recorder: LedgerRecorder, keys: Keys, at: datetime) -> None:
    """Make the key that signs entries the first leaf of an empty log, signed by itself, which proves possession.

    A second time changes nothing. A second key is refused: were a key's own word enough later on, whoever can write to
    the database could enrol theirs.

    Raises:
        KeyNotEnrolled: where the log began with another key.
    """
    log = Log(recorder.datastore, keys)
    if recorder.max_notification_id() is not None:
        require(keys, log.key_history())
        return
    public_key = keys.entry.public_key
    facts = {"key_id": entries.key_id(public_key), "public_key": _text(public_key), "algorithm": "Ed25519"}
    record(recorder, keys.origin, [Making(keys.origin, 0, at, _SYSTEM).event(KeyEnrolled, **facts)])


class Making:
    """Makes the log's own events, one after another, as what an operator did at one time."""

    def __init__(self, origin: str, version: int, at: datetime, actor: Mapping[str, Any] = _OPERATOR) -> None:
        """Begin after the log's own entries of that version."""
        self._origin = origin
        self._version = version
        self._at = at
        self._actor = dict(actor)

    def event(self, kind: type[E], **facts: Any) -> E:
        """Return an event of a kind; its facts are signed in the order of the class's fields."""
        self._version += 1
        return kind(
            originator_id=enrolled.stream(self._origin),
            originator_version=self._version,
            recorded_at=self._at,
            actor=self._actor,
            **facts,
        )

    def enrolment(self, purpose: str, signer: EntrySigner) -> KeyAdded:
        """Return the enrolment of a further key, which `signer` holds and so can prove."""
        proof = signer.sign(enrolled.possession(self._origin, purpose, signer.public_key))
        return self.event(
            KeyAdded,
            key_id=signer.key_id,
            public_key=_text(signer.public_key),
            algorithm="Ed25519",
            purpose=purpose,
            possession=_text(proof),
        )


def record(recorder: LedgerRecorder, origin: str, events: Sequence[OwnEvent]) -> Sequence[int]:
    """Record the log's own events together and return their positions; the recorder then knows its keys anew."""
    positions = recorder.insert_events([_framed(origin, event) for event in events])
    recorder.read_keys()
    return positions


def require(keys: Keys, history: KeyHistory) -> None:
    """Refuse to go on with a key that does not count.

    Raises:
        KeyNotEnrolled: where nothing signed with it would verify.
    """
    own = history.keys.get((enrolled.ENTRIES, keys.entry.key_id))
    if own is None or own.public_key != keys.entry.public_key:
        raise KeyNotEnrolled(
            f"The entry key {keys.entry.key_id} is not enrolled in this ledger: these are another's keys, or init"
            " was not run."
        )
    if own.retired is not None or own.revoked is not None:
        raise KeyNotEnrolled(
            f"The entry key {keys.entry.key_id} was retired or revoked: these keys are an old copy. Put the newest"
            " key folder in its place."
        )


def _framed(origin: str, event: OwnEvent) -> SealedEvent:
    names = [name for name in event.__struct_fields__ if name not in OwnEvent.__struct_fields__]
    facts = {name: getattr(event, name) for name in names}
    body = frame_body(origin, event, facts, None)
    stream, version, at = event.originator_id, event.originator_version, event.recorded_at
    return SealedEvent(stream, version, event.TOPIC, body, recorded_at=at)


def _text(content: bytes) -> str:
    return b64encode(content).decode()


def unreadable(error: LedgerError) -> KeyNotEnrolled:
    """Return how a service says that its log's own entries do not let it start."""
    if isinstance(error, KeyNotEnrolled):
        return error
    index = getattr(error, "entry", getattr(error, "index", None))
    where = "" if index is None else f" (entry {index})"
    return KeyNotEnrolled(f"What the ledger says of its own keys{where} does not verify: {error} Run audit.")
