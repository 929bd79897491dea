"""How a question's values reach the driver, and how the driver's rows come back as named tuples of our own types."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Date, Dialect, Enum, Select, Table, Uuid
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.types import TypeEngine

D = TypeVar("D")
Convert = Callable[[Any], Any]
_VALUES_KEPT = 16_384


class Rows:
    """What a question found: rows as named tuples, in order, that may be gone through any number of times."""

    def __init__(self, names: tuple[str, ...], found: list[Any]) -> None:
        self._names = names
        self._found = found
        self._made: dict[type[Any], tuple[Any, ...]] = {}

    def __iter__(self) -> Iterator[Any]:
        """The rows."""
        return iter(self._found)

    def all(self) -> Sequence[Any]:
        """The rows."""
        return self._found

    def mappings(self) -> list[dict[str, Any]]:
        """Each row by the names of its columns, made for the caller to change."""
        return [dict(zip(self._names, row, strict=True)) for row in self._found]

    def scalars(self) -> list[Any]:
        """The first column."""
        return [row[0] for row in self._found]

    def scalar(self) -> Any:
        """The first column of the first row; None where there is none."""
        return self._found[0][0] if self._found else None

    def one(self) -> Any:
        """The only row.

        Raises:
            LookupError: where there is not exactly one.
        """
        if len(self._found) != 1:
            raise LookupError(f"one row was to be found, not {len(self._found)}")
        return self._found[0]

    def one_or_none(self) -> Any:
        """The only row, or None.

        Raises:
            LookupError: where there are several.
        """
        return self.one() if self._found else None

    def made(self, answer: type[D]) -> tuple[D, ...]:
        """The rows as dataclasses whose fields have the columns' names; made once, since they cannot be changed."""
        if answer not in self._made:
            self._made[answer] = tuple(self._make(answer))
        return self._made[answer]

    def _make(self, answer: Callable[..., D]) -> Iterator[D]:
        given = [field.name for field in fields(cast("Any", answer))][: len(self._names)]
        if len(given) < 2 or set(given) != set(self._names):
            return (answer(**row) for row in self.mappings())
        in_order = itemgetter(*map(self._names.index, given))
        return (answer(*in_order(row)) for row in self._found)


def rows(result: CursorResult[*tuple[Any, ...]]) -> Rows:
    """The rows of a statement that was not worth keeping."""
    return Rows(tuple(result.keys()), list(result))


