"""Idempotency: what makes a second sending of one command harmless, kept in the transaction of its events."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ledger.datastore import Cursor
from ledger.errors import LedgerError


@dataclass(frozen=True)
class Command:
    """The sender's key for one command, who sent it, and a keyed digest of what it said."""

    key: str
    actor: UUID
    digest: bytes


@dataclass(frozen=True)
class Receipt:
    """What was recorded: the first leaf index, how many entries, and their leaf hashes in order."""

    first: int
    count: int
    leaf_hashes: tuple[bytes, ...]


class CommandRepeated(LedgerError):
    """The same command arrived before; `receipt` is the answer it got then."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__("This command was recorded before.")
        self.receipt = receipt


class CommandKeyReused(LedgerError):
    """An idempotency key came back from another sender or with another content."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The idempotency key {key!r} was used before for something else.")


def recall(c: Cursor, command: Command) -> Receipt | None:
    """Return the receipt of a command recorded earlier, or None.

    Raises:
        CommandKeyReused: where the key was used for something else.
    """
    c.execute("SELECT actor, digest, first, count FROM commands WHERE key = ?", (command.key,))
    row = c.fetchone()
    if row is None:
        return None
    if (row[0], row[1]) != (command.actor.bytes, command.digest):
        raise CommandKeyReused(command.key)
    return receipt(c, row[2], row[3])


def row(command: Command, first: int, count: int) -> tuple[str, bytes, bytes, int, int]:
    """Return a command as it is stored, with the leaves it made."""
    return command.key, command.actor.bytes, command.digest, first, count


def receipt(c: Cursor, first: int, count: int) -> Receipt:
    """Return the receipt for leaves that were recorded."""
    c.execute(
        "SELECT leaf_hash FROM stored_events WHERE rowid > ? AND rowid <= ? ORDER BY rowid", (first, first + count)
    )
    return Receipt(first, count, tuple(row[0] for row in c.fetchall()))
