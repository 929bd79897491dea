"""Killed processes and a full disk: what was acknowledged is there and verifies, the rest left no trace."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError

from ledger.audit import audit
from tests.ledger.ledgers import Ledger, check_log

ROOT = Path(__file__).resolve().parents[2]
KILLS = {"sqlite": 50, "postgres": 20}
WRITERS = 4


class Writer:
    """One writing process and the file it says its acknowledgements to."""

    def __init__(self, ledger: Ledger, key_folder: Path, output: Path, largest_file: int | None = None) -> None:
        self.output = output
        command = [sys.executable, "-m", "tests.ledger.writing", str(key_folder), *ledger.arguments]
        with output.open("wb") as file:
            self._process = subprocess.Popen(
                command,
                stdout=file,
                stderr=subprocess.PIPE,
                cwd=ROOT,
                preexec_fn=_limit(largest_file),  # noqa: PLW1509 - no thread of this process holds a lock then
            )

    def acknowledged(self) -> dict[int, str]:
        """Return what its complete lines acknowledge: leaf hash by position."""
        receipts: dict[int, str] = {}
        for first, *hashes in (line.split()[1:] for line in self._lines() if line.startswith("ack")):
            receipts.update(zip(range(int(first), int(first) + len(hashes)), hashes, strict=True))
        return receipts

    def wait_until_busy(self) -> None:
        """Wait for its first acknowledgement."""
        while not any(line.startswith("ack") for line in self._lines()):
            assert self._process.poll() is None, self.errors()
            time.sleep(0.01)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop it where it stands, perhaps in a transaction, and let it go on afterwards."""
        self._process.send_signal(signal.SIGSTOP)
        yield
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill it where it stands."""
        self._process.kill()
        with suppress(ValueError):  # its end was waited for before
            self._process.communicate()

    def errors(self) -> str:
        """Wait for it to end by itself and return what it complained of."""
        return self._process.communicate(timeout=60)[1].decode()

    def _lines(self) -> list[str]:
        return self.output.read_text().split("\n")[:-1]


def _limit(largest_file: int | None) -> Callable[[], None] | None:
    if largest_file is None:
        return None
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))


Start = Callable[..., Writer]


@pytest.fixture
def start(ledger: Ledger, key_folder: Path, tmp_path: Path) -> Iterator[Start]:
    """Start a writer on the ledger; none outlives the test."""
    started: list[Writer] = []

    def start_one(largest_file: int | None = None) -> Writer:
        started.append(Writer(ledger, key_folder, tmp_path / f"writer-{len(started)}", largest_file))
        return started[-1]

    yield start_one
    for writer in started:
        writer.kill()


def check_sound(ledger: Ledger, receipts: dict[int, str]) -> None:
    report = audit(ledger.log, ledger.subjects, ledger.checkpointer().locked())
    assert report.finding is None
    stored = {leaf.index + 1: leaf.leaf_hash.hex() for leaf in ledger.log.leaves(0, report.entries)}
    assert {position: stored.get(position) for position in receipts} == receipts


@pytest.mark.databases("sqlite", "postgres")
def test_no_acknowledged_entry_is_lost_when_writers_are_killed(ledger: Ledger, start: Start) -> None:
    """SIGKILL at random moments, one of four busy writers each time, while the others write on."""
    kills = KILLS["postgres" if ledger.on_postgres else "sqlite"]
    ledger.checkpointer().start()
    chance = random.Random(20260901)  # noqa: S311 - moments, not secrets
    writers = [start() for _ in range(WRITERS)]
    receipts: dict[int, str] = {}
    for _ in range(kills):
        victim = writers.pop(0)
        victim.wait_until_busy()
        time.sleep(chance.random() * 0.1)
        victim.kill()
        receipts |= victim.acknowledged()
        with ExitStack() as pause:
            for writer in writers:
                pause.enter_context(writer.paused())
            check_sound(ledger, receipts)
        writers.append(start())
    for writer in writers:
        writer.kill()
        receipts |= writer.acknowledged()

    check_sound(ledger, receipts)
    ledger.checkpointer().start()
    assert len(receipts) > kills


def test_a_full_disk_loses_nothing_that_was_acknowledged(ledger: Ledger, start: Start) -> None:
    """The kernel refuses to let any file of the writer grow beyond 600 kB, in the middle of whatever it writes."""
    ledger.checkpointer().start()
    writer = start(largest_file=600_000)
    assert "OperationalError" in writer.errors()

    receipts = writer.acknowledged()
    assert receipts
    check_sound(ledger, receipts)
    check_log(ledger)


def test_a_full_database_refuses_and_goes_on_when_there_is_room_again(ledger: Ledger) -> None:
    pupil = ledger.open_pupil()
    with ledger.datastore.get_connection(commit=True) as connection:
        cursor = connection.cursor()
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 3}")
    recorded = ledger.log.size()
    with pytest.raises(OperationalError, match="full"):  # noqa: PT012 - which of them does not fit is SQLite's affair
        for _ in range(50):
            recorded = ledger.append(ledger.mark(pupil))[-1]
    assert ledger.log.size() == recorded
    check_log(ledger)

    with ledger.datastore.get_connection(commit=True) as connection:
        connection.cursor().execute("PRAGMA max_page_count = 1000000")
    assert ledger.append(ledger.mark(pupil)) == [recorded + 1]
    check_log(ledger)
