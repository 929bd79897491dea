"""Which keys may have signed an entry, as an outsider works it out from the log's own entries.

    ledger.key-enrolled   the first entry: the key that signs it counts from there on
    ledger.key-added      a further key counts from this entry on
    ledger.key-retired    it counts up to this entry and no longer
    ledger.key-revoked    it is not believed from an entry on, which may lie before this one
    ledger.frozen         from here on only the topics it names are recorded
    ledger.continued      this log goes on where another one, whose last checkpoint it holds, had to stop

All are of one stream, without a gap in its versions, so that none can be left out between others. Only the log's first
entry vouches for its own key, which proves possession; a later key is enrolled by one that counts, with a signature of
its own over what it is for, or whoever can write to the database could enrol theirs. Who holds a file made before a key
was revoked cannot know of it, nor who holds one of a single entry: ask for a newer, larger file, or the whole log.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger import ed25519, strict_json
from ledger import entry as entries
from ledger.body import Body
from ledger.errors import VerificationError

OWN = "ledger."
"""What the topics of the log's own entries begin with."""
ENROLLED, ADDED = "ledger.key-enrolled", "ledger.key-added"
RETIRED, REVOKED = "ledger.key-retired", "ledger.key-revoked"
FROZEN, CONTINUED = "ledger.frozen", "ledger.continued"
ENTRIES, CHECKPOINTS = "entries", "checkpoints"  # what a key is for
_STEP = "signature"
_NOT_ENROLLED = "Its key is not one this log had enrolled by then."
_FOUNDING = ["key_id", "public_key", "algorithm"]
_LATER = [*_FOUNDING, "purpose", "possession"]


def stream(origin: str) -> UUID:
    """Return the stream of a log's own entries."""
    return uuid5(NAMESPACE_URL, f"{origin}#keys")


def possession(origin: str, purpose: str, public_key: bytes) -> bytes:
    """Return what a new key signs to show that whoever enrols it has it, for this log and this purpose only."""
    return f"placement-ledger/key-possession/v1\n{origin}\n{purpose}\n{public_key.hex()}\n".encode()


@dataclass(frozen=True)
class EnrolledKey:
    """A key and the leaf indices at which it counts: from `first`, up to `retired`, and before `revoked`."""

    key_id: str
    purpose: str
    public_key: bytes
    first: int
    retired: int | None = None
    revoked: int | None = None

    @property
    def checks(self) -> Ed25519PublicKey:
        """The key as what checks its signatures; it was looked at when it was enrolled."""
        return ed25519.loaded(self.public_key)

    def wrong_at(self, index: int) -> str | None:
        """Return why it does not count at an index, or None where it does."""
        if index < self.first:
            return _NOT_ENROLLED
        if self.revoked is not None and index >= self.revoked:
            return f"Its key was not valid then: it was revoked from entry {self.revoked} on."
        if self.retired is not None and index > self.retired:
            return f"Its key was not valid then: it was retired at entry {self.retired}."
        return None


@dataclass(frozen=True)
class Frozen:
    """From which entry on nothing but the log's own entries and these topics was to be recorded."""

    index: int
    still_recorded: tuple[str, ...]

    def lets(self, topic: str) -> bool:
        """Return whether entries of a topic are still recorded."""
        return topic.startswith(OWN) or topic in self.still_recorded


