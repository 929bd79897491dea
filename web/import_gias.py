"""Holding the public extract of Get Information about Schools against every provider on record.

What it says is recorded as looked up on the day of the extract, and an end of registration with its own day; the same
extract again adds nothing. A row that does not look like the provider on record is told of and never recorded: its
number was mis-keyed, or the provider has another name now, and only a person can say which.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID

from domain.values import LONDON
from projections.placements import IN_FORCE, placement_list
from web import gias_meaning as meaning
from web import words
from web.bootstrap import Services
from web.gias_file import Establishment, read
from web.gias_providers import Known, Recorder, known_providers


@dataclass(frozen=True)
class Problem:
    """A number for which nothing was recorded, and why."""

    provider: str
    number: str
    reason: str


@dataclass(frozen=True)
class Touched:
    """A running placement of a provider that is registered no more."""

    placement_id: UUID
    started_on: date | None
    proposed_end: date


@dataclass(frozen=True)
class Ended:
    """A provider whose registration has ended; `recorded` where this import is what recorded it."""

    provider: str
    number: str
    ended_on: date
    recorded: bool
    placements: tuple[Touched, ...]


@dataclass
class Report:
    """What became of an extract: with `dry_run`, what would have become of it."""

    extract_of: date
    dry_run: bool
    rows: int = 0
    utf8: bool = False
    codes: set[meaning.Codes] = field(default_factory=set)
    without_number: int = 0
    verified: int = 0
    already: int = 0
    closing: list[str] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)


def import_gias(
    path: Path,
    on: date,
    services: Services,
    *,
    record: Collection[str] = (),
    dry_run: bool = False,
    progress: Callable[[int], object] = lambda _: None,
) -> Report:
    """Verify every provider with a URN or UKPRN against the extract of a day, and record the new ones asked for.

    The file is read to its end before anything is recorded. `progress` is told bytes.

    Raises:
        FileRefused: where the file is not the whole extract.
    """
    services.catch_up()
    everyone = known_providers(services)
    numbered = [known for known in everyone if known.number]
    extract = read(path, {known.number for known in numbered} | set(record), progress)
    report = Report(on, dry_run, extract.rows, extract.utf8, without_number=len(everyone) - len(numbered))
    recorder = Recorder(services, on, dry_run=dry_run)
    for known in numbered:
        _verify(known, extract.found, recorder, report)
    for urn in record:
        _record(urn, numbered, extract.found, recorder, report)
    return report


def _verify(known: Known, rows: Sequence[Establishment], recorder: Recorder, report: Report) -> None:
    try:
        row = _row_of(known, rows)
        found = meaning.finding(row, report.extract_of)
    except meaning.NotKnown as unknown:
        report.problems.append(Problem(known.name, known.number, f"{unknown}."))
        return
    report.codes.add(meaning.codes(row))
    new = recorder.verify(known, found)
    report.verified += new
    report.already += not new
    if found.closes_on is not None:
        report.closing.append(f"{known.name} ({known.number}) is to close on {words.day(found.closes_on)}")
    if found.ended_on is not None:
        lapsed = recorder.lapse(known, found, found.ended_on)
        touched = _touched(recorder.services, known.provider_id)
        report.ended.append(Ended(known.name, known.number, found.ended_on, lapsed, touched))


def _row_of(known: Known, rows: Sequence[Establishment]) -> Establishment:
    """The one row that is this provider's."""
    same = {(row.urn, row.ukprn, row.name, row.kind, row.status, row.close_date): row for row in rows if known.has(row)}
    if not same:
        raise meaning.NotKnown("it is not in this extract")
    alike = [row for row in same.values() if meaning.resembles(known.name, row.name)]
    if not alike:
        names = " and ".join(f"“{row.name}”" for row in same.values())
        raise meaning.NotKnown(
            f"there it is {names}, so the number was mis-keyed or the provider has another name now; look it up, and"
            " record the check on the provider's page"
        )
    # A college's predecessor keeps its provider number when it closes; a school's number is never used again.
    going = [row for row in alike if meaning.goes_on(row)] if known.has_ukprn else []
    if len(alike) > 1 and len(going) != 1:
        raise meaning.NotKnown(f"it is there {len(alike)} times and not the same, so it is for a person to look up")
    return going[0] if len(alike) > 1 else alike[0]


def _record(
    urn: str, numbered: Sequence[Known], rows: Sequence[Establishment], recorder: Recorder, report: Report
) -> None:
    found = {(row.name, row.kind, row.status, row.close_date): row for row in rows if row.urn == urn}
    name = next((row.name for row in found.values()), "a new provider")
    same = next((known for known in numbered if known.number == urn), None)
    try:
        if same is not None:
            raise meaning.NotKnown(f"it is on record already as {same.name}")
        if len(found) != 1:
            raise meaning.NotKnown("it is not in this extract" if not found else "it is there twice and not the same")
        row = next(iter(found.values()))
        said = meaning.finding(row, report.extract_of)
        if said.ended_on is not None:
            raise meaning.NotKnown(f"its registration ended on {words.day(said.ended_on)}, so it was not recorded")
        if not row.address:
            raise meaning.NotKnown("it has no address there, so record it by hand")
        recorder.record(row, said)
    except meaning.NotKnown as unknown:
        report.problems.append(Problem(name, urn, f"{unknown}."))
    else:
        report.recorded.append(f"{row.name} ({urn})")


def _touched(services: Services, provider_id: UUID) -> tuple[Touched, ...]:
    today, known_at = services.clock().astimezone(LONDON).date(), services.catch_up()
    with services.read.reading() as connection:
        found = placement_list(connection, today, known_at, provider_id=provider_id)
    return tuple(Touched(one.placement_id, one.started_on, one.proposed_end) for one in found if one.status in IN_FORCE)
