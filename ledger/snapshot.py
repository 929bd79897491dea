"""A copy of a database file as it is at one instant, while others write to it; and whether such a copy is sound."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import LedgerError
from ledger.merkle import CompactRange

_PAGES = 2000


class SnapshotDamaged(LedgerError):
    """A copied database is not as SQLite or the log's own head say it must be."""


@dataclass(frozen=True)
class Extent:
    """How far a copied log reaches."""

    entries: int
    root: bytes


def copy_database(source: Path, target: Path, progress: Callable[[int, int], object]) -> None:
    """Copy a database in use to a new file of mode 0600; `progress` is told pages done and pages in all.

    Writers go on meanwhile: one read transaction holds the instant that is copied, without which SQLite would begin
    again at each commit of somebody else's.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as live:
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            live.backup(copy, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total))
            copy.execute("PRAGMA journal_mode=DELETE").fetchone()  # so that the copy is one file
        live.execute("ROLLBACK")


def check_database(path: Path) -> None:
    """Have SQLite check a copy through and through.

    Raises:
        SnapshotDamaged: where it is not sound.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as copy:
            said = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise SnapshotDamaged(f"{path.name} is damaged: {said}.")


def check_log(path: Path) -> Extent:
    """Compare a copied log's head with its rows, and return how far it reaches.

    Raises:
        SnapshotDamaged: where a row is missing or too many, or their fingerprints do not add up to the head.
    """
    tree = CompactRange()
    with closing(sqlite3.connect(path, isolation_level=None)) as copy:
        size, peaks = copy.execute("SELECT size, peaks FROM ledger_head").fetchone()
        for position, leaf_hash in copy.execute("SELECT rowid, leaf_hash FROM stored_events ORDER BY rowid"):
            if position != tree.size + 1:
                raise SnapshotDamaged(f"{path.name} is damaged: entry {tree.size} is missing.")
            tree.append(leaf_hash)
    if tree.size != size or b"".join(tree.peaks) != peaks:
        raise SnapshotDamaged(f"{path.name} is damaged: its entries do not add up to what it says it holds.")
    return Extent(size, tree.root())
