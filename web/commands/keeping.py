"""`backup` and `restore`: everything a ledger is made of in one file, and back."""

from __future__ import annotations

import os
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from ledger.server_copy import bytes_on_server
from web import founding, restore
from web.backup import back_up, places, read_manifest
from web.commands.asking import secret
from web.commands.speaking import Failed, progress, say

_GUIDE = "If the lock lies elsewhere, name it with --lock; docs/operating.md says what else to do."


def backup(options: Namespace) -> int:
    """Write a backup, while the ledger is served or not."""
    founding.read(options.data)
    size = sum(map(_size, places(options.data, options.database, options.subjects)))
    with progress("Backing up", 2 * size, "B", scale=True) as bar:
        manifest = back_up(
            options.data, options.database, options.file, datetime.now(UTC), bar.update, subjects=options.subjects
        )
    written = options.file.stat().st_size
    say(
        f"Backed up {manifest.entries:,} entries of {manifest.origin} to {options.file} ({written:,} bytes), and read"
        " it back.\nKeep it on another machine, apart from the passphrase.",
        {"file": options.file, "bytes": written, "entries": manifest.entries, "root": manifest.root},
        as_json=options.json,
    )
    return 0


def _size(place: Path | str) -> int:
    if isinstance(place, str):
        return bytes_on_server(place)
    return place.stat().st_size if place.exists() else 0


def put_back(options: Namespace) -> int:
    """Restore a backup, unless one interrupted at its end is only to be finished."""
    database, subjects = options.database, options.subjects
    if any(named and not founding.on_server(named) for named in (database, subjects)):
        raise Failed(
            "A backup is restored into one folder or onto a server. Leave out sqlite:/// and move the file later."
        )
    if restore.finish(options.data):
        say(
            f"The restore into {options.data} that was interrupted is finished. Check it with: python3 web audit",
            {"finished": True},
            as_json=options.json,
        )
        return 0
    if not options.file.is_file():
        raise Failed(f"There is no file {options.file}.")
    manifest = read_manifest(options.file)
    size = sum(part.bytes for part in manifest.parts)
    with progress("Unpacking", size, "B", scale=True) as bar:
        restore.prepare(options.file, options.data, options.lock, options.replace, bar.update, database=database)
    with progress("Checking", manifest.entries, " entries") as bar:
        done = restore.complete(options.data, manifest, _passphrase, bar.update, database=database, subjects=subjects)
    told = f"Restored {manifest.entries:,} entries of {manifest.origin}, as backed up on {manifest.taken_at}"
    end = "they continue what was signed." if done.problem is None else f"but: {done.problem} {_GUIDE}"
    say(
        f"{told}: unaltered since they were entered; {end}",
        {"entries": manifest.entries, "taken_at": manifest.taken_at, "signed": done.signed, "problem": done.problem},
        as_json=options.json,
    )
    return 0 if done.problem is None else 1


def _passphrase(unpacked: Path) -> str:
    """The passphrase of the day of the backup, asked for where it is not set."""
    about = founding.read(unpacked)
    if about.demo or founding.configured_passphrase(os.environ):
        return founding.passphrase(unpacked, about, os.environ)
    return secret("The passphrase of the day of the backup", f"Set {founding.PASSPHRASE} to it.")
