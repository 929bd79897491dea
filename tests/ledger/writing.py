"""A process that records marks without a break and says what was acknowledged; tests kill it or starve it of disk.

python -m tests.ledger.writing <data folder> <key folder>          one line for each acknowledged batch, once durable:
ack <first position> <leaf hash in hex> …
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from uuid import UUID, uuid4

from ledger import keys
from tests.ledger.ledgers import PASSPHRASE, Ledger


def main(folder: Path, key_folder: Path) -> None:
    """Record until killed; every tenth batch opens a new pupil and every so often a checkpoint is published."""
    ledger = Ledger.open(folder, keys.open(key_folder, PASSPHRASE))
    checkpointer = ledger.checkpointer()
    chance = random.Random()  # noqa: S311 - what a test writes is no secret
    pupils: list[UUID] = [ledger.open_pupil()]
    print("ready", flush=True)
    while True:
        if chance.random() < 0.1:
            pupils.append(ledger.open_pupil())
        marks = [ledger.mark(chance.choice(pupils), originator_id=uuid4()) for _ in range(chance.choice((1, 1, 8)))]
        receipt = ledger.recorder.receipt(ledger.append(*marks))
        print("ack", receipt.first + 1, *(leaf_hash.hex() for leaf_hash in receipt.leaf_hashes), flush=True)
        if chance.random() < 0.05:
            checkpointer.publish()
        # Four of these keep the write lock busy either way; the pause keeps the ledger small enough to audit 50 times.
        time.sleep(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
