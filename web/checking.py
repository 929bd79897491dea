"""Whether an entry is unaltered, found out when asked: from the stored bytes up to what was last signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ledger import checkpoint, merkle
from ledger.errors import LedgerError
from ledger.log import Log, NoCheckpoint, StoredLeaf
from ledger.proof import parse_proof
from web import words


@dataclass(frozen=True)
class Checked:
    """One of three states: `checked`, `unchecked` (could not be) or `changed`; `says` is the sentence on the page."""

    state: str
    says: str
    entries: int | None = None


def check(log: Log, vkey: str, leaf: StoredLeaf, now: datetime) -> Checked:
    """Recompute the entry's fingerprint from its bytes and follow it to what was signed; nothing is remembered."""
    try:
        note = log.checkpoint()
        proof = parse_proof(log.receipt_file(leaf.index))
        signed = checkpoint.open(note, vkey)
        merkle.check_inclusion(leaf.index, signed.size, merkle.leaf_hash(leaf.entry), list(proof.hashes), signed.root)
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
        f"Checked now, {words.moment(now)}: unaltered since it was entered, as one of the {signed.size:,} entries"
        " signed so far. This does not show that it is true."
    )
    return Checked("checked", says, signed.size)
