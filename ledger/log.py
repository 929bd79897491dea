"""Reading the log: entries as they were signed, proofs, checkpoints, receipts and bundles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from uuid import UUID

from ledger import body as bodies
from ledger import checkpoint as checkpoints
from ledger import enrolled, merkle
from ledger import entry as entries
from ledger.checkpoint import Checkpoint
from ledger.datastore import IN_LOG, Datastore
from ledger.enrolled import KeyHistory
from ledger.errors import LedgerError, VerificationError
from ledger.extent import Extent, Head, read_extent, read_head
from ledger.keys import Keys
from ledger.note import Verifier
from ledger.proof import Proof, format_proof
from ledger.stored_leaf import SELECT_LEAVES, StoredLeaf, leaf_of, read_leaves
from ledger.tree import BLOCK, BLOCK_LEVEL, StoredTree

_PAGE = 1000
_NEWEST_CHECKPOINT = "SELECT note FROM checkpoints WHERE size <= (SELECT size FROM ledger_head) ORDER BY size DESC"
_OF_STREAM = f"SELECT rowid FROM stored_events WHERE originator_id = ? AND {IN_LOG}"  # noqa: S608 - our own words


class EntryMissing(LedgerError):
    """The log has no entry at this index."""


class NoCheckpoint(LedgerError):
    """No checkpoint covers this yet; the checkpointer signs one within a second of an entry."""


class CheckpointWrong(LedgerError):
    """A stored checkpoint is not as this log signed it."""


class Log:
    """One ledger's log, read only but for the checkpoints it keeps."""

    def __init__(self, datastore: Datastore, keys: Keys) -> None:
        self.datastore = datastore
        self._keys = keys

    @property
    def origin(self) -> str:
        """The log's permanent name."""
        return self._keys.origin

    @property
    def verifiers(self) -> Sequence[Verifier]:
        """The keys that its checkpoints may be signed with, past ones too."""
        return self._keys.verifiers

    @property
    def in_force(self) -> Sequence[Verifier]:
        """The keys that its checkpoints are signed with now, each of them."""
        return self._keys.in_force

    @property
    def own_stream(self) -> UUID:
        """The stream of the log's own entries."""
        return enrolled.stream(self.origin)

    def size(self) -> int:
        """Return how many entries are recorded."""
        return self.head().size

    def head(self) -> Head:
        """Return the stored head.

        Raises:
            HeadMissing: where there is none.
        """
        with self.datastore.transaction(commit=False) as c:
            return read_head(c)

    def extent(self) -> Extent:
        """Return the head and, in the same instant, how far every table reaches; it counts every row."""
        with self.datastore.transaction(commit=False) as c:
            return read_extent(c)

    def leaf(self, index: int) -> StoredLeaf:
        """Return one row.

        Raises:
            EntryMissing: where the log does not reach that far.
        """
        with self.datastore.transaction(commit=False) as c:
            c.execute(f"{SELECT_LEAVES} rowid = ? AND {IN_LOG}", (index + 1,))
            row = c.fetchone()
        if row is None:
            raise EntryMissing(f"There is no entry {index}.")
        return leaf_of(row)

    def entry(self, index: int) -> bytes:
        """Return an entry's exact bytes.

        Raises:
            EntryMissing: where the log does not reach that far.
        """
        return self.leaf(index).entry

    def leaves(self, start: int, stop: int) -> Iterator[StoredLeaf]:
        """Return the rows with start <= index < stop in order, read a page at a time."""
        return read_leaves(self.datastore, start, stop)

    def leaves_at(self, indices: Sequence[int]) -> Iterator[StoredLeaf]:
        """Yield the rows at some indexes, which must rise, a page at a time."""
        for start in range(0, len(indices), _PAGE):
            page = indices[start : start + _PAGE]
            marks = ",".join("?" * len(page))
            with self.datastore.transaction(commit=False) as c:
                c.execute(f"{SELECT_LEAVES} rowid IN ({marks}) ORDER BY rowid", [index + 1 for index in page])
                found = [leaf_of(row) for row in c.fetchall()]
            yield from found

    def entries_of(self, streams: Iterable[UUID]) -> Iterator[StoredLeaf]:
        """Yield the rows of some streams in log order."""
        return self.leaves_at(self._indices(streams))

    def key_history(self, before: int | None = None) -> KeyHistory:
        """Return which keys of this log counted when, as its own entries say, or those before an index.

        Raises:
            VerificationError: where they do not verify.
            RowMalformed: where one cannot be read.
        """
        own = ((leaf, entries.parse(leaf.entry)) for leaf in self.entries_of([self.own_stream]))
        said = ((leaf.index, entry, bodies.decode(entry.body)) for leaf, entry in own)
        return KeyHistory(takewhile(lambda one: before is None or one[0] < before, said))

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries, from stored hashes."""
        with self.datastore.transaction(commit=False) as c:
            return StoredTree(c).root(size)

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """Return the proof that entry `index` is in the tree of that size.

        Raises:
            EntryMissing: where the log or the tree does not reach that far.
        """
        with self.datastore.transaction(commit=False) as c:
            if not 0 <= index < size <= read_head(c).size:
                raise EntryMissing(f"There is no entry {index} in a tree of {size}.")
            return StoredTree(c).inclusion_proof(index, size)

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the tree of size `new` only adds to that of size `old`.

        Raises:
            EntryMissing: where the log is not that long, or the order is wrong.
        """
        with self.datastore.transaction(commit=False) as c:
            if not 0 <= old <= new <= read_head(c).size:
                raise EntryMissing(f"There are no trees of {old} and {new} entries to compare.")
            return StoredTree(c).consistency_proof(old, new)

    def peaks(self, size: int) -> list[bytes]:
        """Return the roots of the complete subtrees of a tree of this size, largest first, from stored hashes."""
        with self.datastore.transaction(commit=False) as c:
            return StoredTree(c).peaks(size)

    def kept_size(self) -> int:
        """Return how many entries lie in blocks whose roots are kept."""
        with self.datastore.transaction(commit=False) as c:
            c.execute("SELECT coalesce(max(position) + 1, 0) FROM nodes WHERE level = ?", (BLOCK_LEVEL,))
            return int(c.fetchone()[0]) * BLOCK

    def has_checkpoint(self) -> bool:
        """Return whether a checkpoint was ever stored."""
        with self.datastore.transaction(commit=False) as c:
            c.execute("SELECT EXISTS (SELECT 1 FROM checkpoints)")
            return bool(c.fetchone()[0])

    def receipt_file(self, index: int) -> bytes:
        """Return the proof, as one `.tlog-proof` file, that an entry is in the newest checkpoint's tree.

        Raises:
            NoCheckpoint: where no checkpoint covers the entry yet.
            VerificationError: where the stored tree does not lead to what was signed; such a proof must not go out.
        """
        return format_proof(self.proof(index, self.checkpoint()))

    def proof(self, index: int, note: bytes) -> Proof:
        """Return the proof that an entry is in the tree of a checkpoint this log signed, checked before it goes out.

        Raises:
            NoCheckpoint: where the checkpoint does not reach that far.
            VerificationError: where the stored tree does not lead to what was signed.
        """
        signed = checkpoints.open(note, self._keys.verifiers)
        if not 0 <= index < signed.size:
            raise NoCheckpoint(f"No checkpoint covers entry {index} yet.")
        with self.datastore.transaction(commit=False) as c:
            tree = StoredTree(c)
            leaf_hash, hashes = tree.leaf_hash(index), tree.inclusion_proof(index, signed.size)
        merkle.check_inclusion(index, signed.size, leaf_hash, hashes, signed.root)
        return Proof(index, tuple(hashes), note)

    def kept_node(self, level: int, position: int) -> bytes | None:
        """Return the kept root of a complete subtree, or None."""
        with self.datastore.transaction(commit=False) as c:
            c.execute("SELECT hash FROM nodes WHERE level = ? AND position = ?", (level, position))
            row = c.fetchone()
        return None if row is None else row[0]

    def checkpoint(self) -> bytes:
        """Return the newest signed checkpoint of no more entries than there are.

        Raises:
            NoCheckpoint: where none was ever signed.
        """
        with self.datastore.transaction(commit=False) as c:
            c.execute(_NEWEST_CHECKPOINT)
            row = c.fetchone()
        if row is None:
            raise NoCheckpoint("No checkpoint has been signed yet.")
        return bytes(row[0])

    def checkpoints(self, largest: int) -> Iterator[Checkpoint]:
        """Yield the stored checkpoints of up to so many entries, smallest first, their signatures checked.

        Raises:
            CheckpointWrong: where one is not as this log signed it.
        """
        size = -1
        while True:
            with self.datastore.transaction(commit=False) as c:
                c.execute(
                    "SELECT size, note FROM checkpoints WHERE size BETWEEN ? AND ? ORDER BY size LIMIT ?",
                    (size + 1, largest, _PAGE),
                )
                page = c.fetchall()
            if not page:
                return
            for size, note in page:
                yield self._open_checkpoint(size, note)

    def _open_checkpoint(self, size: int, note: bytes) -> Checkpoint:
        try:
            opened = checkpoints.open(note, self._keys.verifiers)
        except VerificationError as error:
            raise CheckpointWrong(f"The stored checkpoint of {size} entries is not one this ledger signed.") from error
        if opened.size != size:
            raise CheckpointWrong(f"The checkpoint stored for {size} entries is for {opened.size}.")
        return opened

    def store_checkpoint(self, size: int, note: bytes, nodes: Sequence[tuple[int, int, bytes]]) -> None:
        """Keep a signed checkpoint and the subtree roots (level, position, hash) that became complete."""
        with self.datastore.transaction(commit=True) as c:
            c.execute("INSERT INTO checkpoints VALUES (?, ?) ON CONFLICT DO NOTHING", (size, note))
            c.executemany("INSERT INTO nodes VALUES (?, ?, ?) ON CONFLICT DO NOTHING", nodes)

    def _indices(self, streams: Iterable[UUID]) -> list[int]:
        found: list[int] = []
        with self.datastore.transaction(commit=False) as c:
            for stream in set(streams):
                c.execute(_OF_STREAM, (stream.bytes,))
                found.extend(row[0] - 1 for row in c.fetchall())
        return sorted(found)
