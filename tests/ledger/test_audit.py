"""Whoever touches a row is found out: the audit names the first entry that is wrong and what is wrong with it."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import merkle
from ledger.audit import AuditReport, audit
from ledger.keys import FileEntrySigner
from ledger.mapper import SealedEvent
from ledger.merkle import CompactRange
from ledger.sqlite import SQLiteLedgerRecorder
from tests.ledger.ledgers import START, Ledger, Ruled, check_log


@pytest.fixture
def marked(ledger: Ledger) -> Ledger:
    """A ledger of 602 entries: the key, two pupils at 1 and 2, then marks of both in turn; signed up to there."""
    pupils = [ledger.open_pupil("One DEMO"), ledger.open_pupil("Two DEMO")]
    ledger.append(*(ledger.mark(pupils[number % 2]) for number in range(599)))
    ledger.checkpointer().start()
    return ledger


def audited(ledger: Ledger) -> AuditReport:
    return audit(ledger.log, ledger.subjects, ledger.checkpointer().locked())


def test_an_untouched_ledger_passes(marked: Ledger) -> None:
    done: list[tuple[int, int]] = []
    report = audit(
        marked.log, marked.subjects, marked.checkpointer().locked(), lambda count, total: done.append((count, total))
    )

    assert report.finding is None
    assert (report.entries, report.erased, report.root) == (602, 0, marked.log.root(602))
    assert done[-1] == (602, 602)
    check_log(marked)


@pytest.mark.parametrize(
    ("attack", "index", "problem"),
    [
        (
            """UPDATE stored_events SET state = CAST(replace(state, '"AM"', '"PM"') AS BLOB) WHERE rowid = 300""",
            299,
            "fingerprint",
        ),
        ("UPDATE stored_events SET state = x'7b7d' WHERE rowid = 300", 299, "not the body of an entry"),
        ("UPDATE stored_events SET state = x'00' WHERE rowid = 300", 299, "not JSON"),
        ("UPDATE stored_events SET signature = zeroblob(64) WHERE rowid = 300", 299, "fingerprint"),
        ("UPDATE stored_events SET leaf_hash = zeroblob(32) WHERE rowid = 300", 299, "fingerprint"),
        ("UPDATE stored_events SET key_id = '0123456789abcdef' WHERE rowid = 300", 299, "fingerprint"),
        ("UPDATE stored_events SET topic = 'test.ruled' WHERE rowid = 300", 299, "its topic is test.ruled"),
        ("UPDATE stored_events SET originator_version = 7 WHERE rowid = 300", 299, "its version is 7"),
        ("UPDATE stored_events SET originator_id = zeroblob(16) WHERE rowid = 300", 299, "its stream is 0000"),
        ("UPDATE stored_events SET subject = zeroblob(16) WHERE rowid = 300", 299, "its subject is 0000"),
        ("UPDATE stored_events SET subject = NULL WHERE rowid = 300", 299, "its subject is None"),
        ("UPDATE stored_events SET known_at = known_at + 1 WHERE rowid = 300", 299, "known"),
        ("DELETE FROM stored_events WHERE rowid = 300", 299, "missing"),
        ("DELETE FROM stored_events WHERE rowid = 1", 0, "missing"),
        ("DELETE FROM stored_events WHERE rowid = 602", 601, "only 601 are there"),
        ("DELETE FROM payloads WHERE rowid = 300", 299, "missing although"),
        ("UPDATE payloads SET payload = zeroblob(100) WHERE rowid = 300", 299, "not those it committed to"),
        ("INSERT INTO payloads VALUES (1, x'00')", 0, "never committed"),
        ("INSERT INTO payloads VALUES (603, x'00')", None, "sealed fields at row 603, where no entry is"),
        ("INSERT INTO payloads VALUES (-5, x'00')", None, "sealed fields at row -5, where no entry is"),
        ("INSERT INTO commands VALUES ('demo', x'00', x'00', 600, 3)", None, "command 'demo' names entries"),
        ("INSERT INTO commands VALUES ('demo', x'00', x'00', -1, 1)", None, "command 'demo' names entries"),
        ("DELETE FROM checkpoints", None, "level 8 is kept at 0, where the signed entries have none"),
        ("DELETE FROM nodes WHERE level = 8 AND position = 0", 255, "256 entries up to it is missing"),
        ("DELETE FROM nodes WHERE level = 9", 511, "512 entries up to it is missing"),
        ("INSERT INTO nodes VALUES (8, 2, zeroblob(32))", None, "level 8 is kept at 2"),
        ("INSERT INTO nodes VALUES (10, 0, zeroblob(32))", None, "level 10 is kept at 0"),
        ("INSERT INTO nodes VALUES (7, 0, zeroblob(32))", None, "level 7 is kept at 0"),
        ("INSERT INTO nodes VALUES (8, -1, zeroblob(32))", None, "level 8 is kept at -1"),
        ("INSERT INTO nodes VALUES (90, 0, zeroblob(32))", None, "level 90 is kept at 0"),
        ("INSERT INTO checkpoints VALUES (999, x'00')", 602, "a stored checkpoint claims 999 entries but only 602"),
        ("UPDATE ledger_head SET known_at = known_at + 1", None, "head does not match"),
        ("UPDATE ledger_head SET peaks = x'00'", None, "head does not match"),
        ("UPDATE ledger_head SET size = 9223372036854775807", 602, "counts 9223372036854775807 entries but only 602"),
        ("DELETE FROM ledger_head", None, "how many entries there are is missing"),
        ("DELETE FROM stored_events", 0, "602 entries but only 0 are there"),
        ("UPDATE stored_events SET subject = x'00' WHERE rowid = 300", 299, "columns"),
        ("UPDATE stored_events SET originator_id = x'00' WHERE rowid = 300", 299, "columns"),
        ("UPDATE stored_events SET topic = CAST(x'ff' AS TEXT) WHERE rowid = 300", 299, "columns"),
        ("UPDATE stored_events SET key_id = CAST(x'ff' AS TEXT) WHERE rowid = 300", 299, "columns"),
        ("UPDATE stored_events SET key_id = 'é' WHERE rowid = 300", 299, "columns"),
        ("UPDATE stored_events SET signature = x'' WHERE rowid = 300", 299, "fingerprint"),
        ("UPDATE stored_events SET leaf_hash = x'' WHERE rowid = 300", 299, "fingerprint"),
        ("UPDATE stored_events SET state = zeroblob(70000) WHERE rowid = 300", 299, "not JSON"),
        ("UPDATE stored_events SET originator_version = -1 WHERE rowid = 300", 299, "its version is -1"),
        ("UPDATE payloads SET payload = x'' WHERE rowid = 300", 299, "not those it committed to"),
        ("UPDATE nodes SET hash = x'' WHERE level = 8 AND position = 0", 255, "kept root"),
        ("UPDATE nodes SET hash = zeroblob(32) WHERE level = 8 AND position = 1", 511, "kept root"),
        ("UPDATE ledger_head SET peaks = zeroblob(32)", None, "head"),
        ("UPDATE checkpoints SET note = CAST(replace(note, '602', '601') AS BLOB)", None, "not one this ledger signed"),
        ("UPDATE checkpoints SET size = 599", None, "is for 602"),
    ],
)
def test_a_changed_row_is_named(marked: Ledger, attack: str, index: int | None, problem: str) -> None:
    marked.sql(attack)

    finding = audited(marked).finding
    assert finding is not None
    assert finding.index == index
    assert problem in finding.problem


def test_a_fault_before_a_malformed_row_is_the_one_named(marked: Ledger) -> None:
    marked.sql("UPDATE stored_events SET known_at = known_at + 1 WHERE rowid = 299")
    marked.sql("UPDATE stored_events SET subject = x'00' WHERE rowid = 300")

    finding = audited(marked).finding
    assert finding is not None
    assert finding.index == 298


@pytest.mark.parametrize("row", [-1, 0])
def test_a_row_before_the_first_is_found(marked: Ledger, row: int) -> None:
    with marked.datastore.transaction(commit=False) as c:
        c.execute("PRAGMA ignore_check_constraints = ON")
    marked.sql(
        "INSERT INTO stored_events SELECT ?, zeroblob(16), 1, topic, state, subject, known_at, key_id, signature,"
        " leaf_hash FROM stored_events WHERE rowid = 602",
        row,
    )
    finding = audited(marked).finding
    assert finding is not None
    assert finding.problem == f"there is a row {row}, before the first entry."


def test_emptied_tables_fail_on_the_lock(marked: Ledger) -> None:
    for table in ("stored_events", "payloads", "checkpoints", "nodes", "commands", "ledger_head"):
        marked.sql(f"DELETE FROM {table}")  # noqa: S608 - our own words
    marked.recorder.create_table()

    finding = audited(marked).finding
    assert finding is not None
    assert (finding.index, finding.problem) == (0, "602 entries were signed but only 0 are there.")


def test_a_stored_checkpoint_that_is_gone_is_stored_again_from_the_lock(marked: Ledger) -> None:
    """A crash between lock and database leaves the same behind, so it is no fault; the lock is what counts."""
    marked.sql("DELETE FROM checkpoints WHERE size = 602")
    marked.checkpointer().start()

    assert audited(marked).finding is None
    assert marked.log.checkpoint() == marked.checkpointer().publish()


def test_a_checkpoint_that_claims_more_entries_than_there_are_blocks_nobody(marked: Ledger) -> None:
    marked.sql("INSERT INTO checkpoints VALUES (999, x'00')")

    check_log(marked)
    assert marked.log.receipt_file(300)
    marked.append(a_ruling(uuid4()))
    assert marked.log.checkpoint() != marked.checkpointer().publish() == marked.log.checkpoint()


def test_the_payloads_of_two_pupils_swapped_are_caught(marked: Ledger) -> None:
    marked.sql("UPDATE payloads SET rowid = -rowid WHERE rowid IN (300, 301)")
    marked.sql("UPDATE payloads SET rowid = 601 + rowid WHERE rowid < 0")

    finding = audited(marked).finding
    assert finding is not None
    assert (finding.index, finding.problem) == (299, "its sealed fields are not those it committed to.")


def rewrite_tree(ledger: Ledger) -> None:
    """What an attacker without keys can do after a change: make every stored hash agree again."""
    tree = CompactRange()
    for leaf in list(ledger.log.leaves(0, ledger.log.extent().last_row)):
        leaf_hash = merkle.leaf_hash(leaf.entry)
        ledger.sql("UPDATE stored_events SET leaf_hash = ? WHERE rowid = ?", leaf_hash, leaf.index + 1)
        tree.append(leaf_hash)
    ledger.sql("UPDATE ledger_head SET size = ?, peaks = ?", tree.size, b"".join(tree.peaks))
    ledger.sql("DELETE FROM nodes")
    ledger.sql("DELETE FROM checkpoints")


def test_an_edited_entry_with_every_hash_made_to_agree_fails_on_its_signature(marked: Ledger) -> None:
    marked.sql("""UPDATE stored_events SET state = CAST(replace(state, '"AM"', '"PM"') AS BLOB) WHERE rowid = 300""")
    rewrite_tree(marked)

    finding = audited(marked).finding
    assert finding is not None
    assert (finding.index, finding.problem) == (299, "its signature does not match its content.")


def test_dropped_last_entries_with_every_hash_made_to_agree_fail_on_the_lock(marked: Ledger) -> None:
    marked.sql("DELETE FROM stored_events WHERE rowid > 599")
    rewrite_tree(marked)

    finding = audited(marked).finding
    assert finding is not None
    assert (finding.index, finding.problem) == (599, "602 entries were signed but only 599 are there.")


def test_two_entries_exchanged_fail_on_the_lock(marked: Ledger) -> None:
    marked.sql("UPDATE stored_events SET rowid = 9602 - rowid WHERE rowid IN (300, 302)")
    marked.sql("UPDATE stored_events SET rowid = rowid - 9000 WHERE rowid > 9000")
    marked.sql("UPDATE payloads SET rowid = -rowid WHERE rowid IN (300, 302)")
    marked.sql("UPDATE payloads SET rowid = 602 + rowid WHERE rowid < 0")
    known = 0
    for leaf in list(marked.log.leaves(0, 602)):
        known = max(known, leaf.known_at if leaf.index not in (299, 301) else known)
        marked.sql("UPDATE stored_events SET known_at = ? WHERE rowid = ?", known, leaf.index + 1)
    rewrite_tree(marked)

    finding = audited(marked).finding
    assert finding is not None
    assert finding.index in {299, 300, 601}


def test_an_entry_signed_by_another_key_is_named(marked: Ledger) -> None:
    stranger = SQLiteLedgerRecorder(marked.datastore, FileEntrySigner(Ed25519PrivateKey.generate()))
    stranger.insert_events([marked.mapper.to_stored_event(a_ruling(uuid4()))])

    finding = audited(marked).finding
    assert finding is not None
    assert (finding.index, finding.problem) == (602, "Its key is not one this log had enrolled by then.")


def test_a_key_that_enrols_itself_later_is_named(marked: Ledger) -> None:
    """Whoever can write rows can also write an enrolment; its own signature must not be enough."""
    (first,) = marked.log.leaves(0, 1)
    body = first.body.replace(b'"version":1', b'"version":2').replace(b"key-enrolled", b"key-added")
    marked.recorder.insert_events([SealedEvent(first.stream, 2, "ledger.key-added", body, None, START)])

    finding = audited(marked).finding
    assert finding is not None
    assert finding.index == 602
    assert finding.problem.startswith("it changes the ledger's keys.")


def test_a_row_beyond_the_head_is_found(marked: Ledger) -> None:
    marked.sql(
        "INSERT INTO stored_events SELECT 700, zeroblob(16), 1, topic, state, subject, known_at, key_id, signature,"
        " leaf_hash FROM stored_events WHERE rowid = 602"
    )
    finding = audited(marked).finding
    assert finding is not None
    assert (finding.index, finding.problem) == (602, "there are rows beyond the head.")


def test_what_opens_but_was_not_committed_to_is_named(marked: Ledger) -> None:
    """AES-GCM is not key-committing: that a ciphertext opens does not make it what was committed to."""
    leaf = marked.log.leaf(299)
    assert leaf.subject is not None
    key = marked.subjects.get(leaf.subject)
    associated = b"%s\n%s\n1\ntest.marked" % (marked.keys.origin.encode(), str(leaf.stream).encode())
    payload = bytes(12) + key.encrypt(bytes(12), b'["salt","mark",{"code":"B"}]', associated)
    body = leaf.body.replace(committed(leaf.payload or b""), committed(payload))
    stored = SealedEvent(leaf.stream, 1, leaf.topic, body, payload, START, leaf.subject)
    marked.sql("DELETE FROM stored_events WHERE rowid = 300")
    marked.recorder.insert_events([stored])

    finding = audited(marked).finding
    assert finding is not None
    assert finding.index == 299


def committed(payload: bytes) -> bytes:
    return b64encode(sha256(payload).digest())


def test_erasing_a_pupil_leaves_the_ledger_sound(marked: Ledger) -> None:
    pupil = UUID(bytes=marked.sql("SELECT subject FROM stored_events WHERE rowid = 2")[0][0])
    marked.subjects.destroy(pupil, START)
    assert audited(marked).finding is None
    marked.sql("DELETE FROM payloads WHERE rowid IN (SELECT rowid FROM stored_events WHERE subject = ?)", pupil.bytes)

    report = audited(marked)
    assert report.finding is None
    assert report.erased == 301


def test_a_lost_subject_key_is_named(marked: Ledger) -> None:
    marked.subjects._table._db.execute(
        "DELETE FROM subject_keys WHERE subject = ?", (marked.log.leaf(2).subject.bytes,)
    )
    marked.subjects._cache.clear()

    finding = audited(marked).finding
    assert finding is not None
    assert (finding.index, finding.problem) == (2, "its subject's key is missing from the key store.")


def a_ruling(stream: UUID) -> Ruled:
    return Ruled(originator_id=stream, originator_version=1, recorded_at=START, what="demo")
