"""How far another log was read, kept in the transaction of what was recorded from it."""

from __future__ import annotations

from eventsourcing.persistence import IntegrityError, Tracking

from ledger.datastore import Cursor

_INSERT = """
    INSERT INTO tracking VALUES (?, ?) ON CONFLICT (application_name)
    DO UPDATE SET notification_id = excluded.notification_id
    WHERE tracking.notification_id < excluded.notification_id RETURNING notification_id
"""
_SELECT = "SELECT max(notification_id) FROM tracking WHERE application_name = ?"


def insert(c: Cursor, tracking: Tracking) -> None:
    """Note how far a log was read.

    Raises:
        IntegrityError: where it was read as far before.
    """
    c.execute(_INSERT, (tracking.application_name, tracking.notification_id))
    if c.fetchone() is None:
        raise IntegrityError(f"{tracking.application_name} was read up to {tracking.notification_id} before.")


def newest(c: Cursor, application_name: str) -> int | None:
    """Return how far a log was read, or None."""
    c.execute(_SELECT, (application_name,))
    found: int | None = c.fetchone()[0]
    return found
