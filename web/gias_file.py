"""Reads the public extract of Get Information about Schools (`edubasealldataYYYYMMDD.csv`), a row at a time.

The whole file is some 100 MB and is read in constant memory. It is published in Windows-1252, with some 130 columns in
no promised order, of which these few are needed.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from web.characters import seen
from web.register_file import FileRefused

NEEDED = (
    "URN", "EstablishmentName", "TypeOfEstablishment (code)", "TypeOfEstablishment (name)",
    "EstablishmentStatus (code)", "EstablishmentStatus (name)", "CloseDate", "UKPRN",
    "Street", "Locality", "Address3", "Town", "Postcode", "TelephoneNum",
)  # fmt: skip
ACCREDITED_UNTIL = "AccreditationExpiryDate"
"""Only accredited online providers have one; extracts from before there were any lack the column."""

_LONGEST_LINE = 1 << 20
_NAME = re.compile(r"edubasealldata(\d{4})(\d\d)(\d\d)\.csv", re.IGNORECASE)
_DATE = re.compile(r"(\d\d)[-/](\d\d)[-/](\d{4})")


@dataclass(frozen=True)
class Establishment:
    """One row of the extract, as it stands there; `line` is where it ends in the file."""

    line: int
    urn: str
    ukprn: str
    name: str
    kind: str
    kind_code: str
    status: str
    status_code: str
    close_date: str
    accredited_until: str
    address: str
    telephone: str


@dataclass
class Extract:
    """What a whole extract came to: its rows, the rows asked for, and whether someone saved it in UTF-8."""

    rows: int
    found: list[Establishment]
    utf8: bool


def date_of(path: Path) -> date | None:
    """The day an extract is of, where its name is the one it was published under."""
    named = _NAME.fullmatch(path.name)
    return None if named is None else _calendar_day(named[1], named[2], named[3])


def day(text: str) -> date | None:
    """A day as the extract writes it (31-08-2026 or 31/08/2026); None where it is none."""
    found = _DATE.fullmatch(text)
    return None if found is None else _calendar_day(found[3], found[2], found[1])


def _calendar_day(year: str, month: str, of_month: str) -> date | None:
    try:
        return date(int(year), int(month), int(of_month))
    except ValueError:
        return None


def read(path: Path, wanted: Collection[str], progress: Callable[[int], object] = lambda _: None) -> Extract:
    """Read an extract to its end and keep the rows whose URN or UKPRN is wanted; `progress` is told bytes.

    Raises:
        FileRefused: where it is not the extract, lacks a column, or breaks off.
    """
    with path.open("rb") as file:
        utf8 = file.read(3) == codecs.BOM_UTF8
        file.seek(len(codecs.BOM_UTF8) if utf8 else 0)
        lines = csv.reader(_lines(file.readline, "utf-8" if utf8 else "cp1252", progress), strict=True)
        extract = Extract(0, [], utf8)
        try:
            header = next(lines, [])
            places = _places(header)
            urn, ukprn = places["URN"], places["UKPRN"]
            for values in lines:
                _refuse_short(lines.line_num, values, header)
                extract.rows += 1
                if values[urn] in wanted or values[ukprn] in wanted:
                    extract.found.append(_establishment(lines.line_num, places, values))
        except csv.Error as error:
            raise FileRefused(f"Line {lines.line_num}: no CSV, or it breaks off ({error}). {_AGAIN}") from error
    if not extract.rows:
        raise FileRefused(f"The file names its columns but no establishment. {_AGAIN}")
    return extract


_AGAIN = "Download “All establishment data” again and import the file as it came."


def _lines(readline: Callable[[int], bytes], encoding: str, progress: Callable[[int], object]) -> Iterator[str]:
    number = 0
    while line := readline(_LONGEST_LINE):
        number += 1
        progress(len(line))
        if number == 1 and (line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in line):
            raise FileRefused(f"The file is in UTF-16, so a program has saved it anew. {_AGAIN}")
        if len(line) == _LONGEST_LINE:
            raise FileRefused(f"Line {number} is longer than a megabyte. {_AGAIN}")
        # Windows-1252 leaves five bytes without a character; a name that holds one is shown with a mark in its place.
        yield line.decode(encoding, "replace")


def _places(header: Sequence[str]) -> dict[str, int]:
    names = [name.strip() for name in header]
    missing = [name for name in NEEDED if name not in names]
    if len(missing) == len(NEEDED):
        raise FileRefused(f"This is not the extract: it has none of the columns that are needed. {_AGAIN}")
    if missing:
        raise FileRefused(f"The extract lacks {', '.join(f'“{name}”' for name in missing)}. {_AGAIN}")
    twice = [name for name in NEEDED if names.count(name) > 1]
    if twice:
        raise FileRefused(f"The extract has the column “{twice[0]}” twice. {_AGAIN}")
    return {name: names.index(name) for name in (*NEEDED, ACCREDITED_UNTIL) if name in names}


def _refuse_short(line: int, values: Sequence[str], header: Sequence[str]) -> None:
    if len(values) != len(header):
        raise FileRefused(
            f"Line {line} has {len(values)} values where the header has {len(header)}: the file was cut short or"
            f" changed. {_AGAIN}"
        )


def _establishment(line: int, places: Mapping[str, int], values: Sequence[str]) -> Establishment:
    def said(name: str) -> str:
        return seen(values[places[name]]).strip() if name in places else ""

    parts = [said(name) for name in ("Street", "Locality", "Address3", "Town", "Postcode")]
    return Establishment(
        line=line,
        urn=said("URN"),
        ukprn=said("UKPRN"),
        name=said("EstablishmentName"),
        kind=said("TypeOfEstablishment (name)"),
        kind_code=said("TypeOfEstablishment (code)"),
        status=said("EstablishmentStatus (name)"),
        status_code=said("EstablishmentStatus (code)"),
        close_date=said("CloseDate"),
        accredited_until=said(ACCREDITED_UNTIL),
        address=", ".join(part for part in parts if part),
        telephone=said("TelephoneNum"),
    )
