"""A register file is read row by row, and every bad value is named with its line, its column and what would do."""

from __future__ import annotations

import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.vocabulary import Session
from web.register_file import FileRefused, Problem, Row, read

HEADER = "pupil reference,date,session,code,note,marked by,marked at"


def rows_of(
    folder: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8"
) -> list[Row | tuple[Problem, ...]]:
    path = folder / "register.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
    return list(read(path))


def only_problem(folder: Path, line: str) -> Problem:
    (problems,) = rows_of(folder, line)
    assert isinstance(problems, tuple)
    (problem,) = problems
    return problem


def test_a_row_becomes_a_mark_with_englands_time(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "RH-001,14/09/2026,am,B,Motor mechanics,Barnaby Coppershaw,09:05")
    assert isinstance(row, Row)
    assert (row.day, row.session, row.code) == (date(2026, 9, 14), Session.AM, "B")
    assert row.marked_at.isoformat() == "2026-09-14T09:05:00+01:00"


def test_a_byte_order_mark_quotes_crlf_and_another_order_of_columns_are_read(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    header = "Session,Date,Pupil_Reference,Code,Marked By,Marked At,Note"
    row = 'PM,2026-09-14,RH-001,\\,"Hale, E.",2026-09-14 13:05,'
    path.write_bytes(f"\ufeff{header}\r\n{row}\r\n".encode())
    (found,) = read(path)
    assert isinstance(found, Row)
    assert (found.line, found.reference, found.code, found.marked_by, found.note) == (
        2,
        "RH-001",
        "\\",
        "Hale, E.",
        None,
    )


def test_what_nobody_sees_in_a_reference_or_a_name_is_left_out(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "\u200bRH-\u00ad001,14/09/2026,am,B,,Barnaby\u2060 Coppershaw\ufeff,09:05")
    assert isinstance(row, Row)
    assert (row.reference, row.marked_by) == ("RH-001", "Barnaby Coppershaw")


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ("RH-001,31/02/2026,AM,/,,A. Bell,09:05", "date", "no 31/02/2026 in the calendar"),
        ("RH-001,2026-13-01,AM,/,,A. Bell,09:05", "date", "no 2026-13-01 in the calendar"),
        ("RH-001,yesterday,AM,/,,A. Bell,09:05", "date", "not a date"),
        ("RH-001,2026-09-14,noon,/,,A. Bell,09:05", "session", "AM or PM"),
        ("RH-001,2026-09-14,AM,/,,A. Bell,early", "marked at", "not a time"),
        ("RH-001,2026-09-14,AM,/,,,09:05", "marked by", "missing"),
        (",2026-09-14,AM,/,,A. Bell,09:05", "pupil reference", "missing"),
        ("RH-001,2026-09-14,AM,,,A. Bell,09:05", "code", "missing"),
        ("RH-001,2026-09-14,AM,/,,A. Bell", "row", "6 values"),
        ("RH-001,2026-09-14,AM,/,,A.\x1bBell,09:05", "marked by", "control characters"),
    ],
)
def test_a_bad_value_is_named_with_line_and_column(tmp_path: Path, line: str, column: str, says: str) -> None:
    problem = only_problem(tmp_path, line)
    assert (problem.line, problem.column) == (2, column)
    assert says in problem.reason


def test_every_bad_value_of_a_row_is_named_at_once(tmp_path: Path) -> None:
    (problems,) = rows_of(tmp_path, "RH-001,32/01/2026,noon,,,A. Bell,09:05")
    assert isinstance(problems, tuple)
    assert {problem.column for problem in problems} == {"date", "session", "code"}


def test_a_line_is_counted_as_an_editor_counts_it(tmp_path: Path) -> None:
    good = 'RH-001,2026-09-14,AM,/,"two\nlines",A. Bell,09:05'
    bad = "RH-001,2026-09-14,noon,/,,A. Bell,09:05"
    _, problems = rows_of(tmp_path, good, bad)
    assert isinstance(problems, tuple)
    assert problems[0].line == 4


def test_one_month_first_date_discredits_every_date_and_the_rows_after_it_are_still_read(tmp_path: Path) -> None:
    month_first, bad = "RH-001,09/14/2026,AM,/,,A. Bell,09:05", "RH-001,15/09/2026,noon,/,,A. Bell,09:05"
    good, discrediting, other = rows_of(tmp_path, "RH-001,01/02/2026,AM,/,,A. Bell,09:05", month_first, bad)
    assert isinstance(good, Row)
    assert isinstance(discrediting, tuple)
    assert discrediting[0].discredits
    assert "09/14/2026 puts the month first" in discrediting[0].reason
    assert isinstance(other, tuple)
    assert [(one.line, one.column, one.discredits) for one in other] == [(4, "session", False)]


def test_a_header_with_a_missing_and_an_unknown_column_names_both(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"missing: code; not known: mark"):
        rows_of(tmp_path, header=HEADER.replace("code", "mark"))


def test_a_file_in_utf16_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="UTF-16"):
        rows_of(tmp_path, "RH-001,2026-09-14,AM,/,,A. Bell,09:05", encoding="utf-16")


def test_a_letter_in_another_encoding_is_named_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(f"{HEADER}\nRH-001,2026-09-14,AM,/,,Zo\xeb Bell,09:05\n".encode("latin-1"))
    (problems,) = read(path)
    assert isinstance(problems, tuple)
    assert (problems[0].line, problems[0].column) == (2, "marked by")
    assert "not UTF-8" in problems[0].reason


def test_an_endless_line_is_refused_and_not_held(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(HEADER.encode() + b"\n" + b"x" * (4 << 20))
    with pytest.raises(FileRefused, match="Line 2 is longer than a megabyte"):
        list(read(path))


def test_a_file_of_any_length_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEADER}\n")
        file.writelines(f"RH-001,2026-09-14,AM,/,row {number},A. Bell,09:05\n" for number in range(30_000))
    tracemalloc.start()
    try:
        assert sum(isinstance(row, Row) for row in read(path)) == 30_000
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


_DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(day=_DAYS, reference=st.text("ABCxyz-09 é", min_size=1).filter(lambda text: text.strip()))
def test_a_day_reads_the_same_however_it_is_written(
    tmp_path_factory: pytest.TempPathFactory, day: date, reference: str
) -> None:
    folder = tmp_path_factory.mktemp("days")
    lines = (
        f"{reference},{written},AM,/,,A. Bell,09:05"
        for written in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%d.%m.%Y}")
    )
    assert {row.day for row in rows_of(folder, *lines) if isinstance(row, Row)} == {day}
