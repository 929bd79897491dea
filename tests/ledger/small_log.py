"""A small log in memory, made with the pure formats alone, and the ways to make evidence of it, honest or not."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import checkpoint as checkpoints
from ledger import disclosure, enrolled, entry, merkle, note, strict_json
from ledger.bundle import Item
from ledger.checkpoint import Checkpoint
from ledger.policy import format_policy, trust_log
from ledger.proof import Proof, format_proof
from ledger.scope import EntryScope, PlacementScope
from tests.ledger import rfc6962
from tests.ledger.first_form import first_form

ORIGIN = "ledger.example/demo"
NOBODY = {"id": None, "role": "system", "organisation": None, "basis": {"kind": "system", "ref": None}}
HEAD_TEACHER = {
    "id": "0b8e7f0e-6a2b-4f43-9a44-0d6e3f1c2a10",
    "role": "head_teacher",
    "organisation": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "basis": {"kind": "own_office", "ref": "7c9e6679-7425-40de-944b-e07fc1f90ae7"},
}


def named(name: str) -> UUID:
    """The same UUID for the same name, so that logs are the same each time."""
    return uuid5(NAMESPACE_URL, name)


def private_key(name: str) -> Ed25519PrivateKey:
    """The same key for the same name."""
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


START = {"proposed_start": "2026-09-07"}
PUPIL, OTHER_PUPIL = named("pupil"), named("other pupil")
PLACEMENT, OTHER_PLACEMENT, PROVIDER = named("placement"), named("other placement"), named("provider")


def body(**changes: Any) -> bytes:
    """A body with some values changed."""
    values: dict[str, Any] = {
        "origin": ORIGIN,
        "stream": str(PLACEMENT),
        "version": 1,
        "topic": "placement.proposed",
        "recorded_at": "2026-09-01T08:55:00.000000Z",
        "actor": HEAD_TEACHER,
        "subject": str(PUPIL),
        "facts": {},
        "sealed": None,
        "relied_on": {},
    }
    return strict_json.encode({**values, **changes})


def line(group: str, fields: Mapping[str, Any]) -> bytes:
    """A disclosure with a salt that is the same each time, which only a test may have."""
    salt = b64encode(sha256(group.encode()).digest()[:16], b"-_").decode()[:22]
    return strict_json.encode([salt, group, fields])


def sealed(lines: Iterable[bytes]) -> dict[str, Any]:
    """What a body says of its disclosures."""
    groups = {disclosure.parse(each).group: b64encode(disclosure.commitment(each)).decode() for each in lines}
    return {"ciphertext": b64encode(bytes(32)).decode(), "groups": groups}


def signed(content: bytes, key: Ed25519PrivateKey) -> bytes:
    """An entry over a body."""
    return entry.frame(content, entry.key_id(key.public_key().public_bytes_raw()), key.sign(entry.pae(content)))


@dataclass
class SmallLog:
    """Entries in memory with the disclosures of each; everything else is worked out when asked for."""

    origin: str = ORIGIN
    entries: list[bytes] = field(default_factory=list)
    disclosures: dict[int, tuple[bytes, ...]] = field(default_factory=dict)
    own_entries: int = 0
    entry_key: Ed25519PrivateKey = field(default_factory=lambda: private_key("entry"))
    log_key: Ed25519PrivateKey = field(default_factory=lambda: private_key("log"))

    @property
    def signer(self) -> note.Signer:
        """What signs checkpoints."""
        return note.Signer(self.origin, self.log_key)

    @property
    def policy(self) -> bytes:
        """The policy of somebody who trusts this log and asks for no witness."""
        return format_policy(trust_log(self.signer.vkey))

    def enrol(self, key: Ed25519PrivateKey, *, by: Ed25519PrivateKey | None = None) -> int:
        """Append the enrolment of a key, signed by itself or by another."""
        public = key.public_key().public_bytes_raw()
        facts = {"key_id": entry.key_id(public), "public_key": b64encode(public).decode(), "algorithm": "Ed25519"}
        if self.entries:
            proof = key.sign(enrolled.possession(self.origin, "entries", public))
            facts |= {"purpose": "entries", "possession": b64encode(proof).decode()}
        return self.own("ledger.key-enrolled" if len(facts) == 3 else "ledger.key-added", facts, by or key)

    def own(self, topic: str, facts: Mapping[str, Any], key: Ed25519PrivateKey | None = None) -> int:
        """Append one of the log's own entries."""
        self.own_entries += 1
        stream = str(named("keys"))
        values = {"topic": topic, "actor": NOBODY, "subject": None, "facts": facts, "version": self.own_entries}
        return self.append(key, stream=stream, **values)

    def append(
        self,
        key: Ed25519PrivateKey | None = None,
        personal: Mapping[str, Mapping[str, Any]] | None = None,
        **values: Any,
    ) -> int:
        """Append an entry and return its index."""
        index = len(self.entries)
        if personal:
            self.disclosures[index] = tuple(line(group, fields) for group, fields in personal.items())
            values["sealed"] = sealed(self.disclosures[index])
        values = {"origin": self.origin, "recorded_at": f"2026-09-01T08:55:{index:02}.000000Z", **values}
        self.entries.append(signed(body(**values), key or self.entry_key))
        return index

    def checkpoint(self, size: int | None = None) -> bytes:
        """The signed checkpoint of the first entries."""
        held = self.entries[:size]
        return checkpoints.sign(Checkpoint(self.origin, len(held), rfc6962.root(held)), [self.signer])

    def proof(self, index: int, size: int | None = None) -> bytes:
        """The proof of an entry under the checkpoint of that size."""
        hashes = tuple(rfc6962.path(index, self.entries[:size]))
        return format_proof(Proof(index, hashes, self.checkpoint(size)))

    def item(self, index: int) -> Item:
        """An entry as a bundle holds it, wholly disclosed."""
        return Item(index, self.entries[index], self.proof(index), self.disclosures.get(index, ()))

    def bundle(self, scope: PlacementScope | EntryScope, items: Iterable[Item]) -> bytes:
        """The bytes of an evidence file of the first form; see `tests.ledger.exported_log` for those of today."""
        return first_form(self.origin, scope, self.checkpoint(), items)

    def placement_bundle(self, *indices: int) -> bytes:
        """An evidence file of the placement with these entries."""
        return self.bundle(PlacementScope(PLACEMENT), map(self.item, indices))

    def entry_bundle(self, index: int) -> bytes:
        """An evidence file of one entry."""
        return self.bundle(EntryScope(index), map(self.item, sorted({0, index})))

    def leaf(self, index: int) -> bytes:
        """The hash of an entry as a leaf."""
        return merkle.leaf_hash(self.entries[index])


