"""Whether a PostgreSQL standby already holds what is about to be signed.

A checkpoint is a promise to the outside. Were it given for entries that only one machine has, and that machine lost,
the standby that takes over would be shorter than what was signed, and the ledger would have to stop.
"""

from __future__ import annotations

import re
import time

from ledger.datastore import Cursor, Datastore
from ledger.errors import LedgerError
from ledger.postgres import PostgresLedgerDatastore

# `FIRST 2 (a, b)`, `ANY 1 (a, b)`, `2 (a, b)`, or only names, which means one of them: PostgreSQL's own grammar.
_HOW_MANY = re.compile(r"\s*(?:FIRST\s+|ANY\s+)?(\d+)\s*\(", re.IGNORECASE)
_HOLDING = """
    SELECT count(*) FROM pg_stat_replication
    WHERE sync_state IN ('sync', 'quorum') AND flush_lsn >= CAST(? AS PG_LSN)
"""
_PATIENCE_SECONDS = 1.0
_BETWEEN_SECONDS = 0.05


class WaitingForStandby(LedgerError):
    """A synchronous standby is configured and has not yet stored the newest entries, so they are not signed yet."""


def require_held(datastore: Datastore) -> None:
    """Wait a moment until the standbys that the server must wait for have stored all that is committed by now.

    The role needs `pg_read_all_stats`, without which the server tells it no standby's position, and nothing is signed.

    Raises:
        WaitingForStandby: where they have not; nothing may be signed. Writes are not held up by this.
    """
    if not isinstance(datastore, PostgresLedgerDatastore):
        return
    with datastore.transaction(commit=False) as c:
        wanted = _wanted(c)
        if wanted == 0:
            return
        c.execute("SELECT CAST(pg_current_wal_insert_lsn() AS TEXT)")
        (reached,) = c.fetchone()
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with datastore.transaction(commit=False) as c:
            c.execute(_HOLDING, (reached,))
            (holding,) = c.fetchone()
        if holding >= wanted:
            return
        if time.monotonic() > until:
            raise WaitingForStandby(
                f"Waiting for a standby: {holding} of {wanted} have stored the newest entries. They are signed once"
                " they have; entries are recorded meanwhile."
            )
        time.sleep(_BETWEEN_SECONDS)


def _wanted(c: Cursor) -> int:
    """How many standbys the server is set to wait for."""
    c.execute("SELECT current_setting('synchronous_standby_names')")
    (names,) = c.fetchone()
    if not names.strip():
        return 0
    counted = _HOW_MANY.match(names)
    return int(counted[1]) if counted else 1
