"""What pages say of the whole record: never that it is checked without when, and never on anybody else's word."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.audit import AuditReport, Finding
from web import last_audit

MASTER, ORIGIN = bytes(range(32)), "ledger.example/demo"
AT = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
SOUND = AuditReport(12_345, 2, bytes(32), None)


def said(folder: Path, now: datetime = AT) -> str:
    return last_audit.sentence(last_audit.read(folder, MASTER, ORIGIN), now)


def test_a_record_that_was_never_checked_is_said_not_to_be(tmp_path: Path) -> None:
    assert said(tmp_path) == "The whole record has not been checked on this machine."


@pytest.mark.parametrize(("days", "age"), [(0, "today"), (1, "1 day ago"), (6, "6 days ago")])
def test_a_check_is_told_with_its_age_and_count(tmp_path: Path, days: int, age: str) -> None:
    last_audit.keep(tmp_path, MASTER, ORIGIN, SOUND, AT)
    sentence = said(tmp_path, AT + timedelta(days=days))

    assert f", {age}: 12,345 entries, unaltered" in sentence
    assert "long ago" not in sentence


def test_a_check_of_long_ago_is_said_to_be_one(tmp_path: Path) -> None:
    last_audit.keep(tmp_path, MASTER, ORIGIN, SOUND, AT)
    assert "That is long ago" in said(tmp_path, AT + timedelta(days=8))


def test_a_check_from_the_future_does_not_pass_for_a_new_one(tmp_path: Path) -> None:
    last_audit.keep(tmp_path, MASTER, ORIGIN, SOUND, AT)
    assert "the clock is wrong" in said(tmp_path, AT - timedelta(days=400))


def test_a_change_names_the_entry_and_what_to_do(tmp_path: Path) -> None:
    changed = AuditReport(7, 0, bytes(32), Finding("it is missing.", 7, "removed"))
    last_audit.keep(tmp_path, MASTER, ORIGIN, changed, AT)

    assert "changed at entry 7" in said(tmp_path)
    assert "Do not rely on what is shown" in said(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"), [("entries", 99_999), ("at", "2027-01-01T00:00:00+00:00"), ("problem", None), ("origin", "x")]
)
def test_a_result_that_somebody_made_better_counts_for_nothing(tmp_path: Path, name: str, value: object) -> None:
    changed = AuditReport(7, 0, bytes(32), Finding("it is missing.", 7, "removed"))
    last_audit.keep(tmp_path, MASTER, ORIGIN, changed, AT)
    path = tmp_path / last_audit.FILE
    kept = json.loads(path.read_bytes())
    kept["result"][name] = value
    path.write_text(json.dumps(kept))

    assert "has not been checked" in said(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"result": {}, "mac": 1}', b"[" * 99_999])
def test_any_bytes_in_its_place_count_for_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / last_audit.FILE).write_bytes(content)
    assert "has not been checked" in said(tmp_path)


def test_another_ledgers_result_counts_for_nothing(tmp_path: Path) -> None:
    last_audit.keep(tmp_path, MASTER, "ledger.example/other", SOUND, AT)
    assert "has not been checked" in said(tmp_path)
