"""Choosing the entries of an evidence file, and what the log then states of them before the file is given out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from ledger import body as bodies
from ledger import merkle
from ledger.append import microseconds
from ledger.completeness import Chain, Statement
from ledger.datastore import IN_LOG
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.scope import Members, PeriodScope, PlacementScope, PupilScope, Stated
from ledger.stored_leaf import StoredLeaf


class NothingToExport(LedgerError):
    """There is no entry of what was asked for."""


@dataclass(frozen=True)
class Selection:
    """The leaf indexes that a file is to hold, rising, and what there is to state of them."""

    indices: Sequence[int]
    statement: Statement


def select(log: Log, scope: Stated) -> Selection:
    """Choose from the log as it is now: what the scope owes, what decisions about it rested on, the history of keys.

    Raises:
        NothingToExport: where the log holds nothing of it.
    """
    size = log.size()
    owed, chosen, rested_on = Chain(), set(key_history(log, 0, size)), dict[UUID, int]()
    members = Members(scope)
    for leaf in _candidates(log, scope, size):
        body = bodies.decode(leaf.body)
        if leaf.index < size and members.owes_whenever(body):
            owed.add(leaf.index, merkle.leaf_hash(leaf.entry))
            chosen.add(leaf.index)
            if isinstance(scope, PlacementScope | PupilScope):
                for stream, version in body.relied_on.items():
                    rested_on[stream] = max(version, rested_on.get(stream, 0))
        elif leaf.index < size and isinstance(scope, PlacementScope) and leaf.stream == leaf.subject:
            chosen.add(leaf.index)  # the pupil's own record whole, also what was told after the last decision
    if not owed.count:
        raise NothingToExport("Nothing is recorded of what you asked for.")
    chosen.update(each.index for each in log.entries_of(rested_on) if each.version <= rested_on[each.stream])
    indices = sorted(index for index in chosen if index < size)
    held = _chain(log.leaves_at(indices))
    statement = Statement(
        scope, size, owed.count, owed.digest, owed.first, owed.last, held=held.count, contents=held.digest
    )
    return Selection(indices, statement)


def key_history(log: Log, start: int, stop: int) -> Iterator[int]:
    """Yield the leaf indexes of the log's own entries from one index up to before another."""
    own = log.entries_of([log.own_stream])
    return (leaf.index for leaf in own if start <= leaf.index < stop)


def _candidates(log: Log, scope: Stated, size: int) -> Iterable[StoredLeaf]:
    match scope:
        case PupilScope(pupil):
            return _about(log, pupil)
        case PlacementScope(placement):
            subject = next((leaf.subject for leaf in log.entries_of([placement])), None)
            return () if subject is None else _about(log, subject)
        case PeriodScope(starts_at, ends_at):
            # The running latest recording time rises with the index, so a period is one run of entries.
            first, past = (
                bisect_left(range(size), microseconds(at), key=lambda index: log.leaf(index).known_at)
                for at in (starts_at, ends_at)
            )
            return log.leaves(first, past)
    return log.leaves(0, size)


def _about(log: Log, subject: UUID) -> Iterator[StoredLeaf]:
    with log.datastore.transaction(commit=False) as c:
        c.execute(f"SELECT rowid FROM stored_events WHERE subject = ? AND {IN_LOG}", (subject.bytes,))  # noqa: S608 - our own words
        indices = sorted(row[0] - 1 for row in c.fetchall())
    return log.leaves_at(indices)


def _chain(leaves: Iterable[StoredLeaf]) -> Chain:
    chain = Chain()
    for leaf in leaves:
        chain.add(leaf.index, merkle.leaf_hash(leaf.entry))
    return chain
