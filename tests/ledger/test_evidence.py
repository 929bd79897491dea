"""From the database to the inspector: evidence of a real ledger, checked by the offline check alone."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID, uuid4

import pytest

from ledger.bundle import Bundle, EntryScope, PlacementScope, Scope
from ledger.evidence import write_evidence
from ledger.log import NoCheckpoint
from ledger.policy import format_policy, trust_log
from ledger.verify import Established, verify
from tests.ledger.ledgers import Ledger, Opened, Proposed


def evidence(ledger: Ledger, scope: Scope, indices: list[int], *groups: str) -> bytes:
    """The evidence file with these groups disclosed."""
    out = BytesIO()
    write_evidence(
        out, ledger.log, ledger.subjects, scope=scope, indices=indices, disclose=lambda _, group: group in groups
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


def test_evidence_of_a_real_ledger_verifies_with_what_is_disclosed(ledger: Ledger) -> None:
    _, placement, indices = a_placement_with_marks(ledger)
    ledger.checkpointer().publish()
    content = evidence(ledger, PlacementScope(placement), indices, "name", "mark")
    shown = check(ledger, content)

    assert (shown.entries, shown.disclosed, shown.withheld) == (5, 3, 2)
    assert b"bus" in content
    assert b"Ms DEMO" not in content
    assert b"Other DEMO" not in content


def test_evidence_of_one_entry_verifies(ledger: Ledger) -> None:
    *_, (*_, index) = a_placement_with_marks(ledger)
    ledger.checkpointer().publish()

    assert check(ledger, evidence(ledger, EntryScope(index), [index], "mark")).disclosed == 1


def test_evidence_of_an_erased_pupil_still_verifies_and_discloses_nothing(ledger: Ledger) -> None:
    pupil, placement, indices = a_placement_with_marks(ledger)
    ledger.checkpointer().publish()
    ledger.subjects.destroy(pupil, ledger.now())
    shown = check(ledger, evidence(ledger, PlacementScope(placement), indices, "name", "mark", "taker"))

    assert (shown.entries, shown.disclosed, shown.withheld) == (5, 0, 5)


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
        content = evidence(ledger, EntryScope(index), [index])

        assert check(ledger, content).entries == 2
        assert Bundle(BytesIO(content)).checkpoint == ledger.log.checkpoint()
