"""Who looks at the runs of an audit: threads for a small log, processes on every core for a large one.

Most of what is done for an entry is Python's own work, of which one process does one thing at a time. A process costs
half a second before it has looked at anything, so a small log does without.

Each process is handed the master key through a pipe that only its parent holds, never on its command line, and is gone
with its parent, even where that is killed.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from ledger.audit_rows import Known, Look, LookedAt
from ledger.datastore import Datastore
from ledger.errors import LedgerError
from ledger.places import Places, open_datastore
from ledger.subjects import SubjectKeys

_RUN = 1000
_CORES = os.cpu_count() or 1
_AHEAD = 2 * _CORES
_SMALL = 10_000


class WorkerLost(LedgerError):
    """A process of the audit could not start or ended by itself."""


def look_in_threads(
    datastore: Datastore, subjects: SubjectKeys, known: Known, size: int
) -> Generator[LookedAt, None, None]:
    """Yield what each run of entries came to, in order; whoever stops early leaves little behind."""
    look = Look(datastore, subjects, known)
    with ThreadPoolExecutor(_CORES, thread_name_prefix="audit") as pool:
        yield from _in_order(lambda start, stop: pool.submit(look.at, start, stop), size)


def look_in_processes(places: Places, known: Known, size: int) -> Generator[LookedAt, None, None]:
    """Yield the same from processes.

    Raises:
        WorkerLost: where one of them is killed, as for want of memory, or cannot open the databases.
    """
    # Spawned, not forked: this process has threads and connections that a fork would copy half-way.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(_CORES, context, _start, (places, known)) as pool:
        try:
            yield from _in_order(lambda start, stop: pool.submit(_look_at, start, stop), size)
        except BrokenProcessPool as error:
            raise WorkerLost(
                "A process that checked entries could not start or was killed; nothing is known."
            ) from error


def is_small(size: int) -> bool:
    """Whether a log of so many entries is looked at sooner without other processes."""
    return size < _SMALL


def _in_order(submit: Callable[[int, int], Future[LookedAt]], size: int) -> Iterator[LookedAt]:
    """Keep a few runs ahead, so that memory stays bounded however long the log is."""
    waiting: deque[Future[LookedAt]] = deque()
    try:
        for start in range(0, size, _RUN):
            waiting.append(submit(start, min(start + _RUN, size)))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


_look: Look
"""In a process that `look_in_processes` started: what it looks with."""


def _start(places: Places, known: Known) -> None:
    global _look  # noqa: PLW0603 - a process of its own has nowhere else to keep it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is asked to stop, and stops this one
    threading.Thread(target=_end_with_parent, daemon=True).start()
    subjects = SubjectKeys(places.subjects, places.master)
    _look = Look(open_datastore(places.entries), subjects, known)


def _look_at(start: int, stop: int) -> LookedAt:
    return _look.at(start, stop)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
