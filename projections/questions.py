"""Questions put to the read models again and again: a statement is built once, and asked with the values of the day."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec

from sqlalchemy import Connection, CursorResult, Select, bindparam

P = ParamSpec("P")

Statement = Select[*tuple[Any, ...]]
"""What asks for rows of whatever columns."""

Rows = CursorResult[*tuple[Any, ...]]
"""What comes back."""


def question(build: Callable[P, Statement]) -> Callable[Concatenate[Connection, P], Rows]:
    """Make what builds a statement out of values into what asks it; building costs five times as much as asking.

    The statement is built once for each set of values that are not None, with their places left open. So `build` may
    put a value anywhere in the statement and ask whether it is None; what the value is it never learns.
    """
    names = tuple(signature(build).parameters)
    built: dict[tuple[str, ...], Statement] = {}

    @wraps(build)
    def ask(connection: Connection, /, *args: P.args, **kwargs: P.kwargs) -> Rows:
        said: dict[str, Any] = dict(zip(names, args, strict=False), **kwargs)
        given = {name: value for name, value in said.items() if value is not None}
        several = {name for name, value in given.items() if _is_several(value)}
        statement = built.get(tuple(given))
        if statement is None:
            places: dict[str, Any] = {name: bindparam(name, expanding=name in several) for name in given}
            statement = built[tuple(given)] = build(**{**said, **places})  # type: ignore[call-arg]  # in their places
        return connection.execute(statement, given | {name: list(given[name]) for name in several})

    return ask


def _is_several(value: object) -> bool:
    return isinstance(value, Collection) and not isinstance(value, str)
