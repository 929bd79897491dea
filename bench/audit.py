"""The whole audit of a ledger, against as many bare Ed25519 verifications on every core; and its tree alone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.append import ORIGIN, a_mark, our_store
from bench.measure import Row, compare
from ledger import entry, keys, merkle
from ledger.audit import audit
from ledger.log import Log
from ledger.places import SQLITE, Places
from ledger.subjects import SubjectKeys
from ledger.tree import GrowingTree
from tests import postgres

_EVENTS = 12_000
_ROUNDS = 3
_TREE_BUDGET = 300_000
_BODY = b"x" * 420


def measure() -> Iterator[Row]:
    """Yield a row for each database, and one for leaf hashes and tree alone, whose reference is its budget."""
    yield _whole("audit-sqlite", None)
    with postgres.fresh_database() as address:
        yield _whole("audit-postgres", address)
    yield _tree()


def _whole(name: str, address: str | None) -> Row:
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        store = our_store(folder, address, closing)
        for start in range(0, _EVENTS, 1000):
            store.put([a_mark(number) for number in range(start, start + 1000)])
        ledger_keys = keys.open(folder / "keys", "bench")
        subjects = SubjectKeys(folder / "subjects.sqlite", ledger_keys.master)
        closing.callback(subjects.close)
        log = Log(store.recorder.datastore, ledger_keys)  # type: ignore[attr-defined]  # the ledger's own recorder
        entries = address or f"{SQLITE}{folder / 'ledger.sqlite'}"
        places = Places(entries, folder / "subjects.sqlite", ledger_keys.master)
        return compare(name, _EVENTS, lambda: _audit(log, subjects, places), _bare_verifications(closing), _ROUNDS)


def _audit(log: Log, subjects: SubjectKeys, places: Places) -> None:
    report = audit(log, subjects, places=places)
    if report.finding is not None or report.entries <= _EVENTS:
        raise RuntimeError(f"{ORIGIN} is not whole: {report}")


def _bare_verifications(closing: ExitStack) -> Callable[[], None]:
    cores = os.cpu_count() or 1
    private = Ed25519PrivateKey.generate()
    public, signature = private.public_key(), private.sign(entry.pae(_BODY))
    pool = closing.enter_context(ThreadPoolExecutor(cores))

    def some() -> None:
        for _ in range(_EVENTS // cores):
            public.verify(signature, entry.pae(_BODY))

    def all_of_them() -> None:
        for each in [pool.submit(some) for _ in range(cores)]:  # OpenSSL releases the interpreter
            each.result()

    return all_of_them


def _tree() -> Row:
    count, tree = 100_000, GrowingTree()

    def grow() -> None:
        for _ in range(count):
            tree.append(merkle.leaf_hash(entry.frame(_BODY, "0123456789abcdef", bytes(64))))

    row = compare("audit-tree", count, grow, lambda: None, _ROUNDS)
    return Row(row.name, row.ours, _TREE_BUDGET, round(row.ours / _TREE_BUDGET, 2), "entries/s, reference its budget")
