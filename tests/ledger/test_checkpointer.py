"""The checkpointer signs only what continues what it signed before, read back and recomputed from the stored bytes."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import pytest

from ledger import checkpoint, merkle, proof
from ledger.checkpointer import EntryChanged, LedgerDiverged
from ledger.log import NoCheckpoint
from tests.ledger.ledgers import Ledger, Ruled, check_log

ROOT = Path(__file__).resolve().parents[2]


def record(ledger: Ledger, entries: int = 1) -> None:
    rulings = (
        Ruled(originator_id=uuid4(), originator_version=1, recorded_at=ledger.now(), what="demo")
        for _ in range(entries)
    )
    ledger.append(*rulings)


def opened(ledger: Ledger, note: bytes) -> checkpoint.Checkpoint:
    return checkpoint.open(note, ledger.keys.verifiers)


def test_a_checkpoint_covers_everything_recorded_before_it(ledger: Ledger) -> None:
    record(ledger, 700)
    checkpointer = ledger.checkpointer()
    first = opened(ledger, checkpointer.start())
    record(ledger)
    second = opened(ledger, checkpointer.publish())

    assert (first.size, second.size) == (701, 702)
    assert first.root == merkle.root(leaf.leaf_hash for leaf in ledger.log.leaves(0, 701))
    consistency = ledger.log.consistency_proof(first.size, second.size)
    merkle.check_consistency(first.size, first.root, second.size, second.root, consistency)
    assert ledger.log.kept_size() == 512
    assert opened(ledger, ledger.log.checkpoint()) == second == checkpointer.locked()
    check_log(ledger)


def test_a_receipt_file_proves_an_entry(ledger: Ledger) -> None:
    record(ledger, 300)
    with pytest.raises(NoCheckpoint):
        ledger.log.receipt_file(5)
    ledger.checkpointer().start()

    receipt = proof.parse_proof(ledger.log.receipt_file(5))
    signed = opened(ledger, receipt.checkpoint)
    leaf = merkle.leaf_hash(ledger.log.entry(5))
    merkle.check_inclusion(receipt.index, signed.size, leaf, receipt.hashes, signed.root)
    record(ledger)
    with pytest.raises(NoCheckpoint):
        ledger.log.receipt_file(301)


def test_nothing_new_gives_the_same_checkpoint_again(ledger: Ledger) -> None:
    assert ledger.checkpointer().start() == ledger.checkpointer().publish()
    assert len(list(ledger.log.checkpoints(10**9))) == 1


@pytest.fixture
def restored(ledger: Ledger) -> Iterator[Ledger]:
    """A ledger whose database was put back as it was before the last signed entries."""
    ledger.checkpointer().start()
    ledger.datastore.close()
    shutil.copy(ledger.folder / "ledger.sqlite", ledger.folder / "backup.sqlite")
    later = Ledger.open(ledger.folder, ledger.keys)
    record(later, 5)
    later.checkpointer().publish()
    later.close()
    for path in ledger.folder.glob("ledger.sqlite*"):
        path.unlink()
    shutil.copy(ledger.folder / "backup.sqlite", ledger.folder / "ledger.sqlite")
    again = Ledger.open(ledger.folder, ledger.keys)
    yield again
    again.close()


def test_a_restored_old_database_stops_the_start(restored: Ledger) -> None:
    with pytest.raises(LedgerDiverged, match="holds 1 entries but 6 were signed"):
        restored.checkpointer().start()


def test_a_restored_database_written_on_stops_too(restored: Ledger) -> None:
    """Long enough again, but another history."""
    record(restored, 8)
    with pytest.raises(LedgerDiverged, match="not those that were signed"):
        restored.checkpointer().start()


def test_a_new_database_under_an_old_lock_stops_the_start(ledger: Ledger) -> None:
    record(ledger)
    ledger.checkpointer().start()
    ledger.close()
    for path in ledger.folder.glob("ledger.sqlite*"):
        path.unlink()
    fresh = Ledger.open(ledger.folder, ledger.keys)
    with pytest.raises(LedgerDiverged):
        fresh.checkpointer().start()
    fresh.close()


def test_a_missing_lock_stops_the_start(ledger: Ledger) -> None:
    ledger.checkpointer().start()
    (ledger.folder / "checkpoint.lock").unlink()
    with pytest.raises(LedgerDiverged, match="is missing"):
        ledger.checkpointer().start()


def test_a_damaged_lock_stops_the_start(ledger: Ledger) -> None:
    ledger.checkpointer().start()
    path = ledger.folder / "checkpoint.lock"
    path.write_bytes(path.read_bytes().replace(b"\n1\n", b"\n2\n"))
    with pytest.raises(LedgerDiverged, match="damaged"):
        ledger.checkpointer().start()


def test_a_crash_between_lock_and_database_is_made_good(ledger: Ledger) -> None:
    record(ledger, 600)
    note = ledger.checkpointer().start()
    ledger.sql("DELETE FROM checkpoints")
    ledger.sql("DELETE FROM nodes")

    assert ledger.checkpointer().start() == note == ledger.log.checkpoint()
    assert ledger.log.kept_size() == 512


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE stored_events SET state = replace(state, 'demo', 'omed') WHERE rowid = 4",
        "UPDATE stored_events SET leaf_hash = zeroblob(32) WHERE rowid = 4",
        "UPDATE stored_events SET signature = zeroblob(64) WHERE rowid = 4",
        "DELETE FROM stored_events WHERE rowid = 4",
        "DELETE FROM stored_events WHERE rowid = 6",
        "UPDATE ledger_head SET peaks = zeroblob(64)",
    ],
)
def test_nothing_is_signed_over_a_changed_entry(ledger: Ledger, attack: str) -> None:
    checkpointer = ledger.checkpointer()
    checkpointer.start()
    record(ledger, 5)
    ledger.sql(attack.replace("replace(state, 'demo', 'omed')", "CAST(replace(state, 'demo', 'omed') AS BLOB)"))

    with pytest.raises(EntryChanged):
        checkpointer.publish()
    assert opened(ledger, ledger.log.checkpoint()).size == 1


PUBLISHER = """
import sys
from pathlib import Path
from ledger import keys
from tests.ledger.ledgers import PASSPHRASE, Ledger
ledger = Ledger.open(Path(sys.argv[1]), keys.open(sys.argv[2], PASSPHRASE))
for _ in range(30):
    ledger.checkpointer().publish()