class Prepared:
    """A statement as the driver takes it, for values of one shape.

    `lengths` says how many values a name stands for: None for one, a number where it is a list.
    """

    def __init__(
        self, statement: Select[*tuple[Any, ...]], dialect: Dialect, lengths: Mapping[str, int | None]
    ) -> None:
        self._statement = statement
        self._dialect = dialect
        compiled = cast("Any", statement.compile(dialect=dialect))
        blank = {name: None if most is None else [None] * most for name, most in lengths.items()}
        state = compiled.construct_expanded_state(compiled.params | blank)
        self._sql = state.statement
        self._named = state.positiontup is None
        self._places: list[_Place] = []
        of = {
            each: (name, at) for name, several in state.parameter_expansion.items() for at, each in enumerate(several)
        }
        towards = {name: _towards(bind.type, dialect) for bind, name in compiled.bind_names.items()}
        for place in state.parameters if self._named else state.positiontup:
            name, at = of.get(place, (place, None))
            fixed = None if name in lengths else towards[name](state.parameters[place])
            self._places.append((place, name, at, towards[name], fixed))
        self._names: tuple[str, ...] = ()
        self._kind: Callable[[Iterable[Any]], Any] | None = None
        self._converts: tuple[Convert | None, ...] = ()

    def ask(self, connection: Connection, given: Mapping[str, Any]) -> Rows:
        """Ask it with values."""
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self._sql, self._values(given))
            found = cursor.fetchall()
            if self._kind is None:
                self._learn(cursor)
        except self._dialect.loaded_dbapi.Error:
            # Asked again the long way: that says what went wrong in errors of its own, and drops a broken connection.
            return rows(connection.execute(self._statement, {name: _listed(value) for name, value in given.items()}))
        finally:
            cursor.close()
        return Rows(self._names, self._read(found))

    def _values(self, given: Mapping[str, Any]) -> Any:
        values = [
            towards(given[name] if at is None else given[name][at]) if name in given else fixed
            for _, name, at, towards, fixed in self._places
        ]
        return dict(zip((place[0] for place in self._places), values, strict=True)) if self._named else values

    def _learn(self, cursor: DBAPICursor) -> None:
        """How the columns are called and read; drivers tell what kind each is with the first answer."""
        about = list(cursor.description or ())
        kinds = [column.type for column in self._statement.selected_columns]
        self._converts = tuple(_from(kind, self._dialect, told[1]) for kind, told in zip(kinds, about, strict=True))
        self._names = tuple(str(told[0]) for told in about)
        kind: Any = namedtuple("Row", self._names, rename=True)  # type: ignore[misc]  # noqa: PYI024 - known when asked
        self._kind = kind._make

    def _read(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """Column by column, so that most of it is no work of ours."""
        if not found or self._kind is None:
            return []
        columns = [
            column if convert is None else map(convert, column)
            for convert, column in zip(self._converts, zip(*found, strict=True), strict=True)
        ]
        return list(map(self._kind, zip(*columns, strict=True)))


@lru_cache(maxsize=512)
def filled(table: Table) -> Filled:
    """How rows of a table are put in."""
    return Filled(table)


class Filled:
    """How rows of one table are put in: a statement for each set of columns given, compiled once."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: dict[tuple[Dialect, tuple[str, ...]], tuple[str, tuple[tuple[str, Convert], ...], bool]] = {}

    def put(self, connection: Connection, given: Sequence[Mapping[str, Any]]) -> None:
        """Put rows in, each with the columns that the first has."""
        names = tuple(given[0])
        known = self._known.get((connection.dialect, names))
        if known is None:
            known = self._known[connection.dialect, names] = self._compiled(connection.dialect, names)
        sql, places, named = known
        values: list[Any] = [[towards(row[name]) for name, towards in places] for row in given]
        if named:
            values = [dict(zip((name for name, _ in places), each, strict=True)) for each in values]
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(sql, values) if len(values) > 1 else cursor.execute(sql, values[0])
        except connection.dialect.loaded_dbapi.Error:
            connection.execute(self._table.insert(), given)  # again the long way, as `Prepared.ask` says
        finally:
            cursor.close()

    def _compiled(self, dialect: Dialect, names: tuple[str, ...]) -> tuple[str, tuple[tuple[str, Convert], ...], bool]:
        compiled = cast("Any", self._table.insert().compile(dialect=dialect, column_keys=list(names)))
        order = compiled.positiontup or names
        places = tuple((name, _towards(self._table.c[name].type, dialect)) for name in order)
        return str(compiled), places, compiled.positiontup is None


_Place = tuple[str, str, int | None, Convert, Any]
"""Of a place in the SQL: its name, whose value, which of several, how to convert it, and the value if it is fixed."""


def _listed(value: Any) -> Any:
    return list(value) if type(value) is tuple else value


def _towards(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    """How a value becomes the driver's."""
    convert = kind.dialect_impl(dialect).bind_processor(dialect)
    return _remembering(kind, "towards", dialect, convert) or _same


def _from(kind: TypeEngine[Any], dialect: Dialect, told: Any) -> Convert | None:
    """How a column of the driver's becomes ours; None where it is already."""
    return _remembering(kind, "from", dialect, kind.dialect_impl(dialect).result_processor(dialect, told))


_REMEMBERING: dict[tuple[object, ...], Convert] = {}


def _remembering(kind: TypeEngine[Any], way: str, dialect: Dialect, convert: Convert | None) -> Convert | None:
    """The same conversion; of references, days and words, which come again and again and never change, remembered."""
    if convert is None or not isinstance(kind, Uuid | Date | Enum):
        return convert
    key = type(kind), getattr(kind, "enum_class", None), way, dialect.name
    return _REMEMBERING.setdefault(key, lru_cache(maxsize=_VALUES_KEPT)(convert))


def _same(value: Any) -> Any:
    return value
