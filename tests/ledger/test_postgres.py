"""PostgreSQL's own faults: many processes, connections that die anywhere, answers that are lost, wrong addresses."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import InternalError, OperationalError

from ledger.audit import audit
from ledger.commands import Command, CommandRepeated
from ledger.keys import Keys
from ledger.postgres import DatabaseUnreachable, PostgresLedgerDatastore
from ledger.postgres_recorder import PostgresLedgerRecorder
from tests.ledger.cutting import Cutting
from tests.ledger.ledgers import START, Ledger, Ruled, check_log

pytestmark = pytest.mark.databases("postgres")
ROOT = Path(__file__).resolve().parents[2]
WRITERS = 4
IN_ONE_STATEMENT, IN_A_TRANSACTION = b"SELECT 1\x00", b"COMMIT\x00"
"""What the server says when it has recorded."""


def ruling(stream: UUID | None = None, version: int = 1) -> Ruled:
    return Ruled(originator_id=stream or uuid4(), originator_version=version, recorded_at=START, what="demo")


def command_of(key: str) -> Command:
    return Command(key, UUID(int=1), b"digest")


@pytest.fixture
def other(ledger: Ledger) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else's connection to the ledger's database."""
    with psycopg.connect(ledger.datastore.pool.conninfo, autocommit=True) as connection:
        yield connection


@pytest.fixture
def cutting(ledger: Ledger) -> Iterator[Cutting]:
    """A proxy before the ledger's database."""
    with tempfile.TemporaryDirectory() as folder:  # short: the path of a socket may have 107 characters
        proxy = Cutting(ledger.datastore.pool.conninfo, Path(folder))
        yield proxy
        proxy.close()


@pytest.fixture
def cut_off(ledger: Ledger, cutting: Cutting) -> Iterator[Ledger]:
    """The same ledger through the proxy."""
    datastore = PostgresLedgerDatastore(cutting.address, timeout=1)
    recorder = PostgresLedgerRecorder(datastore, ledger.keys.entry)
    yield Ledger(ledger.folder, ledger.keys, datastore, recorder, ledger.subjects, ledger.mapper, ledger.log)
    datastore.close()


def end_all(other: psycopg.Connection[Any], *, waiting: bool = False) -> int:
    """End every other connection to the database, or those that wait for a lock; return how many."""
    ended = other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND (wait_event_type = 'Lock' OR NOT %s)",
        (waiting,),
    )
    return len(ended.fetchall())


def test_four_processes_writing_at_once_leave_one_log_without_gaps(ledger: Ledger, key_folder: Path) -> None:
    command = [sys.executable, "-m", "tests.ledger.writing", str(key_folder), *ledger.arguments]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) for _ in range(WRITERS)]
    try:
        acknowledged = [[writer.stdout.readline() for _ in range(60)] for writer in writers if writer.stdout]
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    said = [line.split() for lines in acknowledged for line in lines if line.startswith("ack")]
    positions = [int(first) + n for _, first, *hashes in said for n in range(len(hashes))]
    assert len(positions) == len(set(positions)) > 200
    check_log(ledger)
    assert audit(ledger.log, ledger.subjects).finding is None


def test_processes_that_start_together_make_the_tables_once(postgres_database: str) -> None:
    make = (
        "import sys; from ledger.postgres import PostgresLedgerDatastore as Datastore\n"
        "datastore = Datastore(sys.argv[1]); datastore.create_tables(); datastore.close()"
    )
    started = [subprocess.Popen([sys.executable, "-c", make, postgres_database], cwd=ROOT) for _ in range(WRITERS)]
    assert [each.wait(60) for each in started] == [0] * WRITERS
    with psycopg.connect(postgres_database) as connection:
        assert connection.execute("SELECT size FROM ledger_head").fetchall() == [(0,)]


def test_a_backend_ended_in_a_transaction_leaves_nothing_half_written(
    ledger: Ledger, other: psycopg.Connection[Any]
) -> None:
    with pytest.raises(OperationalError), ledger.datastore.transaction(commit=True) as c:  # noqa: PT012 - in its midst
        c.execute("UPDATE ledger_head SET size = 7")
        c.execute("INSERT INTO payloads VALUES (7, ?)", (b"half",))
        end_all(other)
        c.execute("SELECT 1")
    assert ledger.log.size() == 1
    assert not ledger.sql("SELECT * FROM payloads")
    assert ledger.append(ruling()) == [2]
    check_log(ledger)


