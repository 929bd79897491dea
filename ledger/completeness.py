"""What the log states of an export, so that a file that was given out can be held against it.

Before an evidence file leaves, an entry of the topic `evidence.exported` states in its clear facts, of the first `size`
entries of the log,

    scope            what the file is about, as `ledger.scope` spells it
    count, digest    how many entries belong to that scope, and the chain over them
    first, last      the lowest and the highest leaf index of them, or null where there is none
    held, contents   how many entries the file holds in all, what decisions rested on included, and the chain over these

A chain starts with 32 zero bytes; each entry in log order makes it SHA-256(chain ‖ leaf hash); it is told in hex.
`contents` shows that nothing was taken out of the file, put in or moved since. `count` and `digest` are the log's word
that nothing was left out when it was made: whoever has the whole log can work them out again, and a false one is a
contradiction that the log's keeper signed. Nobody can see that from the file alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from re import fullmatch
from typing import Any

from ledger.belonging import is_key_history
from ledger.body import Body
from ledger.errors import VerificationError
from ledger.scope import EntryScope, Members, PeriodScope, Stated, leaf_index, read

TOPIC = "evidence.exported"
_STEP = "completeness"


class Chain:
    """Leaf hashes in log order, counted and drawn into one digest."""

    def __init__(self) -> None:
        self.count = 0
        self.digest = bytes(32)
        self.first: int | None = None
        self.last: int | None = None

    def add(self, index: int, leaf_hash: bytes) -> None:
        """Take in the next leaf."""
        self.digest = sha256(self.digest + leaf_hash).digest()
        self.count += 1
        self.first = index if self.first is None else self.first
        self.last = index


@dataclass(frozen=True)
class Statement:
    """What an entry of the topic `evidence.exported` states."""

    scope: Stated
    size: int
    count: int
    digest: bytes
    first: int | None
    last: int | None
    held: int
    contents: bytes


class Recount:
    """A statement worked out again from the log, entry by entry from the first."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._members = Members(statement.scope)
        self._chain = Chain()

    def take(self, index: int, body: Body, leaf_hash: bytes) -> None:
        """Take in the next entry; those that were not there yet when the statement was made change nothing."""
        if index < self._statement.size and self._members.owes(body):
            self._chain.add(index, leaf_hash)

    def check(self) -> None:
        """Compare, once every entry was taken in.

        Raises:
            VerificationError: where the log holds something else than was stated.
        """
        check_chain(self._statement, self._chain, "The ledger holds")


def check_export(statement: Statement, leaves: Iterable[tuple[int, Body, bytes]]) -> None:
    """Work a statement out again from the log's entries: leaf index, body and leaf hash of each, from the first on.

    Raises:
        VerificationError: where the log holds something else than was stated.
    """
    recount = Recount(statement)
    for index, body, leaf_hash in leaves:
        recount.take(index, body, leaf_hash)
    recount.check()


def check_file(statement: Statement, entries: Iterable[tuple[int, Body, bytes]]) -> None:
    """Compare what a file holds beside its export's own entry: leaf index, body and leaf hash of each, in order.

    Raises:
        VerificationError: where something is missing, was put in, or lies beyond what the statement is about.
    """
    members, owed, held = Members(statement.scope), Chain(), Chain()
    for index, body, leaf_hash in entries:
        if index >= statement.size:
            if not is_key_history(body.topic):
                raise VerificationError("It was entered after what was exported.", step=_STEP, entry=index)
            continue
        held.add(index, leaf_hash)
        if members.owes_whenever(body) and _within(statement, index):
            owed.add(index, leaf_hash)
    check_chain(statement, owed, "The file holds")
    if (held.count, held.digest) != (statement.held, statement.contents):
        raise VerificationError(
            "What decisions rested on, or the history of keys, is not what was exported.", step=_STEP
        )


def _within(statement: Statement, index: int) -> bool:
    """Whether an entry lies where the statement says its scope's entries do; only a period's bounds are told so."""
    if not isinstance(statement.scope, PeriodScope):
        return True
    return statement.first is not None and statement.last is not None and statement.first <= index <= statement.last


def check_chain(statement: Statement, chain: Chain, found: str) -> None:
    """Compare the entries of a scope with what was stated; `found` begins the sentence where they differ.

    Raises:
        VerificationError: where they do.
    """
    if chain.count != statement.count:
        raise VerificationError(f"{found} {chain.count} of the {statement.count} entries that were stated.", step=_STEP)
    if (chain.digest, chain.first, chain.last) != (statement.digest, statement.first, statement.last):
        raise VerificationError(f"{found} other entries than those that were stated.", step=_STEP)


def read_statement(body: Body) -> Statement:
    """Read what an export's entry states.

    Raises:
        VerificationError: where it is none, or not of the form above.
    """
    facts = body.facts
    scope = read(facts.get("scope"))
    if body.topic != TOPIC or isinstance(scope, EntryScope):
        raise _malformed()
    first, last = (None if facts.get(name) is None else leaf_index(facts[name]) for name in ("first", "last"))
    size, count, held = (leaf_index(facts.get(name)) for name in ("size", "count", "held"))
    return Statement(
        scope, size, count, _digest(facts.get("digest")), first, last, held, _digest(facts.get("contents"))
    )


def _digest(value: Any) -> bytes:
    if not isinstance(value, str) or fullmatch("[0-9a-f]{64}", value) is None:
        raise _malformed()
    return bytes.fromhex(value)


def _malformed() -> VerificationError:
    return VerificationError("This entry does not state an export as it must.", step=_STEP)
