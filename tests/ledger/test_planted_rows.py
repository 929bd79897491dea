"""Whoever holds only the database plants rows in it: nothing obeys them, and what they obstruct says so."""

from __future__ import annotations

from os import urandom
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError

from ledger.append import RowsPlanted
from ledger.audit import audit
from ledger.mapper import frame_body
from ledger.reliance import ReliedOnChanged
from ledger.signing import EntryForged
from tests.ledger.ledgers import START, Ledger, Ruled

pytestmark = pytest.mark.databases("sqlite", "postgres")


@pytest.fixture
def ruled(ledger: Ledger) -> UUID:
    """A stream of one ruling."""
    stream = uuid4()
    ledger.append(ruling(stream, 1))
    return stream


def ruling(stream: UUID, version: int, what: str = "allowed", **fields: dict[UUID, int]) -> Ruled:
    """Build, not record, a ruling."""
    return Ruled(originator_id=stream, originator_version=version, recorded_at=START, what=what, **fields)


def plant(ledger: Ledger, row: int, stream: UUID, version: int = 2) -> None:
    """Put a ruling at a row without the recorder, past the table's own check, under a signature made up."""
    forged = ruling(stream, version, "forbidden")
    body = frame_body(ledger.keys.origin, forged, {"what": forged.what}, None)
    if ledger.on_postgres:
        ledger.sql("ALTER TABLE stored_events DROP CONSTRAINT IF EXISTS stored_events_rowid_check")
    else:
        with ledger.datastore.transaction(commit=False) as c:
            c.execute("PRAGMA ignore_check_constraints = ON")
    ledger.sql(
        "INSERT INTO stored_events VALUES (?, ?, ?, 'test.ruled', ?, NULL, 0, ?, ?, ?)",
        *(row, stream.bytes, version, body, ledger.keys.entry.key_id, urandom(64), bytes(32)),
    )


@pytest.mark.parametrize("row", [-1, 0, 3, 700])
def test_a_row_planted_outside_the_log_is_not_obeyed(ledger: Ledger, ruled: UUID, row: int) -> None:
    plant(ledger, row, ruled)

    for descending in (False, True):
        (seen,) = ledger.recorder.select_events(ruled, desc=descending)
        assert seen.originator_version == 1
    assert [each.id for each in ledger.recorder.select_notifications(None, 10)] == [1, 2]
    assert [each.id for each in ledger.recorder.select_notifications(-5, 10)] == [1, 2]
    assert [leaf.index for leaf in ledger.log.entries_of([ruled])] == [1]
    assert [leaf.index for leaf in ledger.log.leaves(-5, 800)] == [0, 1]
    assert ledger.recorder.max_notification_id() == 2
    with pytest.raises(ReliedOnChanged):
        ledger.append(ruling(uuid4(), 1, relied_on={ruled: 2}))


@pytest.mark.parametrize("row", [-1, 0, 3, 700])
def test_a_planted_row_in_the_way_is_told_from_a_conflict(ledger: Ledger, ruled: UUID, row: int) -> None:
    plant(ledger, row, ruled)

    with pytest.raises(RowsPlanted, match="Run audit"):
        ledger.append(ruling(ruled, 2))


def test_the_table_itself_refuses_a_row_before_the_first(ledger: Ledger) -> None:
    row = (0, bytes(16), 1, "test.ruled", b"", None, 0, "", b"", bytes(32))

    with pytest.raises(IntegrityError, match=r"(?i)check constraint"):
        ledger.sql("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *row)


def test_a_forged_row_at_the_end_with_the_head_moved_over_it_is_not_obeyed(ledger: Ledger, ruled: UUID) -> None:
    """The head is only a number in the same file: the signature is what no attacker can make."""
    plant(ledger, 3, ruled)
    ledger.sql("UPDATE ledger_head SET size = 3")

    with pytest.raises(EntryForged, match=f"test.ruled {ruled} version 2 was not signed"):
        ledger.recorder.select_events(ruled)


def test_a_rewritten_entry_is_not_obeyed_even_where_it_was_read_before(ledger: Ledger, ruled: UUID) -> None:
    assert len(ledger.recorder.select_events(ruled)) == 1
    ((state,),) = ledger.sql("SELECT state FROM stored_events WHERE rowid = 2")
    ledger.sql("UPDATE stored_events SET state = ? WHERE rowid = 2", state.replace(b"allowed", b"refused"))

    with pytest.raises(EntryForged):
        ledger.recorder.select_events(ruled)


@pytest.mark.parametrize("row", [-1, 3, 700])
def test_a_planted_payload_says_why_nothing_is_recorded(ledger: Ledger, ruled: UUID, row: int) -> None:
    ledger.sql("INSERT INTO payloads VALUES (?, ?)", row, b"0")
    pupil = uuid4()

    if row != 3:
        assert ledger.open_pupil()
        return
    with pytest.raises(RowsPlanted, match="Run audit"):
        ledger.open_pupil()
    assert ledger.log.size() == 2
    assert not ledger.recorder.select_events(pupil)


@pytest.mark.parametrize("row", [-1, 0, 3, 700])
def test_a_file_planted_beyond_the_end_never_becomes_one_of_the_next_entry(
    ledger: Ledger, ruled: UUID, row: int
) -> None:
    ledger.sql("INSERT INTO attachments VALUES (?, ?, ?, ?)", bytes(16), bytes(16), row, b"0")
    told = audit(ledger.log, ledger.subjects).finding

    assert told
    assert f"there is a file at row {row}, where no entry is" in told.problem
    if row != 3:
        assert ledger.open_pupil()
        return
    with pytest.raises(RowsPlanted, match="Run audit"):
        ledger.append(ruling(ruled, 2))
    assert ledger.log.size() == 2
    ledger.sql("DELETE FROM attachments")
    ledger.append(ruling(ruled, 2))
    assert audit(ledger.log, ledger.subjects).finding is None
