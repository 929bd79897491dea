"""The report: what the entries say, in order, with corrections struck through, and nothing that the entries do not."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

import html5lib
import pytest

from ledger import wording
from ledger.report import MOST_TOLD, Report
from ledger.scope import PupilScope, Stated
from tests.ledger.exported_log import HELD, SCOPES, Exported
from tests.ledger.small_log import HEAD_TEACHER, PUPIL, SmallLog, named, private_key
from tests.ledger.test_verify import check, failure


def page(exported: Exported, **changes: object) -> str:
    """The report of a file."""
    report = Report(exported.log.origin, exported.scope)
    for item in exported.items():
        report.add(replace(item, **changes) if changes else item)
    return report.html().decode()


def corrected() -> Exported:
    """A pupil's record with a mark that was amended, and hostile text in its reason."""
    exported = Exported(PupilScope(PUPIL), held=(*HELD[PupilScope(PUPIL)], 10), size=11)
    amended = {"amended_code": "L", "original_code": "/", "reason": "<script>alert(1)</script> & “late”"}
    exported.log.append(
        stream=str(named("mark")),
        version=2,
        topic="attendance.amended",
        facts={"corrects": 1, "day": "2026-09-07"},
        personal={"mark": amended},
    )
    return exported.state()


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: type(scope).__name__)
def test_the_report_of_each_kind_is_strict_html_that_loads_and_runs_nothing(scope: Stated) -> None:
    shown = page(Exported(scope).state())
    html5lib.HTMLParser(strict=True).parse(shown)

    assert not re.search(r"<(script|link|img|iframe|form)|https?://| on[a-z]+=", shown)
    assert "default-src 'none'" in shown
    assert "this does not show that" in shown
    assert "An inspector DEMO" in shown
    assert "The inspection of September" in shown


def test_it_says_whose_record_it_is_and_what_happened_by_whom() -> None:
    shown = page(Exported(PupilScope(PUPIL)).state())

    assert "<h1>Evidence: the record of Robin DEMO</h1>" in shown
    assert "Entry 6: Placement approved" in shown
    assert "by A. Head DEMO, Head Teacher, in their own office" in shown
    assert "Kim DEMO" not in shown
    assert "The record held 5 entries of what was asked for, among 10 in all." in shown


def test_a_correction_strikes_through_what_it_corrects_and_both_stay() -> None:
    shown = page(corrected())

    assert "<del>Entry 7: Attendance marked</del>" in shown
    assert 'Corrected by <a href="#entry-10">entry 10</a>' in shown
    assert 'id="entry-10"' in shown
    assert "<dd><del>/</del></dd>" in shown


def test_what_was_entered_is_text_and_never_markup() -> None:
    shown = page(corrected())

    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “late”" in shown
    assert "<script>" not in shown


def test_unseen_characters_cannot_turn_the_writing_of_the_report() -> None:
    exported = Exported(PupilScope(PUPIL), held=(*HELD[PupilScope(PUPIL)], 10), size=11)
    exported.log.append(
        stream=str(PUPIL),
        version=2,
        topic="pupil.noted",
        personal={"note": {"note": "\u202eAgreed\x1b[2J\nsecond\xa0line"}},
    )
    shown = page(exported.state())

    assert not {"\u202e", "\x1b"} & set(shown)
    assert r"\u202eAgreed\x1b[2J" in shown
    assert "second\xa0line" in shown


def test_what_is_not_disclosed_is_counted_and_named_where_it_would_stand() -> None:
    shown = page(Exported(PupilScope(PUPIL)).state(), disclosures=())

    assert "6 parts of entries are not disclosed in this file." in shown
    assert "Not disclosed: decision, actor." in shown
    assert "a pupil not named here" in shown
    assert "DEMO" not in shown


def test_a_report_that_says_something_else_than_its_entries_is_found() -> None:
    exported = Exported(PupilScope(PUPIL)).state()
    forged = exported.file(report=lambda page: page.replace(b"Agreed", b"Refused"))

    assert failure(forged, exported.log.policy) == ("report", None)
    assert "Refused" not in check(exported.file(), exported.log.policy).report.decode()


def test_a_report_of_a_form_this_check_does_not_know_is_not_taken_for_checked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    exported = Exported(PupilScope(PUPIL)).state()
    check(exported.file(version=2, report=lambda _: b"<p>Anything</p>"), exported.log.policy)

    assert "index.html is of another form and was NOT compared" in capsys.readouterr().out


def test_a_very_long_record_is_counted_beyond_what_is_told() -> None:
    log = SmallLog(entry_key=private_key("entry"))
    log.enrol(log.entry_key)
    index = log.append(actor=HEAD_TEACHER)
    item = log.item(index)
    report = Report(log.origin, PupilScope(PUPIL))
    for number in range(MOST_TOLD + 3):
        report.add(replace(item, index=number))

    assert "3 more entries are in the file and not told here." in report.html().decode()


def test_values_are_told_in_plain_words() -> None:
    fields = {
        "provider_id": str(named("provider")),
        "stranger_id": str(named("nobody")),
        "proposed_start": "2026-09-07",
        "taken_at": "2026-09-07T08:52:00.000000Z",
        "accredited": True,
        "role": "ap_lead",
        "kind": "own_office",
        "site_id": None,
        "sessions": [{"session": "AM", "at": "school"}],
        "digest": "ab" * 32,
        "odd": "2026-19-39",
    }
    names: dict[UUID, str] = {named("provider"): "Riverside DEMO"}

    assert dict(wording.said(fields, names)) == {
        "Provider": "Riverside DEMO",
        "Proposed start": "7 September 2026",
        "Taken at": "7 September 2026 at 08:52 UTC",
        "Accredited": "yes",
        "Role": "alternative provision lead",
        "Kind": "own office",
        "Sessions": "session: AM; at: school",
        "Odd": "2026-19-39",
    }
    assert wording.title("pupil.ehcp-recorded") == "Pupil EHC plan recorded"
    assert wording.title("ledger.key-enrolled") == "Key enrolled"
