"""What a read model is: which facts it applies, which it says outright that it ignores, and the batch it folds into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table

from domain.events import Fact
from domain.values import Erased
from projections.axes import Chain, ChainChanges, Row, Timeline, TimelineChanges
from projections.database import Tables
from projections.rows import filled

F = TypeVar("F", bound=Fact)
T = TypeVar("T")


def plain(value: T | Erased) -> T | None:
    """A personal value for a row: itself, or nothing once its key is destroyed."""
    return None if isinstance(value, Erased) else value


def erased(*values: object) -> bool:
    """Whether any of these personal values is gone for ever."""
    return any(isinstance(value, Erased) for value in values)


class Batch:
    """What a run of facts adds up to, held in memory and written with one statement a table."""

    def __init__(self) -> None:
        self._chains: dict[Chain, ChainChanges] = {}
        self._timelines: dict[Timeline, TimelineChanges] = {}
        self._added: dict[Table, list[Row]] = {}

    def add(self, table: Table, row: Row) -> None:
        """A row that no later fact will change."""
        self._added.setdefault(table, []).append(row)

    def chain(self, chain: Chain) -> ChainChanges:
        """The batch's changes to a chain."""
        found = self._chains.get(chain)
        if found is None:
            found = self._chains[chain] = ChainChanges(chain)
        return found

    def timeline(self, timeline: Timeline) -> TimelineChanges:
        """The batch's changes to a timeline."""
        found = self._timelines.get(timeline)
        if found is None:
            found = self._timelines[timeline] = TimelineChanges(timeline)
        return found

    def flush(self, connection: Connection, tables: Tables) -> None:
        """Write everything, in the transaction that moves the position."""
        for table, rows in self._added.items():
            filled(tables[table]).put(connection, rows)
        for links in self._chains.values():
            links.flush(connection, tables)
        for states in self._timelines.values():
            states.flush(connection, tables)


Fold = Callable[[Batch, int, Any], None]


class ReadModel:
    """A set of tables with the folds that fill them; every fact is either applied or ignored by name."""

    def __init__(self, name: str, *, ignores: Sequence[type[Fact]] = ()) -> None:
        self.name = name
        self.folds: dict[type[Fact], Fold] = {}
        self.ignored = frozenset(ignores)

    def applies(self, kind: type[F]) -> Callable[[Callable[[Batch, int, F], None]], Callable[[Batch, int, F], None]]:
        """Name the fact that a fold applies."""

        def register(fold: Callable[[Batch, int, F], None]) -> Callable[[Batch, int, F], None]:
            self.folds[kind] = fold
            return fold

        return register
