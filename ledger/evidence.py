"""Making an evidence file from the log: entries, their proofs, and what the person it is for may see of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from ledger import body as bodies
from ledger import checkpoint as checkpoints
from ledger import disclosure, merkle, named_files
from ledger.attachments import Attachments
from ledger.bundle import Attached, Cover, Earlier, Item, write_bundle
from ledger.errors import VerificationError
from ledger.exporting import key_history
from ledger.log import Log, NoCheckpoint
from ledger.note import open_note
from ledger.program import README, program
from ledger.proof import Proof, format_proof
from ledger.report import Report
from ledger.scope import Scope
from ledger.stored_leaf import StoredLeaf
from ledger.stored_zip import Writable
from ledger.subjects import SubjectErased, SubjectKeys
from ledger.timestamping import first_stamped, newest_stamped
from ledger.tree import StoredTree

_PAGE = 256
_FIRST_CHECKPOINT = "SELECT note FROM checkpoints WHERE size > ? AND size < ? ORDER BY size LIMIT 1"


def write_evidence(
    out: Writable,
    log: Log,
    subjects: SubjectKeys,
    *,
    note: bytes,
    scope: Scope,
    indices: Sequence[int],
    disclose: Callable[[StoredLeaf, str], bool],
    progress: Callable[[], object] = lambda: None,
) -> None:
    """Write a bundle of these entries, and of the history of keys up to the last of them, under a checkpoint.

    `disclose` says of each entry and group whether the reader may see it; what it does not allow, and what was erased,
    is left out. Attached files go with the group that names them. `note` is the signed checkpoint, with the lines of
    those who cosigned it: an entry it does not cover has no proof. `progress` is told after each entry.

    Raises:
        NoCheckpoint: where the checkpoint does not cover an entry.
        VerificationError: where the stored log does not lead to what was signed, or a file is missing or was altered.
    """
    wanted = sorted({*key_history(log, 0, max(indices) + 1), *indices})
    report = Report(log.origin, scope)
    cover = Cover(log.origin, scope, note, tuple(_earlier(log, wanted, note)))

    def told() -> Iterator[Item]:
        for item in _items(log, subjects, wanted, note, disclose):
            report.add(item)
            yield item
            progress()

    write_bundle(out, cover, told(), readme=README.encode(), report=report.html, program=program())


def _earlier(log: Log, wanted: Sequence[int], note: bytes) -> Iterator[Earlier]:
    """The checkpoints that first covered the first entry after the enrolment of keys, and the newest that is stamped.

    Of the first, the one that was signed first and the one that was stamped first: by then the entry was there.
    What a key in force did not sign stays out: whoever trusts that key alone could not check it, and the file would
    fail. So evidence made once a log key was replaced goes back to the replacement, and what was stamped before is
    shown by evidence made before.
    """
    newest, first = checkpoints.open(note, log.verifiers), wanted[min(1, len(wanted) - 1)]
    found: dict[int, Earlier] = {}
    with log.datastore.transaction(commit=False) as c:
        c.execute(_FIRST_CHECKPOINT, (first, newest.size))
        row = c.fetchone()
    for each, stamp in _points(log, first, row):
        older = checkpoints.open(each, log.verifiers)
        if older.size < newest.size and set(log.in_force) <= set(open_note(each, log.verifiers)[1]):
            hashes = tuple(log.consistency_proof(older.size, newest.size))
            merkle.check_consistency(older.size, older.root, newest.size, newest.root, hashes)
            found[older.size] = Earlier(older.size, each, hashes, stamp)
    yield from (found[size] for size in sorted(found))


def _points(log: Log, first: int, row: Sequence[bytes] | None) -> Iterator[tuple[bytes, bytes | None]]:
    """The checkpoints with their time stamps; one that has a stamp comes after one that is the same without."""
    if row is not None:
        yield bytes(row[0]), None
    for stamped in (first_stamped(log, first), newest_stamped(log)):
        if stamped is not None:
            yield stamped.note, stamped.response


def _items(
    log: Log,
    subjects: SubjectKeys,
    wanted: Sequence[int],
    note: bytes,
    disclose: Callable[[StoredLeaf, str], bool],
) -> Iterator[Item]:
    attachments = Attachments(log.datastore, log.origin, subjects)
    leaves = log.leaves_at(wanted)
    for proof in _proofs(log, wanted, note):
        leaf = next(leaves, None)
        if leaf is None or leaf.index != proof.index:
            raise VerificationError(f"Entry {proof.index} is missing from the ledger.", step="inclusion proof")
        lines = tuple(_disclosed(leaf, subjects, disclose))
        yield Item(leaf.index, leaf.entry, format_proof(proof), lines, tuple(_attached(leaf, lines, attachments)))


def _proofs(log: Log, wanted: Sequence[int], note: bytes) -> Iterator[Proof]:
    """The proofs of some entries under one checkpoint, a page in each transaction, each checked before it goes out."""
    signed = checkpoints.open(note, log.verifiers)
    if wanted[-1] >= signed.size:
        raise NoCheckpoint(f"No checkpoint covers entry {wanted[-1]} yet.")
    for start in range(0, len(wanted), _PAGE):
        with log.datastore.transaction(commit=False) as c:
            tree = StoredTree(c)
            try:
                page = [
                    (index, tree.leaf_hash(index), tree.inclusion_proof(index, signed.size))
                    for index in wanted[start : start + _PAGE]
                ]
            except IndexError as error:
                raise VerificationError("Entries are missing from the ledger.", step="inclusion proof") from error
        for index, leaf_hash, hashes in page:
            merkle.check_inclusion(index, signed.size, leaf_hash, hashes, signed.root)
            yield Proof(index, tuple(hashes), note)


def _attached(leaf: StoredLeaf, lines: Iterable[bytes], attachments: Attachments) -> Iterator[Attached]:
    """The files that what is disclosed names, each read and checked as it is written."""
    for line in lines:
        for file in named_files.named(disclosure.parse(line)):
            if leaf.subject is not None:
                read = partial(attachments.read, leaf.index + 1, leaf.subject, file)
                yield Attached(file.file_id, named_files.ending(file.media_type), read)


def _disclosed(leaf: StoredLeaf, subjects: SubjectKeys, disclose: Callable[[StoredLeaf, str], bool]) -> Iterator[bytes]:
    body = bodies.decode(leaf.body)
    if leaf.payload is None or body.sealed is None or body.subject is None:
        return
    if not any(disclose(leaf, group) for group in body.sealed.groups):
        return
    try:
        key = subjects.get(body.subject)
    except SubjectErased:
        return
    associated = disclosure.associated_data(body.origin, body.stream, body.version, body.topic)
    for line in disclosure.unseal(key, associated, leaf.payload):
        if disclose(leaf, disclosure.check(line, body).group):
            yield line
