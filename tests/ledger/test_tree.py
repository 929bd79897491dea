"""The stored tree gives every root and proof, whether or not its larger subtrees are kept."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle
from ledger.datastore import TABLES
from ledger.sqlite import SQLiteLedgerDatastore
from ledger.tree import GrowingTree, StoredTree

SIZE = 2600
LEAVES = [sha256(b"%d" % index).digest() for index in range(SIZE)]


@pytest.fixture(scope="module", params=["kept", "kept for a part", "computed"])
def stored(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SQLiteLedgerDatastore]:
    datastore = SQLiteLedgerDatastore(str(tmp_path_factory.mktemp("tree") / "ledger.sqlite"))
    tree = GrowingTree()
    for leaf in LEAVES:
        tree.append(leaf)
    kept = {"kept": len(tree.completed), "kept for a part": 6, "computed": 0}[request.param]
    with datastore.transaction(commit=True) as c:
        for statement in TABLES:
            c.execute(statement)
        rows = ((n + 1, b"%016d" % n, 1, "t", b"", None, 0, "", b"", leaf) for n, leaf in enumerate(LEAVES))
        c.executemany("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        c.executemany("INSERT INTO nodes VALUES (?, ?, ?)", tree.completed[:kept])
    yield datastore
    datastore.close()


def test_kept_subtrees_are_all_those_of_256_and_more() -> None:
    tree = GrowingTree()
    for leaf in LEAVES:
        tree.append(leaf)

    assert [(level, position) for level, position, _ in tree.completed if level > 8] == [
        *((9, 0), (9, 1), (10, 0), (9, 2), (9, 3), (10, 1), (11, 0), (9, 4))
    ]
    assert [node for level, _, node in tree.completed if level == 8] == [
        merkle.root(LEAVES[start : start + 256]) for start in range(0, 2560, 256)
    ]
    assert tree.root() == merkle.root(LEAVES)


@given(st.data())
def test_every_proof_verifies_at_any_size(stored: SQLiteLedgerDatastore, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, SIZE))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    root = merkle.root(LEAVES[:size])
    with stored.transaction(commit=False) as c:
        tree = StoredTree(c)

        assert tree.root(size) == root
        assert tree.leaf_hash(index) == LEAVES[index]
        assert merkle.CompactRange(size, tree.peaks(size)).root() == root
        merkle.check_inclusion(index, size, LEAVES[index], tree.inclusion_proof(index, size), root)
        merkle.check_consistency(old, merkle.root(LEAVES[:old]), size, root, tree.consistency_proof(old, size))


def test_a_proof_reads_few_rows_where_subtrees_are_kept(tmp_path: Path) -> None:
    """The number of reads grows with the logarithm of the log's size, not with the size."""
    datastore = SQLiteLedgerDatastore(str(tmp_path / "ledger.sqlite"))
    reads: list[str] = []
    with datastore.transaction(commit=True) as c:
        for statement in TABLES:
            c.execute(statement)
        size = 1 << 30
        c.executemany("INSERT INTO nodes VALUES (?, ?, ?)", [(level, 1, bytes(32)) for level in range(8, 30)])
        c.executemany(
            "INSERT INTO stored_events VALUES (?, ?, 1, 't', x'', NULL, 0, '', x'', ?)",
            [(n + 1, b"%016d" % n, bytes(32)) for n in range(256)],
        )
        c.sqlite_cursor.connection.set_trace_callback(reads.append)
        assert len(StoredTree(c).inclusion_proof(3, size)) == 30
    datastore.close()

    assert len([read for read in reads if "SELECT" in read]) == 23
