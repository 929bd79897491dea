"""Files attached to entries: recorded with them or not at all, sealed for their subject, and found out when touched."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest

from ledger import stored_zip
from ledger.append import RowsPlanted
from ledger.attachments import AttachedFile, FilesDiffer
from ledger.audit import Finding, audit
from ledger.errors import VerificationError
from ledger.evidence import write_evidence
from ledger.policy import format_policy, trust_log
from ledger.scope import EntryScope
from ledger.subjects import SubjectErased
from ledger.verify import Established, verify
from tests.ledger.ledgers import START, Ledger, Named, Received

pytestmark = pytest.mark.databases("sqlite", "postgres")
FIRST, SECOND = b"%PDF first %%EOF", b"%PDF second %%EOF"


def received(ledger: Ledger, pupil: UUID, *files: Named) -> Received:
    return Received(
        originator_id=uuid4(), originator_version=1, recorded_at=ledger.now(), subject=pupil, evidence=files
    )


def recorded(ledger: Ledger, pupil: UUID, content: bytes, name: str = "letter.pdf") -> tuple[int, Named]:
    file = Named.of(content, name)
    (position,) = ledger.append(received(ledger, pupil, file), files=[AttachedFile(file.file_id, content)])
    return position, file


def found(ledger: Ledger) -> Finding | None:
    return audit(ledger.log, ledger.subjects).finding


def test_a_file_is_recorded_with_its_entry_and_opens_for_nobody_else(ledger: Ledger) -> None:
    pupil = ledger.open_pupil()
    position, file = recorded(ledger, pupil, FIRST)
    files = ledger.recorder._files
    assert files
    assert files.read(position, pupil, file) == FIRST
    assert not [sealed for (sealed,) in ledger.sql("SELECT sealed FROM attachments") if FIRST in sealed]
    with pytest.raises(VerificationError, match="is missing"):
        files.read(position - 1, pupil, file)
    with pytest.raises(VerificationError, match="is missing"):
        files.read(position, ledger.open_pupil(), file)
    assert found(ledger) is None


@pytest.mark.parametrize(
    "given",
    [
        lambda _: [],
        lambda _: [AttachedFile(uuid4(), FIRST)],
        lambda file: [AttachedFile(file.file_id, SECOND)],
        lambda file: [AttachedFile(file.file_id, FIRST), AttachedFile(uuid4(), SECOND)],
    ],
    ids=["none", "another id", "other bytes", "one too many"],
)
def test_files_that_are_not_those_named_record_nothing(
    ledger: Ledger, given: Callable[[Named], list[AttachedFile]]
) -> None:
    pupil, file = ledger.open_pupil(), Named.of(FIRST)
    before = ledger.log.size()
    with pytest.raises(FilesDiffer):
        ledger.append(received(ledger, pupil, file), files=given(file))
    assert ledger.log.size() == before
    assert ledger.sql("SELECT count(*) FROM attachments")[0][0] == 0


def test_a_file_named_by_two_entries_is_refused(ledger: Ledger) -> None:
    pupil, file = ledger.open_pupil(), Named.of(FIRST)
    twice = [received(ledger, pupil, file), received(ledger, pupil, file)]
    with pytest.raises(FilesDiffer):
        ledger.append(*twice, files=[AttachedFile(file.file_id, FIRST)])


def test_erasing_the_subject_erases_the_file(ledger: Ledger) -> None:
    pupil = ledger.open_pupil()
    position, file = recorded(ledger, pupil, FIRST)
    ledger.subjects.destroy(pupil, START)
    files = ledger.recorder._files
    assert files
    with pytest.raises(SubjectErased):
        files.read(position, pupil, file)
    assert found(ledger) is None
    ledger.sql("DELETE FROM attachments")
    assert found(ledger) is None


@pytest.mark.parametrize(
    ("attack", "problem"),
    [
        ("DELETE FROM attachments WHERE position = 3", "a file of this entry is missing."),
        ("UPDATE attachments SET sealed = zeroblob(60) WHERE position = 3", "a file of this entry was altered."),
        ("UPDATE attachments SET sealed = x'' WHERE position = 3", "a file of this entry was altered."),
        ("UPDATE attachments SET subject = zeroblob(16) WHERE position = 3", "a file of this entry was altered."),
        ("UPDATE attachments SET file_id = zeroblob(16) WHERE position = 3", "that it does not name."),
        ("UPDATE attachments SET position = 2 WHERE position = 3", "that it does not name."),
        ("UPDATE attachments SET position = 1 WHERE position = 3", "that it does not name."),
        ("UPDATE attachments SET position = 900 WHERE position = 3", "a file of this entry is missing."),
        ("INSERT INTO attachments VALUES (zeroblob(16), zeroblob(16), 900, x'')", "a file at row 900"),
        ("INSERT INTO attachments VALUES (zeroblob(16), zeroblob(16), 3, x'')", "that it does not name."),
    ],
)
def test_the_audit_names_the_entry_whose_file_was_touched(ledger: Ledger, attack: str, problem: str) -> None:
    pupil = ledger.open_pupil()
    recorded(ledger, pupil, FIRST)
    ledger.sql(attack)
    finding = found(ledger)
    assert finding
    assert problem in finding.problem
    assert "letter" not in finding.problem


def test_a_planted_file_that_took_the_reference_of_one_to_come_is_told_from_a_conflict(ledger: Ledger) -> None:
    pupil, file = ledger.open_pupil(), Named.of(FIRST, "letter.pdf")
    ledger.sql("INSERT INTO attachments VALUES (?, ?, 700, ?)", file.file_id.bytes, bytes(16), b"0")
    with pytest.raises(RowsPlanted, match="Run audit"):
        ledger.append(received(ledger, pupil, file), files=[AttachedFile(file.file_id, FIRST)])


def test_the_audit_finds_two_files_of_one_pupil_that_were_swapped(ledger: Ledger) -> None:
    pupil = ledger.open_pupil()
    first, _ = recorded(ledger, pupil, FIRST)
    second, _ = recorded(ledger, pupil, SECOND)
    one, two = (ledger.sql("SELECT sealed FROM attachments WHERE position = ?", at)[0][0] for at in (first, second))
    ledger.sql("UPDATE attachments SET sealed = ? WHERE position = ?", two, first)
    ledger.sql("UPDATE attachments SET sealed = ? WHERE position = ?", one, second)
    assert found(ledger) == Finding("a file of this entry was altered.", first - 1, "file")


def evidence(ledger: Ledger, index: int, *, disclose: bool = True) -> bytes:
    ledger.checkpointer().publish()
    out = BytesIO()
    write_evidence(
        out,
        ledger.log,
        ledger.subjects,
        note=ledger.log.checkpoint(),
        scope=EntryScope(index),
        indices=[index],
        disclose=lambda *_: disclose,
    )
    return out.getvalue()


def check(ledger: Ledger, content: bytes) -> Established:
    return verify(BytesIO(content), format_policy(trust_log(ledger.keys.vkey)), lambda *_: None)


def rewritten(content: bytes, change: Callable[[str, bytes], list[tuple[str, bytes]]]) -> bytes:
    """The same archive, well formed, with some of its parts changed."""
    out = BytesIO()
    writer = stored_zip.Writer(out)
    with ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            for part in change(name, archive.read(name)):
                writer.add(*part)
    writer.close()
    return out.getvalue()


def test_the_evidence_file_carries_the_documents_and_the_check_holds_them_against_the_entry(ledger: Ledger) -> None:
    position, file = recorded(ledger, ledger.open_pupil(), FIRST)
    content = evidence(ledger, position - 1)
    with ZipFile(BytesIO(content)) as archive:
        assert archive.read(f"files/{position - 1:09}/{file.file_id}.pdf") == FIRST
    assert check(ledger, content).files == 1


def test_what_is_not_disclosed_brings_no_file(ledger: Ledger) -> None:
    position, _ = recorded(ledger, ledger.open_pupil(), FIRST)
    content = evidence(ledger, position - 1, disclose=False)
    assert FIRST not in content
    assert check(ledger, content).files == 0


def test_a_byte_flipped_in_the_archive_is_named_by_its_part(ledger: Ledger) -> None:
    position, file = recorded(ledger, ledger.open_pupil(), FIRST)
    with pytest.raises(VerificationError, match=f"files/{position - 1:09}/{file.file_id}.pdf") as failed:
        check(ledger, evidence(ledger, position - 1).replace(FIRST, FIRST.replace(b"first", b"firsT")))
    assert failed.value.step == "evidence file"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda name, part: [(name, part.replace(b"first", b"firsT"))], "“letter.pdf” was altered"),
        (lambda name, part: [(name, part + b" ")] if "files/" in name else [(name, part)], "“letter.pdf” was altered"),
        (lambda name, part: [] if "files/" in name else [(name, part)], "“letter.pdf”, which it names, is missing"),
        (lambda name, part: [(name.replace(".pdf", ".png"), part)], "called by another kind"),
        (
            lambda name, part: (
                [(name, part), (name.replace(".pdf", ".png"), part)] if "files/" in name else [(name, part)]
            ),
            "it does not name",
        ),
    ],
    ids=["byte", "length", "missing", "ending", "one too many"],
)
def test_a_document_that_is_not_the_one_named_fails_with_its_name(
    ledger: Ledger, change: Callable[[str, bytes], list[tuple[str, bytes]]], says: str
) -> None:
    position, _ = recorded(ledger, ledger.open_pupil(), FIRST)
    with pytest.raises(VerificationError, match=says) as failed:
        check(ledger, rewritten(evidence(ledger, position - 1), change))
    assert (failed.value.step, failed.value.entry) == ("disclosure", position - 1)


def test_no_evidence_file_goes_out_with_a_document_that_was_altered(ledger: Ledger) -> None:
    position, _ = recorded(ledger, ledger.open_pupil(), FIRST)
    ledger.sql("UPDATE attachments SET sealed = ?", bytes(60))
    with pytest.raises(VerificationError, match="was altered"):
        evidence(ledger, position - 1)