@pytest.mark.parametrize("before", [0, 1])
def test_a_backend_ended_while_it_waits_for_its_turn_is_replaced_and_the_batch_recorded_once(
    ledger: Ledger, other: psycopg.Connection[Any], before: int
) -> None:
    for _ in range(before):  # then the next is one statement
        ledger.append(ruling())
    with ThreadPoolExecutor(1) as thread, other.transaction():
        other.execute("SELECT FROM ledger_head FOR UPDATE")
        appending = thread.submit(ledger.append, ruling())
        with psycopg.connect(ledger.datastore.pool.conninfo, autocommit=True) as third:
            while not end_all(third, waiting=True):
                time.sleep(0.01)
        other.execute("SELECT 1")
    assert appending.result() == [2 + before]
    check_log(ledger)


def test_connections_that_died_while_idle_are_replaced(ledger: Ledger, other: psycopg.Connection[Any]) -> None:
    ledger.append(ruling())
    end_all(other)
    assert ledger.append(ruling()) == [3]
    end_all(other)
    assert ledger.log.size() == 3
    check_log(ledger)


@pytest.mark.parametrize(("before", "said"), [(0, IN_A_TRANSACTION), (1, IN_ONE_STATEMENT), (9, IN_ONE_STATEMENT)])
def test_a_commit_whose_answer_was_lost_is_found_and_not_made_twice(
    cut_off: Ledger, cutting: Cutting, before: int, said: bytes
) -> None:
    for _ in range(before):
        cut_off.append(ruling())
    cutting.lose_answer(said)
    stream = uuid4()

    assert cut_off.append(ruling(stream), ruling(stream, 2), command=command_of("key")) == [before + 2, before + 3]
    assert cutting.lost.is_set()
    assert cut_off.log.size() == before + 3
    assert cut_off.append(ruling(stream, 3)) == [before + 4]
    check_log(cut_off)


@pytest.mark.parametrize(("before", "said"), [(0, IN_A_TRANSACTION), (1, IN_ONE_STATEMENT)])
def test_who_never_heard_sends_again_under_the_same_key_and_gets_the_first_receipt(
    ledger: Ledger, cut_off: Ledger, cutting: Cutting, before: int, said: bytes
) -> None:
    for _ in range(before):
        cut_off.append(ruling())
    cutting.lose_answer(said, stays_down=True)
    with pytest.raises(OperationalError):
        cut_off.append(ruling(), command=command_of("key"))

    with pytest.raises(CommandRepeated) as repeated:
        ledger.append(ruling(), command=command_of("key"))
    assert repeated.value.receipt == ledger.recorder.receipt([before + 2])
    assert ledger.log.size() == before + 2
    check_log(ledger)


def test_a_database_set_to_another_isolation_or_to_forget_is_used_as_the_log_needs_it(
    ledger: Ledger, other: psycopg.Connection[Any], ledger_keys: Keys
) -> None:
    name = other.info.dbname
    for setting in ("default_transaction_isolation = 'serializable'", "synchronous_commit = off"):
        other.execute(f'ALTER DATABASE "{name}" SET {setting}')
    opened = Ledger.open(ledger.folder, ledger_keys, ledger.datastore.pool.conninfo)
    with opened.datastore.statement() as c:
        c.execute("SELECT current_setting('transaction_isolation'), current_setting('synchronous_commit')")
        assert c.fetchone() == ("read committed", "on")
    opened.close()


def test_a_transaction_that_swallowed_an_error_is_not_taken_for_committed(ledger: Ledger) -> None:
    def swallow() -> None:
        with ledger.datastore.transaction(commit=True) as c, suppress(psycopg.Error):
            c.execute("SELECT nonsense")

    with pytest.raises(InternalError, match="ROLLBACK"):
        swallow()


def test_a_reader_sees_one_instant_throughout(ledger: Ledger) -> None:
    with ledger.datastore.transaction(commit=False) as c:
        c.execute("SELECT size FROM ledger_head")
        assert c.fetchone() == (1,)
        ledger.append(ruling())
        c.execute("SELECT count(*) FROM stored_events")
        assert c.fetchone() == (1,)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("postgresql://nobody:s3cret@127.0.0.1:1/ledger", "refused"),
        ("postgresql:///ledger?host=/nonexistent", "No such file"),
        ("postgresql://a:s3cret@[x/", "cannot be read"),
    ],
)
def test_a_database_that_does_not_answer_is_told_in_a_sentence_without_the_password(wrong: str, told: str) -> None:
    with pytest.raises(DatabaseUnreachable) as refused:
        PostgresLedgerDatastore(wrong)
    assert told in str(refused.value)
    assert "s3cret" not in "".join(traceback.format_exception(refused.value))
    assert "\n" not in str(refused.value)
