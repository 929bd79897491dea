"""From the database to the inspector: evidence of a real ledger, checked by the offline check alone."""

from __future__ import annotations

import subprocess
from collections.abc import Collection
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from ledger import body as bodies
from ledger import merkle
from ledger.audit import audit
from ledger.bundle import Bundle
from ledger.completeness import Statement, check_export, read_statement
from ledger.errors import VerificationError
from ledger.evidence import write_evidence
from ledger.exporting import NothingToExport, select
from ledger.log import NoCheckpoint
from ledger.policy import format_policy, trust_log
from ledger.scope import EntryScope, PeriodScope, PlacementScope, PupilScope, Stated, WholeScope, spell
from ledger.timestamp import read_roots
from ledger.timestamping import Timestamping
from ledger.verify import Established, verify
from tests.ledger.authority import Authority, stamping
from tests.ledger.ledgers import Exported, Ledger, Opened, Proposed

EVERYTHING = ("name", "mark", "taker", "export")


def exported(ledger: Ledger, scope: Stated, groups: Collection[str] = EVERYTHING) -> bytes:
    """The evidence file with these groups disclosed, once its export is an entry."""
    selection = select(ledger.log, scope)
    (position,) = ledger.append(stating(ledger, selection.statement))
    ledger.checkpointer().publish()
    return evidence(ledger, scope, [*selection.indices, position - 1], groups)


def stating(ledger: Ledger, stated: Statement) -> Exported:
    """The entry of an export, not yet recorded."""
    return Exported(
        originator_id=uuid4(),
        originator_version=1,
        recorded_at=ledger.now(),
        subject=uuid4(),
        scope=spell(stated.scope),
        size=stated.size,
        count=stated.count,
        digest=stated.digest.hex(),
        first=stated.first,
        last=stated.last,
        held=stated.held,
        contents=stated.contents.hex(),
        made_for="An inspector DEMO",
        purpose="An inspection",
    )


def evidence(
    ledger: Ledger, scope: Stated | EntryScope, indices: list[int], groups: Collection[str] = EVERYTHING
) -> bytes:
    """The evidence file of these entries."""
    out = BytesIO()
    write_evidence(
        out,
        ledger.log,
        ledger.subjects,
        note=ledger.log.checkpoint(),
        scope=scope,
        indices=indices,
        disclose=lambda _, group: group in groups,
    )
    return out.getvalue()


def check(ledger: Ledger, content: bytes) -> Established:
    """Check it with the ledger's verifier key and nothing else of it."""
    return verify(BytesIO(content), format_policy(trust_log(ledger.keys.vkey)), print)


def a_placement_with_marks(ledger: Ledger) -> tuple[UUID, UUID, list[int]]:
    """A pupil's record, their placement and two marks, with another pupil's between them."""
    pupil, placement = ledger.open_pupil(), uuid4()
    values = {"originator_id": placement, "originator_version": 1, "recorded_at": ledger.now(), "subject": pupil}
    ledger.append(Proposed(**values))
    (first,) = ledger.append(ledger.mark(pupil))
    ledger.append(ledger.mark(ledger.open_pupil("Other DEMO"), code="O"))
    (second,) = ledger.append(ledger.mark(pupil, code="L", note="bus"))
    return pupil, placement, [1, 2, first - 1, second - 1]


def test_evidence_of_a_pupil_holds_all_of_them_with_what_is_disclosed_and_nobody_else(ledger: Ledger) -> None:
    pupil, _, indices = a_placement_with_marks(ledger)
    content = exported(ledger, PupilScope(pupil), ("name", "mark", "export"))
    shown = check(ledger, content)

    assert (shown.entries, shown.disclosed, shown.withheld) == (6, 4, 2)
    assert shown.statement is not None
    assert (shown.statement.count, shown.statement.first, shown.statement.last) == (4, indices[0], indices[-1])
    assert b"bus" in content
    assert b"Ms DEMO" not in content
    assert b"Other DEMO" not in content


def test_evidence_of_each_other_kind_verifies_and_the_log_bears_its_statement_out(ledger: Ledger) -> None:
    _, placement, _ = a_placement_with_marks(ledger)
    period = PeriodScope(ledger.clock - timedelta(seconds=2), ledger.clock + timedelta(seconds=1))
    for scope in (PlacementScope(placement), period, WholeScope()):
        shown = check(ledger, exported(ledger, scope))
        leaves = list(ledger.log.leaves(0, ledger.log.size()))
        recounted = [(each.index, bodies.decode(each.body), merkle.leaf_hash(each.entry)) for each in leaves]

        assert scope == shown.scope
        check_export(read_statement(recounted[-1][1]), recounted)


def test_an_audit_bears_out_what_was_stated_of_every_export(ledger: Ledger) -> None:
    pupil, placement, _ = a_placement_with_marks(ledger)
    period = PeriodScope(ledger.clock - timedelta(seconds=2), ledger.clock + timedelta(seconds=1))
    for scope in (PupilScope(pupil), PlacementScope(placement), period, WholeScope(), WholeScope()):
        exported(ledger, scope)

    assert audit(ledger.log, ledger.subjects).finding is None


@pytest.mark.parametrize("lie", [{"count": 3}, {"digest": "00" * 32}, {"first": None}, {"size": 99}, {"digest": "?"}])
def test_an_audit_names_the_export_that_stated_less_or_other_than_there_was(
    ledger: Ledger, lie: dict[str, Any]
) -> None:
    pupil, _, _ = a_placement_with_marks(ledger)
    exported(ledger, PupilScope(pupil))
    index = ledger.log.size()
    stated = stating(ledger, select(ledger.log, PupilScope(pupil)).statement)
    ledger.append(msgspec.structs.replace(stated, **lie))
    ledger.append(ledger.mark(pupil))
    found = audit(ledger.log, ledger.subjects).finding

    assert found is not None
    assert found.index == index
    assert found.problem.startswith("it states a false completeness of evidence.")


