"""Whether an entry is unaltered, found out when asked: from the stored bytes up to what was last signed."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from ledger import body as entry_body
from ledger import checkpoint, disclosure, merkle
from ledger.errors import LedgerError, VerificationError
from ledger.log import NoCheckpoint
from ledger.stored_leaf import StoredLeaf
from ledger.subjects import SubjectErased, SubjectKeys
from web import last_audit, words
from web.desk import Desk


@dataclass(frozen=True)
class Checked:
    """One of three states: `checked`, `unchecked` (could not be) or `changed`; `says` is the sentence on the page."""

    state: str
    says: str
    entries: int | None = None


def check(desk: Desk, leaf: StoredLeaf) -> Checked:
    """Follow the entry from its bytes to what was signed, its sealed words included; nothing is remembered."""
    log = desk.services.log
    try:
        note = log.checkpoint()  # once: a newer one, signed meanwhile, would need another proof
        proof, signed = log.proof(leaf.index, note), checkpoint.open(note, log.verifiers)
        merkle.check_inclusion(leaf.index, signed.size, merkle.leaf_hash(leaf.entry), list(proof.hashes), signed.root)
        _check_sealed(desk.services.subjects, leaf)
    except NoCheckpoint:
        says = (
            "Could not check yet: this entry is newer than the last signature of the whole record."
            " Look again in a second."
        )
        return Checked("unchecked", says)
    except LedgerError:
        return Checked(
            "changed",
            f"Entry {leaf.index} is not as it was entered, or the record around it was changed. Do not rely on it."
            " Tell whoever runs this service to check the whole record, and compare with an evidence file"
            " downloaded earlier.",
        )
    says = (
        f"Checked now, {words.moment(desk.now)}: unaltered since it was entered, as one of the {signed.size:,} entries"
        " signed so far. This does not show that it is true."
    )
    return Checked("checked", says + _witnessed(desk, leaf.index), signed.size)


def _witnessed(desk: Desk, index: int) -> str:
    """Whether outsiders confirmed the record up to an entry; nothing where none are asked."""
    witnessing = desk.services.witnessing
    if witnessing is None:
        return ""
    state = witnessing.cosignatures.state()
    if index < state.size:
        return " Enough outside witnesses have confirmed the record up to this entry."
    waiting = "" if state.since is None else f" since {words.moment(state.since)}"
    return f" It waits for its outside witnesses{waiting}."


def whole_record(desk: Desk) -> str:
    """What is known of the whole record, from its last full check: how many entries, with what result, how long ago."""
    services = desk.services
    last = last_audit.read(services.data, services.keys.master, services.log.origin)
    return last_audit.sentence(last, desk.now)


def _check_sealed(subjects: SubjectKeys, leaf: StoredLeaf) -> None:
    """Open what is sealed and hold it against what the entry commits to; what was erased is not there to be shown.

    Raises:
        VerificationError: where the sealed words are not those that were entered.
    """
    body = entry_body.decode(leaf.body)
    if body.sealed is None or body.subject is None:
        return
    try:
        key = subjects.get(body.subject)
    except SubjectErased:
        return
    if leaf.payload is None or sha256(leaf.payload).digest() != body.sealed.ciphertext:
        raise VerificationError("The sealed words are not those that were entered.", step="sealed fields")
    associated = disclosure.associated_data(body.origin, body.stream, body.version, body.topic)
    for line in disclosure.unseal(key, associated, leaf.payload):
        disclosure.check(line, body)
