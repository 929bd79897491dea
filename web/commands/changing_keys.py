"""`keys rotate`, `retire`, `revoke`, `compromise`, `export-policy`: what the ledger signs with, changed in its log."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from ledger.enrolled import EnrolledKey
from ledger.policy import format_policy
from ledger.rotation import KeyChanges
from web import founding, token
from web.commands.opening import opened
from web.commands.speaking import Failed, say

T = TypeVar("T")
STILL_RECORDED = ("record.read", "evidence.exported")
"""What a frozen ledger still records, so that it can be read and taken away: who was shown what."""
_RESTART = "Start every running service of this ledger again: until then it records nothing."
_USED_FOR = {"entries": "entries", "checkpoints": "the whole record"}


def rotate(options: Namespace) -> int:
    """Put a new key in the place of one."""
    if options.entry == options.log:
        raise Failed("Say which: keys rotate --entry, which signs entries, or keys rotate --log, the whole record.")
    if options.entry:
        key = _change(options, lambda changes: changes.rotate_entry_key(_now(), to_token=options.to_token))
        text = f"Entries are signed by {key.key_id} from now on; the old key was retired with entry {key.first + 1}."
        return _said(options, key, text)
    key = _change(options, lambda changes: changes.rotate_log_key(_now(), to_token=options.to_token))
    text = (
        f"The whole record is now signed by {key.key_id} as well as by the key so far. Give the new policy\n"
        "(keys export-policy) to everybody who checks; when they have it, end the change with keys retire."
    )
    return _said(options, key, text)


def retire(options: Namespace) -> int:
    """End the change of the key that signs the whole record."""
    key = _change(options, lambda changes: changes.retire_log_key(_now()))
    with opened(options) as services:
        founding.renew_vkey(options.data, services.keys.vkey)
    return _said(options, key, f"{key.key_id} signs nothing more, and is destroyed. Make a new backup now.")


def revoke(options: Namespace) -> int:
    """Say that a key is not believed from an entry on."""
    if options.key is None or options.from_entry is None or not options.reason:
        raise Failed("Give the key, --from-entry N, the first entry not to be believed, and --reason TEXT (no names).")
    key = _change(options, lambda changes: changes.revoke(options.key, options.from_entry, options.reason, _now()))
    text = (
        f"{key.key_id} is not believed from entry {key.revoked} on. What it signed from there on, but for putting its\n"
        "successor in its place, is named by audit and fails every check; nothing of it was removed. Where people\n"
        "rely on it, enter what is true anew, or freeze this ledger and go on with a new one: keys compromise."
    )
    return _said(options, key, text)


def compromise(options: Namespace) -> int:
    """Freeze the ledger, because somebody else may have its keys."""
    if not options.reason:
        raise Failed("Give --reason TEXT (no names): it is entered, for whoever reads the ledger later.")
    index = _change(options, lambda changes: changes.freeze(options.reason, STILL_RECORDED, _now()))
    say(
        f"The ledger is frozen at entry {index}. It can be read and checked; who reads is all that is still entered.\n"
        f"{_RESTART} Then make the ledger that goes on from it:\n\n"
        f"  python3 web init --origin NEW-NAME --data NEW-FOLDER --continues {options.data}\n",
        {"frozen_at": index},
        as_json=options.json,
    )
    return 0


def export_policy(options: Namespace) -> int:
    """Print the policy that trusts this ledger's keys."""
    with opened(options) as services:
        policy = format_policy(services.policy)
    sys.stdout.buffer.write(policy)
    sys.stdout.flush()
    return 0


ACTIONS = {
    "rotate": rotate,
    "retire": retire,
    "revoke": revoke,
    "compromise": compromise,
    "export-policy": export_policy,
}


def told(keys: Iterable[EnrolledKey]) -> str:
    """Return keys in plain words, one a line."""
    return "\n".join(map(_line, keys))


def _line(key: EnrolledKey) -> str:
    ended = "in use"
    if key.retired is not None:
        ended = f"retired at entry {key.retired}"
    if key.revoked is not None:
        ended = f"not believed from entry {key.revoked} on"
    return f"  {key.key_id}  for {_USED_FOR[key.purpose]}, entered with entry {key.first}: {ended}"


def _change(options: Namespace, change: Callable[[KeyChanges], T]) -> T:
    passphrase = founding.passphrase(options.data, founding.read(options.data), os.environ)
    held = token.configured(os.environ)
    with opened(options) as services:
        done = change(KeyChanges(services.application.recorder, options.data / "keys", passphrase, held))
    with opened(options) as services:  # with the keys as they are now
        services.checkpointer.publish()
    return done


def _said(options: Namespace, key: EnrolledKey, text: str) -> int:
    result = {"key": key.key_id, "for": key.purpose, "from": key.first, "retired": key.retired, "revoked": key.revoked}
    say(f"{text}\n{_RESTART}", result, as_json=options.json)
    return 0


def _now() -> datetime:
    return datetime.now(UTC)
