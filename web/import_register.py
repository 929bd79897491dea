"""Entering a register that was kept elsewhere: all of a CSV file's good rows, or none, and never over an existing mark.

The file is read twice: once to find every bad row, once to enter the good ones in batches, each batch one transaction.
A killed import is simply run again: what is already entered is met as such and left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.errors import AlreadyRecorded
from domain.parts import Mark
from domain.values import Submission
from projections import marks
from projections.catch_up import position
from web.bootstrap import Services
from web.register_file import Problem, Row, read
from web.register_lookup import Expected, Lookup

BATCH = 200
_REPORTED = 1000
_ATTEMPTS = 5


@dataclass(frozen=True)
class Difference:
    """A session that is already marked, and otherwise than the file says: for a person to settle."""

    line: int
    reference: str
    day: str
    session: str
    recorded: str
    file: str


@dataclass
class Report:
    """What became of a file. The lists stop growing at 1,000; the counts go on."""

    rows: int = 0
    entered: int = 0
    already: int = 0
    bad: int = 0
    differing: int = 0
    refused: bool = False
    discredited: bool = False
    problems: list[Problem] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    def add_problems(self, problems: Sequence[Problem]) -> None:
        """Count one bad row, and keep its reasons while there is room."""
        self.bad += 1
        self.discredited |= any(problem.discredits for problem in problems)
        self.problems += problems[: max(0, _REPORTED - len(self.problems))]

    def add_difference(self, difference: Difference) -> None:
        """Count a difference, and keep it while there is room."""
        self.differing += 1
        if len(self.differences) < _REPORTED:
            self.differences.append(difference)


def import_register(
    path: Path, services: Services, *, keep_good: bool = False, progress: Callable[[int], object] = lambda _: None
) -> Report:
    """Enter a register file; with bad rows in it, its good ones only where `keep_good` says so.

    One date with the month first discredits them all: then nothing is entered, and every bad row is still named.
    `progress` is told the bytes of each line, on both readings.

    Raises:
        FileRefused: where nothing in the file can be trusted.
    """
    report = Report()
    services.catch_up()
    with services.read.reading() as connection:
        lookup = Lookup(connection, services.clock())
        for _ in _good(path, lookup, progress, report):
            report.rows += 1
    report.rows += report.bad
    report.refused = report.discredited or bool(report.bad and not keep_good)
    if not report.refused:
        _enter(path, services, progress, report)
    return report


def _good(
    path: Path, lookup: Lookup, progress: Callable[[int], object], report: Report
) -> Iterator[tuple[Row, Expected]]:
    """The rows that can be entered; the others go into the report."""
    for row in read(path, progress):
        if not isinstance(row, Row):
            report.add_problems(row)
        elif isinstance(found := lookup.expected(row), Expected):
            yield row, found
        else:
            report.add_problems(found)


def _enter(path: Path, services: Services, progress: Callable[[int], object], report: Report) -> None:
    with services.read.reading() as connection:
        rows = _good(path, Lookup(connection, services.clock()), progress, Report())
        while batch := sorted(islice(rows, BATCH), key=_school):
            for school_id, of_school in groupby(batch, key=_school):
                _enter_batch(services, school_id, list(of_school), report)


def _school(good: tuple[Row, Expected]) -> UUID:
    return good[1].school_id


def _enter_batch(services: Services, school_id: UUID, rows: Sequence[tuple[Row, Expected]], report: Report) -> None:
    """Enter what of a batch is not entered yet; look again where someone marked one of its sessions meanwhile."""
    for attempt in range(1, _ATTEMPTS + 1):
        services.catch_up()
        fresh, differences = _compare(services, rows)
        submission = Submission(rows[0][1].officer, services.clock())
        try:
            if fresh:
                services.application.take_register(school_id, marks=tuple(fresh), submission=submission)
        except AlreadyRecorded:
            if attempt == _ATTEMPTS:
                raise
            continue
        report.entered += len(fresh)
        report.already += len(rows) - len(fresh) - len(differences)
        for difference in differences:
            report.add_difference(difference)
        return


def _compare(services: Services, rows: Sequence[tuple[Row, Expected]]) -> tuple[list[Mark], list[Difference]]:
    """Find the rows to enter and those that differ from what is entered, or stands earlier in the batch."""
    fresh: dict[tuple[UUID, Any, Any], Mark] = {}
    differences = []
    with services.read.reading() as connection:
        known_at = position(connection)
        for row, expected in rows:
            mark = expected.mark
            key = (mark.pupil_id, mark.day, mark.session)
            if (other := fresh.get(key)) is not None:
                standing: set[tuple[str | None, str]] = {(other.code, _words(other.note, other.nature))}
            elif (entered := marks.mark(connection, *key, known_at)) is not None:
                said = _words(entered.note, entered.nature)
                standing = {(entered.code, said), (entered.marked_code, said)}
            else:
                fresh[key] = mark
                continue
            if (mark.code, _words(mark.note, mark.nature)) not in standing:
                differences.append(_difference(row, standing))
    return list(fresh.values()), differences


def _words(note: str | None, nature: str | None) -> str:
    return note or nature or ""


def _difference(row: Row, standing: set[tuple[str | None, str]]) -> Difference:
    recorded = " then ".join(" ".join(part for part in said if part) for said in sorted(standing, key=str))
    ours = f"{row.code} {row.note or ''}".strip()
    return Difference(row.line, row.reference, row.day.isoformat(), row.session.value, recorded, ours)
