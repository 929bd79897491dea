"""How commands speak: plain sentences or one JSON object on standard output, progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm


class Failed(Exception):
    """The command could not do what it was asked; the message is the one sentence a person needs."""


def say(text: str, result: dict[str, Any], *, as_json: bool) -> None:
    """Print a result, for a person or for a machine."""
    sys.stdout.write((json.dumps(result, ensure_ascii=False, default=str) if as_json else text) + "\n")
    sys.stdout.flush()


@contextmanager
def progress(what: str, total: int, unit: str, *, scale: bool = False) -> Iterator[tqdm[Any]]:
    """A bar with rate and time left where a person watches; nothing where standard error is a file."""
    with tqdm(
        total=total,
        desc=what,
        unit=unit,
        unit_scale=scale,
        dynamic_ncols=True,
        disable=None,
        file=sys.stderr,
        leave=False,
    ) as bar:
        yield bar
