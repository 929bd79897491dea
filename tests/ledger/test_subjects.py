"""Subjects' keys: durable before the first event, one each for ever, and gone everywhere once destroyed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.subject_tables import SharedSubjects, SubjectsUnreachable
from ledger.subjects import SubjectErased, SubjectKeyDamaged, SubjectKeys, SubjectUnknown
from tests.ledger.ledgers import START

ROOT = Path(__file__).resolve().parents[2]
MASTER = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "subjects.sqlite"


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, path: Path) -> Path | str:
    """Where keys are kept: a file, or a database of their own."""
    return request.getfixturevalue("postgres_database") if request.param == "postgres" else path


def sealed(key: AESGCM) -> bytes:
    return key.encrypt(bytes(12), b"a pupil's name", None)


def test_a_key_is_the_same_for_every_process(place: Path | str) -> None:
    pupil = uuid4()
    first, second = SubjectKeys(place, MASTER), SubjectKeys(place, MASTER)
    ciphertext = sealed(first.create(pupil))

    assert second.create(pupil).decrypt(bytes(12), ciphertext, None) == b"a pupil's name"
    assert second.get(pupil).decrypt(bytes(12), ciphertext, None) == b"a pupil's name"
    first.close()
    second.close()


def test_unknown_and_erased_are_told_apart(place: Path | str) -> None:
    known, unknown = uuid4(), uuid4()
    subjects = SubjectKeys(place, MASTER)
    subjects.create(known)
    subjects.destroy(known, START)
    subjects.destroy(known, START)

    for use in (subjects.get, subjects.create):
        with pytest.raises(SubjectErased):
            use(known)
    with pytest.raises(SubjectUnknown):
        subjects.get(unknown)
    with pytest.raises(SubjectUnknown):
        subjects.destroy(unknown, START)
    subjects.close()


def test_a_cached_key_does_not_outlive_its_destruction_by_another_process(place: Path | str) -> None:
    pupil, other = uuid4(), uuid4()
    mine = SubjectKeys(place, MASTER)
    mine.create(pupil)
    mine.create(other)
    mine.get(pupil)
    destroyed = (
        "import sys; from uuid import UUID; from ledger.subjects import SubjectKeys;"
        "from tests.ledger.ledgers import START;"
        "SubjectKeys(sys.argv[1], bytes(range(32))).destroy(UUID(sys.argv[2]), START)"
    )
    subprocess.run([sys.executable, "-c", destroyed, str(place), str(pupil)], check=True, cwd=ROOT)

    with pytest.raises(SubjectErased):
        mine.create(pupil)  # what would be sealed under it asks first, on a server too
    with pytest.raises(SubjectErased):
        mine.get(pupil)
    mine.get(other)
    mine.close()


def test_on_a_server_a_reader_notices_a_destruction_within_a_second(postgres_database: str) -> None:
    pupil = uuid4()
    mine, other = (SubjectKeys(postgres_database, MASTER) for _ in range(2))
    mine.create(pupil)
    other.destroy(pupil, START)
    time.sleep(SharedSubjects.FRESH_FOR)

    with pytest.raises(SubjectErased):
        mine.get(pupil)
    mine.close()
    other.close()


def test_a_connection_to_the_server_that_was_cut_is_made_anew(postgres_database: str) -> None:
    pupil = uuid4()
    subjects = SubjectKeys(postgres_database, MASTER, cache_size=1)
    ciphertext = sealed(subjects.create(pupil))
    with psycopg.connect(postgres_database, autocommit=True) as attack:
        attack.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    subjects.create(uuid4())
    assert sealed(subjects.get(pupil)) == ciphertext
    subjects.close()


def test_a_server_that_is_not_there_is_told_plainly() -> None:
    with pytest.raises(SubjectsUnreachable, match=r"cannot be reached: .*refused") as told:
        SubjectKeys("postgresql://keeper:secret@localhost:1/keys", MASTER)
    assert "secret" not in str(told.value)


def test_many_threads_and_stores_agree_on_one_key(place: Path | str) -> None:
    pupils = [uuid4() for _ in range(20)]
    stores = [SubjectKeys(place, MASTER) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: (n % 20, sealed(stores[n % 4].create(pupils[n % 20]))), range(160)))

    assert len(set(made)) == 20
    for store in stores:
        store.close()


def test_the_cache_is_bounded(place: Path | str) -> None:
    subjects = SubjectKeys(place, MASTER, cache_size=3)
    pupils = [uuid4() for _ in range(10)]
    ciphertexts = [sealed(subjects.create(pupil)) for pupil in pupils]

    assert len(subjects._cache) == 3
    for pupil, ciphertext in zip(pupils, ciphertexts, strict=True):
        assert sealed(subjects.get(pupil)) == ciphertext
    subjects.close()


def test_a_key_moved_to_another_subject_does_not_open(path: Path) -> None:
    one, two = uuid4(), uuid4()
    subjects = SubjectKeys(path, MASTER)
    subjects.create(one)
    subjects.create(two)
    subjects.close()
    with sqlite3.connect(path) as attack:
        wrapped = attack.execute("SELECT wrapped_key FROM subject_keys WHERE subject = ?", (one.bytes,)).fetchone()
        attack.execute("UPDATE subject_keys SET wrapped_key = ? WHERE subject = ?", (*wrapped, two.bytes))
    attack.close()

    reopened = SubjectKeys(path, MASTER)
    with pytest.raises(SubjectKeyDamaged):
        reopened.get(two)
    reopened.close()


def test_a_destroyed_key_is_in_no_file(path: Path) -> None:
    pupil = UUID(bytes=os.urandom(16))
    subjects = SubjectKeys(path, MASTER)
    subjects.create(pupil)
    wrapped = subjects._table.find(pupil)
    assert wrapped is not None
    assert wrapped[0] is not None
    subjects.destroy(pupil, START)

    assert not any(wrapped[0] in each.read_bytes() for each in path.parent.iterdir())
    subjects.close()
