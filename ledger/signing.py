"""Turn entry bodies into signed leaves before the write lock is taken, on every core for a batch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import NamedTuple

from eventsourcing.persistence import StoredEvent

from ledger import entry, merkle
from ledger.keys import EntrySigner

_WORKERS = min(os.cpu_count() or 1, 8)
_SMALLEST_SHARE = 8


class SignedLeaf(NamedTuple):
    """What makes a body an entry: the key's id and its signature; and the leaf hash of that entry."""

    key_id: str
    signature: bytes
    hash: bytes


class Signing:
    """Signs batches; a signature covers stream and version, not the index, so no lock is needed for it."""

    def __init__(self, signer: EntrySigner) -> None:
        self._signer = signer
        self._pool = ThreadPoolExecutor(max(1, _WORKERS - 1), thread_name_prefix="signing")

    def sign(self, events: Sequence[StoredEvent]) -> list[SignedLeaf]:
        """Return one signed leaf for each event, in order."""
        share = max(_SMALLEST_SHARE, -(-len(events) // _WORKERS))
        if len(events) <= share:
            return self._sign_share(events)
        shares = [events[start : start + share] for start in range(0, len(events), share)]
        others = [self._pool.submit(self._sign_share, each) for each in shares[1:]]
        return list(chain(self._sign_share(shares[0]), *(other.result() for other in others)))

    def _sign_share(self, events: Sequence[StoredEvent]) -> list[SignedLeaf]:
        sign, key_id = self._signer.sign, self._signer.key_id
        leaves = []
        for event in events:
            signature = sign(entry.pae(event.state))
            framed = entry.frame(event.state, key_id, signature)
            leaves.append(SignedLeaf(key_id, signature, merkle.leaf_hash(framed)))
        return leaves
