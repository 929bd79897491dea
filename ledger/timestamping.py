"""Having checkpoints time-stamped (RFC 3161): the first of each day, and whenever asked; writers never wait for it.

What is kept was checked before, and is checked again by whoever relies on it. An attacker who holds the table can at
most take stamps away or put there what no check accepts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from cryptography.x509 import Certificate
from eventsourcing.persistence import PersistenceError

from ledger import note as notes
from ledger import posting
from ledger.checkpoint import parse_checkpoint
from ledger.errors import LedgerError, VerificationError
from ledger.log import Log
from ledger.timestamp import check_timestamp, query

_EVERY_SECONDS = 60.0
_AFTER_FAILURE_SECONDS = 900.0
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_ADD = "INSERT INTO timestamps VALUES (?, ?) ON CONFLICT (size) DO UPDATE SET response = excluded.response"
_KEPT = "SELECT note, response FROM timestamps JOIN checkpoints USING (size) WHERE size"
_LOG = logging.getLogger(__name__)


class StampRefused(LedgerError):
    """The authority gave no time stamp that can be used; the message says why."""


@dataclass(frozen=True)
class Stamped:
    """A signed checkpoint and an authority's answer about its text; nothing of the answer is checked yet."""

    size: int
    note: bytes
    response: bytes


def newest_stamped(log: Log) -> Stamped | None:
    """Return the largest checkpoint that has a time stamp."""
    return _read(log, f"{_KEPT} > ? ORDER BY size DESC LIMIT 1", 0)


def first_stamped(log: Log, index: int) -> Stamped | None:
    """Return the smallest checkpoint with a time stamp that covers an entry: it was there by then."""
    return _read(log, f"{_KEPT} > ? ORDER BY size LIMIT 1", index)


class Timestamping:
    """Asks one authority about one log's checkpoints."""

    def __init__(self, log: Log, address: str, roots: Sequence[Certificate], clock: Callable[[], datetime]) -> None:
        self._log = log
        self._address = address
        self._roots = tuple(roots)
        self._clock = clock

    def run(self, stop: Event) -> None:
        """Have the first checkpoint of each day stamped until told to stop; what goes wrong is tried again later."""
        while not stop.is_set():
            wait = _EVERY_SECONDS
            try:
                if self.is_due():
                    self.stamp()
            except (LedgerError, PersistenceError) as error:
                _LOG.warning("%s", error)
                wait = _AFTER_FAILURE_SECONDS
            stop.wait(wait)

    def is_due(self) -> bool:
        """Whether there is a checkpoint newer than the last one stamped, and that was on an earlier day (UTC)."""
        kept = newest_stamped(self._log)
        if kept is None:
            return self._log.has_checkpoint()
        try:
            at = check_timestamp(kept.response, notes.parse_note(kept.note).text, self._roots)
        except VerificationError:
            return True  # altered since, or under roots that are trusted no more
        return at.date() < self._clock().date() and _size(self._log.checkpoint()) > kept.size

    def stamp(self) -> datetime:
        """Have the newest checkpoint stamped, keep the answer and return the time it states.

        Raises:
            StampRefused: where the authority is down, refuses, or answers with what does not hold; nothing is kept.
            NoCheckpoint: where nothing was signed yet.
        """
        note = self._log.checkpoint()
        text = notes.parse_note(note).text
        asked = query(text)
        try:
            answer = posting.post(self._address, asked.content, _QUERY)
        except posting.Unanswered as error:
            raise StampRefused(f"The time-stamping authority {self._address} does not answer: {error}") from error
        if answer.status != 200 or answer.kind != _REPLY:
            raise StampRefused(
                f"The time-stamping authority {self._address} answered {answer.status}: {posting.plain(answer.body)}"
            )
        try:
            at = check_timestamp(answer.body, text, self._roots, asked.nonce)
        except VerificationError as error:
            raise StampRefused(f"What {self._address} answered cannot be used. {error}") from error
        with self._log.datastore.transaction(commit=True) as c:
            c.execute(_ADD, (_size(note), answer.body))
        return at


def _read(log: Log, statement: str, size: int) -> Stamped | None:
    with log.datastore.transaction(commit=False) as c:
        c.execute(statement, (size,))
        row = c.fetchone()
    return None if row is None else Stamped(_size(bytes(row[0])), bytes(row[0]), bytes(row[1]))


def _size(note: bytes) -> int:
    return parse_checkpoint(notes.parse_note(note).text).size
