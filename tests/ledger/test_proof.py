"""c2sp.org/tlog-proof: a proof of entry in one file, and everything that is not one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import VerificationError
from ledger.proof import Proof, format_proof, parse_proof
from tests.ledger.small_log import two_placements
from tests.ledger.vectors import vector

HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple)
LOG = two_placements()


@given(st.integers(0, 2**62), HASHES, st.binary(), st.none() | st.binary(min_size=1))
def test_a_proof_is_read_back_as_it_was_written(
    index: int, hashes: tuple[bytes, ...], checkpoint: bytes, extra: bytes | None
) -> None:
    proof = Proof(index, hashes, checkpoint, extra)

    assert proof == parse_proof(format_proof(proof))


def test_published_malformed_proofs_are_refused() -> None:
    for case in vector("tlog_proof_malformed.json")["tlog_proof_malformed"]:
        with pytest.raises(VerificationError):
            parse_proof(case["m"].encode())


@pytest.mark.parametrize(
    ("honest", "bent"),
    [
        (b"index 6", b"index 06"),
        (b"index 6", b"index +6"),
        (b"index 6", b"index 6 "),
        (b"index 6", b"Index 6"),
        (b"index 6", b"extra !\nindex 6"),
        (b"index 6", b"extra \nindex 6"),
        (b"index 6", b"extra AA==\nextra AA==\nindex 6"),
        (b"index 6", b"index 9223372036854775808"),
        (b"index 6", b"index 6\nindex 6"),
        (b"@v1\n", b"@v2\n"),
        (b"@v1\n", b"@v1\r\n"),
        (b"=\n", b"\n"),
        (b"=\n", b"==\n"),
    ],
)
def test_a_proof_spelt_in_another_way_is_refused(honest: bytes, bent: bytes) -> None:
    content = LOG.proof(6)
    assert honest in content

    with pytest.raises(VerificationError):
        parse_proof(content.replace(honest, bent, 1))


def test_more_hashes_than_any_tree_has_levels_are_refused() -> None:
    with pytest.raises(VerificationError):
        parse_proof(format_proof(Proof(0, (bytes(32),) * 64, b"")))


@given(st.binary() | st.binary().map(lambda rest: b"c2sp.org/tlog-proof@v1\nindex 1\n" + rest))
def test_whatever_goes_in_only_a_verification_error_comes_out(content: bytes) -> None:
    try:
        proof = parse_proof(content)
    except VerificationError:
        return
    assert content == format_proof(proof)
