"""The part of the audit that works out again what was stated whenever evidence was taken."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from ledger import body as bodies
from ledger.body import Body
from ledger.completeness import TOPIC, Recount, read_statement
from ledger.datastore import IN_LOG
from ledger.errors import LedgerError, VerificationError
from ledger.log import Log
from ledger.scope import PlacementScope, PupilScope

_EXPORTS = f"SELECT rowid, state FROM stored_events WHERE topic = ? AND {IN_LOG} ORDER BY rowid"  # noqa: S608 - our own words


class StatedExports:
    """Every statement in the log, each compared with the entries it speaks of as these go by, in order from the first.

    A statement of one pupil or placement is only asked about that pupil's entries, so that many cost little.
    """

    def __init__(self, log: Log) -> None:
        self._of_pupil: dict[UUID, list[Recount]] = defaultdict(list)
        self._of_all: list[Recount] = []
        self._waiting: list[tuple[int, Recount]] = []
        self._wrong: dict[int, str] = {}
        with log.datastore.transaction(commit=False) as c:
            c.execute(_EXPORTS, (TOPIC,))
            rows = [(int(position) - 1, bytes(state)) for position, state in c.fetchall()]
        for index, state in rows:
            try:
                self._expect(log, index, bodies.decode(state))
            except (
                LedgerError
            ) as wrong:  # also where a row it leads to is damaged, which the rows' own check names first
                self._wrong[index] = str(wrong)

    def subjects(self) -> frozenset[UUID] | None:
        """Return whose entries a statement may speak of; None where one may speak of any entry."""
        return None if self._of_all else frozenset(self._of_pupil)

    def take(self, index: int, body: Body, leaf_hash: bytes) -> None:
        """Take in the next entry."""
        for recount in self._of_pupil.get(body.subject, ()) if body.subject is not None else ():
            recount.take(index, body, leaf_hash)
        for recount in self._of_all:
            recount.take(index, body, leaf_hash)

    def first_wrong(self) -> tuple[int, str] | None:
        """Return the first export whose statement is false, with what is wrong; once every entry was taken in."""
        for index, recount in self._waiting:
            try:
                recount.check()
            except VerificationError as wrong:
                self._wrong[index] = str(wrong)
        return min(self._wrong.items(), default=None)

    def _expect(self, log: Log, index: int, body: Body) -> None:
        statement = read_statement(body)
        if statement.size > index:
            raise VerificationError("It states something of entries that came after it.")
        recount = Recount(statement)
        self._waiting.append((index, recount))
        match statement.scope:
            case PupilScope(pupil):
                self._of_pupil[pupil].append(recount)
            case PlacementScope(placement):
                subject = next((leaf.subject for leaf in log.entries_of([placement])), None)
                (self._of_all if subject is None else self._of_pupil[subject]).append(recount)
            case _:
                self._of_all.append(recount)
