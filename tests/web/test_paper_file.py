"""A file of placements is read for what it says or refused for what it leaves open; nothing in it is guessed."""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from tests.conftest import ROOT
from tests.web.browsing import Browser, filled_in
from tests.web.test_existing import told
from tests.web.test_import_placements import PAGE
from web.paper_columns import COLUMNS
from web.paper_file import LARGEST, MOST_ROWS, Reading, decoded, read
from web.register_file import FileRefused

HEADER = "arranged by,copied from,pupil reference,provider,first day,planned last day"


def reading(*rows: str, header: str = HEADER) -> Reading:
    return read("\n".join([header, *(f"The school,A folder,{row}" for row in rows)]))


def faults(found: Reading) -> dict[tuple[int, str], str]:
    return {(problem.line, problem.column): problem.reason for problem in found.problems}


def test_a_file_far_too_large_is_told_the_limit_that_applies_here(head: Browser) -> None:
    file = FileStorage(io.BytesIO(b"a" * 2_000_000), "placements.csv")
    boundary, body = encode_multipart(MultiDict({**filled_in(head.read(PAGE)), "file": file}))
    answer = head.client.post(PAGE, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == 422
    assert "The file is larger than 300 kB. Import it in parts" in told(answer.text)


def test_every_column_gives_an_answer_of_its_own() -> None:
    assert len({column.answer for column in COLUMNS}) == len({column.name for column in COLUMNS}) == len(COLUMNS)


def test_the_manual_names_every_column() -> None:
    manual = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert not [column.name for column in COLUMNS if f"`{column.name}`" not in manual]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_utf_8_is_read_with_and_without_its_mark(mark: bytes) -> None:
    assert decoded(mark + "Zoë".encode()) == ("Zoë", False)


def test_windows_1252_is_read_and_said() -> None:
    assert decoded("Zoë O’Hara".encode("cp1252")) == ("Zoë O’Hara", True)


@pytest.mark.parametrize("content", ["Zoë".encode("utf-16"), b"PK\x03\x04\x00\x00", b"Zo\x81", b"a" * (LARGEST + 1)])
def test_another_encoding_a_workbook_or_too_much_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        decoded(content)
    assert str(refused.value).endswith(".")


@given(st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(content: bytes) -> None:
    try:
        read(decoded(content)[0])
    except FileRefused:
        return


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(["iso", "/", ".", "-"]))
def test_a_day_is_read_as_it_was_written_day_first(day: date, spelling: str) -> None:
    text = day.isoformat() if spelling == "iso" else f"{day.day}{spelling}{day.month}{spelling}{day.year}"
    found = reading(f"RH-001,Tandem,{text},2026-12-18")
    assert [row.answers["started_on"] for row in found.rows] == [day.isoformat()]
    assert found.unsure_of_days == (spelling != "iso" and day.day <= 12 and day.day != day.month)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)).filter(lambda day: day.day > 12))
def test_a_month_first_date_is_never_taken_for_another(day: date) -> None:
    found = reading(f"RH-001,Tandem,{day.month}/{day.day}/{day.year},2026-12-18")
    assert found.month_first
    assert f"no month {day.day}" in faults(found)[2, "first day"]
    assert "day first" in faults(found)[2, "first day"]


def test_one_date_that_can_only_be_day_first_settles_the_others() -> None:
    assert reading("RH-001,Tandem,3/4/2026,2026-12-18").unsure_of_days
    assert not reading("RH-001,Tandem,3/4/2026,18/12/2026").unsure_of_days


@pytest.mark.parametrize("text", ["31/6/2026", "27/9/26", "46292", "27 September", "2026-9-27", "२७/९/२०२६"])
def test_what_is_no_date_is_named_with_its_line_and_column(text: str) -> None:
    assert (2, "first day") in faults(reading(f"RH-001,Tandem,{text},2026-12-18"))


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "-2", "+cmd|' /C calc'!A0", '"\t=1"', "=HYPERLINK(1)"])
def test_a_cell_that_a_spreadsheet_would_work_out_is_refused(cell: str) -> None:
    assert "formula" in faults(reading(f"RH-001,{cell},2026-03-02,2026-12-18"))[2, "provider"]


def test_a_telephone_number_may_begin_with_its_plus() -> None:
    found = reading("RH-001,A,2026-03-02,2026-12-18,+44 1632 960001", header=f"{HEADER},place telephone")
    assert found.rows[0].answers["place.telephone"] == "+44 1632 960001"


def test_semicolons_separate_as_commas_do_and_columns_stand_in_any_order() -> None:
    found = read(
        "First Day;planned_last_day;provider;pupil reference;arranged by;Copied from;\n"
        "2/3/2026;18/12/2026;A, B;RH-001;The school;A folder;\n;;;;;;\n"
    )
    assert found.rows[0].answers == {
        "started_on": "2026-03-02", "proposed_end": "2026-12-18", "provider.name": "A, B", "pupil.local_ref": "RH-001",
        "arranged_by": "school", "transcribed_from": "A folder",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("pupil reference,provider", "missing: first day"),
        (f"{HEADER},sex", "not known: sex"),
        (f"{HEADER},provider", "twice: provider"),
        ("", "missing"),
    ],
)
def test_a_header_is_refused_by_what_is_wrong_with_it(header: str, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        reading("RH-001,Tandem,2026-03-02,2026-12-18", header=header)


def test_a_word_that_is_no_answer_is_met_with_the_answers() -> None:
    header = f"{HEADER},risk"
    row = "RH-001,Tandem,2026-03-02,2026-12-18,"
    assert "Write one of: Safe; Safe with the controls named" in faults(reading(f"{row}fine", header=header))[2, "risk"]
    for said in ("not safe", "NOT  SAFE", "not_safe"):
        assert reading(f"{row}{said}", header=header).rows[0].answers["risk-outcome"] == "not_safe"


def test_what_must_be_there_and_rows_of_another_length_are_named() -> None:
    found = reading(",Tandem,2026-03-02,2026-12-18", "RH-001,Tandem", 'RH-001,"Tan\ndem",x,2026-12-18,,')
    assert set(faults(found)) == {(2, "pupil reference"), (3, "row"), (5, "first day")}


def test_no_rows_too_many_rows_and_broken_quotes_are_refused() -> None:
    with pytest.raises(FileRefused, match="no rows"):
        reading()
    with pytest.raises(FileRefused, match=f"more than {MOST_ROWS}"):
        reading(*["RH-001,Tandem,2026-03-02,2026-12-18"] * (MOST_ROWS + 1))
    with pytest.raises(FileRefused, match="not CSV"):
        reading('RH-001,"Tandem"x,2026-03-02,2026-12-18')


def test_what_nobody_sees_in_a_value_is_left_out_and_a_control_character_refused() -> None:
    found = reading("\u200bRH-\u00ad001,Old\ufeff Forge,3/9/2026,", "RH-002,Old\x1b Forge,3/9/2026,")
    assert [(row.answers["pupil.local_ref"], row.answers["provider.name"]) for row in found.rows] == [
        ("RH-001", "Old Forge")
    ]
    assert faults(found)[3, "provider"] == "Leave out control characters."
