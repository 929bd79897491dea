"""Putting a backup back: unpacked and checked beside the folder's content, and moved in only when it is whole.

Until the last moment nothing in the folder is touched. What is moved out of the way is kept, in `replaced-…`. The
checkpoint lock is never replaced: it says what was signed, and a backup that holds less must not be served.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ledger import checkpoint as checkpoints
from ledger import keys
from ledger.audit import audit
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError, VerificationError
from ledger.note import Verifier, parse_vkey
from ledger.postgres import PostgresLedgerDatastore
from ledger.server_copy import ServerOccupied, copy_to_server, entries_on_server
from ledger.snapshot import check_database, check_log
from ledger.subject_tables import SharedSubjects
from web import founding
from web.backup import ENTRIES, SUBJECTS, BackupDamaged, Manifest, Progress, read_manifest, unpack
from web.bootstrap import Services, open_services

REPLACEABLE = (ENTRIES, SUBJECTS, "keys", "ledger.json", "passphrase")
LOCK = "checkpoint.lock"
_MADE_ANEW = ("read.sqlite", "read.sqlite-wal", "read.sqlite-shm")
_RESTORING = ".restoring"
_BESIDE = ("", "-wal", "-shm")


class FolderOccupied(LedgerError):
    """The folder holds what a restore would have to move away, and nobody said that it may."""


class OtherLedger(LedgerError):
    """The backup is of another ledger than the folder's."""


@dataclass(frozen=True)
class Restored:
    """What was put back, and how it stands to what was signed: None where nothing is known to be signed."""

    manifest: Manifest
    signed: int | None
    problem: str | None


def finish(data: Path) -> bool:
    """Move in what an interrupted restore had ready; False where there was nothing."""
    if not (data / founding.RESTORED).exists():
        return False
    _move_in(data)
    return True


def prepare(
    file: Path,
    data: Path,
    lock: Path | None,
    replace: Collection[str],
    progress: Progress,
    *,
    database: str | None = None,
) -> Manifest:
    """Unpack a backup beside the folder's content, check it, and touch nothing else.

    `database` is the server's where the entries shall lie on one; it must hold none.

    Raises:
        BackupDamaged, SnapshotDamaged, FolderOccupied, OtherLedger, ServerOccupied: the folder is as it was.
    """
    manifest = read_manifest(file)
    if database is not None:
        _refuse_occupied_server(data, database)
    _refuse_occupied(data, manifest, replace)
    _refuse_in_use(data / ENTRIES)
    if lock is not None and (data / LOCK).exists():
        raise FolderOccupied(f"There is a lock in {data}, and it counts. Leave out --lock.")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = data / _RESTORING
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    try:
        unpack(file, scratch, progress)
        _check(file, scratch, manifest)
        if lock is not None:
            shutil.copyfile(lock, scratch / LOCK)
        _signed(scratch if lock else data, scratch)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return manifest


def complete(
    data: Path,
    manifest: Manifest,
    passphrase: Callable[[Path], str],
    progress: Progress,
    *,
    database: str | None = None,
    subjects: str | None = None,
) -> Restored:
    """Audit what was unpacked, make what the pages read, and move everything in, or onto the servers named.

    `passphrase` is asked for that of the day of the backup, by the folder of what was unpacked.

    Raises:
        WrongPassphrase: where the passphrase is not that of the day of the backup.
        BackupDamaged: where the audit finds a fault; the folder is as it was.
    """
    scratch = data / _RESTORING
    try:
        # Opened as it will lie, but without the lock: what was signed since is looked at below.
        locked = _signed(scratch if (scratch / LOCK).exists() else data, scratch)
        with closing(open_services(scratch, None, passphrase(scratch), lambda: datetime.now(UTC))) as services:
            _audit(services, progress)
            services.rebuild(lambda _: None)
            problem = _problem(services, locked)
        _leave_only_what_belongs(scratch)
        _put_on_servers(scratch, database, subjects)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    scratch.rename(data / founding.RESTORED)
    _move_in(data)
    return Restored(manifest, None if locked is None else locked.size, problem)


def _refuse_occupied(data: Path, manifest: Manifest, replace: Collection[str]) -> None:
    there = [name for name in REPLACEABLE if (data / name).exists() and name not in replace]
    if there:
        raise FolderOccupied(
            f"{data} still holds {', '.join(there)}. Nothing is restored over a ledger: move these away, or name each"
            " with --replace to have it put aside."
        )
    try:
        other = founding.read(data).origin if (data / "ledger.json").exists() else manifest.origin
    except founding.NoLedger:
        return
    if other != manifest.origin:
        raise OtherLedger(f"The backup is of {manifest.origin}, but {data} holds {other}. Nothing was touched.")


def _refuse_occupied_server(data: Path, database: str) -> None:
    if entries_on_server(database):
        raise ServerOccupied(
            "That database holds entries already. Nothing is restored over a ledger: name an empty one."
        )
    if (data / ENTRIES).exists():
        raise FolderOccupied(
            f"{data} holds {ENTRIES}, which would be taken for this ledger's entries whenever --database is forgotten."
            " Move it away, or name another folder."
        )


