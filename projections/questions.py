"""Questions put to the read models again and again: compiled once, then asked of the driver itself.

SQLAlchemy builds and compiles each statement, in the dialect of whichever database it is for, and says how its values
become the driver's and its columns become ours. What it does anew at each execution is left out: that took four times
as long as the database needs to answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache, wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec

from sqlalchemy import Connection, Dialect, Select, bindparam

from projections.rows import Prepared, Rows

P = ParamSpec("P")

Statement = Select[*tuple[Any, ...]]
"""What asks for rows of whatever columns."""

ASKED = "asked"
"""The execution option of a connection that is one snapshot: what was asked of it, with the answers.

Nothing a snapshot says can change, so it is never asked the same twice; another request has another snapshot.
"""

_ANSWERS_KEPT, _ROWS_KEPT = 128, 1000
_SHAPES_KEPT = 128
"""Of one question: which values are given and how many are in each list, each with a statement of its own."""


def question(build: Callable[P, Statement]) -> Callable[Concatenate[Connection, P], Rows]:
    """Make what builds a statement out of values into what asks it, of one snapshot not more than once.

    The statement is built once for each set of values that are not None, with their places left open. So `build` may
    put a value anywhere in the statement and ask whether it is None; what the value is it never learns.
    """
    names = tuple(signature(build).parameters)
    built: dict[tuple[str, ...], Statement] = {}

    @lru_cache(maxsize=_SHAPES_KEPT)
    def prepared(dialect: Dialect, given: tuple[str, ...], lengths: tuple[int | None, ...]) -> Prepared:
        return Prepared(built[given], dialect, dict(zip(given, lengths, strict=True)))

    def statement_for(said: dict[str, Any], given: dict[str, Any]) -> None:
        if tuple(given) not in built:
            places: dict[str, Any] = {
                name: bindparam(name, expanding=_is_several(value)) for name, value in given.items()
            }
            built[tuple(given)] = build(**{**said, **places})  # type: ignore[call-arg]  # in their places

    @wraps(build)
    def ask(connection: Connection, /, *args: P.args, **kwargs: P.kwargs) -> Rows:
        said: dict[str, Any] = dict(zip(names, args, strict=False), **kwargs)
        given = {
            name: tuple(value) if _is_several(value) else value for name, value in said.items() if value is not None
        }
        asked = connection.get_execution_options().get(ASKED)
        key = (ask, *given.items())
        if asked is not None and key in asked:
            known: Rows = asked[key]
            return known
        statement_for(said, given)
        lengths = tuple(len(value) if type(value) is tuple else None for value in given.values())
        found = prepared(connection.dialect, tuple(given), lengths).ask(connection, given)
        if asked is not None and len(found.all()) <= _ROWS_KEPT:
            if len(asked) >= _ANSWERS_KEPT:
                asked.clear()  # an export or an import asks on and on, and is not to be held in memory
            asked[key] = found
        return found

    return ask


def _is_several(value: object) -> bool:
    return isinstance(value, Collection) and not isinstance(value, str)
