"""Published test vectors, read where they lie beside the repository and never copied into it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).resolve().parents[2].parent / "shared" / "vectors"


def vector(name: str) -> Any:
    """One file of vectors; the test that asks is skipped where the folder does not exist."""
    return json.loads(path(name).read_bytes())


def path(name: str) -> Path:
    """A file among the vectors; the test that asks is skipped where the folder does not exist."""
    if not VECTORS.is_dir():
        pytest.skip(f"the published vectors are not there: {VECTORS.name} is missing beside the repository")
    return VECTORS / name
