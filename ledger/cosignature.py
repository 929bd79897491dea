"""c2sp.org/tlog-cosignature v1: a witness's word that it saw this checkpoint, extending what it saw before.

The signature line's value is an 8-byte big-endian POSIX time, then an Ed25519 signature over

    cosignature/v1
    time <seconds since the epoch, decimal>
    <the checkpoint's text>

The time is never zero here: zero would say nothing of when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import ed25519, note
from ledger.errors import VerificationError
from ledger.note import Note, Signature, Verifier

LATEST = 2**63 - 1
_STEP = "cosignature"
_TIME_SIZE = 8


@dataclass(frozen=True)
class Cosignature:
    """What a line's value holds: when, in seconds since the epoch, and 64 bytes that are not checked yet."""

    time: int
    signature: bytes


class Cosigner:
    """Cosigns checkpoints under a name with an Ed25519 key held in memory, which must serve for nothing else."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        """Bind a name to a key.

        Raises:
            BadKeyName: where the name cannot stand in a signature line.
        """
        note.Signer(name, private)  # refuses the name
        self._private = private
        self.verifier = Verifier(name, note.COSIGNATURE, private.public_key().public_bytes_raw())
        self.vkey = self.verifier.vkey

    def cosign(self, text: str, time: int) -> Signature:
        """Return the signature line that says this checkpoint was the newest seen at that time."""
        value = format_cosignature(Cosignature(time, self._private.sign(_message(text, time))))
        return Signature(self.verifier.name, self.verifier.key_id, value)


def format_cosignature(cosignature: Cosignature) -> bytes:
    """Return the value of a signature line.

    Raises:
        VerificationError: where the time or the signature is out of bounds, so that no such line is made either.
    """
    if not 0 < cosignature.time <= LATEST or len(cosignature.signature) != ed25519.SIGNATURE_SIZE:
        raise VerificationError("A cosignature is malformed.", step=_STEP)
    return cosignature.time.to_bytes(_TIME_SIZE, "big") + cosignature.signature


def parse_cosignature(value: bytes) -> Cosignature:
    """Read the value of a signature line.

    Raises:
        VerificationError: where it is not exactly what `format_cosignature` makes of what it says.
    """
    cosignature = Cosignature(int.from_bytes(value[:_TIME_SIZE], "big"), value[_TIME_SIZE:])
    if format_cosignature(cosignature) != value:
        raise VerificationError("A cosignature is malformed.", step=_STEP)
    return cosignature


def check_cosignature(text: str, witness: Verifier, value: bytes) -> int:
    """Check one witness's line over a checkpoint's text and return its time, in seconds since the epoch.

    Raises:
        VerificationError: where it is malformed, by another, or of another checkpoint.
    """
    try:
        cosignature = parse_cosignature(value)
    except VerificationError as error:
        raise VerificationError(f"The cosignature of {witness.name} is malformed.", step=_STEP) from error
    if witness.kind != note.COSIGNATURE or not witness.accepts(_message(text, cosignature.time), cosignature.signature):
        raise VerificationError(f"The cosignature of {witness.name} is bad.", step=_STEP)
    return cosignature.time


def check_cosignatures(signed: Note, witnesses: Sequence[Verifier]) -> tuple[Verifier, ...]:
    """Return which of these witnesses cosigned the note.

    Raises:
        VerificationError: where a trusted witness's line is bad; lines of others are ignored.
    """
    cosigned = []
    for witness in witnesses:
        lines = [each for each in signed.signatures if (each.name, each.key_id) == (witness.name, witness.key_id)]
        for line in lines:
            check_cosignature(signed.text, witness, line.value)
        if lines:
            cosigned.append(witness)
    return tuple(cosigned)


def _message(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()
