"""A ledger opens from its environment, with the enrolled key or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.persistence import InfrastructureFactory

from ledger import body, enrolment, entry, keys
from ledger.checkpointer import Checkpointer, LedgerDiverged
from ledger.factory import DatabaseOfAnother, LedgerFactory, LedgerMisconfigured
from ledger.keys import FileEntrySigner, KeysMissing, WrongPassphrase
from ledger.log import Log
from ledger.postgres import DatabaseUnreachable
from ledger.sqlite import SQLiteLedgerRecorder
from tests.ledger.ledgers import PASSPHRASE, START, TOPICS, Ledger, Ruled


@pytest.fixture
def env(tmp_path: Path, key_folder: Path) -> dict[str, str]:
    """The settings of a ledger whose folder has keys and nothing else."""
    shutil.copytree(key_folder, tmp_path / "data" / "keys")
    return {
        "PERSISTENCE_MODULE": "ledger.factory:LedgerFactory",
        "LEDGER_DATA": str(tmp_path / "data"),
        "LEDGER_PASSPHRASE": PASSPHRASE,
    }


@pytest.fixture
def factory(env: dict[str, str]) -> Iterator[LedgerFactory]:
    """A factory as the library constructs it."""
    constructed = InfrastructureFactory.construct(env)  # type: ignore[type-abstract]  # the library's own way
    assert isinstance(constructed, LedgerFactory)
    yield constructed
    constructed.close()


def test_a_ledger_without_its_key_enrolled_does_not_start(factory: LedgerFactory) -> None:
    with pytest.raises(enrolment.KeyNotEnrolled, match="init was not run"):
        factory.application_recorder()
    enrolment.enrol(factory.ledger_recorder(), factory.keys, START)

    assert factory.application_recorder().max_notification_id() == 1


def test_an_emptied_database_is_told_from_a_key_never_enrolled(factory: LedgerFactory) -> None:
    enrolment.enrol(factory.ledger_recorder(), factory.keys, START)
    Checkpointer(Log(factory.datastore, factory.keys), factory.keys, factory.data / "checkpoint.lock").publish()
    with factory.datastore.transaction(commit=True) as c:
        for table in ("stored_events", "checkpoints", "ledger_head"):
            c.execute(f"DELETE FROM {table}")  # noqa: S608 - our own words

    with pytest.raises(LedgerDiverged, match="holds 0 entries but 1 were signed"):
        factory.application_recorder()


@pytest.mark.parametrize("state", ["x'00'", "x'7b7d'", "x'5b5d'"])
def test_a_first_entry_that_cannot_be_read_enrols_nothing(factory: LedgerFactory, state: str) -> None:
    enrolment.enrol(factory.ledger_recorder(), factory.keys, START)
    with factory.datastore.transaction(commit=True) as c:
        c.execute(f"UPDATE stored_events SET state = {state}")  # noqa: S608 - our own words

    with pytest.raises(enrolment.KeyNotEnrolled):
        factory.application_recorder()


def test_what_is_recorded_through_the_library_is_read_through_it(factory: LedgerFactory) -> None:
    enrolment.enrol(factory.ledger_recorder(), factory.keys, START)
    store = factory.event_store(factory.sealing_mapper(TOPICS), factory.application_recorder())
    ruling = Ruled(originator_id=uuid4(), originator_version=1, recorded_at=START, what="demo")

    (recording,) = store.put([ruling])
    assert recording.notification.id == 2
    assert list(store.get(ruling.originator_id)) == [ruling]


def test_the_database_may_lie_elsewhere(env: dict[str, str], tmp_path: Path) -> None:
    factory = LedgerFactory({**env, "LEDGER_DATABASE": f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"})
    factory.ledger_recorder()
    factory.close()

    assert (tmp_path / "elsewhere.sqlite").exists()
    assert not (tmp_path / "data" / "ledger.sqlite").exists()


def test_the_database_may_be_postgresql(env: dict[str, str], postgres_database: str) -> None:
    factory = LedgerFactory({**env, "LEDGER_DATABASE": postgres_database})
    enrolment.enrol(factory.ledger_recorder(), factory.keys, START)
    store = factory.event_store(factory.sealing_mapper(TOPICS), factory.application_recorder())
    ruling = Ruled(originator_id=uuid4(), originator_version=1, recorded_at=START, what="demo")

    (recording,) = store.put([ruling])
    assert recording.notification.id == 2
    assert list(store.get(ruling.originator_id)) == [ruling]
    factory.close()
    assert not (factory.data / "ledger.sqlite").exists()


def test_a_database_of_another_ledger_is_told(env: dict[str, str], postgres_database: str, tmp_path: Path) -> None:
    with closing(LedgerFactory({**env, "LEDGER_DATABASE": postgres_database})) as factory:
        enrolment.enrol(factory.ledger_recorder(), factory.keys, START)
    keys.create(tmp_path / "another" / "keys", PASSPHRASE, "ledger.example/another")
    another = {**env, "LEDGER_DATA": str(tmp_path / "another"), "LEDGER_DATABASE": postgres_database}
    with closing(LedgerFactory(another)) as factory, pytest.raises(DatabaseOfAnother, match=r"example/test.*/another"):
        factory.application_recorder()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"LEDGER_DATA": ""}, LedgerMisconfigured),
        ({"LEDGER_PASSPHRASE": ""}, LedgerMisconfigured),
        ({"LEDGER_PASSPHRASE": "wrong"}, WrongPassphrase),
        ({"LEDGER_DATA": "/nonexistent"}, KeysMissing),
        ({"LEDGER_DATABASE": "mysql://x"}, LedgerMisconfigured),
        ({"LEDGER_DATABASE": "postgresql://127.0.0.1:1/x"}, DatabaseUnreachable),
    ],
)
def test_a_wrong_setting_stops_the_start(env: dict[str, str], change: dict[str, str], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        LedgerFactory({**env, **change})


def test_the_first_leaf_enrols_the_key_that_signed_it(ledger: Ledger) -> None:
    leaf = ledger.log.leaf(0)
    read = body.decode(leaf.body)

    assert (leaf.topic, leaf.version, read.sealed) == ("ledger.key-enrolled", 1, None)
    assert read.facts["key_id"] == ledger.keys.entry.key_id == leaf.key_id
    assert read.actor == {
        "id": None,
        "role": "system",
        "organisation": None,
        "basis": {"kind": "system", "ref": None},
    }
    entry.check_signature(ledger.keys.entry.public_key, leaf.body, leaf.signature)


def test_enrolling_twice_changes_nothing(ledger: Ledger) -> None:
    enrolment.enrol(ledger.recorder, ledger.keys, START)
    assert ledger.log.size() == 1


def test_a_second_key_cannot_enrol_itself(ledger: Ledger) -> None:
    signer = FileEntrySigner(Ed25519PrivateKey.generate())
    other = replace(ledger.keys, entry=signer)
    with pytest.raises(enrolment.KeyNotEnrolled):
        enrolment.enrol(SQLiteLedgerRecorder(ledger.datastore, signer), other, START)
    assert ledger.log.size() == 1


def test_keys_of_another_ledger_do_not_open_this_one(ledger: Ledger, tmp_path: Path) -> None:
    other = keys.create(tmp_path / "other", PASSPHRASE, ledger.keys.origin)
    with pytest.raises(enrolment.KeyNotEnrolled, match=other.entry.key_id):
        enrolment.require(other, ledger.log.key_history())
