"""`import-placements`: entering placements that are on paper from a CSV file."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from typing import Any
from uuid import UUID

from domain.values import LONDON, Actor, Basis, Officer
from domain.vocabulary import BasisKind, Office, Role
from projections import offices, schools
from projections.catch_up import position
from web.bootstrap import Services
from web.commands.opening import opened
from web.commands.speaking import Failed, progress, say
from web.import_placements import Outcome, enter, preview, told
from web.paper_file import Reading, decoded, read
from web.register_file import FileRefused

_IN_NAME_OF = (Office.AP_LEAD, Office.HEAD_TEACHER, Office.HEAD_OF_SERVICE)


def import_placements(options: Namespace) -> int:
    """Enter a file's good rows, or say what is wrong with it."""
    if not options.file.is_file():
        raise Failed(f"{options.file} is not a file." if options.file.exists() else f"There is no file {options.file}.")
    try:
        reading = _read(options)
    except FileRefused as refused:
        raise Failed(f"{options.file}: {refused} Nothing was entered.") from None
    with opened(options) as services:
        officer, school_id = _officer(services, options.school)
        outcome = preview(reading, services, officer, school_id)
        refused = bool(outcome.bad and not options.keep_good) or reading.month_first
        if not refused:
            with progress("Entering", len(reading.rows), "row") as bar:
                outcome = enter(reading, services, officer, school_id, bar.update)
            services.checkpointer.publish()
    say(_told(outcome, reading, officer, refused), _plain(outcome, reading, refused), as_json=options.json)
    return 1 if outcome.bad else 0


def _read(options: Namespace) -> Reading:
    text, windows = decoded(options.file.read_bytes())
    if windows and not options.windows_1252:
        raise FileRefused(
            "The file is not in UTF-8. If a spreadsheet saved it as plain “CSV” it is in Windows-1252: say so with"
            " --windows-1252, or save it as “CSV UTF-8”."
        )
    reading = read(text)
    if reading.unsure_of_days and not options.day_first and not reading.month_first:
        raise FileRefused(
            f"No date shows whether the day or the month stands first: {reading.either_way} could be read either way."
            " If the day does, say so with --day-first."
        )
    return reading


def _officer(services: Services, name: str | None) -> tuple[Officer, UUID]:
    """In whose name the rows are entered: the school's alternative provision lead in office, else its head."""
    services.catch_up()
    with services.read.reading() as connection:
        known_at = position(connection)
        found = [
            one
            for one in schools.schools(connection, known_at)
            if name is None or one.name.casefold() == name.casefold()
        ]
        if len(found) != 1:
            names = "; ".join(one.name for one in schools.schools(connection, known_at))
            raise Failed(f"Say for which school with --school, one of: {names}.")
        today = services.clock().astimezone(LONDON).date()
        for office in _IN_NAME_OF:
            held = offices.officers(connection, today, known_at, school_id=found[0].school_id, office=office)
            if held:
                basis = Basis(BasisKind.OWN_OFFICE, held[0].appointment_id)
                actor = Actor(held[0].person_id, Role(office.value), found[0].school_id, basis)
                return Officer(actor, held[0].name or "", held[0].title or ""), found[0].school_id
    raise Failed(f"{found[0].name} has neither an alternative provision lead nor a head in office to enter it for.")


def _told(outcome: Outcome, reading: Reading, officer: Officer, refused: bool) -> str:
    lines = told(outcome.problems)
    if refused:
        way = "." if reading.month_first else ", or enter the others with --keep-good."
        return "\n".join(
            [*lines, f"{outcome.bad:,} of {reading.count:,} rows are bad, so nothing was entered. Put them right{way}"]
        )
    lines += [
        f"line {plan.line}: {plan.pupil} at {plan.provider_name} is here already and stays as it is; the file says"
        f" otherwise of: {', '.join(plan.differs)}."
        + (" If it is a second placement, write yes under “another placement”." if "first day" in plan.differs else "")
        for plan in outcome.differing
    ]
    here = len(outcome.plans) - len(outcome.fresh)
    left = f", {outcome.bad:,} bad and left out" if outcome.bad else ""
    counts = (
        f"{reading.count:,} rows: {outcome.entered:,} entered in the name of {officer.name}, {officer.title},"
        f" {here:,} were here already, {len(outcome.differing):,} of them differ{left}."
    )
    return "\n".join([*lines, counts])


def _plain(outcome: Outcome, reading: Reading, refused: bool) -> dict[str, Any]:
    return {
        "rows": reading.count,
        "entered": outcome.entered,
        "already": len(outcome.plans) - len(outcome.fresh),
        "bad": outcome.bad,
        "refused": refused,
        "problems": [asdict(problem) for problem in outcome.problems],
        "differences": [{"line": plan.line, "columns": list(plan.differs)} for plan in outcome.differing],
    }
