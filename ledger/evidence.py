"""Making an evidence file from the log: entries, their proofs, and what the person it is for may see of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from ledger import body as bodies
from ledger import disclosure, named_files
from ledger.attachments import Attachments
from ledger.bundle import Attached, Item, Scope, write_bundle
from ledger.log import Log, StoredLeaf
from ledger.proof import format_proof
from ledger.stored_zip import Writable
from ledger.subjects import SubjectErased, SubjectKeys

_ENROLMENT = 0


def write_evidence(
    out: Writable,
    log: Log,
    subjects: SubjectKeys,
    *,
    scope: Scope,
    indices: Iterable[int],
    disclose: Callable[[int, str], bool],
) -> None:
    """Write a bundle of these entries, and of the enrolment of their key, under the newest checkpoint.

    `disclose` says of each entry's index and group whether the reader may see it; what it does not allow, and what was
    erased, is left out. Attached files go with the group that names them. Publish a checkpoint first: an entry it does
    not cover has no proof.

    Raises:
        NoCheckpoint: where the newest checkpoint does not cover an entry.
        VerificationError: where the stored log does not lead to what was signed, or a file is missing or was altered.
    """
    note = log.checkpoint()
    leaves = log.leaves_at(sorted({_ENROLMENT, *indices}))
    items = _items(log, subjects, leaves, note, disclose)
    write_bundle(out, log.origin, scope, note, items)


def _items(
    log: Log, subjects: SubjectKeys, leaves: Iterator[StoredLeaf], note: bytes, disclose: Callable[[int, str], bool]
) -> Iterator[Item]:
    attachments = Attachments(log.datastore, log.origin, subjects)
    for leaf in leaves:
        proof = format_proof(log.proof(leaf.index, note))
        lines = tuple(_disclosed(leaf, subjects, disclose))
        yield Item(leaf.index, leaf.entry, proof, lines, tuple(_attached(leaf, lines, attachments)))


def _attached(leaf: StoredLeaf, lines: Iterable[bytes], attachments: Attachments) -> Iterator[Attached]:
    """The files that what is disclosed names, each read and checked as it is written."""
    for line in lines:
        for file in named_files.named(disclosure.parse(line)):
            if leaf.subject is not None:
                read = partial(attachments.read, leaf.index + 1, leaf.subject, file)
                yield Attached(file.file_id, named_files.ending(file.media_type), read)


def _disclosed(leaf: StoredLeaf, subjects: SubjectKeys, disclose: Callable[[int, str], bool]) -> Iterator[bytes]:
    body = bodies.decode(leaf.body)
    if leaf.payload is None or body.sealed is None or body.subject is None:
        return
    if not any(disclose(leaf.index, group) for group in body.sealed.groups):
        return
    try:
        key = subjects.get(body.subject)
    except SubjectErased:
        return
    associated = disclosure.associated_data(body.origin, body.stream, body.version, body.topic)
    for line in disclosure.unseal(key, associated, leaf.payload):
        if disclose(leaf.index, disclosure.check(line, body).group):
            yield line
