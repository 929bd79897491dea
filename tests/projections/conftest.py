"""Read databases on a real file and on a real PostgreSQL, and the ways tests look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from projections.database import ReadDatabase
from projections.engines import SCHEMA
from tests import postgres

NewAddress = Callable[[], str]


class Databases:
    """PostgreSQL databases of one run, emptied and used again: making one takes longer than most tests."""

    def __init__(self, opened: ExitStack) -> None:
        self._opened = opened
        self._made: list[str] = []

    def handing_out(self) -> Iterator[str]:
        """Yield one empty database after another."""
        yield from map(self._emptied, self._made)
        while True:
            self._made.append(self._opened.enter_context(postgres.fresh_database()))
            yield self._made[-1]

    def _emptied(self, address: str) -> str:
        with psycopg.connect(address, autocommit=True, options="-c client_min_messages=warning") as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        return address


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The run's PostgreSQL databases."""
    with ExitStack() as opened:
        yield Databases(opened)


@pytest.fixture(params=["sqlite", "postgres"])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> NewAddress:
    """What names one empty read database after another, on one of both databases."""
    if request.param == "postgres":
        return request.getfixturevalue("databases").handing_out().__next__
    names = (f"sqlite:///{tmp_path / f'read-{number}.sqlite'}" for number in range(1, 1000))
    return names.__next__


@pytest.fixture
def address(new_address: NewAddress) -> str:
    """Where the test's read database lies."""
    return new_address()


@pytest.fixture
def read(address: str) -> Iterator[ReadDatabase]:
    """The test's read database."""
    database = ReadDatabase(address)
    yield database
    database.close()