HONEST = (0, 1, 2, 4, 6, 7, 9)
"""The entries of `two_placements` that belong in the evidence of the first."""


def two_placements() -> SmallLog:
    """A log of ten entries: two DEMO pupils, a provider, and a placement of each."""
    log = SmallLog()
    log.enrol(log.entry_key)
    pupil = {"subject": str(PUPIL)}
    other = {"subject": str(OTHER_PUPIL)}
    at_placement, at_other = {"stream": str(PLACEMENT), **pupil}, {"stream": str(OTHER_PLACEMENT), **other}
    log.append(stream=str(PUPIL), topic="pupil.enrolled", personal={"name": {"name": "Robin DEMO"}}, **pupil)
    log.append(stream=str(PROVIDER), topic="provider.recorded", subject=str(PROVIDER))
    log.append(stream=str(OTHER_PUPIL), topic="pupil.enrolled", personal={"name": {"name": "Kim DEMO"}}, **other)
    log.append(facts=START, personal={"proposal": {"rationale": "Wants a smaller setting"}}, **at_placement)
    log.append(facts=START, personal={"proposal": {"rationale": "Nobody else’s business"}}, **at_other)
    rested_on = {str(PROVIDER): 1, str(PUPIL): 1}
    reasons = {"decision": {"reason": "Agreed"}, "actor": {"actor_name": "A. Head DEMO", "actor_title": "Head Teacher"}}
    log.append(version=2, topic="placement.approved", relied_on=rested_on, personal=reasons, **at_placement)
    log.append(stream=str(named("mark")), topic="attendance.marked", personal={"mark": {"code": "/"}}, **pupil)
    log.append(stream=str(named("other mark")), topic="attendance.marked", personal={"mark": {"code": "O"}}, **other)
    log.append(version=3, topic="placement.started", **at_placement)
    return log
