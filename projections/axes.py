"""Rows on two axes: when something held (days) and when it was known (positions), and how a later fact changes them.

A day range is `[effective_from, effective_to)`, a position range `[known_from, known_to)`. Nothing known is ever lost:
a later fact closes the rows it contradicts (sets their `known_to` to its position) and puts new ones beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Date,
    Index,
    Table,
    and_,
    bindparam,
    select,
    values,
)
from sqlalchemy import column as wanted_column

from projections.database import POSITION, PREFIX, Tables, metadata
from projections.rows import filled

FOREVER = date.max
"""The `effective_to` of what has no end yet."""

NOT_YET = 2**62
"""The `known_to` of what nothing recorded so far contradicts."""

Row = dict[str, Any]
Key = tuple[Any, ...]
Change = Callable[[Mapping[str, Any] | None], Row | None]
"""From the row in force (None if there is none) to the values of the next; None where the fact changes nothing."""

_KEYS_A_QUERY = 400
_AXES = frozenset({"effective_from", "effective_to", "known_from", "known_to", "position"})


def last_day(effective_to: date) -> date | None:
    """What `effective_to` says to people: None where there is no end yet, else the day it no longer holds."""
    return None if effective_to == FOREVER else effective_to


def _current(connection: Connection, table: Table, names: Sequence[str], keys: Iterable[Key]) -> Iterator[Row]:
    """The rows of these keys that nothing has replaced, in a few queries however many keys there are."""
    wanted = sorted(keys, key=repr)
    for start in range(0, len(wanted), _KEYS_A_QUERY):
        # Joined, not `IN`: SQLite answers a list of tuples by reading the whole table. And `known_to` is looked at
        # here: asked for it, SQLite builds an index of its own over the whole table, batch after batch.
        listed = values(*(wanted_column(name, table.c[name].type) for name in names), name="wanted")
        some = listed.data(wanted[start : start + _KEYS_A_QUERY]).cte()
        query = select(table).join_from(some, table, and_(*(table.c[name] == some.c[name] for name in names)))
        for found in connection.execute(query).mappings():
            if found["known_to"] == NOT_YET:
                yield dict(found)


def _write(connection: Connection, table: Table, inserts: list[Row], closed: list[Row]) -> None:
    """Insert the new rows, and close stored ones by their primary key."""
    if closed:
        same = [column == bindparam(f"its_{column.name}") for column in table.primary_key]
        connection.execute(table.update().where(*same).values(known_to=bindparam("replaced_at")), closed)
    if inserts:
        filled(table).put(connection, inserts)


def _closing(table: Table, row: Row, position: int) -> Row:
    return {f"its_{column.name}": row[column.name] for column in table.primary_key} | {"replaced_at": position}


class Chain:
    """A table of things known in one version at a time; each link replaces the one before it under the same key."""

    def __init__(self, name: str, key: Sequence[Column[Any]], values: Sequence[Column[Any]], *indexes: Index) -> None:
        self.key = tuple(column.name for column in key)
        self.table = Table(
            f"{PREFIX}{name}",
            metadata,
            Column("known_from", POSITION, primary_key=True, autoincrement=False),
            Column("known_to", BigInteger, nullable=False),
            *key,
            *values,
            Index(f"{name}_key", *self.key),
            *indexes,
        )
        self.blank: Row = dict.fromkeys(self.table.c.keys())

    def known(self, position: int) -> ColumnElement[bool]:
        """Which links stood when the log had `position` entries."""
        return and_(self.table.c.known_from <= position, self.table.c.known_to > position)


class ChainChanges:
    """The links that one batch adds, in the order of their entries."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._links: list[Row] = []
        self._extensions: dict[int, tuple[Key, Change]] = {}

    def open(self, position: int, row: Row) -> None:
        """Start a chain under a key that nothing has used before, every column given; asks the database nothing."""
        row["known_from"], row["known_to"] = position, NOT_YET
        self._links.append(row)

    def extend(self, position: int, key: Key, change: Change) -> None:
        """Replace the newest link under a key, or start its chain."""
        self._extensions[position] = key, change
        self._links.append({"known_from": position})

    def flush(self, connection: Connection, tables: Tables) -> None:
        """Write the links; the newest stored ones are looked up for the whole batch at once."""
        table = tables[self._chain.table]
        if not self._extensions:
            _write(connection, table, self._links, [])
            return
        names = self._chain.key
        stored = {
            tuple(row[name] for name in names): row
            for row in _current(connection, table, names, {key for key, _ in self._extensions.values()})
        }
        inserts, replaced = self._apply(stored)
        _write(connection, table, inserts, [_closing(table, row, position) for row, position in replaced])

    def _apply(self, stored: dict[Key, Row]) -> tuple[list[Row], list[tuple[Row, int]]]:
        names, newest = self._chain.key, dict(stored)
        inserts: list[Row] = []
        replaced: list[tuple[Row, int]] = []
        for link in self._links:
            position = link["known_from"]
            if position not in self._extensions:
                newest[tuple(link[name] for name in names)] = link
                inserts.append(link)
                continue
            key, change = self._extensions[position]
            before = newest.get(key)
            values = change(before)
            if values is None:
                continue
            if before is not None and before is stored.get(key):
                replaced.append((before, position))
            elif before is not None:
                before["known_to"] = position
            after = self._chain.blank | dict(zip(names, key, strict=True)) | values
            after["known_from"], after["known_to"] = position, NOT_YET
            newest[key] = after
            inserts.append(after)
        return inserts, replaced


