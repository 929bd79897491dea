"""Fixtures of the stateful half: one set of keys for the run, and a fresh enrolled ledger for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import enrolment, keys
from tests.ledger.ledgers import ORIGIN, PASSPHRASE, START, Ledger


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of keys made once, since making them is slow on purpose."""
    folder = tmp_path_factory.mktemp("ledger") / "keys"
    keys.create(folder, PASSPHRASE, ORIGIN)
    return folder


@pytest.fixture(scope="session")
def ledger_keys(key_folder: Path) -> keys.Keys:
    """Those keys, opened."""
    return keys.open(key_folder, PASSPHRASE)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on the databases that its mark names; most have nothing to do with the database and run on SQLite."""
    if "address" in metafunc.fixturenames:
        named = metafunc.definition.get_closest_marker("databases")
        metafunc.parametrize("address", named.args if named else ("sqlite",), indirect=True)


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str | None:
    """The address of an empty PostgreSQL database, or None where the database is SQLite's."""
    return request.getfixturevalue("postgres_database") if request.param == "postgres" else None


@pytest.fixture
def ledger(tmp_path: Path, ledger_keys: keys.Keys, address: str | None) -> Iterator[Ledger]:
    """An empty ledger whose key is enrolled."""
    opened = Ledger.open(tmp_path, ledger_keys, address)
    enrolment.enrol(opened.recorder, ledger_keys, START)
    yield opened
    opened.close()
