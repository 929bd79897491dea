"""The stored tree: any root or proof of RFC 6962 in O(log n) reads, from kept subtree roots and a few leaves."""

from __future__ import annotations

from collections.abc import Iterable

from ledger import merkle
from ledger.datastore import Cursor

BLOCK_LEVEL = 8
BLOCK = 1 << BLOCK_LEVEL
"""Roots of complete subtrees of this many leaves and of larger ones are kept; those of smaller ones are computed."""


class StoredTree:
    """The tree as one read transaction sees it.

    It answers from what is stored and vouches for nothing: `audit` and the checkpointer recompute, and whoever receives
    a proof checks it against a signed checkpoint.
    """

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._block_start = -1
        self._block: list[bytes] = []
        self._known: dict[tuple[int, int], bytes] = {}
        """Roots worked out in this transaction: proofs of entries side by side share nearly all of theirs."""

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries."""
        return self._subtree(0, size) if size else merkle.EMPTY_ROOT

    def leaf_hash(self, index: int) -> bytes:
        """Return the stored hash of one leaf."""
        return self._leaf_hashes(index, index + 1)[0]

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """Return the sibling hashes from leaf to root (RFC 6962 §2.1.1)."""
        low, high, siblings = 0, size, []
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                siblings.append((middle, high))
                high = middle
            else:
                siblings.append((low, middle))
                low = middle
        return [self._subtree(*sibling) for sibling in reversed(siblings)]

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """Return the hashes that show the tree of size `new` only adds to that of size `old` (RFC 6962 §2.1.2)."""
        if old in (0, new):
            return []
        low, high, parts = 0, new, []
        while high != old:
            middle = low + _split(high - low)
            if old <= middle:
                parts.append((middle, high))
                high = middle
            else:
                parts.append((low, middle))
                low = middle
        # Where the old tree is itself the leftmost complete subtree, its root is known to whoever asks.
        own = [] if low == 0 else [self._subtree(low, high)]
        return own + [self._subtree(*part) for part in reversed(parts)]

    def peaks(self, size: int) -> list[bytes]:
        """Return the roots of the complete subtrees that make up a tree of this size, largest first."""
        peaks, low = [], 0
        while low < size:
            width = 1 << ((size - low).bit_length() - 1)
            peaks.append(self._subtree(low, low + width))
            low += width
        return peaks

    def _subtree(self, low: int, high: int) -> bytes:
        known = self._known.get((low, high))
        if known is None:
            known = self._known[low, high] = self._work_out(low, high)
        return known

    def _work_out(self, low: int, high: int) -> bytes:
        width = high - low
        if width <= BLOCK and low // BLOCK == (high - 1) // BLOCK:
            return merkle.root(self._leaf_hashes(low, high))
        if width & (width - 1) == 0:
            level = width.bit_length() - 1
            self._cursor.execute("SELECT hash FROM nodes WHERE level = ? AND position = ?", (level, low >> level))
            row = self._cursor.fetchone()
            if row is not None:
                return bytes(row[0])
        # Not complete, or newer than the last checkpoint, which keeps the roots.
        middle = low + _split(width)
        return merkle.node_hash(self._subtree(low, middle), self._subtree(middle, high))

    def _leaf_hashes(self, low: int, high: int) -> list[bytes]:
        start = low // BLOCK * BLOCK
        if start != self._block_start:
            self._cursor.execute(
                "SELECT leaf_hash FROM stored_events WHERE rowid > ? AND rowid <= ? ORDER BY rowid",
                (start, start + BLOCK),
            )
            self._block_start, self._block = start, [row[0] for row in self._cursor.fetchall()]
        return self._block[low - start : high - start]


class GrowingTree(merkle.CompactRange):
    """A tree that leaves are appended to, remembering the subtree roots worth keeping as they become complete."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        super().__init__(size, peaks)
        self.completed: list[tuple[int, int, bytes]] = []

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        position, level, node = self.size, 0, leaf
        while position & 1:
            node = merkle.node_hash(self.peaks.pop(), node)
            position, level = position >> 1, level + 1
            if level >= BLOCK_LEVEL:
                self.completed.append((level, position, node))
        self.peaks.append(node)
        self.size += 1


def _split(width: int) -> int:
    """Return the largest power of two smaller than `width`."""
    return 1 << ((width - 1).bit_length() - 1)