def _refuse_in_use(entries: Path) -> None:
    """Refuse to move a database away under a service that would go on writing to it."""
    if not entries.exists():
        return
    try:
        with closing(sqlite3.connect(entries, timeout=0, isolation_level=None)) as live:
            live.execute("PRAGMA locking_mode=EXCLUSIVE").fetchone()
            live.execute("BEGIN EXCLUSIVE")
            live.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise FolderOccupied("The ledger is in use. Stop the service, then restore.") from None
    except sqlite3.DatabaseError:
        return  # wrecked, which is why it is replaced


def _check(file: Path, scratch: Path, manifest: Manifest) -> None:
    for name in (ENTRIES, SUBJECTS):
        check_database(scratch / name)
    extent = check_log(scratch / ENTRIES)
    if (extent.entries, extent.root.hex()) != (manifest.entries, manifest.root):
        raise BackupDamaged(f"{file} is damaged: its entries are not those that its list of parts names.")
    if founding.read(scratch).origin != manifest.origin:
        raise BackupDamaged(f"{file} is damaged: its parts are of two ledgers.")


def _signed(where: Path, scratch: Path) -> Checkpoint | None:
    """What the lock says was signed.

    Raises:
        OtherLedger: where it is another ledger's, or damaged.
    """
    try:
        return checkpoints.open((where / LOCK).read_bytes(), _verifiers(scratch))
    except FileNotFoundError:
        return None
    except VerificationError as error:
        raise OtherLedger(
            f"{where / LOCK} is damaged or belongs to another ledger than the backup. Nothing was touched."
        ) from error


def _verifiers(scratch: Path) -> tuple[Verifier, ...]:
    """The keys that what was signed may be signed with: the one in use when the backup was made, and those before."""
    return parse_vkey(founding.read(scratch).vkey), *keys.past(scratch / "keys")


def _audit(services: Services, progress: Progress) -> None:
    reached = 0

    def told(done: int, _: int) -> None:
        nonlocal reached
        progress(done - reached)
        reached = done

    finding = audit(services.log, services.subjects, None, told).finding
    if finding is not None:
        where = "" if finding.index is None else f"Entry {finding.index}: "
        raise BackupDamaged(f"The backup is not as it was entered. {where}{finding.problem} Nothing was touched.")


def _problem(services: Services, locked: Checkpoint | None) -> str | None:
    """Why the service will not start on what is restored, if so."""
    size = services.log.size()
    if locked is None:
        return (
            "There is no checkpoint.lock, so nobody can tell whether this is the newest there was: the service does"
            " not start without it."
        )
    if locked.size > size:
        missing = locked.size - size
        return (
            f"{missing:,} {'entry is' if missing == 1 else 'entries are'} missing: {locked.size:,} were signed and the"
            f" backup holds {size:,}. The service does not start on it."
        )
    if services.log.root(locked.size) != locked.root:
        return f"The first {locked.size:,} entries are not those that were signed. The service does not start on it."
    return None


def _put_on_servers(scratch: Path, database: str | None, subjects: str | None) -> None:
    """Copy to a server what shall lie on one; keys first, since without theirs entries cannot be read."""
    if subjects is not None:
        SharedSubjects(subjects).close()  # makes the table where there is none
        copy_to_server(scratch / SUBJECTS, subjects, lambda _: None)
        (scratch / SUBJECTS).unlink()
    if database is not None:
        with closing(PostgresLedgerDatastore(database)) as datastore:
            datastore.create_tables()
        founding.forget_rows(scratch, database)
        copy_to_server(scratch / ENTRIES, database, lambda _: None)
        for name in (ENTRIES, *_MADE_ANEW):
            (scratch / name).unlink(missing_ok=True)


def _leave_only_what_belongs(scratch: Path) -> None:
    """Drop what opening it made besides: drafts, above all, stay those of the folder."""
    for path in scratch.iterdir():
        if path.name not in {*REPLACEABLE, *_MADE_ANEW, LOCK}:
            path.unlink()


def _move_in(data: Path) -> None:
    """Put aside what is in the way and move everything in, `ledger.json` last; taken up again where interrupted."""
    ready, aside = data / founding.RESTORED, data / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    for path in _in_the_way(data, ready):
        if path.name in _MADE_ANEW:
            path.unlink()
        else:
            aside.mkdir(mode=0o700, exist_ok=True)
            path.rename(aside / path.name)
    for path in sorted(ready.iterdir(), key=lambda path: path.name == "ledger.json"):
        path.rename(data / path.name)
    ready.rmdir()
    directory = os.open(data, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _in_the_way(data: Path, ready: Path) -> Iterator[Path]:
    """What is in the folder in the place of what is still to come; what was moved in before is not in the way."""
    coming = [name for name in ("ledger.json", *REPLACEABLE, *_MADE_ANEW) if (ready / name).exists()]
    for name in dict.fromkeys(coming):
        for ending in _BESIDE if name.endswith(".sqlite") else ("",):
            path = data / f"{name}{ending}"
            if path.exists():
                yield path
