"""Turn entry bodies into signed leaves before the write lock is taken, on every core for a batch; and check them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from eventsourcing.persistence import StoredEvent

from ledger import entry, merkle
from ledger.enrolled import KeyHistory
from ledger.errors import LedgerError, VerificationError
from ledger.keys import EntrySigner

_WORKERS = min(os.cpu_count() or 1, 8)
_SMALLEST_SHARE = 8
_MOST_KNOWN = 65_536
"""Leaf hashes remembered as signed: some 8 MB."""


class EntryForged(LedgerError):
    """A stored entry is not signed by this ledger's key, so no decision may rest on it."""


class SignedLeaf(NamedTuple):
    """What makes a body an entry: the key's id and its signature; and the leaf hash of that entry."""

    key_id: str
    signature: bytes
    hash: bytes


class Signing:
    """Signs batches; a signature covers stream and version, not the index, so no lock is needed for it."""

    def __init__(self, signer: EntrySigner) -> None:
        self._signer = signer
        self._own = Ed25519PublicKey.from_public_bytes(signer.public_key)
        self.history: KeyHistory | None = None
        """Which keys count when; without one, the signer's own only."""
        self._known: set[bytes] = set()
        self._pool = ThreadPoolExecutor(max(1, _WORKERS - 1), thread_name_prefix="signing")

    def sign(self, events: Sequence[StoredEvent]) -> list[SignedLeaf]:
        """Return one signed leaf for each event, in order."""
        share = max(_SMALLEST_SHARE, -(-len(events) // _WORKERS))
        if len(events) <= share:
            return self._sign_share(events)
        shares = [events[start : start + share] for start in range(0, len(events), share)]
        others = [self._pool.submit(self._sign_share, each) for each in shares[1:]]
        return list(chain(self._sign_share(shares[0]), *(other.result() for other in others)))

    def check(self, index: int, body: bytes, key_id: str, signature: bytes, name: str) -> None:
        """Check that a key of the ledger's that counts at an index signed an entry, once for the same bytes.

        Raises:
            EntryForged: where none did; the message names the entry.
        """
        leaf_hash = merkle.leaf_hash(entry.frame(body, key_id, signature))
        if leaf_hash in self._known:
            return
        try:
            self._public_key(index, key_id).verify(signature, entry.pae(body))
        except (InvalidSignature, VerificationError) as error:
            raise EntryForged(f"{name} was not signed by this ledger. Run audit; do not write on.") from error
        self._know(leaf_hash)

    def _public_key(self, index: int, key_id: str) -> Ed25519PublicKey:
        if self.history is None:
            return self._own
        return self.history.key_at(index, key_id).checks

    def _know(self, leaf_hash: bytes) -> None:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known.add(leaf_hash)

    def _sign_share(self, events: Sequence[StoredEvent]) -> list[SignedLeaf]:
        sign, key_id = self._signer.sign, self._signer.key_id
        leaves = []
        for event in events:
            signature = sign(entry.pae(event.state))
            framed = entry.frame(event.state, key_id, signature)
            leaves.append(SignedLeaf(key_id, signature, merkle.leaf_hash(framed)))
            self._know(leaves[-1].hash)
        return leaves
