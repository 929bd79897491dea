"""How a query's rows become the frozen dataclasses that leave this package."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, Enum, FromClause, Label, TypeDecorator

from projections.rows import Rows

D = TypeVar("D")


def word(kind: type[StrEnum]) -> Enum:
    """A column that holds a word of a vocabulary as text and gives it back typed."""
    return Enum(kind, native_enum=False, length=40, values_callable=lambda words: [word.value for word in words])


class Moment(TypeDecorator[datetime]):
    """A column of instants in UTC; SQLite keeps no time zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - its signature
        """Give the instant its zone again."""
        return value if value is None or value.tzinfo is not None else value.replace(tzinfo=UTC)


def columns(
    answer: type[Any],
    table: FromClause,
    *,
    only: Collection[str] | None = None,
    without: Collection[str] = (),
    **renamed: str,
) -> list[Label[Any]]:
    """The columns that a dataclass's fields are read from: of the same name, or as `renamed` says."""
    return [
        table.c[renamed.get(field.name, field.name)].label(field.name)
        for field in fields(answer)
        if field.name not in without and (only is None or field.name in only)
    ]


def every(answer: type[D], found: Rows) -> tuple[D, ...]:
    """All answers to a query made with `columns`."""
    return found.made(answer)


def one(answer: type[D], found: Rows) -> D | None:
    """The single answer, or None where there is none."""
    return found.made(answer)[0] if found.one_or_none() is not None else None
