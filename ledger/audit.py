"""The full check of a ledger by whoever holds its keys: every byte of every row, up to what was signed."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from heapq import merge
from itertools import chain, islice

from cryptography.exceptions import InvalidSignature

from ledger import body as bodies
from ledger import disclosure, merkle
from ledger import entry as entries
from ledger.append import microseconds
from ledger.audit_exports import StatedExports
from ledger.audit_files import FilesOfEntries, FileWrong
from ledger.body import Body
from ledger.checkpoint import Checkpoint
from ledger.enrolled import KeyHistory
from ledger.errors import LedgerError, VerificationError
from ledger.extent import Extent, HeadMissing
from ledger.finding import EntryWrong, Finding
from ledger.log import CheckpointWrong, Log
from ledger.stored_leaf import RowMalformed, StoredLeaf
from ledger.subjects import SubjectErased, SubjectKeys, SubjectUnknown
from ledger.tree import GrowingTree

_CHUNK = 256
_WORKERS = os.cpu_count() or 1


@dataclass(frozen=True)
class AuditReport:
    """What an audit established: entries checked, how many of them are erased, the root, and the first fault if any."""

    entries: int
    erased: int
    root: bytes
    finding: Finding | None


def audit(
    log: Log,
    subjects: SubjectKeys,
    locked: Checkpoint | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> AuditReport:
    """Check the whole log in one pass and bounded memory; `locked` is what the checkpoint lock says was signed.

    Of each entry: that it is there, in its place, that its columns say what its body says, its leaf hash, its payload's
    digest, each commitment, its attached files, its signature by an enrolled key. Of the whole: the lock; head; rows,
    payloads, files and commands outside the log; kept subtree roots, none missing or too many; each stored checkpoint;
    what was stated whenever evidence was taken.
    Writers need not stop: what they add meanwhile is left for the next audit; the caller reads the lock first.
    """
    history, about_keys = _key_history(log)
    try:
        extent = log.extent()
    except HeadMissing as wrong:
        return AuditReport(0, 0, merkle.EMPTY_ROOT, Finding(str(wrong), None, "head"))
    size = extent.head.size
    if locked is not None and locked.size > size:
        missing = Finding(f"{locked.size} entries were signed but only {size} are there.", size, "removed")
        return AuditReport(0, 0, merkle.EMPTY_ROOT, missing)
    walk = _Walk(log, subjects, locked, extent, history)
    try:
        with ThreadPoolExecutor(_WORKERS, thread_name_prefix="audit") as pool:
            finding = _first(chain(walk.check(pool, size, progress), about_keys))
        finding = finding or _check_whole(walk, extent)
        finding = finding or _check_strays(extent) or _check_signed(extent) or _check_exports(walk)
    except CheckpointWrong as wrong:
        finding = Finding(str(wrong), None, "checkpoint")
    return AuditReport(walk.tree.size, walk.erased, walk.tree.root(), finding)


def _first(findings: Iterator[Finding]) -> Finding | None:
    return min(findings, key=lambda finding: finding.index or 0, default=None)


def _check_whole(walk: _Walk, extent: Extent) -> Finding | None:
    head = extent.head
    if walk.tree.size != head.size:
        return Finding(
            f"the head counts {head.size} entries but only {walk.tree.size} are there.", walk.tree.size, "removed"
        )
    if extent.last_row > head.size:
        return Finding("there are rows beyond the head.", head.size, "inserted")
    if (extent.first_row, extent.rows) != (min(1, head.size), head.size):
        return Finding(f"there is a row {extent.first_row}, before the first entry.", None, "inserted")
    if (tuple(walk.tree.peaks), walk.known_at) != (head.peaks, head.known_at):
        return Finding("the stored head does not match the entries.", None, "head")
    return None


def _check_strays(extent: Extent) -> Finding | None:
    if extent.stray_payload is not None:
        return Finding(f"there are sealed fields at row {extent.stray_payload}, where no entry is.", None, "inserted")
    if extent.stray_file is not None:
        return Finding(f"there is a file at row {extent.stray_file}, where no entry is.", None, "inserted")
    if extent.stray_command is not None:
        return Finding(f"the command {extent.stray_command!r} names entries that are not there.", None, "command")
    return None


def _check_signed(extent: Extent) -> Finding | None:
    size = extent.head.size
    if extent.claimed > size:
        return Finding(
            f"a stored checkpoint claims {extent.claimed} entries but only {size} are there.", size, "checkpoint"
        )
    # Stored checkpoints may lag behind the lock: a crash between the two leaves them so; the next start stores again.
    if extent.stray_node is not None:
        level, position = extent.stray_node
        return Finding(
            f"a root of level {level} is kept at {position}, where the signed entries have none.", None, "kept root"
        )
    return None


def _check_exports(walk: _Walk) -> Finding | None:
    wrong = walk.exports.first_wrong()
    return (
        None
        if wrong is None
        else Finding(f"it states a false completeness of evidence. {wrong[1]}", wrong[0], "export")
    )


class _Walk:
    """One pass over the rows, carrying what each row is compared with."""

    def __init__(
        self, log: Log, subjects: SubjectKeys, locked: Checkpoint | None, extent: Extent, history: KeyHistory
    ) -> None:
        self._log = log
        self._history = history
        self._subjects = subjects
        self._files = FilesOfEntries(log, subjects)
        self.exports = StatedExports(log)
        self._kept = extent.signed
        self.known_at = 0
        self.tree = GrowingTree()
        self.erased = 0
        self._signed = _in_order(log.checkpoints(extent.head.size), locked)
        self.next_signed: Checkpoint | None = None

    def check(self, pool: ThreadPoolExecutor, size: int, progress: Callable[[int, int], None]) -> Iterator[Finding]:
        """Yield the first fault of the rows, and faults of signatures up to about there; no more is needed."""
        self.next_signed = next(self._signed, None)
        pending: deque[Future[list[Finding]]] = deque()
        leaves = self._log.leaves(0, size)
        finding: Finding | None = None
        while finding is None:
            chunk, malformed = _take(leaves)
            if not chunk and malformed is None:
                break
            finding = self._check_rows(chunk) or malformed
            pending.append(pool.submit(_check_signatures, chunk, self._history))
            if finding is not None:
                yield finding
            if len(pending) > 2 * _WORKERS:
                yield from pending.popleft().result()
            progress(self.tree.size, size)
        for waiting in pending:
            yield from waiting.result()

    def _check_rows(self, chunk: Sequence[StoredLeaf]) -> Finding | None:
        self._files.load(chunk)
        for leaf in chunk:
            expected = self.tree.size
            try:
                if leaf.index != expected:
                    raise EntryWrong("removed", "it is missing.")
                self._check_row(leaf)
            except EntryWrong as wrong:
                return Finding(str(wrong), expected, wrong.kind)
            except FileWrong as wrong:
                return Finding(str(wrong), expected, "file")
            except LedgerError as wrong:
                return Finding(str(wrong), expected)
            except (ValueError, TypeError, OverflowError):
                # Nothing a row may hold can stop the audit; what the checks above did not foresee ends here.
                return Finding("it cannot be read.", expected)
        return None

    def _check_row(self, leaf: StoredLeaf) -> None:
        body = _body(leaf)
        leaf_hash = merkle.leaf_hash(leaf.entry)
        if leaf_hash != leaf.leaf_hash:
            raise EntryWrong("edited", "its fingerprint does not match its content.")
        self.known_at = max(self.known_at, microseconds(body.recorded_at))
        if leaf.known_at != self.known_at:
            raise EntryWrong("backdated", "the time from which it was known does not follow from its recording time.")
        self._check_payload(leaf, body)
        self.tree.append(leaf_hash)
        self.exports.take(leaf.index, body, leaf_hash)
        self._check_tree()

    def _check_payload(self, leaf: StoredLeaf, body: Body) -> None:
        if body.sealed is None:
            if leaf.payload is not None:
                raise EntryWrong("inserted", "it has sealed fields that it never committed to.")
            self._files.refuse_any(leaf)
            return
        if body.subject is None:
            raise EntryWrong("edited", "it has sealed fields and names no subject.")
        if leaf.payload is not None and sha256(leaf.payload).digest() != body.sealed.ciphertext:
            raise EntryWrong("sealed altered", "its sealed fields are not those it committed to.")
        try:
            key = self._subjects.get(body.subject)
        except SubjectErased:
            self.erased += 1
            return
        except SubjectUnknown as error:
            raise EntryWrong("sealed missing", "its subject's key is missing from the key store.") from error
        if leaf.payload is None:
            raise EntryWrong("sealed missing", "its sealed fields are missing although its subject was not erased.")
        associated = disclosure.associated_data(body.origin, body.stream, body.version, body.topic)
        lines = disclosure.unseal(key, associated, leaf.payload)
        disclosed = [disclosure.check(line, body) for line in lines]
        if {each.group for each in disclosed} != set(body.sealed.groups):
            raise EntryWrong("sealed altered", "it committed to more than its sealed fields hold.")
        self._files.check(leaf, body.subject, disclosed)

    def _check_tree(self) -> None:
        for level, position, node in self.tree.completed:
            kept = self._log.kept_node(level, position)
            if kept is None and self.tree.size <= self._kept:
                raise EntryWrong("kept root", f"the kept root of the {1 << level} entries up to it is missing.")
            if kept not in (None, node):
                raise EntryWrong("kept root", f"the kept root of the {1 << level} entries up to it is wrong.")
        self.tree.completed.clear()
        while self.next_signed is not None and self.next_signed.size <= self.tree.size:
            if self.next_signed.root != self.tree.root():
                raise EntryWrong("rewritten", f"the {self.tree.size} entries up to it are not those that were signed.")
            self.next_signed = next(self._signed, None)


def _take(leaves: Iterator[StoredLeaf]) -> tuple[list[StoredLeaf], Finding | None]:
    """Return the next rows, and what is wrong with the one after them where that cannot even be taken apart."""
    chunk: list[StoredLeaf] = []
    try:
        chunk.extend(islice(leaves, _CHUNK))
    except RowMalformed as wrong:
        return chunk, Finding(str(wrong), wrong.index, "row mismatch")
    return chunk, None


def _body(leaf: StoredLeaf) -> Body:
    """Parse a body and compare it with the columns that pages and guards rely on."""
    body = bodies.decode(leaf.body)
    for name in ("stream", "version", "topic", "subject"):
        column, signed = getattr(leaf, name), getattr(body, name)
        if column != signed:
            raise EntryWrong("row mismatch", f"its {name} is {column} in the database but {signed} in what was signed.")
    return body


def _key_history(log: Log) -> tuple[KeyHistory, list[Finding]]:
    """What the log says of its keys, up to the first of its own entries that is wrong, and what is wrong with that."""
    try:
        return log.key_history(), []
    except (VerificationError, RowMalformed) as wrong:
        index = wrong.index if isinstance(wrong, RowMalformed) else wrong.entry
        found = [Finding(f"it changes the ledger's keys. {wrong}", index, "key change")]
    try:
        return log.key_history(before=index), found
    except (VerificationError, RowMalformed):
        return KeyHistory(()), found


def _check_signatures(leaves: Sequence[StoredLeaf], history: KeyHistory) -> list[Finding]:
    """Return the first entry whose signature fails; OpenSSL releases the interpreter, so threads use every core."""
    for leaf in leaves:
        try:
            key = history.key_at(leaf.index, leaf.key_id)
            history.check_topic(leaf.index, leaf.topic)
            key.checks.verify(leaf.signature, entries.pae(leaf.body))
        except VerificationError as wrong:
            return [Finding(str(wrong), leaf.index, "key not valid then")]
        except InvalidSignature:
            return [Finding("its signature does not match its content.", leaf.index, "re-signed")]
    return []


def _in_order(stored: Iterator[Checkpoint], locked: Checkpoint | None) -> Iterator[Checkpoint]:
    """Yield stored checkpoints by size with the lock's in its place."""
    return merge(stored, [] if locked is None else [locked], key=lambda checkpoint: checkpoint.size)
