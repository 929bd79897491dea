"""What a proof of entry costs in a log of ten thousand, a million and ten million entries: it must not grow."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from bench.measure import Row
from ledger import checkpoint as checkpoints
from ledger import keys
from ledger.checkpoint import Checkpoint
from ledger.log import Log
from ledger.sqlite import SQLiteLedgerDatastore
from ledger.tree import GrowingTree

ORIGIN = "ledger.example/bench"
_SIZES = (10_000, 1_000_000, 10_000_000)
_PROOFS, _ROUNDS = 200, 9
_AT_ONCE = 100_000
# Rows as the recorder keeps them but for their bodies: what a proof reads is leaf hashes and kept roots.
_GROW = """
    WITH RECURSIVE one (n) AS (SELECT ? UNION ALL SELECT n + 1 FROM one WHERE n < ?)
    INSERT INTO stored_events
    SELECT n, CAST(printf('%016d', n) AS BLOB), 1, '', x'', NULL, 0, '', x'', leaf(n) FROM one
"""


def measure() -> Iterator[Row]:
    """Yield a row for each larger size: microseconds a proof, the smallest log's, and how many times that it is."""
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        ledger_keys = keys.create(folder / "keys", "bench", ORIGIN)
        provers = [_prover(folder, size, ledger_keys, closing) for size in _SIZES]
        taken: list[list[float]] = [[] for _ in provers]
        for number in range(_ROUNDS):
            # Who goes first changes each round, as in `bench.measure.compare`.
            for place in range(len(provers)):
                turn = (place + number) % len(provers)
                taken[turn].append(_microseconds(provers[turn]))
        smallest, *larger = map(median, taken)
        for size, cost in zip(_SIZES[1:], larger, strict=True):
            yield Row(f"proof-{size}", round(cost, 1), round(smallest, 1), round(cost / smallest, 2), "µs a proof")


def _prover(folder: Path, size: int, ledger_keys: keys.Keys, closing: ExitStack) -> Callable[[], object]:
    """Return what makes and checks a proof, as for a receipt, of an entry taken at random in a log of this size."""
    datastore = SQLiteLedgerDatastore(str(folder / f"{size}.sqlite"))
    closing.callback(datastore.close)
    datastore.create_tables()
    tree = GrowingTree()
    log = Log(datastore, ledger_keys)
    for start in range(1, size + 1, _AT_ONCE):
        stop = min(start + _AT_ONCE - 1, size)
        with datastore.transaction(commit=True) as c:
            c.sqlite_cursor.connection.create_function("leaf", 1, _leaf, deterministic=True)
            c.execute(_GROW, (start, stop))
            c.execute("UPDATE ledger_head SET size = ?", (stop,))
        for n in range(start, stop + 1):
            tree.append(_leaf(n))
    signed = checkpoints.sign(Checkpoint(ORIGIN, size, tree.root()), ledger_keys.log)
    log.store_checkpoint(size, signed, tree.completed)
    chance = Random(size)  # noqa: S311 - which entry is proved is no secret
    return lambda: log.proof(chance.randrange(size), signed)


def _leaf(n: int) -> bytes:
    return sha256(n.to_bytes(8, "big")).digest()


def _microseconds(prove: Callable[[], object]) -> float:
    started = perf_counter()
    for _ in range(_PROOFS):
        prove()
    return (perf_counter() - started) * 1e6 / _PROOFS
