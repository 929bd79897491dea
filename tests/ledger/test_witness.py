"""c2sp.org/tlog-witness: what a witness answers, and that nothing makes it cosign two histories."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import note
from ledger.cosignature import check_cosignature
from ledger.errors import VerificationError
from ledger.witness import Answer, Witness, WitnessUnusable, create
from ledger.witness_request import SIZE_TYPE, Request, format_request, parse_request
from tests.ledger.small_log import SmallLog, private_key
from tests.ledger.witnesses import NOON, Clock, a_log, a_witness, request

LOG = a_log(20)
KEY = LOG.signer.verifier


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    """A new witness that follows the log."""
    return a_witness(tmp_path / "w", KEY)


def time_of(answer: Answer, asked: bytes, witness: Witness) -> int:
    """The time of the cosignature in an answer, which is checked."""
    assert answer.status == 200
    checkpoint = parse_request(asked).checkpoint
    signed = note.parse_note(checkpoint + answer.body.encode())
    return check_cosignature(signed.text, note.parse_vkey(witness.vkey), signed.signatures[-1].value)


def test_a_log_that_grows_is_cosigned_each_time(witness: Witness) -> None:
    for old, new in ((0, 3), (3, 8), (8, 8), (8, 20)):
        asked = request(LOG, old, new)
        assert time_of(witness.add_checkpoint(asked), asked, witness) == NOON


def test_a_size_that_is_not_the_last_cosigned_is_answered_with_that_size(witness: Witness) -> None:
    witness.add_checkpoint(request(LOG, 0, 7))

    for old in (0, 5, 8):
        assert witness.add_checkpoint(request(LOG, old)) == Answer(409, "7\n", SIZE_TYPE)


def test_a_smaller_checkpoint_than_the_last_cosigned_is_refused(witness: Witness) -> None:
    witness.add_checkpoint(request(LOG, 0, 7))

    assert witness.add_checkpoint(request(LOG, 0, 5)).status == 409
    assert witness.add_checkpoint(format_request(Request(7, (), LOG.checkpoint(5)))).status == 400


def test_a_checkpoint_of_a_log_it_does_not_follow_is_not_found(witness: Witness) -> None:
    other = SmallLog("ledger.example/other", entries=[b"one"])

    assert witness.add_checkpoint(request(other, 0)).status == 404


def test_a_checkpoint_in_the_logs_name_by_another_key_is_forbidden(witness: Witness) -> None:
    forged = SmallLog(LOG.origin, entries=LOG.entries, log_key=private_key("thief"))

    assert witness.add_checkpoint(request(forged, 0)).status == 403
    assert witness.add_checkpoint(request(LOG, 0).replace(b"\n20\n", b"\n21\n")).status == 403


def test_a_proof_that_does_not_lead_there_is_unprocessable_and_changes_nothing(witness: Witness) -> None:
    witness.add_checkpoint(request(LOG, 0, 7))
    right = parse_request(request(LOG, 7))
    for hashes in ((), right.hashes[:-1], (*right.hashes, bytes(32)), (bytes(32), *right.hashes[1:])):
        assert witness.add_checkpoint(format_request(Request(7, hashes, right.checkpoint))).status == 422

    assert witness.add_checkpoint(request(LOG, 7)).status == 200


def test_a_proof_where_none_may_be_is_unprocessable(witness: Witness) -> None:
    assert witness.add_checkpoint(format_request(Request(0, (bytes(32),), LOG.checkpoint()))).status == 422
    witness.add_checkpoint(request(LOG, 0))
    assert witness.add_checkpoint(format_request(Request(20, (bytes(32),), LOG.checkpoint()))).status == 422


def test_two_checkpoints_of_one_size_are_not_both_cosigned_and_the_second_is_kept_as_proof(tmp_path: Path) -> None:
    witness, forked = a_witness(tmp_path / "w", KEY), a_log(7, forked_at=4)
    witness.add_checkpoint(request(LOG, 0, 7))

    assert witness.add_checkpoint(request(forked, 7)) == Answer(409, "7\n", SIZE_TYPE)
    assert forked.checkpoint() in (tmp_path / "w" / "memory.db").read_bytes()


def test_a_fork_behind_the_last_cosigned_is_never_cosigned_whatever_proof_is_sent(witness: Witness) -> None:
    forked = a_log(20, forked_at=4)
    witness.add_checkpoint(request(LOG, 0, 7))

    for old in range(21):
        assert witness.add_checkpoint(request(forked, old)).status in (409, 422)


def test_a_clock_put_back_does_not_make_a_cosignature_earlier_nor_zero(tmp_path: Path) -> None:
    clock = Clock()
    witness = a_witness(tmp_path / "w", KEY, clock=clock)
    times = []
    for now, (old, new) in ((NOON, (0, 3)), (NOON - 86_400, (3, 5)), (0, (5, 6)), (-1, (6, 6)), (NOON + 1, (6, 9))):
        clock.now = now
        asked = request(LOG, old, new)
        times.append(time_of(witness.add_checkpoint(asked), asked, witness))

    assert times == [NOON, NOON, NOON, NOON, NOON + 1]


def test_a_clock_at_zero_still_gives_a_time(tmp_path: Path) -> None:
    witness, asked = a_witness(tmp_path / "w", KEY, clock=Clock(0)), request(LOG, 0)

    assert time_of(witness.add_checkpoint(asked), asked, witness) == 1


def test_logs_are_followed_apart_from_each_other(tmp_path: Path) -> None:
    other = SmallLog("ledger.example/other", entries=[b"one"], log_key=private_key("other log"))
    witness = a_witness(tmp_path / "w", KEY, other.signer.verifier)

    assert [witness.add_checkpoint(request(each, 0)).status for each in (LOG, other)] == [200, 200]


def test_a_log_that_changed_its_key_goes_on_from_where_it_was(tmp_path: Path) -> None:
    a_witness(tmp_path / "w", KEY).add_checkpoint(request(LOG, 0, 7))
    renewed = SmallLog(LOG.origin, entries=LOG.entries, log_key=private_key("new log key"))
    witness = a_witness(tmp_path / "w", KEY, renewed.signer.verifier)

    assert witness.add_checkpoint(request(renewed, 0)).body == "7\n"
    assert witness.add_checkpoint(request(renewed, 7)).status == 200


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    first = a_witness(tmp_path / "w", KEY)
    first.add_checkpoint(request(LOG, 0, 7))
    again = a_witness(tmp_path / "w", KEY)

    assert again.vkey == first.vkey
    assert again.add_checkpoint(request(a_log(7, forked_at=4), 0)).body == "7\n"


def test_a_witness_without_its_memory_does_not_start_nor_go_on(tmp_path: Path) -> None:
    witness = a_witness(tmp_path / "w", KEY)
    (tmp_path / "w" / "memory.db").unlink()

    with pytest.raises(WitnessUnusable, match="second history"):
        a_witness(tmp_path / "w", KEY)
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        witness.add_checkpoint(request(LOG, 0))


def test_a_key_put_beside_another_witnesss_memory_does_not_start(tmp_path: Path) -> None:
    for name in ("one", "two"):
        create(tmp_path / name, f"{name}.example")
    shutil.copy(tmp_path / "one" / "witness.pem", tmp_path / "two" / "witness.pem")

    with pytest.raises(WitnessUnusable, match="not the key"):
        a_witness(tmp_path / "two", KEY)
    (tmp_path / "two" / "witness.pem").write_bytes(b"no key")
    with pytest.raises(WitnessUnusable, match="cannot be opened"):
        a_witness(tmp_path / "two", KEY)


def test_no_witness_is_made_over_another_and_its_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    create(tmp_path / "w", "w.example")

    with pytest.raises(WitnessUnusable, match="already files"):
        create(tmp_path / "w", "w.example")
    assert [each.name for each in tmp_path.iterdir()] == ["w"]
    assert (tmp_path / "w" / "witness.pem").stat().st_mode & 0o077 == 0


HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple)


@given(st.integers(0, 2**63 - 1), HASHES, st.integers(0, 20))
def test_a_request_is_read_as_it_was_written(old: int, hashes: tuple[bytes, ...], size: int) -> None:
    written = Request(old, hashes, LOG.checkpoint(size))

    assert parse_request(format_request(written)) == written


PIECES = [
    b"old 0",
    b"old 7",
    b"old 01",
    b"old -1",
    b"\n",
    b"\n\n",
    b" ",
    b"=",
    b"A" * 43 + b"=",
    LOG.checkpoint(),
    b"\x00\xff",
]


@given(st.binary() | st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_whatever_a_request_holds_only_a_verification_error_comes_out(content: bytes) -> None:
    try:
        assert format_request(parse_request(content)) == content
    except VerificationError:
        return


def test_a_request_with_more_hashes_than_any_proof_has_is_malformed() -> None:
    with pytest.raises(VerificationError):
        parse_request(format_request(Request(1, (bytes(32),) * 64, LOG.checkpoint())))


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Witness:
    """A witness for many requests."""
    witness = a_witness(tmp_path_factory.mktemp("witness") / "w", KEY)
    witness.add_checkpoint(request(LOG, 0, 7))
    return witness


@given(st.data())
def test_any_bytes_get_one_of_the_protocols_answers(lasting: Witness, data: st.DataObject) -> None:
    content = bytearray(request(LOG, 7))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    changed = data.draw(st.sampled_from([bytes(content), bytes(content[: data.draw(st.integers(0, 300))])]))

    answer = lasting.add_checkpoint(changed)
    allowed = (200,) if changed in (request(LOG, 7), request(LOG, 20)) else (400, 403, 404, 409, 422)
    assert answer.status in (*allowed, 409)
