"""A large log is looked at by processes of their own, which find what threads find; none of them outlives its audit."""

from __future__ import annotations

import multiprocessing
from contextlib import closing
from pathlib import Path

import pytest

from ledger import audit_workers
from ledger.audit_rows import Known, LookedAt
from ledger.places import SQLITE, Places
from tests.ledger.ledgers import Ledger


@pytest.fixture
def marked(ledger: Ledger) -> Ledger:
    """A ledger of 2,402 entries, so of three runs."""
    pupil = ledger.open_pupil("One DEMO")
    ledger.append(*(ledger.mark(pupil) for _ in range(2400)))
    return ledger


def places(ledger: Ledger) -> Places:
    entries = ledger.datastore.pool.conninfo if ledger.on_postgres else f"{SQLITE}{ledger.folder / 'ledger.sqlite'}"
    return Places(entries, ledger.folder / "subjects.sqlite", ledger.keys.master)


def in_processes(ledger: Ledger, known: Known, where: Places) -> list[LookedAt]:
    with closing(audit_workers.look_in_processes(where, known, ledger.log.size())) as runs:
        return list(runs)


@pytest.mark.databases("sqlite", "postgres")
def test_processes_find_what_threads_find_in_the_same_order(marked: Ledger) -> None:
    known = Known(marked.log.origin, marked.log.key_history(), None)
    marked.sql("UPDATE stored_events SET originator_version = 7 WHERE rowid = 1300")
    marked.sql("UPDATE stored_events SET signature = zeroblob(64) WHERE rowid = 2100")

    with closing(audit_workers.look_in_threads(marked.datastore, marked.subjects, known, 2402)) as runs:
        expected = list(runs)
    assert in_processes(marked, known, places(marked)) == expected
    assert [[finding.index for finding in run.wrong] for run in expected] == [[], [1299], [2099, 2099]]
    assert not multiprocessing.active_children()


def test_processes_that_cannot_open_the_ledger_are_told_of_in_plain_words(marked: Ledger, tmp_path: Path) -> None:
    known = Known(marked.log.origin, marked.log.key_history(), None)
    nowhere = Places(f"{SQLITE}{tmp_path / 'no' / 'ledger.sqlite'}", tmp_path / "no" / "keys", bytes(32))

    with pytest.raises(audit_workers.WorkerLost, match="nothing is known"):
        in_processes(marked, known, nowhere)