class Timeline:
    """A table of states that hold from a day on, until the next state known for the same key.

    `position` is the entry that stated it, also on the rows that a later fact cut short.
    """

    def __init__(self, name: str, key: Sequence[Column[Any]], values: Sequence[Column[Any]], *indexes: Index) -> None:
        self.key = tuple(column.name for column in key)
        for column in key:
            column.primary_key = True
        self.table = Table(
            f"{PREFIX}{name}",
            metadata,
            *key,
            Column("effective_from", Date, primary_key=True),
            Column("known_from", BigInteger, primary_key=True, autoincrement=False),
            Column("effective_to", Date, nullable=False),
            Column("known_to", BigInteger, nullable=False),
            Column("position", BigInteger, nullable=False),
            *values,
            *indexes,
        )
        self.blank: Row = dict.fromkeys(self.table.c.keys())

    def at(self, as_at: date, known_at: int) -> ColumnElement[bool]:
        """Which rows hold on a day, as known when the log had `known_at` entries."""
        return and_(self.table.c.effective_from <= as_at, self.table.c.effective_to > as_at, self.known(known_at))

    def known(self, position: int) -> ColumnElement[bool]:
        """Which rows, of all days, were known when the log had `position` entries."""
        return and_(self.table.c.known_from <= position, self.table.c.known_to > position)


class TimelineChanges:
    """The states that one batch adds, and the rows they cut short."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._statements: list[tuple[int, Key, date, Change, bool]] = []

    def state(self, position: int, key: Key, day: date, values: Row | Change) -> None:
        """From that day on these values hold (or this change of what held), until the next day already spoken for."""
        change = values if callable(values) else lambda _: values
        self._statements.append((position, key, day, change, False))

    def onwards(self, position: int, key: Key, day: date, change: Change) -> None:
        """From that day on the change of the latest state holds, whatever was known of later days.

        Where the day depends on the latest state, the change names it as `effective_from`.
        """
        self._statements.append((position, key, day, change, True))

    def flush(self, connection: Connection, tables: Tables) -> None:
        """Write the rows; those in force are looked up for the whole batch at once."""
        if not self._statements:
            return
        table, names = tables[self._timeline.table], self._timeline.key
        lines: dict[Key, _Line] = {key: _Line() for _, key, _, _, _ in self._statements}
        for row in _current(connection, table, names, lines):
            lines[tuple(row[name] for name in names)].rows.append(row)
        for line in lines.values():
            line.stored = list(line.rows)
        for position, key, day, change, onwards in self._statements:
            blank = self._timeline.blank | dict(zip(names, key, strict=True))
            lines[key].state(position, day, change, onwards, blank)
        closed = [_closing(table, row, position) for line in lines.values() for row, position in line.replaced]
        _write(connection, table, [row for line in lines.values() for row in line.added], closed)


class _Line:
    """The states of one key that nothing has replaced, and what a batch does to them."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.stored: list[Row] = []
        self.added: list[Row] = []
        self.replaced: list[tuple[Row, int]] = []

    def state(self, position: int, day: date, change: Change, onwards: bool, blank: Row) -> None:
        self.rows.sort(key=_start)
        before = self._before(day, onwards)
        values = change(None if before is None else {name: before[name] for name in before.keys() - _AXES})
        if values is None:
            return
        day = values.get("effective_from", day)
        ends = FOREVER if onwards else self._next(day)
        for row in [row for row in self.rows if row["effective_to"] > day and row["effective_from"] < ends]:
            self._close(row, position)
            if row["effective_from"] < day:
                self._add(row | {"effective_to": day, "known_from": position, "known_to": NOT_YET})
        self._add(
            blank
            | values
            | {"effective_from": day, "effective_to": ends, "known_from": position, "known_to": NOT_YET}
            | {"position": position}
        )

    def _before(self, day: date, onwards: bool) -> Row | None:
        if onwards:
            return self.rows[-1] if self.rows else None
        return next((row for row in self.rows if row["effective_from"] <= day < row["effective_to"]), None)

    def _next(self, day: date) -> date:
        return next((start for start in map(_start, self.rows) if start > day), FOREVER)

    def _add(self, row: Row) -> None:
        self.rows.append(row)
        self.added.append(row)

    def _close(self, row: Row, position: int) -> None:
        self.rows.remove(row)
        if any(row is stored for stored in self.stored):
            self.replaced.append((row, position))
        elif row["known_from"] == position:  # stated and cut short by one and the same entry: never known
            self.added.remove(row)
        else:
            row["known_to"] = position


def _start(row: Row) -> date:
    day: date = row["effective_from"]
    return day
