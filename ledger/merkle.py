"""RFC 6962 §2.1: the Merkle tree over the log's entries, as pure functions of bytes.

    leaf hash = SHA-256(0x00 ‖ entry)        node hash = SHA-256(0x01 ‖ left ‖ right)
    root of nothing = SHA-256("")

A tree of size n splits at the largest power of two smaller than n. Proofs come from `ledger.tree`; here they are
checked, by the algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2, which give the same verdicts for these proofs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from ledger.errors import VerificationError

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


class CompactRange:
    """A growing tree kept as the roots of its complete subtrees, largest first; an append costs amortised O(1)."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """Take up a tree where it was left."""
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        node, position = leaf, self.size
        while position & 1:
            node = node_hash(self.peaks.pop(), node)
            position >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        if not self.peaks:
            return EMPTY_ROOT
        *larger, node = self.peaks
        for peak in reversed(larger):
            node = node_hash(peak, node)
        return node


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    tree = CompactRange()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root_hash: bytes) -> None:
    """Check that a leaf stands at an index of the tree with this size and root.

    Size and root must come from one verified checkpoint: one proof fits hundreds of claimed sizes.

    Raises:
        VerificationError: where it does not, or the proof is too long or too short.
    """
    _check_hashes(leaf, root_hash, *proof)
    if not 0 <= index < size:
        raise VerificationError("The index lies outside the tree.", step="inclusion proof")
    node, last, position = leaf, size - 1, index
    for sibling in proof:
        if last == 0:
            raise VerificationError("The inclusion proof is too long.", step="inclusion proof")
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise VerificationError("The inclusion proof is too short.", step="inclusion proof")
    if node != root_hash:
        raise VerificationError("The inclusion proof does not lead to the root.", step="inclusion proof")


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the newer tree only adds to the older.

    Raises:
        VerificationError: where it does not, or the proof is too long or too short.
    """
    _check_hashes(old_root, new_root, *proof)
    if not 0 <= old <= new:
        raise VerificationError("The newer tree is smaller than the older.", step="consistency proof")
    if old in (0, new):
        if proof or (old == new and old_root != new_root) or (old == 0 and old_root != EMPTY_ROOT):
            raise VerificationError("Two trees that need no proof do not agree.", step="consistency proof")
        return
    parts = list(proof) if old & (old - 1) else [old_root, *proof]
    if not parts:
        raise VerificationError("The consistency proof is too short.", step="consistency proof")
    first, second = _climb(old, new, parts)
    if first != old_root or second != new_root:
        raise VerificationError("The consistency proof does not lead to both roots.", step="consistency proof")


def _climb(old: int, new: int, parts: Sequence[bytes]) -> tuple[bytes, bytes]:
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = parts[0]
    for part in parts[1:]:
        if last == 0:
            raise VerificationError("The consistency proof is too long.", step="consistency proof")
        if position & 1 or position == last:
            first, second = node_hash(part, first), node_hash(part, second)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            second = node_hash(second, part)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise VerificationError("The consistency proof is too short.", step="consistency proof")
    return first, second


def _check_hashes(*hashes: bytes) -> None:
    if any(len(each) != HASH_SIZE for each in hashes):
        raise VerificationError("A hash is not 32 bytes long.", step="hash")
