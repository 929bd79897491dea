"""Entering placements that are on paper from a file: each good row in a few commands that a second run completes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from uuid import UUID

from domain.errors import AlreadyRecorded
from domain.values import Officer, Submission
from domain.vocabulary import Source
from web.bootstrap import Services
from web.existing import Span, overlap, reference
from web.paper_file import Reading, Row
from web.paper_rows import Lookup, Plan
from web.register_file import Problem

_ONE_AT_A_TIME = Lock()
"""Two imports of one file at the same moment would both find a pupil missing and put them on roll twice."""


@dataclass
class Outcome:
    """What a file comes to: the rows that can be entered or are here already, and everything at fault."""

    plans: list[Plan] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    entered: int = 0

    @property
    def fresh(self) -> list[Plan]:
        """The rows to enter."""
        return [plan for plan in self.plans if plan.fresh]

    @property
    def bad(self) -> int:
        """How many rows are at fault."""
        return len({problem.line for problem in self.problems})

    @property
    def differing(self) -> list[Plan]:
        """Rows whose placement is here and says otherwise: for a person to settle."""
        return [plan for plan in self.plans if plan.differs]


def preview(reading: Reading, services: Services, officer: Officer, school_id: UUID) -> Outcome:
    """Look up what every row is about; nothing is recorded."""
    services.catch_up()
    outcome = Outcome(problems=list(reading.problems))
    submission = _submission(services, officer)
    with services.read.reading() as connection:
        lookup = Lookup(connection, school_id, submission)
        earlier: list[Row] = []
        for row in reading.rows:
            if twice := next(filter(None, (_twice(row, one) for one in earlier)), None):
                outcome.problems.append(twice)
                continue
            found = lookup.plan(row)
            if isinstance(found, Plan):
                outcome.plans.append(found)
                earlier.append(row)
            else:
                outcome.problems += found
    outcome.problems.sort(key=lambda problem: problem.line)
    return outcome


def _twice(row: Row, earlier: Row) -> Problem | None:
    """What is at fault where an earlier row of the file tells of the same placement, as far as it can be known."""
    (pupil, provider, ran), other = _which(row), _which(earlier)
    if (pupil, provider) != other[:2]:
        return None
    if ran[0] == other[2][0]:
        return Problem(row.line, "row", f"The same placement stands on line {earlier.line}.")
    if row.answers.get("another") == "yes" or not overlap(ran, other[2]):
        return None
    return Problem(
        row.line,
        "first day",
        f"Line {earlier.line} has this pupil with this provider in that time. Leave one of them out, or write yes under"
        " “another placement”.",
    )


def _which(row: Row) -> tuple[str, str, Span]:
    said = row.answers
    ended = said.get("ended_on")
    ran = date.fromisoformat(said["started_on"]), date.fromisoformat(ended) if ended else None
    return said["pupil.local_ref"], said["provider.name"].casefold(), ran


def enter(
    reading: Reading,
    services: Services,
    officer: Officer,
    school_id: UUID,
    progress: Callable[[int], object] = lambda _: None,
) -> Outcome:
    """Enter every good row that is not here yet. A run that is cut short is simply run again."""
    with _ONE_AT_A_TIME:
        outcome = preview(reading, services, officer, school_id)
        wanted = {plan.line for plan in outcome.fresh}
        for row in reading.rows:
            progress(1)
            if row.line in wanted:
                # Looked up again each time: a row before may have put the same pupil on roll, or recorded the place.
                services.catch_up()
                with services.read.reading() as connection:
                    plan = Lookup(connection, school_id, _submission(services, officer)).plan(row)
                if isinstance(plan, Plan) and plan.fresh:
                    outcome.entered += _enter(plan, services, officer)
    return outcome


def _enter(plan: Plan, services: Services, officer: Officer) -> bool:
    application, values = services.application, plan.values
    submission = _submission(services, officer)
    if plan.provider is not None:
        application.record_provider(values["provider_id"], **plan.provider, submission=submission)
    if plan.place is not None:
        application.record_provider_site(
            values["provider_id"], site_id=values["site_id"], **plan.place, submission=submission
        )
    if plan.enrol is not None:
        application.enrol_pupil(values["pupil_id"], **plan.enrol, submission=submission)
    try:
        application.add_existing_placement(reference(values), **values, submission=submission)
    except AlreadyRecorded:
        return False  # somebody entered it by form in this moment
    return True


def _submission(services: Services, officer: Officer) -> Submission:
    return Submission(officer, services.clock(), source=Source.IMPORT)


def told(problems: Sequence[Problem]) -> list[str]:
    """Every fault in a line: where, and what to do."""
    return [f"line {problem.line}, {problem.column}: {problem.reason}" for problem in problems]
