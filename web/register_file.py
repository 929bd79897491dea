"""Reads a register exported as CSV, row by row: each row becomes marks' fields or the reasons why it cannot.

A file of any length is read in constant memory. Columns may stand in any order; dates are 2026-09-14 or 14/09/2026.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from domain.values import LONDON
from domain.vocabulary import Session
from web.characters import NotKept, kept

COLUMNS = ("pupil reference", "date", "session", "code", "note", "marked by", "marked at")
_LONGEST_LINE = 1 << 20
_YEAR_FIRST = re.compile(r"\d{4}-\d\d-\d\d")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_SESSIONS = {"AM": Session.AM, "PM": Session.PM}


class FileRefused(Exception):
    """Nothing in this file can be trusted; the message says why and what would be accepted."""


@dataclass(frozen=True)
class Problem:
    """What is wrong in one place of the file, in words for the person who has to put it right.

    `discredits` where it shows that no other date of the file can be trusted either.
    """

    line: int
    column: str
    reason: str
    discredits: bool = False


@dataclass(frozen=True)
class Row:
    """One mark as the file states it; `marked_at` in UTC or with England's own offset."""

    line: int
    reference: str
    day: date
    session: Session
    code: str
    note: str | None
    marked_by: str
    marked_at: datetime


class _Refused(Exception):
    """One value cannot be read."""

    discredits = False


class _MonthFirst(_Refused):
    """One such date shows that every date may be turned round, those included that look possible."""

    discredits = True


def read(path: Path, progress: Callable[[int], object] = lambda _: None) -> Iterator[Row | tuple[Problem, ...]]:
    """Read the file's rows in order; `progress` is told the bytes of each line.

    Raises:
        FileRefused: where the file is not CSV in UTF-8 with these columns.
    """
    with path.open("rb") as file:
        lines = csv.reader(_lines(file.readline, progress), strict=True)
        try:
            order = _order(next(lines, []))
            for values in lines:
                if any(value.strip() for value in values):
                    yield _row(lines.line_num, order, values)
        except csv.Error as error:
            raise FileRefused(
                f"Line {lines.line_num}: this is not CSV ({error}). Export the register again as CSV."
            ) from error


def _lines(readline: Callable[[int], bytes], progress: Callable[[int], object]) -> Iterator[str]:
    number = 0
    while line := readline(_LONGEST_LINE):
        number += 1
        progress(len(line))
        if number == 1:
            if line.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in line:
                raise FileRefused(
                    "The file is in another encoding (UTF-16). Save it as CSV in UTF-8, then import it again."
                )
            line = line.removeprefix(b"\xef\xbb\xbf")
        if len(line) == _LONGEST_LINE:
            raise FileRefused(f"Line {number} is longer than a megabyte; this is not a register export.")
        # What is not UTF-8 is carried through as lone surrogates, so that the row can name the column it stands in.
        yield line.decode("utf-8", "surrogateescape")


def _order(header: Sequence[str]) -> list[int]:
    found = [" ".join(name.lower().replace("_", " ").split()) for name in header]
    missing = [name for name in COLUMNS if name not in found]
    unknown = [name for name in found if name not in COLUMNS]
    if missing or unknown or len(found) != len(COLUMNS):
        wrong = [
            f"{said}: {', '.join(names)}" for said, names in (("missing", missing), ("not known", unknown)) if names
        ]
        raise FileRefused(
            f"Line 1: the header must name these columns: {', '.join(COLUMNS)}."
            f" {'; '.join(wrong) or 'A name is there twice'}."
        )
    return [found.index(name) for name in COLUMNS]


def _row(line: int, order: Sequence[int], texts: Sequence[str]) -> Row | tuple[Problem, ...]:
    if len(texts) != len(order):
        return (Problem(line, "row", f"The row has {len(texts)} values where the header has {len(order)}."),)
    values = _Values(line, dict(zip(COLUMNS, (texts[place].strip() for place in order), strict=True)))
    reference, code, by = (values.take(column, str) for column in ("pupil reference", "code", "marked by"))
    day, session = values.take("date", _date), values.take("session", _session)
    note = values.take("note", str)
    at = values.take("marked at", lambda text: _instant(text, day or date.min))
    if values.problems:
        return tuple(values.problems)
    return Row(line, reference, day, session, code, note or None, by, at)


class _Values:
    """The texts of one row, and what was found wrong with them."""

    def __init__(self, line: int, texts: Mapping[str, str]) -> None:
        self._line, self._texts = line, texts
        self.problems: list[Problem] = []

    def take(self, column: str, parse: Callable[[str], Any]) -> Any:
        """The value of a column, or None and a problem more."""
        text = self._texts[column]
        try:
            return parse(_readable(column, text))
        except _Refused as refused:
            self.problems.append(Problem(self._line, column, str(refused), refused.discredits))
            return None


def _readable(column: str, text: str) -> str:
    if any("\udc80" <= character <= "\udcff" for character in text):
        raise _Refused("This is not UTF-8. Save the file as CSV in UTF-8, then import it again.")
    try:
        text = kept(text)
    except NotKept as no:
        raise _Refused(str(no)) from None
    if not text and column != "note":
        raise _Refused(f"The {column} is missing.")
    return text


def _date(text: str) -> date:
    if _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in text.split("-"))
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
        _refuse_month_first(text, day, month)
    else:
        raise _Refused(f"{text!r} is not a date. Write it as 2026-09-14 or 14/09/2026.")
    try:
        return date(year, month, day)
    except ValueError:
        raise _Refused(f"There is no {text} in the calendar.") from None


def _refuse_month_first(text: str, day: int, month: int) -> None:
    if month > 12 >= day:
        raise _MonthFirst(
            f"{text} puts the month first, so no date in this file can be trusted. Export it with the day first"
            " (14/09/2026) or as 2026-09-14."
        )


def _session(text: str) -> Session:
    try:
        return _SESSIONS[text.upper()]
    except KeyError:
        raise _Refused(f"{text!r} is not a session. Write AM or PM.") from None


def _instant(text: str, day: date) -> datetime:
    """A time alone means that day; a time without an offset means England's."""
    try:
        moment = datetime.combine(day, time.fromisoformat(text)) if len(text) <= 8 else datetime.fromisoformat(text)
    except ValueError:
        raise _Refused(f"{text!r} is not a time. Write it as 09:05 or 2026-09-14 09:05.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)
