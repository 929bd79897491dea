"""A process whose threads record marks without a break, and say what was acknowledged; tests kill it or starve it.

python -m tests.ledger.writing KEYS DATA [DATABASE]       one line for each acknowledged batch, once durable:
ack <first position> <leaf hash in hex> …
"""

from __future__ import annotations

import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

from ledger import keys
from tests.ledger.ledgers import PASSPHRASE, Ledger

_THREADS = 3
"""Enough that some share a transaction."""


def main(key_folder: Path, folder: Path, address: str | None = None) -> None:
    """Record until killed, from several threads."""
    ledger = Ledger.open(folder, keys.open(key_folder, PASSPHRASE), address)
    print("ready", flush=True)
    with ThreadPoolExecutor(_THREADS) as threads:
        for ended in [threads.submit(record, ledger) for _ in range(_THREADS)]:
            ended.result()


def record(ledger: Ledger) -> None:
    """Record without a break; every tenth batch opens a new pupil and every so often a checkpoint is published."""
    checkpointer = ledger.checkpointer()
    chance = random.Random()  # noqa: S311 - what a test writes is no secret
    pupils: list[UUID] = [ledger.open_pupil()]
    while True:
        if chance.random() < 0.1:
            pupils.append(ledger.open_pupil())
        marks = [ledger.mark(chance.choice(pupils), originator_id=uuid4()) for _ in range(chance.choice((1, 1, 8)))]
        receipt = ledger.recorder.receipt(ledger.append(*marks))
        said = " ".join(["ack", str(receipt.first + 1), *(leaf_hash.hex() for leaf_hash in receipt.leaf_hashes)])
        print(f"{said}\n", end="", flush=True)  # in one write, which no other thread's comes between
        if chance.random() < 0.05:
            checkpointer.publish()
        # Four of these keep the write lock busy either way; the pause keeps the ledger small enough to audit often.
        time.sleep(0.03)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]), *sys.argv[3:])
