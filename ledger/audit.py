"""The full check of a ledger by whoever holds its keys: every byte of every row, up to what was signed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from heapq import merge

from ledger import audit_workers, merkle
from ledger import body as bodies
from ledger.audit_exports import StatedExports
from ledger.audit_rows import Known, Looked, LookedAt
from ledger.checkpoint import Checkpoint
from ledger.enrolled import KeyHistory
from ledger.errors import VerificationError
from ledger.extent import Extent, HeadMissing
from ledger.finding import EntryWrong, Finding
from ledger.log import CheckpointWrong, Log
from ledger.places import Places
from ledger.stored_leaf import RowMalformed
from ledger.subjects import SubjectKeys
from ledger.tree import GrowingTree


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
    places: Places | None = None,
) -> AuditReport:
    """Check the whole log in one pass and bounded memory; `locked` is what the checkpoint lock says was signed.

    With `places`, a log of more than some thousand entries is looked at by processes on every core.

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
    exports = StatedExports(log)
    walk = _Walk(log, exports, locked, extent)
    known = Known(log.origin, history, exports.subjects())
    try:
        with closing(_looks(log, subjects, known, size, places)) as runs:
            finding = _first([*walk.check(runs, size, progress), *about_keys])
        finding = finding or _check_whole(walk, extent)
        finding = finding or _check_strays(extent) or _check_signed(extent) or _check_exports(walk)
    except CheckpointWrong as wrong:
        finding = Finding(str(wrong), None, "checkpoint")
    return AuditReport(walk.tree.size, walk.erased, walk.tree.root(), finding)


def _looks(
    log: Log, subjects: SubjectKeys, known: Known, size: int, places: Places | None
) -> Generator[LookedAt, None, None]:
    if places is None or audit_workers.is_small(size):
        return audit_workers.look_in_threads(log.datastore, subjects, known, size)
    return audit_workers.look_in_processes(places, known, size)


def _first(findings: Sequence[Finding]) -> Finding | None:
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
    """One pass over what was looked at, in order, carrying what each entry is compared with."""

    def __init__(self, log: Log, exports: StatedExports, locked: Checkpoint | None, extent: Extent) -> None:
        self._log = log
        self.exports = exports
        self._kept = extent.signed
        self.known_at = 0
        self.tree = GrowingTree()
        self.erased = 0
        self._signed = _in_order(log.checkpoints(extent.head.size), locked)
        self.next_signed: Checkpoint | None = None

    def check(self, runs: Iterator[LookedAt], size: int, progress: Callable[[int, int], None]) -> list[Finding]:
        """Return what is wrong with the first run in which anything is; no more is needed."""
        self.next_signed = next(self._signed, None)
        for run in runs:
            if not run.rows and not run.wrong:
                break  # nothing is looked for beyond: a head may claim any number of entries
            found = [*self._check_run(run), *run.wrong]
            self.erased += run.erased
            progress(self.tree.size, size)
            if found:
                return found
        return []

    def _check_run(self, run: LookedAt) -> list[Finding]:
        expected = self.tree.size
        if run.start != expected and (run.rows or run.wrong):
            return [Finding("it is missing.", expected, "removed")]
        try:
            for row in run.rows:
                expected = self.tree.size
                self._check_row(expected, row)
        except EntryWrong as wrong:
            return [Finding(str(wrong), expected, wrong.kind)]
        return []

    def _check_row(self, index: int, row: Looked) -> None:
        self.known_at = max(self.known_at, row.recorded_at)
        if row.known_at != self.known_at:
            raise EntryWrong("backdated", "the time from which it was known does not follow from its recording time.")
        self.tree.append(row.leaf_hash)
        if row.body is not None:
            self.exports.take(index, bodies.decode(row.body), row.leaf_hash)
        self._check_tree()

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


def _in_order(stored: Iterator[Checkpoint], locked: Checkpoint | None) -> Iterator[Checkpoint]:
    """Yield stored checkpoints by size with the lock's in its place."""
    return merge(stored, [] if locked is None else [locked], key=lambda checkpoint: checkpoint.size)
