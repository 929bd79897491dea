"""Every function on trees gives, hash for hash, what the definition in RFC 6962 gives; sizes large and small."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import merkle
from ledger.datastore import TABLES
from ledger.errors import VerificationError
from ledger.sqlite import SQLiteLedgerDatastore
from ledger.tree import GrowingTree, StoredTree
from tests.ledger import rfc6962

LARGEST = 1500
ENTRIES = [b"entry %d" % index for index in range(LARGEST)]
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]
SMALL = 130
ROOTS = [rfc6962.root(ENTRIES[:size]) for size in range(SMALL + 1)]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SQLiteLedgerDatastore]:
    """The leaves as the recorder keeps them, with the roots that the checkpointer keeps."""
    datastore = SQLiteLedgerDatastore(str(tmp_path_factory.mktemp("tree") / "ledger.sqlite"))
    tree = GrowingTree()
    for leaf in LEAVES:
        tree.append(leaf)
    with datastore.transaction(commit=True) as c:
        for statement in TABLES:
            c.execute(statement)
        rows = ((n + 1, b"%016d" % n, 1, "t", b"", None, 0, "", b"", leaf) for n, leaf in enumerate(LEAVES))
        c.executemany("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        c.executemany("INSERT INTO nodes VALUES (?, ?, ?)", tree.completed)
    yield datastore
    datastore.close()


@pytest.mark.parametrize("new", range(1, SMALL + 1))
def test_every_pair_of_sizes_up_to_130_has_the_proof_of_the_definition(stored: SQLiteLedgerDatastore, new: int) -> None:
    with stored.transaction(commit=False) as c:
        tree = StoredTree(c)
        for old in range(1, new + 1):
            proof = rfc6962.proof(old, ENTRIES[:new])

            assert proof == tree.consistency_proof(old, new)
            merkle.check_consistency(old, ROOTS[old], new, ROOTS[new], proof)


@pytest.mark.parametrize("size", range(1, SMALL + 1))
def test_every_entry_of_every_size_up_to_130_has_the_path_of_the_definition(
    stored: SQLiteLedgerDatastore, size: int
) -> None:
    with stored.transaction(commit=False) as c:
        tree = StoredTree(c)
        assert tree.root(size) == ROOTS[size]
        for index in range(size):
            path = rfc6962.path(index, ENTRIES[:size])

            assert path == tree.inclusion_proof(index, size)
            merkle.check_inclusion(index, size, LEAVES[index], path, ROOTS[size])


@settings(max_examples=40)
@given(st.integers(1, LARGEST), st.data())
def test_large_trees_have_the_roots_paths_and_proofs_of_the_definition(
    stored: SQLiteLedgerDatastore, size: int, data: st.DataObject
) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    with stored.transaction(commit=False) as c:
        tree = StoredTree(c)

        assert rfc6962.root(ENTRIES[:size]) == tree.root(size) == merkle.CompactRange(size, tree.peaks(size)).root()
        assert rfc6962.path(index, ENTRIES[:size]) == tree.inclusion_proof(index, size)
        assert rfc6962.proof(old, ENTRIES[:size]) == tree.consistency_proof(old, size)


@pytest.mark.parametrize("new", [2, 3, 7, 8, 13, 64, 100])
def test_a_consistency_proof_holds_for_its_two_sizes_and_roots_only(new: int) -> None:
    for old in range(1, new):
        proof = rfc6962.proof(old, ENTRIES[:new])
        for other in range(1, new):
            if other != old:
                with pytest.raises(VerificationError):
                    merkle.check_consistency(other, ROOTS[other], new, ROOTS[new], proof)
        with pytest.raises(VerificationError):
            merkle.check_consistency(old, ROOTS[new], new, ROOTS[new], proof)
