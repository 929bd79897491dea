"""What is kept of witnesses is checked whenever it is read, and the file that names them says what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ledger.cosignature import Cosigner
from ledger.errors import VerificationError
from ledger.witnessed import Cosignatures, PolicyUnusable, read_witness_policy
from tests.ledger.ledgers import Ledger
from tests.ledger.small_log import SmallLog, private_key
from tests.ledger.three_witnesses import Three

OWN = Cosigner("own.example", private_key("own"))


@pytest.fixture
def three(ledger: Ledger, tmp_path: Path) -> Three:
    """Three witnesses that have seen nothing, and a ledger with one checkpoint."""
    made = Three(ledger, tmp_path)
    made.record()
    return made


@pytest.mark.databases("sqlite", "postgres")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cosignatures SET value = x'00'",
        "UPDATE cosignatures SET witness = witness || 'x'",
        "UPDATE cosignatures SET size = size + 1",
        "DELETE FROM cosignatures",
    ],
)
def test_what_is_kept_of_witnesses_can_be_altered_only_into_waiting_for_them(three: Three, statement: str) -> None:
    with three.up() as asking:
        for name in three.names:
            asking.ask(name)
        three.ledger.sql(statement)
        assert asking.cosignatures.newest() is None
        assert asking.cosignatures.state().size == 0
        three.record()
        for name in three.names:
            asking.ask(name)
        assert asking.cosignatures.state().since is None


@pytest.mark.databases("sqlite", "postgres")
@pytest.mark.parametrize("statement", ["DELETE FROM witnessed", "UPDATE witnessed SET size = size + 1"])
def test_where_to_look_for_a_quorum_may_be_altered_without_harm_to_the_newest(three: Three, statement: str) -> None:
    with three.up() as asking:
        for name in three.names:
            asking.ask(name)
        three.ledger.sql(statement)
        assert asking.cosignatures.state().since is None


def test_a_policy_that_asks_for_fewer_now_is_content_with_what_was_said(three: Three) -> None:
    with three.up() as asking:
        asking.ask("w1")
        fewer = replace(asking.cosignatures.policy, quorum="w1")
        assert asking.cosignatures.newest() is None
        assert Cosignatures(three.ledger.log, fewer).newest() is not None


def test_a_checkpoint_without_quorum_is_never_made_out_as_witnessed_by_the_table_alone(three: Three) -> None:
    with three.up() as asking:
        asking.ask("w1")
        three.ledger.sql("INSERT INTO witnessed SELECT size FROM checkpoints")
        assert asking.cosignatures.newest() is None


def test_a_line_that_does_not_verify_is_not_kept(three: Three) -> None:
    with three.up() as asking:
        witness = asking.cosignatures.policy.witnesses["w1"]
        with pytest.raises(VerificationError):
            asking.cosignatures.add(three.ledger.log.checkpoint(), witness, bytes(72))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense\n", "Line 1"),
        ("quorum none\n", "asks for no witness"),
        (f"witness w {OWN.vkey}\nquorum w\n", "no address for the witness w"),
        (f"witness w {OWN.vkey} ftp://x\nquorum w\n", "no address for the witness w"),
        (f"log {SmallLog().signer.vkey}\nwitness w {OWN.vkey} https://w\nquorum w\n", "another record"),
    ],
)
def test_a_file_of_witnesses_that_cannot_be_used_says_why(tmp_path: Path, ledger: Ledger, text: str, says: str) -> None:
    (tmp_path / "witnesses.txt").write_text(text)
    with pytest.raises(PolicyUnusable, match=says):
        read_witness_policy(tmp_path / "witnesses.txt", ledger.keys.in_force)


def test_a_file_of_witnesses_needs_no_log_line_and_no_file_means_no_witnesses(tmp_path: Path, ledger: Ledger) -> None:
    (tmp_path / "witnesses.txt").write_text(f"witness w {OWN.vkey} https://w.example\nquorum w\n")

    policy = read_witness_policy(tmp_path / "witnesses.txt", ledger.keys.in_force)
    assert policy is not None
    assert [log.vkey for log in policy.logs] == [ledger.keys.vkey]
    assert read_witness_policy(tmp_path / "none.txt", ledger.keys.in_force) is None