"""


def test_two_checkpointers_at_once_tell_one_story(ledger: Ledger, key_folder: Path) -> None:
    ledger.checkpointer().start()
    command = [sys.executable, "-c", PUBLISHER, str(ledger.folder), str(key_folder)]
    others = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    with ThreadPoolExecutor(3) as pool:
        threads = [pool.submit(lambda: [ledger.checkpointer().publish() for _ in range(30)]) for _ in range(2)]
        for _ in range(60):
            record(ledger, 10)
        assert [other.wait(timeout=60) for other in others] == [0, 0]
        for thread in threads:
            thread.result()
    ledger.checkpointer().publish()

    stored = list(ledger.log.checkpoints(10**9))
    assert stored[-1].size == 601
    assert [each.root for each in stored] == [ledger.log.root(each.size) for each in stored]
    check_log(ledger)


def test_running_it_publishes_what_is_recorded_within_a_second_or_so(ledger: Ledger) -> None:
    stop, checkpointer = Event(), ledger.checkpointer()
    checkpointer.start()
    running = Thread(target=checkpointer.run, args=(stop,))
    running.start()
    record(ledger, 3)
    for _ in range(50):
        if opened(ledger, ledger.log.checkpoint()).size == 4:
            break
        stop.wait(0.1)
    stop.set()
    running.join()

    assert opened(ledger, ledger.log.checkpoint()).size == 4


def test_a_database_that_others_kept_busy_is_signed_once_they_let_go(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    hurried = Ledger.open(ledger.folder, ledger.keys, lock_timeout=1)
    stop, checkpointer = Event(), hurried.checkpointer()
    checkpointer.start()
    record(ledger, 3)
    since = checkpointer.unsigned_since()
    running = Thread(target=checkpointer.run, args=(stop,))
    with closing(sqlite3.connect(ledger.folder / "ledger.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        running.start()
        for _ in range(100):
            if "could not be signed just now" in caplog.text:
                break
            stop.wait(0.1)
        waited = checkpointer.unsigned_since()
        other.rollback()
    for _ in range(50):
        if checkpointer.unsigned_since() is None:
            break
        stop.wait(0.1)
    stop.set()
    running.join()

    assert "database is locked" in caplog.text
    assert waited == since is not None
    assert checkpointer.unsigned_since() is None
    assert opened(ledger, ledger.log.checkpoint()).size == 4
    hurried.close()


def test_signing_ends_with_an_error_where_waiting_would_not_help(ledger: Ledger) -> None:
    (ledger.folder / "checkpoint.lock.held").mkdir()
    with pytest.raises(IsADirectoryError):
        ledger.checkpointer().run(Event())
