"""A register file is entered whole or not at all, adds nothing twice, never overwrites, and survives being killed."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.values import LONDON, Submission
from domain.vocabulary import AmendmentReason, Session
from ledger.audit import audit
from projections import marks
from projections.pupils import pupils
from tests.conftest import ROOT, SMALL, TODAY
from web import founding
from web.bootstrap import Services, open_services
from web.demo.calendar import lay
from web.demo.cast import Cast
from web.demo.naming import Ids
from web.demo.plan import SEED
from web.import_register import import_register
from web.register_file import COLUMNS

CALENDAR = lay(TODAY, SMALL.days)
DAY = CALENDAR.after(TODAY, 1)
"""A school day whose registers the demo has not taken."""


@pytest.fixture
def services(demo_copy: Path) -> Iterator[Services]:
    """A demo of the test's own, some weeks on, so that there are sessions left to enter."""
    opened = open_later(demo_copy)
    yield opened
    opened.close()


def open_later(folder: Path) -> Services:
    later = datetime.combine(CALENDAR.terms[0].end, datetime.min.time(), LONDON) + timedelta(hours=20)
    return open_services(folder, None, founding.passphrase(folder, founding.read(folder), {}), lambda: later)


def row(
    reference: str = "RH-002", day: date = DAY, session: str = "AM", code: str = "I", **more: str
) -> dict[str, str]:
    given = {"pupil reference": reference, "date": day.isoformat(), "session": session, "code": code, "note": ""}
    return {**given, "marked by": "Sunita Brookhallow", "marked at": "09:05", **more}


