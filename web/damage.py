"""A file that can be begun anew is put aside where it is no database any more; what it held is kept to be looked at."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def put_aside_damaged(path: Path) -> bool:
    """Rename a damaged database to `….damaged`, with what SQLite keeps beside it; returns whether it was damaged.

    Raises:
        sqlite3.OperationalError: where it cannot be looked at just now, which is no damage.
    """
    if not path.exists() or _whole(path):
        return False
    for part in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if part.exists():
            part.rename(part.with_name(f"{part.name}.damaged"))
    return True


def _whole(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path, timeout=30)) as database:
            return bool(database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False
