"""c2sp.org/tlog-checkpoint: the published log at each of its sizes, and everything that is not a checkpoint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import checkpoint as checkpoints
from ledger import merkle, note
from ledger.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from ledger.errors import VerificationError
from tests.ledger import rfc6962
from tests.ledger.small_log import ORIGIN, private_key
from tests.ledger.vectors import path, vector

SIGNER = note.Signer(ORIGIN, private_key("log"))
LINES = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1)
CHECKPOINTS = st.builds(
    Checkpoint, LINES, st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(LINES).map(tuple)
)
TESSERA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def tessera_entries(count: int) -> list[bytes]:
    """The published log's entries: each is its length in two bytes and itself (c2sp.org/tlog-tiles)."""
    rest = path(f"transparency-dev-tessera/testdata/log/tile/entries/000.p/{count}").read_bytes()
    entries = []
    while rest:
        size = int.from_bytes(rest[:2], "big")
        entries.append(rest[2 : 2 + size])
        rest = rest[2 + size :]
    return entries


@pytest.mark.parametrize("size", range(1, 16))
def test_the_published_log_is_signed_for_what_it_holds_at_every_size(size: int) -> None:
    signed = path(f"transparency-dev-tessera/testdata/log/checkpoint.{size}").read_bytes()
    entries = tessera_entries(size)

    assert Checkpoint("example.com/log/testdata", size, rfc6962.root(entries)) == checkpoints.open(
        signed, [note.parse_vkey(TESSERA)]
    )
    assert rfc6962.root(entries) == merkle.root(map(merkle.leaf_hash, entries))


@pytest.mark.parametrize("size", range(1, 15))
def test_the_published_log_only_ever_grew(size: int) -> None:
    entries = tessera_entries(15)
    older, newer = (
        checkpoints.open(
            path(f"transparency-dev-tessera/testdata/log/checkpoint.{each}").read_bytes(), [note.parse_vkey(TESSERA)]
        )
        for each in (size, 15)
    )
    merkle.check_consistency(older.size, older.root, newer.size, newer.root, rfc6962.proof(size, entries))


def test_published_malformed_checkpoints_are_refused() -> None:
    for case in vector("checkpoint_parse.json"):
        assert case["err"]
        with pytest.raises(VerificationError):
            parse_checkpoint(case["m"])


def test_a_checkpoint_published_by_sigsum_is_opened() -> None:
    signed = vector("signed_note.json")["sigsum_checkpoint"]["note"]
    text = note.parse_note(signed.encode()).text

    assert parse_checkpoint(text).size == 10


@given(CHECKPOINTS)
def test_a_checkpoint_is_read_back_as_it_was_written(checkpoint: Checkpoint) -> None:
    assert checkpoint == parse_checkpoint(format_checkpoint(checkpoint))


@pytest.mark.parametrize("size", ["+5", "05", " 5", "5 ", "-0", "٥", "5.0", "0x5", "", str(2**63)])
def test_a_size_spelt_in_another_way_is_refused(size: str) -> None:
    with pytest.raises(VerificationError):
        parse_checkpoint(format_checkpoint(Checkpoint(ORIGIN, 5, bytes(32))).replace("\n5\n", f"\n{size}\n"))


@pytest.mark.parametrize(
    "root", ["A" * 42 + "B=", "A" * 43, "A" * 44, "A" * 43 + "=\n\nmore", "A" * 20 + "-" + "A" * 22 + "="]
)
def test_a_root_spelt_in_another_way_is_refused(root: str) -> None:
    with pytest.raises(VerificationError):
        parse_checkpoint(f"{ORIGIN}\n5\n{root}\n")


def test_a_signed_checkpoint_is_opened_by_its_own_key_only() -> None:
    checkpoint = Checkpoint(ORIGIN, 5, bytes(32))
    signed = checkpoints.sign(checkpoint, [SIGNER])

    assert checkpoint == checkpoints.open(signed, [SIGNER.verifier])
    with pytest.raises(VerificationError):
        checkpoints.open(signed, [note.Signer(ORIGIN, private_key("another")).verifier])


def test_a_checkpoint_that_a_log_signed_in_anothers_name_is_refused() -> None:
    signed = checkpoints.sign(Checkpoint("ledger.example/another", 5, bytes(32)), [SIGNER])

    with pytest.raises(VerificationError, match="another log"):
        checkpoints.open(signed, [SIGNER.verifier])


@given(st.text() | st.binary().map(lambda content: content.decode("latin-1")))
def test_whatever_goes_in_only_a_verification_error_comes_out(text: str) -> None:
    try:
        checkpoint = parse_checkpoint(text)
    except VerificationError:
        return
    assert text == format_checkpoint(checkpoint)
