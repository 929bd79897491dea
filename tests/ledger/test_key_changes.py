"""Keys change while the ledger lives: what was interrupted is finished at the next start, and old keys sign no more."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from ledger import checkpoint, enrolment, keys
from ledger.append import KeysChanged
from ledger.audit import audit
from ledger.checkpointer import Checkpointer
from ledger.enrolled import CHECKPOINTS, ENTRIES
from ledger.enrolment import KeyNotEnrolled
from ledger.factory import LedgerFactory
from ledger.log import Log
from ledger.note import parse_note
from ledger.recorder import LedgerRecorder, LogIsFrozen
from ledger.rotation import KeyChanges, KeyNotChanged
from ledger.signing import EntryForged
from tests.ledger.ledgers import PASSPHRASE, START, TOPICS, Ruled

BOTH = pytest.mark.databases("sqlite", "postgres")


@pytest.fixture
def env(tmp_path: Path, key_folder: Path, address: str | None) -> dict[str, str]:
    """The settings of a ledger whose first key is enrolled and has signed an entry."""
    data = tmp_path / "data"
    shutil.copytree(key_folder, data / "keys")
    settings = {"LEDGER_DATA": str(data), "LEDGER_PASSPHRASE": PASSPHRASE}
    if address is not None:
        settings["LEDGER_DATABASE"] = address
    with closing(LedgerFactory(settings)) as factory:
        enrolment.enrol(factory.ledger_recorder(), factory.keys, START)
        rule(factory, factory.application_recorder())
    return settings


def rule(factory: LedgerFactory, recorder: LedgerRecorder) -> int:
    """Record something; its index."""
    event = Ruled(originator_id=uuid4(), originator_version=1, recorded_at=START, what="so")
    return recorder.insert_events([factory.sealing_mapper(TOPICS).to_stored_event(event)])[0] - 1


def change(env: dict[str, str], done: Callable[[KeyChanges], object]) -> None:
    """Start a ledger as a command does, change its keys, and sign the whole record."""
    with closing(LedgerFactory(env)) as factory:
        done(KeyChanges(factory.application_recorder(), factory.data / "keys", PASSPHRASE))
    with closing(LedgerFactory(env)) as factory:
        factory.application_recorder()
        checkpointer(factory).publish()


def checkpointer(factory: LedgerFactory) -> Checkpointer:
    return Checkpointer(Log(factory.datastore, factory.keys), factory.keys, factory.data / "checkpoint.lock")


def sound(env: dict[str, str]) -> bool:
    """Whether a full audit finds nothing."""
    with closing(LedgerFactory(env)) as factory:
        factory.application_recorder()
        return (
            audit(Log(factory.datastore, factory.keys), factory.subjects, checkpointer(factory).locked()).finding
            is None
        )


@BOTH
def test_after_a_rotation_the_new_key_signs_and_what_the_old_one_signed_is_believed(env: dict[str, str]) -> None:
    change(env, lambda changes: changes.rotate_entry_key(START))
    with closing(LedgerFactory(env)) as factory:
        recorder, log = factory.application_recorder(), Log(factory.datastore, factory.keys)
        index = rule(factory, recorder)
        signers = [leaf.key_id for leaf in log.leaves(0, index + 1)]
        old = log.key_history().keys[ENTRIES, signers[0]]

    assert signers[0] == signers[1] == signers[3] != signers[index] == factory.keys.entry.key_id
    assert old.retired == 3
    assert sound(env)


@BOTH
def test_a_service_that_runs_on_with_a_retired_key_records_nothing(env: dict[str, str]) -> None:
    with closing(LedgerFactory(env)) as running:
        recorder = running.application_recorder()
        change(env, lambda changes: changes.rotate_entry_key(START))
        size = recorder.max_notification_id()
        for _ in range(2):
            with pytest.raises(KeysChanged, match="Start it again"):
                rule(running, recorder)

        assert recorder.max_notification_id() == size
    assert sound(env)


def test_an_old_copy_of_the_keys_does_not_start(env: dict[str, str], tmp_path: Path) -> None:
    kept = shutil.copytree(Path(env["LEDGER_DATA"]) / "keys", tmp_path / "kept")
    change(env, lambda changes: changes.rotate_entry_key(START))
    shutil.rmtree(Path(env["LEDGER_DATA"]) / "keys")
    shutil.copytree(kept, Path(env["LEDGER_DATA"]) / "keys")

    with closing(LedgerFactory(env)) as factory, pytest.raises(KeyNotEnrolled, match="old copy"):
        factory.application_recorder()


@pytest.mark.parametrize("step", ["key written", "entry recorded"])
def test_a_rotation_interrupted_at_any_step_is_taken_up_again(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class Killed(Exception):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*(enrolment, "record") if step == "key written" else (keys, "promote"), killed)
        with pytest.raises(Killed):
            change(env, lambda changes: changes.rotate_entry_key(START))
    waiting = Path(env["LEDGER_DATA"]) / "keys" / "entry-next.pem"
    assert waiting.exists()
    with closing(LedgerFactory(env)) as factory:
        rule(factory, factory.application_recorder())
    assert waiting.exists() is (step == "key written")
    change(env, lambda changes: changes.rotate_entry_key(START))

    assert not waiting.exists()
    assert sound(env)


@BOTH
def test_while_a_log_key_is_replaced_both_sign_and_afterwards_the_new_one_alone(env: dict[str, str]) -> None:
    first = newest(env)
    change(env, lambda changes: changes.rotate_log_key(START))
    both = newest(env)
    change(env, lambda changes: changes.retire_log_key(START))
    with closing(LedgerFactory(env)) as factory:
        rule(factory, factory.application_recorder())
        checkpointer(factory).publish()
        log = Log(factory.datastore, factory.keys)
        opened = [each.size for each in log.checkpoints(log.size())]
        named = [key.purpose for key in log.key_history().keys.values()]
    last = newest(env)

    assert (len(signers(first)), len(signers(both)), len(signers(last))) == (1, 2, 1)
    assert set(signers(both)) == {*signers(first), *signers(last)}
    assert len(opened) == len(set(opened)) > 2
    assert named == [ENTRIES, CHECKPOINTS, CHECKPOINTS]
    assert sound(env)


def test_a_checkpoint_by_a_key_that_is_none_of_the_ledgers_is_not_its_own(env: dict[str, str], tmp_path: Path) -> None:
    stranger = keys.create(tmp_path / "stranger", PASSPHRASE, "ledger.example/test")
    with closing(LedgerFactory(env)) as factory:
        note = checkpoint.sign(checkpoint.Checkpoint(factory.keys.origin, 2, bytes(32)), stranger.log)
        with pytest.raises(Exception, match="No trusted key"):
            checkpoint.open(note, factory.keys.verifiers)


def test_the_change_of_a_log_key_is_not_ended_before_it_began(env: dict[str, str]) -> None:
    with pytest.raises(KeyNotChanged, match="rotate --log"):
        change(env, lambda changes: changes.retire_log_key(START))


@BOTH
def test_entries_by_a_revoked_key_are_named_by_audit_and_nothing_is_decided_on_them(env: dict[str, str]) -> None:
    with closing(LedgerFactory(env)) as factory:
        stolen = factory.keys.entry.key_id
        recorder = factory.application_recorder()
        index = rule(factory, recorder)
        stream = next(Log(factory.datastore, factory.keys).leaves(index, index + 1)).stream
    change(env, lambda changes: changes.rotate_entry_key(START))
    change(env, lambda changes: changes.revoke(stolen, index, "taken", START))

    with closing(LedgerFactory(env)) as factory:
        recorder = factory.application_recorder()
        with pytest.raises(EntryForged, match="was not signed"):
            recorder.select_events(stream)
        found = audit(Log(factory.datastore, factory.keys), factory.subjects).finding
    assert found is not None
    assert (found.index, f"revoked from entry {index} on" in found.problem) == (index, True)


@pytest.mark.parametrize(
    ("key", "start", "says"), [("0" * 16, 0, "no key of this ledger"), (None, 0, "rotate it first")]
)
def test_a_revocation_that_makes_no_sense_is_refused(
    env: dict[str, str], key: str | None, start: int, says: str
) -> None:
    with closing(LedgerFactory(env)) as factory:
        own = factory.keys.entry.key_id
    with pytest.raises(KeyNotChanged, match=says):
        change(env, lambda changes: changes.revoke(key or own, start, "x", START))


def test_no_entry_is_revoked_that_is_not_there(env: dict[str, str]) -> None:
    with closing(LedgerFactory(env)) as factory:
        old = factory.keys.entry.key_id
    change(env, lambda changes: changes.rotate_entry_key(START))
    with pytest.raises(KeyNotChanged, match="no entry 99"):
        change(env, lambda changes: changes.revoke(old, 99, "x", START))


@BOTH
def test_a_frozen_ledger_records_only_what_was_named(env: dict[str, str]) -> None:
    with closing(LedgerFactory(env)) as running:
        recorder = running.application_recorder()
        change(env, lambda changes: changes.freeze("keys lost", [], START))
        with pytest.raises(KeysChanged):
            rule(running, recorder)
    with closing(LedgerFactory(env)) as factory, pytest.raises(LogIsFrozen, match="can be read"):
        rule(factory, factory.application_recorder())
    with pytest.raises(KeyNotChanged, match="was frozen at entry 2"):
        change(env, lambda changes: changes.freeze("again", [], START))
    change(env, lambda changes: changes.rotate_entry_key(START))
    assert sound(env)


def newest(env: dict[str, str]) -> bytes:
    with closing(LedgerFactory(env)) as factory:
        factory.application_recorder()
        return checkpointer(factory).publish()


def signers(note: bytes) -> list[bytes]:
    return [signature.key_id for signature in parse_note(note).signatures]
