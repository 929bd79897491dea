"""A process that gives each caller a fresh process, which records one entry, signs, and says what came of it.

python -m tests.ledger.appending KEYS DATA FD     speaks over the socket FD: a line `next` begins one; it answers
`ready PID`, waits for `go`, and says `ack POSITION HASH` or `refused NAME`, then `signed SIZE` or `unsigned NAME`
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from uuid import UUID

from ledger import checkpoint, keys
from tests.ledger.ledgers import PASSPHRASE, Ledger


def main(key_folder: Path, folder: Path, descriptor: int) -> None:
    """Fork for each `next`: opening the keys is slow on purpose."""
    opened = keys.open(key_folder, PASSPHRASE)
    with socket.socket(fileno=descriptor) as line:
        while line.recv(16) == b"next":
            child = os.fork()
            if child == 0:
                record(folder, opened, line)
                os._exit(0)
            os.waitpid(child, 0)
            line.sendall(b"ended\n")


def record(folder: Path, opened: keys.Keys, line: socket.socket) -> None:
    """Record and sign once, so that nothing is left to be loaded; then again, when told to."""
    ledger = Ledger.open(folder, opened)
    pupil = ledger.open_pupil()
    ledger.append(ledger.mark(pupil))
    ledger.checkpointer().publish()
    line.sendall(f"ready {os.getpid()}\n".encode())
    line.recv(16)
    line.sendall(f"{outcome_of_recording(ledger, pupil)}\n".encode())
    line.sendall(f"{outcome_of_signing(ledger)}\n".encode())


def outcome_of_recording(ledger: Ledger, pupil: UUID) -> str:
    """What the recorder says, in one line."""
    try:
        receipt = ledger.recorder.receipt(ledger.append(ledger.mark(pupil)))
    except Exception as refused:  # noqa: BLE001 - whatever it is, it is told
        return f"refused {type(refused).__name__}"
    return f"ack {receipt.first} {receipt.leaf_hashes[0].hex()}"


def outcome_of_signing(ledger: Ledger) -> str:
    """What the checkpointer says, in one line."""
    try:
        return f"signed {checkpoint.open(ledger.checkpointer().publish(), ledger.keys.verifiers).size}"
    except Exception as refused:  # noqa: BLE001 - whatever it is, it is told
        return f"unsigned {type(refused).__name__}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
