"""Signing the tree: read what was written back, recompute it, move the checkpoint lock forward, publish the checkpoint.

The lock (`checkpoint_lock`) is the ledger's memory of what it has told the world. A database that cannot be extended
from it, such as an old copy restored, must stop the service, because signing on would make two histories.
"""

from __future__ import annotations

import errno
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from eventsourcing.persistence import OperationalError

from ledger import checkpoint as checkpoints
from ledger import merkle
from ledger.checkpoint import Checkpoint
from ledger.checkpoint_lock import open_lock
from ledger.errors import LedgerError, VerificationError
from ledger.keys import Keys
from ledger.log import Log
from ledger.standby import WaitingForStandby, require_held
from ledger.tree import BLOCK, GrowingTree

_EVERY_SECONDS = 1.0
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_LOG = logging.getLogger(__name__)


class LedgerDiverged(LedgerError):
    """The database does not continue what was last signed; the message says how and what to do."""


class EntryChanged(LedgerError):
    """An entry read back is not the entry that was logged; nothing was signed over it."""


class Checkpointer:
    """Signs checkpoints of one log; any number of them may run at once, in any number of processes."""

    def __init__(self, log: Log, keys: Keys, lock: Path | str) -> None:
        """`lock` is a path, or a PostgreSQL database of its own by its address."""
        self._log = log
        self._keys = keys
        self._lock = open_lock(lock, keys.origin)
        self.waiting: str | None = None
        """What `run` waits for before it can sign the newest entries, in words."""

    def start(self) -> bytes:
        """Check that the log continues what was last signed, sign what was added since, and return the checkpoint.

        Raises:
            LedgerDiverged: where it does not, or where the lock is gone although checkpoints were published.
            EntryChanged: where an entry added since was changed.
        """
        return self.publish()

    def publish(self) -> bytes:
        """Sign the log as it is now and return the signed checkpoint; nothing new means the last one again.

        Raises:
            LedgerDiverged, EntryChanged: as `start`; nothing was signed.
            WaitingForStandby: where a standby must hold the entries first; nothing was signed.
        """
        with self._lock.held() as lock:
            locked, note = self._read(lock.read())
            head = self._log.head()
            size = head.size
            self._require_entries(size, locked)
            tree = self._recompute(locked, size)
            if tuple(tree.peaks) != head.peaks:
                raise EntryChanged("The ledger's head does not match its entries. Run audit; do not write on.")
            if size > locked.size or note is None:
                require_held(self._log.datastore)
                signed, held = checkpoints.sign(Checkpoint(self._keys.origin, size, tree.root()), self._keys.log), note
                lock.swap(held, signed)
                note = signed
            # After the lock: a crash in between leaves the database behind the lock, and the next run stores again.
            self._log.store_checkpoint(size, note, tree.completed)
            return note

    def locked(self) -> Checkpoint | None:
        """Return what the lock says was last signed, or None before anything was.

        Raises:
            LedgerDiverged: where the lock is gone although checkpoints were published, or is not this ledger's.
        """
        checkpoint, note = self._read(self._lock.read())
        return None if note is None else checkpoint

    def require_entries(self) -> None:
        """Refuse a log that has fewer entries than were signed.

        Raises:
            LedgerDiverged: where it has, or where the lock is gone or is not this ledger's.
        """
        self._require_entries(self._log.size(), self._read(self._lock.read())[0])

    def run(self, stop: Event) -> None:
        """Publish once a second while the log grows, until told to stop; whatever cannot pass by itself ends it.

        A database that others keep busy and a full disk pass: it is tried again a second later, with a line in the log.

        Raises:
            LedgerDiverged, EntryChanged: as `publish`.
        """
        published = -1
        while not stop.is_set():
            try:
                size = self._log.size()
                if size != published:
                    self.publish()
                    published, self.waiting = size, None
            except WaitingForStandby as waiting:
                self.waiting = str(waiting)
                _LOG.warning("%s", waiting)
            except (OperationalError, OSError) as error:
                if not _passes(error):
                    raise
                _LOG.warning("The newest entries could not be signed just now; it is tried again: %s", error)
            stop.wait(_EVERY_SECONDS)

    def unsigned_since(self) -> datetime | None:
        """Return when the first entry was recorded that no published checkpoint covers; None where all are covered.

        Raises:
            NoCheckpoint: where none was ever published.
            VerificationError: where the newest is not as this log signed it.
        """
        signed = checkpoints.open(self._log.checkpoint(), self._keys.verifiers).size
        if signed == self._log.size():
            return None
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=self._log.leaf(signed).known_at)

    def _require_entries(self, size: int, locked: Checkpoint) -> None:
        if size < locked.size:
            raise LedgerDiverged(
                f"The ledger holds {size} entries but {locked.size} were signed: this looks like an old copy of the"
                f" database. Put the newest database back; do not remove {self._lock}."
            )

    def _recompute(self, locked: Checkpoint, size: int) -> GrowingTree:
        """Rebuild the tree from the stored bytes since the last kept subtree; it must pass through what was signed."""
        base = min(self._log.kept_size(), locked.size // BLOCK * BLOCK)
        tree = GrowingTree(base, self._log.peaks(base))
        if base == locked.size:
            self._check_passes(tree, locked)
        for leaf in self._log.leaves(base, size):
            leaf_hash = merkle.leaf_hash(leaf.entry)
            if leaf.index != tree.size or leaf.leaf_hash != leaf_hash:
                raise EntryChanged(
                    f"Entry {tree.size} is missing or is not as it was logged. Run audit; do not write on."
                )
            tree.append(leaf_hash)
            if tree.size == locked.size:
                self._check_passes(tree, locked)
        return tree

    def _check_passes(self, tree: GrowingTree, locked: Checkpoint) -> None:
        if tree.root() != locked.root:
            raise LedgerDiverged(
                f"The first {locked.size} entries are not those that were signed. Put the newest database back; do not"
                f" remove {self._lock}."
            )

    def _read(self, note: bytes | None) -> tuple[Checkpoint, bytes | None]:
        if note is None:
            if self._log.has_checkpoint():
                raise LedgerDiverged(
                    f"{self._lock} is missing although checkpoints were published: put it back; it says what was"
                    " signed."
                )
            return Checkpoint(self._keys.origin, 0, merkle.EMPTY_ROOT), None
        try:
            return checkpoints.open(note, self._keys.verifiers), note
        except VerificationError as error:
            raise LedgerDiverged(f"{self._lock} is damaged or belongs to another ledger: put it back.") from error


def _passes(error: OperationalError | OSError) -> bool:
    return isinstance(error, OperationalError) or error.errno in _DISK_FULL