def written(folder: Path, rows: Sequence[dict[str, str]], name: str = "register.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def references(services: Services) -> list[str]:
    position = services.catch_up()
    with services.read.reading() as connection:
        return sorted(pupil.local_ref or "" for pupil in pupils(connection, DAY, position))


def recorded(services: Services) -> list[tuple[Any, ...]]:
    """Every mark as it stands, without who entered it when."""
    position = services.catch_up()
    with services.read.reading() as connection:
        found = marks.marks(connection, position, first=date.min, last=date.max)
    return [(one.pupil_id, one.day, one.session, one.code, one.note, one.nature, one.taken_by) for one in found]


def test_good_rows_become_marks_of_the_pupils_placement_that_day(services: Services, tmp_path: Path) -> None:
    before = services.log.size()
    report = import_register(written(tmp_path, [row(), row(session="PM", code="\\")]), services)
    assert (report.rows, report.entered, report.bad, report.differing) == (2, 2, 0, 0)
    assert services.log.size() == before + 2
    position = services.catch_up()
    with services.read.reading() as connection:
        (pupil,) = (one for one in pupils(connection, DAY, position) if one.local_ref == "RH-002")
        first, second = marks.marks(connection, position, first=DAY, last=DAY, pupil_id=pupil.pupil_id)
    assert (first.code, second.code) == ("I", "\\")
    assert first.placement_id is not None
    assert (first.taken_by, first.actor_title) == ("Sunita Brookhallow", "Attendance Officer")


def test_a_pupil_marked_present_in_school_was_not_at_their_outside_placement(
    services: Services, tmp_path: Path
) -> None:
    path = written(tmp_path, [row("RH-016", code="/"), row("RH-016", session="PM", code="K", note="Studio work")])
    assert import_register(path, services).entered == 2
    position = services.catch_up()
    with services.read.reading() as connection:
        present, away = marks.marks(connection, position, first=DAY, last=DAY)
    assert present.placement_id is None
    assert away.placement_id is not None
    assert away.nature == "Studio work"


def test_a_pupil_is_also_known_by_their_unique_pupil_number(services: Services, tmp_path: Path) -> None:
    position = services.catch_up()
    with services.read.reading() as connection:
        upn = next(one.upn for one in pupils(connection, DAY, position) if one.upn)
    assert import_register(written(tmp_path, [row(upn)]), services).entered == 1


@pytest.mark.parametrize(
    ("bad", "column", "says"),
    [
        (row("RH-999"), "pupil reference", "No pupil has the reference"),
        (row(code="H"), "code", "did not exist on"),
        (row(code="ZZ"), "code", "not a national attendance code"),
        (row(day=CALENDAR.terms[0].end + timedelta(days=3)), "date", "no session"),
        (row(day=DAY + timedelta(days=5 - DAY.weekday())), "date", "no session"),
        (row(day=CALENDAR.inset_days[0]), "date", "no session"),
        (row(session="PM", code="/"), "code", "cannot stand for the PM session"),
        (row(**{"marked at": "2099-01-01 09:00"}), "marked at", "ahead"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_entered(
    services: Services, tmp_path: Path, bad: dict[str, str], column: str, says: str
) -> None:
    before = services.log.size()
    report = import_register(written(tmp_path, [row(), bad]), services)
    (problem,) = report.problems
    assert (problem.line, problem.column) == (3, column)
    assert says in problem.reason
    assert report.refused
    assert services.log.size() == before


def test_a_mark_elsewhere_is_entered_even_if_the_file_does_not_say_what_was_done(
    services: Services, tmp_path: Path
) -> None:
    assert import_register(written(tmp_path, [row(code="B")]), services).entered == 1


def test_a_session_that_lies_ahead_is_refused(demo_copy: Path, tmp_path: Path) -> None:
    opened = open_later(demo_copy)
    try:
        now = datetime.combine(TODAY, datetime.min.time(), LONDON)
        report = import_register(written(tmp_path, [row()]), replace(opened, clock=lambda: now))
    finally:
        opened.close()
    assert [problem.column for problem in report.problems] == ["date"]
    assert "lies ahead" in report.problems[0].reason


def test_the_person_may_choose_to_keep_the_good_rows(services: Services, tmp_path: Path) -> None:
    report = import_register(written(tmp_path, [row(), row("RH-999"), row(session="PM")]), services, keep_good=True)
    assert (report.entered, report.bad, report.refused) == (2, 1, False)


@pytest.mark.parametrize("keep_good", [False, True])
def test_a_month_first_date_refuses_the_whole_file_and_hides_no_other_bad_row(
    services: Services, tmp_path: Path, keep_good: bool
) -> None:
    before = services.log.size()
    rows = [row(), row(date="09/14/2026"), row("RH-999"), row(code="ZZ")]
    report = import_register(written(tmp_path, rows), services, keep_good=keep_good)
    assert [(problem.line, problem.column) for problem in report.problems] == [
        (3, "date"), (4, "pupil reference"), (5, "code"),
    ]  # fmt: skip
    assert report.refused
    assert (report.bad, report.entered, services.log.size()) == (3, 0, before)


def test_the_same_file_again_adds_nothing(services: Services, tmp_path: Path) -> None:
    path = written(tmp_path, [row(reference) for reference in references(services)])
    first = import_register(path, services)
    size = services.log.size()
    again = import_register(path, services)
    assert first.entered == 20
    assert (again.entered, again.already, again.differing) == (0, 20, 0)
    assert services.log.size() == size


def test_a_difference_is_listed_and_never_overwrites(services: Services, tmp_path: Path) -> None:
    import_register(written(tmp_path, [row(code="I")]), services)
    before = recorded(services)
    report = import_register(written(tmp_path, [row(code="N"), row(session="PM")], "other.csv"), services)
    (difference,) = report.differences
    assert (difference.line, difference.recorded, difference.file) == (2, "I", "N")
    assert report.entered == 1
    assert set(before) < set(recorded(services))


def test_two_rows_for_one_session_enter_the_first_and_list_the_second(services: Services, tmp_path: Path) -> None:
    report = import_register(written(tmp_path, [row(code="I"), row(code="M"), row(code="I")]), services)
    assert (report.entered, report.already, report.differing) == (1, 1, 1)
    assert report.differences[0].line == 3


def test_a_mark_amended_since_its_import_is_not_a_difference(services: Services, tmp_path: Path) -> None:
    path = written(tmp_path, [row(code="N")])
    import_register(path, services)
    position = services.catch_up()
    with services.read.reading() as connection:
        (mark,) = marks.marks(connection, position, first=DAY, last=DAY)
    officer = Cast(Ids(SEED)).officer("rowan-attendance")
    services.application.amend_attendance(
        mark.pupil_id, day=DAY, session=Session.AM, original_code="N", amended_code="I", minutes_late=None, nature=None,
        reason_code=AmendmentReason.REASON_ESTABLISHED, reason="The parent rang.",
        submission=Submission(officer, services.clock()),
    )  # fmt: skip
    again = import_register(path, services)
    assert (again.already, again.differing) == (1, 0)


_KILLED = """
import sys
from pathlib import Path
from tests.web.test_import_register import open_later
from web.import_register import import_register

def tell(size):
    print(size, flush=True)

import_register(Path(sys.argv[2]), open_later(Path(sys.argv[1])), progress=tell)
"""


def test_an_import_killed_half_way_is_taken_up_again(demo_copy: Path, tmp_path: Path) -> None:
    days = [CALENDAR.after(DAY, number) for number in range(1, 16)]
    opened = open_later(demo_copy)
    path = written(
        tmp_path, [row(one, day, half) for day in days for half in ("AM", "PM") for one in references(opened)]
    )
    before = opened.log.size()
    lines = 1 + 15 * 2 * 20
    command = [sys.executable, "-c", _KILLED, str(demo_copy), str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(lines + 450):  # into the second reading, past two batches
            process.stdout.readline()
        process.kill()
    entered = opened.log.size() - before
    assert 0 < entered < lines - 1
    report = import_register(path, opened)
    assert (report.entered, report.already, report.differing) == (lines - 1 - entered, entered, 0)
    assert opened.log.size() == before + lines - 1
    assert len({mark[:3] for mark in recorded(opened)}) == len(recorded(opened))
    assert audit(opened.log, opened.subjects, opened.checkpointer.locked()).finding is None
    opened.close()
