"""Where a ledger's entries lie, by an address: an SQLite file or a PostgreSQL database."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ledger.errors import LedgerError
from ledger.postgres import PostgresLedgerDatastore
from ledger.sqlite import SQLiteLedgerDatastore

SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgres://")


class LedgerMisconfigured(LedgerError):
    """A setting that the ledger needs is missing or makes no sense."""


@dataclass(frozen=True)
class Places:
    """Where another process finds the entries and the subjects' keys, and what opens the latter."""

    entries: str
    subjects: str | Path
    master: bytes = field(repr=False)


def open_datastore(address: str) -> SQLiteLedgerDatastore | PostgresLedgerDatastore:
    """Open the database at an address.

    Raises:
        LedgerMisconfigured: where it is no address.
        DatabaseUnreachable: where it is on a server that is not there.
    """
    if address.startswith(SQLITE):
        return SQLiteLedgerDatastore(address.removeprefix(SQLITE))
    if address.startswith(_POSTGRES):
        return PostgresLedgerDatastore(address)
    raise LedgerMisconfigured(f"LEDGER_DATABASE must look like {SQLITE}path or {_POSTGRES[0]}…; it does not.")
