"""What a new ledger takes over from one that had to stop: the last thing that one signed."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from ledger import checkpoint as checkpoints
from ledger import keys
from ledger.errors import LedgerError, VerificationError
from ledger.note import parse_vkey
from web import founding


class NothingToContinue(LedgerError):
    """The ledger named never signed anything, or what is there is not its own."""


def last_word(data: Path) -> dict[str, str | int]:
    """Return what the ledger in a folder signed last, as its successor enters it; its passphrase is not needed.

    Raises:
        NoLedger: where the folder holds none.
        NothingToContinue: where nothing it signed is there.
    """
    about, lock = founding.read(data), data / "checkpoint.lock"
    try:
        note = lock.read_bytes()
        signed = checkpoints.open(note, [parse_vkey(about.vkey), *keys.past(data / "keys")])
    except (OSError, VerificationError) as error:
        raise NothingToContinue(
            f"{lock} is missing or is not that ledger's, so there is nothing to go on from."
        ) from error
    return {
        "origin": signed.origin,
        "size": signed.size,
        "root": b64encode(signed.root).decode(),
        "checkpoint": b64encode(note).decode(),
        "reason": "The earlier ledger could not go on.",
    }
