"""Every column of every stored table is changed in every way its type allows: the audit finds it, or it is on a list.

The tables and columns are those that the log declares, so a new one is attacked once it is there. What survives is
exactly what docs/architecture.md says is unauthenticated: none of it is an entry, and whoever uses it checks it then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import PersistenceError, Tracking

from ledger.audit import AuditReport, audit
from ledger.commands import Command
from ledger.datastore import TABLES
from tests.ledger.ledgers import Ledger, Ruled
from tests.ledger.test_attachments import FIRST, recorded

pytestmark = pytest.mark.databases("sqlite", "postgres")

UNAUTHENTICATED = {
    *(f"commands.{column}" for column in ("key", "actor", "digest", "first", "count")),
    *("cosignatures.size", "cosignatures.witness", "cosignatures.value", "witnessed.size"),
    *("timestamps.size", "timestamps.response", "tracking.application_name", "tracking.notification_id"),
}
"""What a change of may survive an audit; a command that names entries outside the log is found all the same."""
CHANGES: dict[str, tuple[Any, ...]] = {
    "INTEGER": (None, 0, -1, 1, 2, 299, 2**31, 2**62, 2**63 - 1, -(2**63), "words", b"\x00"),
    "BLOB": (None, b"", b"\x00", bytes(16), bytes(32), bytes(64), b"\xff" * 70_000, "words", 7),
    "TEXT": (None, "", "0123456789abcdef", "test.ruled", "é", "x" * 70_000, b"\xff"),
}
_TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+) \((.*)\) STRICT", re.DOTALL)
_COLUMN = re.compile(r"(\w+) (INTEGER|BLOB|TEXT)\b")


@dataclass(frozen=True)
class Column:
    """One column of one declared table."""

    table: str
    name: str
    kind: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


COLUMNS = [
    Column(table[1], *column)
    for table in map(_TABLE.search, TABLES)
    if table is not None
    for column in _COLUMN.findall(table[2])
]


@pytest.fixture
def full(ledger: Ledger) -> Ledger:
    """A ledger with a row in each table, of 300 entries, all signed."""
    pupil = ledger.open_pupil()
    recorded(ledger, pupil, FIRST)
    ledger.append(ledger.mark(pupil), command=Command("demo", uuid4(), bytes(32)))
    rulings = (
        Ruled(originator_id=uuid4(), originator_version=1, recorded_at=ledger.now(), what="demo") for _ in range(296)
    )
    ledger.append(*rulings)
    ledger.recorder.insert_tracking(Tracking("demo", 5))
    ledger.checkpointer().start()
    ledger.sql("INSERT INTO cosignatures VALUES (300, 'demo', ?)", b"line")
    ledger.sql("INSERT INTO witnessed VALUES (300)")
    ledger.sql("INSERT INTO timestamps VALUES (300, ?)", b"answer")
    assert audited(ledger).finding is None
    return ledger


def audited(ledger: Ledger) -> AuditReport:
    return audit(ledger.log, ledger.subjects, ledger.checkpointer().locked())


def names(table: str) -> list[str]:
    return [column.name for column in COLUMNS if column.table == table]


def one_row(ledger: Ledger, table: str) -> list[Any]:
    """The second row, where there are several."""
    rows = ledger.sql(f"SELECT {', '.join(names(table))} FROM {table} ORDER BY 1 LIMIT 2")  # noqa: S608 - our own words
    return [bytes(value) if isinstance(value, memoryview) else value for value in rows[-1]]


def try_change(ledger: Ledger, column: Column, value: Any) -> bool:
    """Change one value of one row; whether the database took it."""
    columns, row = names(column.table), one_row(ledger, column.table)
    where = f"{columns[0]} = ?" + (f" AND {columns[1]} = ?" if len(columns) > 1 else "")
    keys = row[:2] if len(columns) > 1 else row[:1]
    if row[columns.index(column.name)] == value:
        return False
    try:
        ledger.sql(f"UPDATE {column.table} SET {column.name} = ? WHERE {where}", value, *keys)  # noqa: S608 - our own words
    except (PersistenceError, psycopg.Error):
        return False
    return True


def put_back(ledger: Ledger, table: str, rows: list[Any]) -> None:
    """Make the table as it was."""
    ledger.sql(f"DELETE FROM {table}")  # noqa: S608 - our own words
    columns = names(table)
    marks = ", ".join("?" * len(columns))
    with ledger.datastore.transaction(commit=True) as c:
        c.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608 - our own words


def test_every_column_of_every_table_is_attacked_and_what_survives_is_on_the_list(full: Ledger) -> None:
    survived: set[str] = set()
    found: set[str] = set()
    for column in COLUMNS:
        rows = full.sql(f"SELECT {', '.join(names(column.table))} FROM {column.table}")  # noqa: S608 - our own words
        kept = [tuple(row) for row in rows]
        for value in CHANGES[column.kind]:
            if not try_change(full, column, value):
                continue
            report = audited(full)  # whatever the value, it ends with a report
            (survived if report.finding is None else found).add(str(column))
            put_back(full, column.table, kept)
    assert audited(full).finding is None

    assert survived == UNAUTHENTICATED, sorted(survived ^ UNAUTHENTICATED)
    # The database itself lets nobody change the head's own key.
    assert {str(column) for column in COLUMNS} - found - {"ledger_head.one"} <= UNAUTHENTICATED
