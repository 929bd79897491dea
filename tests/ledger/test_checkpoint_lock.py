"""The lock is moved only from what was read, wherever it is kept, and two checkpointers never sign two histories."""

from __future__ import annotations

import multiprocessing
import traceback
from pathlib import Path
from uuid import uuid4

import pytest
from eventsourcing.persistence import OperationalError

from ledger import checkpoint, keys
from ledger.checkpoint_lock import CheckpointLock, LockMoved, open_lock
from ledger.checkpointer import Checkpointer, LedgerDiverged
from tests.ledger.ledgers import PASSPHRASE, Ledger, Ruled

ORIGIN = "ledger.example/demo"
spawned = multiprocessing.get_context("spawn")


@pytest.fixture(params=["file", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where the lock is kept: a file, or a database that is not the ledger's."""
    return tmp_path / "the.lock" if request.param == "file" else request.getfixturevalue("postgres_database")


@pytest.fixture
def lock(where: Path | str) -> CheckpointLock:
    """An empty lock."""
    return open_lock(where, ORIGIN)


def ruling(ledger: Ledger) -> Ruled:
    return Ruled(originator_id=uuid4(), originator_version=1, recorded_at=ledger.now(), what="demo")


def test_what_was_swapped_in_is_read_back(lock: CheckpointLock) -> None:
    assert lock.read() is None
    with lock.held() as held:
        assert held.read() is None
        held.swap(None, b"first")
        held.swap(b"first", b"second")
    assert lock.read() == b"second"


@pytest.mark.parametrize("old", [None, b"", b"firs", b"first\n"])
def test_a_lock_that_moved_meanwhile_is_not_replaced(lock: CheckpointLock, old: bytes | None) -> None:
    with lock.held() as held:
        held.swap(None, b"first")
        with pytest.raises(LockMoved):
            held.swap(old, b"second")
    assert lock.read() == b"first"


def test_two_logs_share_a_database_and_not_a_lock(postgres_database: str) -> None:
    with open_lock(postgres_database, ORIGIN).held() as held:
        held.swap(None, b"first")
    assert open_lock(postgres_database, "ledger.example/other").read() is None


@pytest.mark.parametrize("wrong", ["postgresql://demo:s3cret@127.0.0.1:1/none", "postgresql://demo:s3cret@[x/"])
def test_a_lock_that_cannot_be_reached_is_worth_another_try_and_names_no_password(wrong: str) -> None:
    lock = open_lock(wrong, ORIGIN)
    with pytest.raises(OperationalError) as refused:
        lock.read()
    assert "s3cret" not in "".join(traceback.format_exception(refused.value))


def test_a_lost_lock_stops_the_checkpointer(ledger: Ledger, where: Path | str) -> None:
    Checkpointer(ledger.log, ledger.keys, where).start()
    elsewhere = ledger.folder / "another.lock"

    with pytest.raises(LedgerDiverged, match="missing although checkpoints were published"):
        Checkpointer(ledger.log, ledger.keys, elsewhere).start()


def test_a_fork_under_the_same_lock_is_never_signed(
    ledger: Ledger, where: Path | str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Ledger.open(tmp_path_factory.mktemp("fork"), ledger.keys)
    other.append(ruling(other), ruling(other))
    Checkpointer(ledger.log, ledger.keys, where).start()

    with pytest.raises(LedgerDiverged, match="not those that were signed"):
        Checkpointer(other.log, other.keys, where).start()
    other.close()


def sign_often(key_folder: Path, folder: Path, where: Path | str, signed: Path) -> None:
    """Record and sign in a process of its own, keeping each checkpoint."""
    ledger = Ledger.open(folder, keys.open(key_folder, PASSPHRASE))
    checkpointer = Checkpointer(ledger.log, ledger.keys, where)
    with signed.open("ab") as file:
        for _ in range(25):
            ledger.append(ruling(ledger))
            file.write(checkpointer.publish() + b"\0")
    ledger.close()


def test_checkpointers_in_several_processes_sign_one_root_for_each_size(
    ledger: Ledger, key_folder: Path, where: Path | str, tmp_path: Path
) -> None:
    files = [tmp_path / f"signed-{number}" for number in range(3)]
    processes = [spawned.Process(target=sign_often, args=(key_folder, tmp_path, where, file)) for file in files]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    notes = [note for file in files for note in file.read_bytes().split(b"\0")[:-1]]
    roots: dict[int, set[bytes]] = {}
    for each in (checkpoint.open(note, ledger.keys.verifiers) for note in notes):
        roots.setdefault(each.size, set()).add(each.root)

    assert len(notes) == 75
    assert max(roots) == ledger.log.size() == 76
    assert all(seen == {ledger.log.root(size)} for size, seen in roots.items())
