"""A small file like the public extract of Get Information about Schools; every establishment in it is invented."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from random import Random

from web.gias_file import ACCREDITED_UNTIL, NEEDED

DAY = date(2026, 9, 9)
"""The day these extracts are of, unless a test says otherwise."""

OTHERS = tuple(f"Column {number} (name)" for number in range(1, 117))
"""The real file has some 130 columns; what the others hold is of no interest, quotes and line breaks included."""

OPEN, CLOSED, CLOSING, TO_OPEN = "Open", "Closed", "Open, but proposed to close", "Proposed to open"
PUBLIC = {OPEN: "1", CLOSED: "2", CLOSING: "3", TO_OPEN: "4"}
INTERNAL = {OPEN: "1", CLOSED: "3", CLOSING: "4", TO_OPEN: "5"}
SPECIAL = "Other independent special school"


def establishment(urn: str, name: str, status: str = OPEN, **more: str) -> dict[str, str]:
    """One row, an independent school unless told otherwise; `close`, `kind`, `ukprn` and `codes` (status, kind)."""
    row = dict.fromkeys((*NEEDED, ACCREDITED_UNTIL, *OTHERS), "")
    row |= {"URN": urn, "EstablishmentName": name, "CloseDate": more.get("close", ""), "UKPRN": more.get("ukprn", "")}
    row |= {"EstablishmentStatus (name)": status, "EstablishmentStatus (code)": PUBLIC.get(status, "9")}
    row |= {"TypeOfEstablishment (name)": more.get("kind", "Other independent school")}
    row |= {"TypeOfEstablishment (code)": "11", ACCREDITED_UNTIL: more.get("accredited_until", "")}
    if "codes" in more:
        status_code, kind_code = more["codes"].split()
        row |= {"EstablishmentStatus (code)": status_code, "TypeOfEstablishment (code)": kind_code}
    row |= {"Street": "3 Fieldgate Yard", "Town": "Marlmouth", "Postcode": "ZZ9 9ZZ", "TelephoneNum": "01632960999"}
    return row | {OTHERS[0]: 'Said "so",\r\nand more', OTHERS[1]: "Café Œuvre – 5 £"}


def written(
    folder: Path,
    *rows: Mapping[str, str],
    on: date = DAY,
    encoding: str = "cp1252",
    without: tuple[str, ...] = (),
    shuffled: bool = False,
) -> Path:
    """Write an extract under the name it would be published by, with two establishments that are nobody's."""
    path = folder / f"edubasealldata{on:%Y%m%d}.csv"
    columns = [name for name in (*NEEDED, ACCREDITED_UNTIL, *OTHERS) if name not in without]
    if shuffled:
        Random(7).shuffle(columns)  # noqa: S311 - the same order each time
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows((establishment("999900", "Mère Œillet School"), *rows, establishment("999901", "Tern House")))
    return path


def repeated(path: Path, count: int) -> Path:
    """Make an extract long: its last row, many times more."""
    last = path.read_bytes().split(b"999901", 1)[1]
    with path.open("ab") as file:
        file.writelines(b"999901" + last for _ in range(count))
    return path
