"""How far the log reaches by its head, and how far its tables do: where the two differ, somebody else has written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.datastore import Cursor
from ledger.errors import LedgerError
from ledger.tree import BLOCK_LEVEL


class HeadMissing(LedgerError):
    """The one row that says how far the log reaches is gone."""


@dataclass(frozen=True)
class Head:
    """How far the log reaches: entries counted, their peaks, the latest recording time in microseconds."""

    size: int
    peaks: tuple[bytes, ...]
    known_at: int


@dataclass(frozen=True)
class Extent:
    """How far each table reaches at the instant of a head; 0 or None where there is nothing."""

    head: Head
    first_row: int
    last_row: int
    rows: int
    stray_payload: int | None
    """A payload's row where the log has no entry."""
    stray_file: int | None
    """The position that an attached file is stored for, where the log has no entry."""
    stray_command: str | None
    """The key of a command whose entries lie outside the log."""
    signed: int
    """The newest stored checkpoint within the log."""
    claimed: int
    """The newest of all, which anybody may have written."""
    stray_node: tuple[int, int] | None
    """Level and position of a kept root that ends after the newest checkpoint, or is of no level that is kept."""


def read_head(c: Cursor) -> Head:
    """Return the stored head.

    Raises:
        HeadMissing: where there is none.
    """
    c.execute("SELECT size, peaks, known_at FROM ledger_head")
    row = c.fetchone()
    if row is None:
        raise HeadMissing("The row that says how many entries there are is missing.")
    return head_of(row)


def head_of(row: Sequence[Any]) -> Head:
    """Return the head that a stored row is."""
    size, peaks, known_at = row
    return Head(size, tuple(peaks[start : start + 32] for start in range(0, len(peaks), 32)), known_at)


def read_extent(c: Cursor) -> Extent:
    """Return the head and how far every table reaches, as one read transaction sees them; it counts every row.

    Raises:
        HeadMissing: where there is no head, or one that counts less than nothing.
    """
    head = read_head(c)
    if head.size < 0:  # with which PostgreSQL's arithmetic below would not end well
        raise HeadMissing("The row that says how many entries there are counts less than nothing.")
    c.execute("SELECT coalesce(min(rowid), 0), coalesce(max(rowid), 0), count(*) FROM stored_events")
    first_row, last_row, rows = c.fetchone()
    c.execute("SELECT min(rowid) FROM payloads WHERE rowid < 1 OR rowid > ?", (head.size,))
    (payload,) = c.fetchone()
    c.execute("SELECT min(position) FROM attachments WHERE position < 1 OR position > ?", (head.size,))
    (file,) = c.fetchone()
    c.execute("SELECT min(key) FROM commands WHERE first < 0 OR count < 0 OR first > ? - count", (head.size,))
    (command,) = c.fetchone()
    c.execute(
        "SELECT coalesce(max(size) FILTER (WHERE size <= ?), 0), coalesce(max(size), 0) FROM checkpoints",
        (head.size,),
    )
    signed, claimed = c.fetchone()
    c.execute(
        "SELECT level, position FROM nodes"
        " WHERE level NOT BETWEEN ? AND 40 OR position < 0 OR position >= ? >> CAST(level AS INTEGER) LIMIT 1",
        (BLOCK_LEVEL, signed),
    )
    node = c.fetchone()
    node = None if node is None else (node[0], node[1])
    return Extent(head, first_row, last_row, rows, payload, file, command, signed, claimed, node)
