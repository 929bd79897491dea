"""Changing a ledger's keys in service: the new key is on disk first, then in the log, and only then in the old's place.

A crash between two of these steps leaves what the next start, or the same command again, finishes: `settled` puts a
successor in its place that the log already counts on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ledger import enrolment, keys, note
from ledger.enrolled import CHECKPOINTS, ENTRIES, EnrolledKey, KeyHistory
from ledger.enrolment import KeyRetired, KeyRevoked, LogFrozen, Making
from ledger.errors import LedgerError
from ledger.keys import ENTRY, LOG, EntrySigner, FileEntrySigner, Keys
from ledger.recorder import LedgerRecorder
from ledger.token_keys import TokenSettings


class KeyNotChanged(LedgerError):
    """What was asked of a key does not fit what the log says of it; nothing was done."""


class KeyChanges:
    """Changes the keys of one ledger, whose recorder believes its log; one operator at a time, services stopped."""

    def __init__(
        self, recorder: LedgerRecorder, folder: Path, passphrase: str, token: TokenSettings | None = None
    ) -> None:
        self._recorder = recorder
        self._token = token
        self._folder = folder
        self._passphrase = passphrase

    def rotate_entry_key(self, at: datetime, *, to_token: bool = False) -> EnrolledKey:
        """Enrol a new entry key and retire the old one with it, in one transaction.

        Raises:
            KeysMissing, WrongPassphrase: where the key folder does not open; nothing was done.
        """
        opened = keys.make_next(self._folder, self._passphrase, ENTRY, self._token, to_token=to_token)
        successor = opened.next_entry
        if successor is None:
            raise AssertionError("unreachable")
        history = self._recorder.read_keys()
        if (ENTRIES, successor.key_id) not in history.keys:
            making = Making(opened.origin, history.version, at)
            enrolled = making.enrolment(ENTRIES, successor)
            retired = making.event(KeyRetired, key_id=opened.entry.key_id, purpose=ENTRIES)
            enrolment.record(self._recorder, opened.origin, [enrolled, retired])
        keys.promote(self._folder, ENTRY, opened)
        return self._recorder.read_keys().keys[ENTRIES, successor.key_id]

    def rotate_log_key(self, at: datetime, *, to_token: bool = False) -> EnrolledKey:
        """Enrol a new log key; until the old one is retired, each checkpoint carries the signatures of both.

        Raises:
            KeysMissing, WrongPassphrase: where the key folder does not open; nothing was done.
        """
        opened = keys.make_next(self._folder, self._passphrase, LOG, self._token, to_token=to_token)
        history, signers = self._recorder.read_keys(), [_raw(signer) for signer in opened.log]
        making = Making(opened.origin, history.version, at)
        # The first is there from the founding and in no entry yet.
        new = [signer for signer in signers if (CHECKPOINTS, signer.key_id) not in history.keys]
        events = [making.enrolment(CHECKPOINTS, signer) for signer in new]
        if events:
            enrolment.record(self._recorder, opened.origin, events)
        return self._recorder.read_keys().keys[CHECKPOINTS, signers[-1].key_id]

    def retire_log_key(self, at: datetime) -> EnrolledKey:
        """End the change of a log key: the old one signs nothing more, and its private half is destroyed.

        Raises:
            KeyNotChanged: where no new key is in use beside it.
        """
        opened = keys.open(self._folder, self._passphrase, self._token)
        if len(opened.log) < 2:
            raise KeyNotChanged("There is no newer log key to go on with; make one with keys rotate --log first.")
        old = (CHECKPOINTS, _raw(opened.log[0]).key_id)
        history = self._recorder.read_keys()
        if (CHECKPOINTS, _raw(opened.log[1]).key_id) not in history.keys:
            raise KeyNotChanged("The new log key is not in the log yet; finish keys rotate --log first.")
        if history.keys[old].retired is None:
            event = Making(opened.origin, history.version, at).event(KeyRetired, key_id=old[1], purpose=CHECKPOINTS)
            enrolment.record(self._recorder, opened.origin, [event])
        keys.promote(self._folder, LOG, opened)
        return self._recorder.read_keys().keys[old]

    def revoke(self, key_id: str, from_index: int, reason: str, at: datetime) -> EnrolledKey:
        """Say that a key is not believed from an entry on.

        Raises:
            KeyNotChanged: where it is none of the log's, is the one that signs, or no such entry is there.
        """
        opened = keys.open(self._folder, self._passphrase, self._token)
        history = self._recorder.read_keys()
        name = next((name for name in history.keys if name[1] == key_id), None)
        if name is None:
            raise KeyNotChanged(f"{key_id} is no key of this ledger's; keys list shows them.")
        if key_id == opened.entry.key_id:
            raise KeyNotChanged(f"{key_id} signs entries now, this one too: rotate it first, then revoke it.")
        size = self._recorder.max_notification_id() or 0
        if not 0 <= from_index <= size:
            raise KeyNotChanged(f"There is no entry {from_index} to revoke it from; there are {size:,}.")
        making = Making(opened.origin, history.version, at)
        event = making.event(KeyRevoked, key_id=key_id, purpose=name[0], from_index=from_index, reason=reason)
        enrolment.record(self._recorder, opened.origin, [event])
        return self._recorder.read_keys().keys[name]

    def freeze(self, reason: str, still_recorded: Sequence[str], at: datetime) -> int:
        """Record that nothing more is recorded but the log's own entries and these topics; return the entry's index.

        Raises:
            KeyNotChanged: where the log is frozen already.
        """
        opened = keys.open(self._folder, self._passphrase, self._token)
        history = self._recorder.read_keys()
        if history.frozen is not None:
            raise KeyNotChanged(f"This ledger was frozen at entry {history.frozen.index}.")
        making = Making(opened.origin, history.version, at)
        event = making.event(LogFrozen, reason=reason, still_recorded=list(still_recorded))
        return enrolment.record(self._recorder, opened.origin, [event])[0] - 1


def settled(folder: Path, opened: Keys, history: KeyHistory) -> Keys:
    """Put in their place the successors that the log counts on, where a crash kept them from it; return the keys."""
    entry = history.keys.get((ENTRIES, opened.entry.key_id))
    successor = opened.next_entry
    counts = successor is not None and (ENTRIES, successor.key_id) in history.keys
    if entry is not None and entry.retired is not None and successor is not None and counts:
        keys.promote(folder, ENTRY, opened)
        opened = replace(opened, entry=successor, next_entry=None)
    if len(opened.log) > 1:
        old = history.keys.get((CHECKPOINTS, _raw(opened.log[0]).key_id))
        if old is not None and old.retired is not None:
            keys.promote(folder, LOG, opened)
            opened = replace(opened, log=opened.log[1:], past=(*opened.past, opened.log[0].verifier))
    return opened


def _raw(signer: note.Signer) -> EntrySigner:
    """A log key as it is enrolled: named like an entry key, and giving its word for what it is for."""
    return FileEntrySigner(signer.key)
