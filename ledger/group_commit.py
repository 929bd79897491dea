"""Group commit: who comes while a transaction is being committed shares the next one, and keeps an answer of their own.

The first to come leads: it commits at once what it brought, so that one writer alone waits for nobody. Those who come
meanwhile wait, and the first of them then leads for all of them, so that many writers share one wait for the disk.

A group is written all or none. Where it cannot be, it is halved, in order, down to the one that cannot; only a batch
that stands alone in a transaction is ever refused, so no refusal rests on what was rolled back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Lock
from typing import Generic, TypeVar

from eventsourcing.persistence import InterfaceError, OperationalError

_MOST = 64
"""Batches in one transaction, so that nobody waits long for the others' bytes."""

B = TypeVar("B")


class _Waiting(Generic[B]):
    """One batch on its way, and what became of it."""

    def __init__(self, batch: B) -> None:
        self.batch = batch
        self.turn = Lock()
        self.turn.acquire()
        self.leads = False
        self.positions: Sequence[int] | None = None
        self.error: Exception | None = None

    def answer(self) -> Sequence[int]:
        if self.positions is not None:
            return self.positions
        # Neither: its leader was interrupted, perhaps after the commit. That is what a lost connection leaves, too.
        raise self.error or OperationalError("The writer that committed for this one was interrupted.")


class GroupCommit(Generic[B]):
    """Hands groups of batches to `append`, which records a whole group or nothing and returns each one's positions."""

    def __init__(self, append: Callable[[Sequence[B]], Sequence[Sequence[int]]]) -> None:
        self._append = append
        self._changed = Condition()
        self._queue: deque[_Waiting[B]] = deque()
        self._led = False
        self._closed = False

    def commit(self, batch: B) -> Sequence[int]:
        """Record a batch and return its positions, once they are durable.

        Raises:
            Exception: what `append` says to this batch alone, or what keeps the database from recording any.
        """
        waiting = _Waiting(batch)
        with self._changed:
            if self._closed:
                raise InterfaceError("The ledger is closed.")
            self._queue.append(waiting)
            waiting.leads, self._led = not self._led, True
        if not waiting.leads:
            self._wait(waiting)
        if waiting.leads:
            self._lead()
        return waiting.answer()

    def close(self) -> None:
        """Let nobody in any more, and wait for those who are."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._led)

    def _wait(self, waiting: _Waiting[B]) -> None:
        try:
            waiting.turn.acquire()
        except BaseException:
            with self._changed:
                if waiting in self._queue:
                    self._queue.remove(waiting)
            if waiting.leads:  # the others count on it
                self._lead()
            raise

    def _lead(self) -> None:
        with self._changed:
            group = [self._queue.popleft() for _ in range(min(_MOST, len(self._queue)))]
        try:
            if group:
                self._settle(group)
        finally:
            with self._changed:
                self._led = bool(self._queue)
                if self._led:
                    self._queue[0].leads = True
                    self._queue[0].turn.release()
                self._changed.notify_all()
            for waiting in group:
                waiting.turn.release()

    def _settle(self, group: Sequence[_Waiting[B]]) -> None:
        try:
            recorded = self._append([waiting.batch for waiting in group])
        except (InterfaceError, OperationalError) as error:
            for waiting in group:  # the database's trouble, which none of them brought
                waiting.error = type(error)(*error.args)
                waiting.error.__cause__ = error
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to one of them, and is raised there
            if len(group) == 1:
                group[0].error = error
                return
            middle = len(group) // 2
            self._settle(group[:middle])
            self._settle(group[middle:])
        else:
            for waiting, positions in zip(group, recorded, strict=True):
                waiting.positions = positions
