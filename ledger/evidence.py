"""Making an evidence file from the log: entries, their proofs, and what the person it is for may see of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ledger import body as bodies
from ledger import disclosure
from ledger.bundle import Item, Scope, write_bundle
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
    erased, is left out. Publish a checkpoint first: an entry it does not cover has no proof.

    Raises:
        NoCheckpoint: where the newest checkpoint does not cover an entry.
        VerificationError: where the stored log does not lead to what was signed.
    """
    note = log.checkpoint()
    leaves = log.leaves_at(sorted({_ENROLMENT, *indices}))
    write_bundle(out, log.origin, scope, note, _items(log, subjects, leaves, note, disclose))


def _items(
    log: Log, subjects: SubjectKeys, leaves: Iterator[StoredLeaf], note: bytes, disclose: Callable[[int, str], bool]
) -> Iterator[Item]:
    for leaf in leaves:
        proof = format_proof(log.proof(leaf.index, note))
        yield Item(leaf.index, leaf.entry, proof, tuple(_disclosed(leaf, subjects, disclose)))


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