class KeyHistory:
    """The keys of one log and when each counted; read once, then asked of entries in any order.

    Revocations count in the order of the log, each judged by those before it. What a key said of keys from the entry on
    at which it is revoked counts for nothing, but for the enrolment of a key that took part in revoking: whoever finds
    a theft has only the stolen key to enrol the next one with. A thief who revokes first is not undone by this; then
    the log is frozen, and another continues it.
    """

    def __init__(self, own: Iterable[tuple[int, entries.Entry, Body]]) -> None:
        """Read the log's own entries, by rising index.

        Raises:
            VerificationError: where one is malformed, or out of its order; `entry` is its leaf index.
        """
        known = list(own)
        revocations: dict[int, _Revocation] = {}
        while True:
            reader = _Reader(revocations)
            found = reader.read(known)
            if found is None:
                break
            revocations[found[0]] = found[1]
        self.keys: Mapping[tuple[str, str], EnrolledKey] = reader.keys
        self.frozen = reader.frozen
        self.version = len(known)
        """Of the log's own stream: how many of its own entries there are."""
        self._counted = reader.counted

    def check(self, index: int, entry: entries.Entry, topic: str) -> str:
        """Check an entry's signature by a key that counts at its index, and return that key's id.

        Raises:
            VerificationError: where no key that counts there signed it, or the log was frozen before it.
        """
        key = self.key_at(index, entry.key_id)
        self.check_topic(index, topic)
        entries.check_signature(key.public_key, entry.body, entry.signature)
        return entry.key_id

    def key_at(self, index: int, key_id: str) -> EnrolledKey:
        """Return the entry key of this id that counts at an index.

        Raises:
            VerificationError: where none does.
        """
        key = self.keys.get((ENTRIES, key_id))
        if key is None:
            raise VerificationError(_NOT_ENROLLED, step=_STEP)
        if index not in self._counted and (wrong := key.wrong_at(index)) is not None:
            raise VerificationError(wrong, step=_STEP)
        return key

    def check_topic(self, index: int, topic: str) -> None:
        """Refuse what was not to be recorded any more.

        Raises:
            VerificationError: where the log was frozen before that index.
        """
        frozen = self.frozen
        if frozen is not None and index > frozen.index and not frozen.lets(topic):
            raise VerificationError(f"It was recorded although the log was frozen at entry {frozen.index}.", step=_STEP)

    def in_force(self, purpose: str, index: int) -> list[EnrolledKey]:
        """Return the keys for a purpose that count at an index, in the order of their enrolment."""
        return [key for key in self.keys.values() if key.purpose == purpose and key.wrong_at(index) is None]


class _Revocation(NamedTuple):
    """What a revocation that counts says, and the key that signed it."""

    of: tuple[str, str]
    start: int
    by: str


