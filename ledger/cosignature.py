"""c2sp.org/tlog-cosignature v1: a witness's word that it saw this checkpoint, extending what it saw before.

The signature line's value is an 8-byte big-endian POSIX time, then an Ed25519 signature over

    cosignature/v1
    time <seconds since the epoch, decimal>
    <the checkpoint's text>
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.errors import VerificationError
from ledger.note import Note, Verifier


def check_cosignatures(note: Note, witnesses: Sequence[Verifier]) -> tuple[Verifier, ...]:
    """Return which of these witnesses cosigned the note.

    Raises:
        VerificationError: where a trusted witness's line is bad; lines of others are ignored.
    """
    cosigned = []
    for witness in witnesses:
        lines = [each for each in note.signatures if (each.name, each.key_id) == (witness.name, witness.key_id)]
        for line in lines:
            _check(note.text, witness, line.value)
        if lines:
            cosigned.append(witness)
    return tuple(cosigned)


def _check(text: str, witness: Verifier, value: bytes) -> None:
    time = int.from_bytes(value[:8], "big")
    message = f"cosignature/v1\ntime {time}\n{text}".encode()
    if not 0 < time < 2**63 or not witness.accepts(message, value[8:]):
        raise VerificationError(f"The cosignature of {witness.name} is bad.", step="cosignature")
