"""RFC 6962 §2.1: roots and the strict check of proofs, against the RFC's own recursion and published vectors."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle
from ledger.errors import VerificationError
from tests.ledger import rfc6962
from tests.ledger.vectors import vector

ENTRIES = [b"%d" % number for number in range(70)]
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]
SIZES = st.integers(1, len(ENTRIES))


def test_published_roots_are_ours_at_every_size() -> None:
    tree = vector("rfc6962_tree.json")
    leaves = [merkle.leaf_hash(bytes.fromhex(entry)) for entry in tree["leaf_inputs_hex"]]
    roots = [merkle.root(leaves[:size]).hex() for size in range(len(leaves) + 1)]

    assert tree["roots_hex_by_size"] == roots
    assert tree["leaf_L123456"] == merkle.leaf_hash(b"L123456").hex()
    assert tree["node_N123_N456"] == merkle.node_hash(b"N123", b"N456").hex()


def test_roots_of_every_valid_subtree_up_to_130_leaves_are_the_published_ones() -> None:
    expected = vector("rfc6962_tree.json")["plants_draft_accumulated_sha256"]["subtree_hash"]
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(130)]
    digest = sha256()
    for end in range(131):
        for start in range(end + 1):
            if start == end or start % (1 << (end - start - 1).bit_length()) == 0:
                digest.update(b"[%d, %d) %s\n" % (start, end, merkle.root(leaves[start:end]).hex().encode()))

    assert expected == digest.hexdigest()


@given(SIZES)
def test_a_tree_grown_leaf_by_leaf_has_the_root_of_the_definition(size: int) -> None:
    tree = merkle.CompactRange()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    again = merkle.CompactRange(tree.size, tree.peaks)

    assert rfc6962.root(ENTRIES[:size]) == tree.root() == again.root() == merkle.root(LEAVES[:size])
    assert size.bit_count() == len(tree.peaks)


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert sha256(b"").digest() == merkle.EMPTY_ROOT == merkle.root([])


@given(SIZES, st.data())
def test_every_inclusion_proof_of_the_definition_holds(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = rfc6962.path(index, ENTRIES[:size])

    merkle.check_inclusion(index, size, LEAVES[index], proof, rfc6962.root(ENTRIES[:size]))


@given(SIZES, st.data())
def test_an_inclusion_proof_holds_for_one_leaf_at_one_index_only(size: int, data: st.DataObject) -> None:
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size + 2))
    proof, root = rfc6962.path(index, ENTRIES[:size]), rfc6962.root(ENTRIES[:size])
    if other != index:
        with pytest.raises(VerificationError):
            merkle.check_inclusion(other, size, LEAVES[index], proof, root)
    with pytest.raises(VerificationError):
        merkle.check_inclusion(index, size, merkle.leaf_hash(b"another"), proof, root)


@given(SIZES, st.data())
def test_a_bent_inclusion_proof_is_caught(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, root = rfc6962.path(index, ENTRIES[:size]), rfc6962.root(ENTRIES[:size])
    for bent in bends(proof, data):
        with pytest.raises(VerificationError):
            merkle.check_inclusion(index, size, LEAVES[index], bent, root)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (6, 5), (-1, 5), (0, -1)])
def test_an_index_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(VerificationError):
        merkle.check_inclusion(index, size, LEAVES[0], [], LEAVES[0])


@given(SIZES, st.data())
def test_every_consistency_proof_of_the_definition_holds(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    proof = rfc6962.proof(old, ENTRIES[:new])

    merkle.check_consistency(old, rfc6962.root(ENTRIES[:old]), new, rfc6962.root(ENTRIES[:new]), proof)


@given(SIZES, st.data())
def test_a_bent_consistency_proof_is_caught(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    proof = rfc6962.proof(old, ENTRIES[:new])
    for bent in bends(proof, data):
        with pytest.raises(VerificationError):
            merkle.check_consistency(old, rfc6962.root(ENTRIES[:old]), new, rfc6962.root(ENTRIES[:new]), bent)


@given(SIZES, st.data())
def test_a_history_rewritten_before_it_grew_is_caught(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    rewritten = [b"rewritten", *ENTRIES[1:new]]

    with pytest.raises(VerificationError):
        merkle.check_consistency(
            old, rfc6962.root(ENTRIES[:old]), new, rfc6962.root(rewritten), rfc6962.proof(old, rewritten)
        )


def test_trees_that_need_no_proof_take_none() -> None:
    three = merkle.root(LEAVES[:3])
    merkle.check_consistency(0, merkle.EMPTY_ROOT, 3, three, [])
    merkle.check_consistency(3, three, 3, three, [])
    for old, old_root, new, new_root, proof in [
        (0, merkle.EMPTY_ROOT, 3, three, [LEAVES[0]]),
        (0, three, 3, three, []),
        (3, three, 3, three, [LEAVES[0]]),
        (3, LEAVES[0], 3, three, []),
        (2, merkle.root(LEAVES[:2]), 3, three, []),
        (3, three, 2, three, []),
        (-1, three, 2, three, []),
    ]:
        with pytest.raises(VerificationError):
            merkle.check_consistency(old, old_root, new, new_root, proof)


@given(
    st.integers(-2, 2**64),
    st.integers(-2, 2**64),
    st.lists(st.binary(max_size=40), max_size=70),
    st.binary(max_size=40),
)
def test_whatever_is_checked_only_a_verification_error_comes_out(
    one: int, other: int, proof: list[bytes], root: bytes
) -> None:
    with pytest.raises(VerificationError):
        merkle.check_inclusion(one, other, LEAVES[0], proof, root)
    with pytest.raises(VerificationError):
        merkle.check_consistency(one, LEAVES[0], other, root, [*proof, b""])


def bends(proof: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    """The proof with a hash more, at either end, a hash fewer, and one hash of another value or length."""
    bent = [[*proof, LEAVES[0]], [LEAVES[0], *proof]]
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        bent += [[*proof[:place], value, *proof[place + 1 :]] for value in (bytes(32), proof[place][:31])]
        bent += [proof[:-1], proof[1:]]
    return bent