def test_a_period_is_found_by_its_bounds(ledger: Ledger) -> None:
    a_placement_with_marks(ledger)
    times = [leaf.known_at for leaf in ledger.log.leaves(0, ledger.log.size())]
    at = [bodies.decode(leaf.body).recorded_at for leaf in ledger.log.leaves(0, ledger.log.size())]
    chosen = select(ledger.log, PeriodScope(at[2], at[4]))

    assert times == sorted(times)
    assert chosen.indices == [0, 2, 3]
    assert (chosen.statement.first, chosen.statement.last) == (2, 3)


def test_nothing_is_exported_of_what_is_not_there(ledger: Ledger) -> None:
    for scope in (PupilScope(uuid4()), PlacementScope(uuid4()), PeriodScope(ledger.clock, ledger.clock)):
        with pytest.raises(NothingToExport):
            select(ledger.log, scope)


def test_the_same_content_gives_the_same_bytes(ledger: Ledger) -> None:
    *_, (*_, index) = a_placement_with_marks(ledger)
    ledger.checkpointer().publish()

    assert evidence(ledger, EntryScope(index), [index]) == evidence(ledger, EntryScope(index), [index])


def test_a_file_says_what_the_log_was_signed_for_when_it_began_and_that_it_only_grew(ledger: Ledger) -> None:
    ledger.checkpointer().publish()
    pupil, _, _ = a_placement_with_marks(ledger)
    ledger.checkpointer().publish()
    content = exported(ledger, PupilScope(pupil))
    (earlier,) = Bundle(BytesIO(content)).cover.earlier

    assert earlier.size == 7
    check(ledger, content)


def test_evidence_of_one_entry_verifies(ledger: Ledger) -> None:
    *_, (*_, index) = a_placement_with_marks(ledger)
    ledger.checkpointer().publish()

    assert check(ledger, evidence(ledger, EntryScope(index), [index], ("mark",))).disclosed == 1


def test_evidence_of_an_erased_pupil_still_verifies_and_discloses_nothing_of_them(ledger: Ledger) -> None:
    pupil, _, _ = a_placement_with_marks(ledger)
    ledger.subjects.destroy(pupil, ledger.now())
    content = exported(ledger, PupilScope(pupil))
    shown = check(ledger, content)

    assert (shown.entries, shown.disclosed, shown.withheld) == (6, 1, 5)
    assert b"Demo Pupil" not in content
    assert b"a pupil not named here" in content


def test_an_entry_that_no_checkpoint_covers_yet_is_not_given_out(ledger: Ledger) -> None:
    ledger.checkpointer().publish()
    _, placement, indices = a_placement_with_marks(ledger)

    with pytest.raises(NoCheckpoint):
        evidence(ledger, PlacementScope(placement), indices)


def test_evidence_has_a_proof_under_the_one_checkpoint_at_any_size_of_the_log(ledger: Ledger) -> None:
    events = []
    for _ in range(300):
        pupil = uuid4()
        values = {"originator_id": pupil, "originator_version": 1, "recorded_at": ledger.now(), "subject": pupil}
        events.append(Opened(**values, name="DEMO"))
    ledger.append(*events)
    ledger.checkpointer().publish()
    for index in (1, 254, 255, 256, 257, 299, 300):
        content = evidence(ledger, EntryScope(index), [index], ())

        assert check(ledger, content).entries == 2
        assert Bundle(BytesIO(content)).cover.checkpoint == ledger.log.checkpoint()


def test_a_time_stamp_goes_with_the_checkpoint_that_it_dates_and_openssl_checks_it(
    ledger: Ledger, tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "authority")
    pupil, _, _ = a_placement_with_marks(ledger)
    ledger.checkpointer().publish()
    with stamping(authority.answer) as address:
        Timestamping(ledger.log, address, read_roots(authority.root), ledger.now).stamp()
    content = exported(ledger, PupilScope(pupil))
    (earlier,) = Bundle(BytesIO(content)).cover.earlier
    assert earlier.timestamp is not None
    (tmp_path / "text").write_bytes(earlier.note.rpartition(b"\n\n")[0] + b"\n")
    (tmp_path / "stamp.tsr").write_bytes(earlier.timestamp)
    (tmp_path / "roots.pem").write_bytes(authority.root)
    command = "ts -verify -data text -in stamp.tsr -CAfile roots.pem"
    done = subprocess.run(["openssl", *command.split()], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert check(ledger, content).scope == PupilScope(pupil)
    assert "Verification: OK" in done.stdout + done.stderr


@pytest.mark.parametrize("gone", [1, -1])
def test_an_entry_gone_from_the_database_is_said_and_never_passed_over(ledger: Ledger, gone: int) -> None:
    *_, indices = a_placement_with_marks(ledger)
    note = ledger.checkpointer().publish()
    ledger.sql("DELETE FROM stored_events WHERE rowid = ?", indices[gone] + 1)
    out = BytesIO()

    with pytest.raises(VerificationError):
        write_evidence(
            out,
            ledger.log,
            ledger.subjects,
            note=note,
            scope=WholeScope(),
            indices=indices,
            disclose=lambda *_: True,
        )
