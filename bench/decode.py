"""Reading marks back: select, decrypt and decode one event at a time, as a rebuild does in each process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.append import a_mark, a_plain_mark, our_store, plain_store
from bench.measure import Row, compare

_EVENTS = 5000


def measure() -> Iterator[Row]:
    """Yield the one row: one process, against the library's own mapper."""
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        ours, plain = our_store(folder, None, closing), plain_store(folder, None, closing)
        ours.put([a_mark(number) for number in range(_EVENTS)])
        plain.put([a_plain_mark(number) for number in range(_EVENTS)])

        def read_ours() -> None:
            for stored in ours.recorder.select_notifications(2, _EVENTS):  # type: ignore[attr-defined]  # the library's own
                ours.mapper.to_domain_event(stored)

        def read_plain() -> None:
            for stored in plain.recorder.select_notifications(1, _EVENTS):  # type: ignore[attr-defined]  # the library's own
                plain.mapper.to_domain_event(stored)

        yield compare("decode", _EVENTS, read_ours, read_plain)
