"""Reads a file of placements on paper: each row becomes a form's answers, or the reasons why it cannot.

What is not certain is said and never guessed: in which encoding the file is, and which of day and month comes first.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from web import words
from web.characters import NotKept, kept
from web.paper_columns import BY_NAME, COLUMNS, Column
from web.register_file import FileRefused, Problem

LARGEST = 300_000
MOST_ROWS = 500
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_NUMBER = re.compile(r"\+[\d ()-]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """One placement as the file states it; `answers` are a form's flat names, with days as 2026-03-14."""

    line: int
    answers: Mapping[str, str]


@dataclass
class Reading:
    """A file as it was read; `windows` where it is in Excel's older encoding, `either_way` a date that could be two."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    windows: bool = False
    either_way: str | None = None
    month_first: bool = False
    day_first: bool = False

    @property
    def count(self) -> int:
        """How many rows there are, good and bad."""
        return len(self.rows) + len({problem.line for problem in self.problems})

    @property
    def unsure_of_days(self) -> bool:
        """Whether every date with day and month in figures could be read either way."""
        return self.either_way is not None and not self.day_first


def decoded(content: bytes) -> tuple[str, bool]:
    """The text of a file, and whether it is in Windows-1252 (which Excel's plain "CSV" is).

    Raises:
        FileRefused: where it is too large, no text, or in another encoding.
    """
    if len(content) > LARGEST:
        raise FileRefused(
            f"The file is larger than {LARGEST // 1000} kB. Import it in parts of {MOST_ROWS} rows or fewer."
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise FileRefused(
            "The file is not plain CSV: it is a workbook or in another encoding (UTF-16). In your spreadsheet choose"
            " “CSV UTF-8”, then import it again."
        )
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), True
    except UnicodeDecodeError:
        raise FileRefused(
            "The file is neither in UTF-8 nor in Windows-1252. In your spreadsheet choose “CSV UTF-8”, then import it"
            " again."
        ) from None


def read(text: str) -> Reading:
    """Read a file's text.

    Raises:
        FileRefused: where it is not CSV with these columns, or holds too many rows.
    """
    reading = Reading()
    for line, values in _records(text):
        problems, answers = _row(line, values, reading)
        if problems:
            reading.problems += problems
        else:
            reading.rows.append(Row(line, answers))
        if reading.count > MOST_ROWS:
            raise FileRefused(f"The file has more than {MOST_ROWS} rows. Import it in parts.")
    if not reading.count:
        raise FileRefused("The file has a header and no rows. Put one placement on each row.")
    return reading


def _records(text: str) -> Iterator[tuple[int, dict[Column, str]]]:
    header = text.split("\n", 1)[0]
    lines = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if header.count(";") > header.count(",") else ",", strict=True
    )
    try:
        columns = _columns(next(lines, []))
        for values in lines:
            if not any(value.strip() for value in values):
                continue
            spare = [value for value in values[len(columns) :] if value.strip()]
            if len(values) < len(columns) or spare:
                said = f"The row has {len(values)} values where the header has {len(columns)}."
                yield lines.line_num, {_WHOLE: said}
            else:
                yield lines.line_num, dict(zip(columns, values, strict=False))
    except csv.Error as error:
        raise FileRefused(f"Line {lines.line_num}: this is not CSV ({error}). Save it as CSV again.") from error


_WHOLE = Column("row", "")


def _columns(header: Sequence[str]) -> list[Column]:
    found = [" ".join(name.lower().replace("_", " ").split()) for name in header]
    while found and not found[-1]:
        found.pop()
    unknown = sorted({name or "a column without a name" for name in found if name not in BY_NAME})
    missing = [column.name for column in COLUMNS if column.needed and column.name not in found]
    twice = sorted({name for name in found if found.count(name) > 1})
    wrong = [
        f"{said}: {', '.join(names)}"
        for said, names in (("missing", missing), ("not known", unknown), ("twice", twice))
        if names
    ]
    if wrong:
        raise FileRefused(f"Line 1: the header does not name the columns of the template. {'; '.join(wrong)}.")
    return [BY_NAME[name] for name in found]


def _row(line: int, values: Mapping[Column, str], reading: Reading) -> tuple[list[Problem], dict[str, str]]:
    problems, answers = [], {}
    if _WHOLE in values:
        return [Problem(line, "row", values[_WHOLE])], {}
    for column, raw in values.items():
        try:
            if said := _value(column, raw, reading):
                answers[column.answer] = said
            elif column.needed:
                raise _Refused(f"The {column.name} is missing.")
        except _Refused as refused:
            problems.append(Problem(line, column.name, str(refused)))
    return problems, answers


class _Refused(Exception):
    """One value cannot be read."""


def _value(column: Column, raw: str, reading: Reading) -> str:
    try:
        text = kept(raw)
    except NotKept as no:
        raise _Refused(str(no)) from None
    if not text:
        return ""
    if (raw.startswith(_FORMULA) or text.startswith(_FORMULA)) and not _NUMBER.fullmatch(text):
        raise _Refused(f"{text[:40]!r} begins as a formula does, and a spreadsheet would work it out. Write its value.")
    if column.kind == "day":
        return _day(text, reading).isoformat()
    return text if isinstance(column.kind, str) else _word(column.kind, text)


def _word(kind: type[StrEnum], text: str) -> str:
    offered = {said.casefold(): value for value, said in words.choices(kind)} | {
        word.value.casefold(): word.value for word in kind
    }
    said = " ".join(text.casefold().split())
    if said not in offered:
        known = "; ".join(said for _, said in words.choices(kind))
        raise _Refused(f"{text[:60]!r} is not one of the answers. Write one of: {known}.")
    return offered[said]


def _day(text: str, reading: Reading) -> date:
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _SLASHED.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
        _note_order(text, day, month, reading)
    else:
        raise _Refused(f"{text[:40]!r} is not a date. Write it as 27/9/2026 or 2026-09-27.")
    try:
        return date(year, month, day)
    except ValueError:
        raise _Refused(f"There is no {text} in the calendar.") from None


def _note_order(text: str, day: int, month: int, reading: Reading) -> None:
    if month > 12 >= day:
        reading.month_first = True
        raise _Refused(
            f"{text} has no month {month}: the month stands first, so no date of this file can be trusted. Give the"
            " day first, as in 27/9/2026, or write 2026-09-27."
        )
    if day > 12:
        reading.day_first = True
    elif day != month and reading.either_way is None:
        reading.either_way = text