class _Reader:
    """What the entries so far have said, where these revocations, by leaf index, are known to count."""

    def __init__(self, known: Mapping[int, _Revocation]) -> None:
        self._known = known
        self._revokers = [revocation.by for revocation in known.values()]
        self._found: _Revocation | None = None
        self.keys: dict[tuple[str, str], EnrolledKey] = {}
        self.frozen: Frozen | None = None
        self.counted: set[int] = set()

    def read(self, own: Iterable[tuple[int, entries.Entry, Body]]) -> tuple[int, _Revocation] | None:
        """Read on up to the first revocation that counts and was not known to, and return it."""
        streams: set[UUID] = set()
        for version, (index, entry, body) in enumerate(own, 1):
            streams.add(body.stream)
            try:
                if len(streams) > 1 or body.version != version:
                    raise _malformed("the log's own entries are not one stream without a gap")
                self._take(index, entry, body)
            except VerificationError as error:
                raise VerificationError(str(error), step=error.step, entry=index) from error
            if self._found is not None:
                return index, self._found
        return None

    def _take(self, index: int, entry: entries.Entry, body: Body) -> None:
        act = _ACTS.get(body.topic)
        if index == 0:
            self._begin(body)
        elif act is None:
            raise _malformed(f"{body.topic} is none of the log's own topics")
        signer = self.keys.get((ENTRIES, entry.key_id))
        if signer is None or not self._lets(signer, index, body):
            return  # it counts for nothing, and whoever checks it is told why
        entries.check_signature(signer.public_key, entry.body, entry.signature)
        self.counted.add(index)
        if act is not None:
            act(self, index, entry.key_id, body)

    def _lets(self, signer: EnrolledKey, index: int, body: Body) -> bool:
        """Whether a key has a say here: while it counts, and after its revocation only over who follows it."""
        if signer.wrong_at(index) is None or index in self._known:
            return True
        if signer.revoked is None or (signer.retired is not None and index > signer.retired):
            return False
        allowed = {ADDED: self._revokers, RETIRED: [signer.key_id]}  # lists: what is looked for may be of any kind
        return body.facts.get("key_id") in allowed.get(body.topic, ())

    def _begin(self, body: Body) -> None:
        if body.topic != ENROLLED:
            raise _malformed("the first entry does not enrol a key")
        self._enter(0, ENTRIES, _public_key(body.facts, _FOUNDING))

    def add(self, index: int, _signer: str, body: Body) -> None:
        purpose, public_key = body.facts.get("purpose"), _public_key(body.facts, _LATER)
        if purpose not in (ENTRIES, CHECKPOINTS):
            raise _malformed("it does not say what the key is for")
        proof = strict_json.base64_of(body.facts["possession"], ed25519.SIGNATURE_SIZE)
        ed25519.verify(public_key, proof, possession(body.origin, purpose, public_key))
        self._enter(index, purpose, public_key)

    def _enter(self, index: int, purpose: str, public_key: bytes) -> None:
        name = (purpose, entries.key_id(public_key))
        if any(key.public_key == public_key for key in self.keys.values()):
            raise _malformed("the key was enrolled before")
        starts = [revocation.start for revocation in self._known.values() if revocation.of == name]
        self.keys[name] = EnrolledKey(name[1], purpose, public_key, index, revoked=min(starts, default=None))

    def retire(self, index: int, _signer: str, body: Body) -> None:
        name = self._named(body, ["key_id", "purpose"])
        if self.keys[name].retired is None:
            self.keys[name] = replace(self.keys[name], retired=index)

    def revoke(self, index: int, signer: str, body: Body) -> None:
        name = self._named(body, ["key_id", "purpose", "from_index", "reason"])
        start = body.facts["from_index"]
        if type(start) is not int or not 0 <= start <= index:
            raise _malformed("it does not say from which entry on")
        if name == (ENTRIES, signer):
            raise _malformed("a key cannot revoke itself")
        if index not in self._known:
            self._found = _Revocation(name, start, signer)

    def freeze(self, index: int, _signer: str, body: Body) -> None:
        still = body.facts.get("still_recorded")
        if list(body.facts) != ["reason", "still_recorded"] or not isinstance(still, list):
            raise _malformed("it does not say what is still recorded")
        if not all(isinstance(topic, str) and topic for topic in still):
            raise _malformed("it does not say what is still recorded")
        self.frozen = self.frozen or Frozen(index, tuple(still))

    def go_on(self, index: int, _signer: str, body: Body) -> None:
        facts = body.facts
        if index != 1 or list(facts) != ["origin", "size", "root", "checkpoint", "reason"]:
            raise _malformed("a log is continued by its second entry, which names the other's last checkpoint")
        strict_json.base64_of(facts["root"], 32)
        _base64(facts["checkpoint"])

    def _named(self, body: Body, shape: list[str]) -> tuple[str, str]:
        name = (body.facts.get("purpose"), body.facts.get("key_id"))
        if list(body.facts) != shape or name not in list(self.keys):  # a list: a name may be of any kind
            raise _malformed("it is about no key of this log")
        return name


_ACTS: Mapping[str, Callable[[_Reader, int, str, Body], None]] = {
    ADDED: _Reader.add,
    RETIRED: _Reader.retire,
    REVOKED: _Reader.revoke,
    FROZEN: _Reader.freeze,
    CONTINUED: _Reader.go_on,
}


def _public_key(facts: Mapping[str, Any], shape: list[str]) -> bytes:
    public_key = strict_json.base64_of(facts.get("public_key"), ed25519.KEY_SIZE)
    if list(facts) != shape or (facts["key_id"], facts["algorithm"]) != (entries.key_id(public_key), "Ed25519"):
        raise _malformed("the enrolment of a key is not in its form")
    ed25519.check_public_key(public_key)
    return public_key


def _base64(value: Any) -> bytes:
    try:
        return b64decode(value, validate=True)
    except (ValueError, TypeError) as error:
        raise _malformed("it is not base64") from error


def _malformed(what: str) -> VerificationError:
    return VerificationError(f"An entry of the log's own is malformed: {what}.", step=_STEP)
