"""A read database on a real file, and the ways tests look at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.database import ReadDatabase


@pytest.fixture
def read(tmp_path: Path) -> Iterator[ReadDatabase]:
    database = ReadDatabase(f"sqlite:///{tmp_path / 'read.sqlite'}")
    yield database
    database.close()
