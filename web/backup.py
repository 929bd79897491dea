"""A backup: one file with everything a ledger is made of, a list of its parts and their digests in front.

    manifest.json     origin, time, entries, root, and of each part its name, size and SHA-256
    ledger.sqlite     the entries and their documents
    subjects.sqlite   the subjects' keys, copied after: a key is made before its first entry, so none is missing
    keys/…            the ledger's keys, opened by the passphrase of the day
    ledger.json       what the ledger is
    passphrase        a demo's only

A plain tar archive, so that it can be opened without this service, and the same whichever database was backed up: so it
restores into either. What must not be in it is not: the checkpoint lock
is the memory of what was signed, and a copy of it would forget; what pages read and drafts are not the record.
"""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO

import msgspec

from ledger import keys
from ledger.datastore import TABLES
from ledger.errors import LedgerError
from ledger.server_copy import copy_from_server
from ledger.snapshot import check_database, check_log, copy_database
from ledger.subject_tables import FILE_TABLES
from web import founding

FORMAT = "placement-ledger-backup/1"
MANIFEST, ENTRIES, SUBJECTS = "manifest.json", "ledger.sqlite", "subjects.sqlite"
PARTS = (ENTRIES, SUBJECTS, *(f"keys/{name}" for name in keys.FILES), "ledger.json", "passphrase")
OPTIONAL = frozenset({*(f"keys/{name}" for name in (*keys.NEXT.values(), keys.PAST)), "passphrase"})
"""What is there only while a key is being replaced, or after one was, and what only a demo has."""
_CHUNK, _LARGEST_MANIFEST = 1 << 20, 1 << 20

Progress = Callable[[int], object]


class BackupExists(LedgerError):
    """There is something at the backup's place already."""


class BackupDamaged(LedgerError):
    """A backup is not whole, or not what it says it is."""


class KeysReplaced(LedgerError):
    """The ledger's keys were replaced between the copy of the entries and that of the keys."""


@dataclass(frozen=True)
class Part:
    """One file of a backup."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says it holds."""

    format: str
    origin: str
    demo: bool
    taken_at: str
    entries: int
    root: str
    parts: tuple[Part, ...]


def back_up(
    data: Path,
    database: str | None,
    file: Path,
    at: datetime,
    progress: Progress,
    *,
    subjects: str | None = None,
) -> Manifest:
    """Write a backup to a new file, while the ledger is served, and read it back; `progress` is told bytes.

    Raises:
        NoLedger: where the folder holds none.
        BackupExists: where there is something at that place.
        SnapshotDamaged, BackupDamaged: where what was copied is not sound; no file is left.
        KeysReplaced: where they were while it was taken: with neither the old nor the new would the copy go on.
    """
    about = founding.read(data)
    if file.exists():
        raise BackupExists(f"There is already something at {file}; a backup is never written over another.")
    with _making(file) as scratch:
        folder = scratch / "parts"
        (folder / "keys").mkdir(parents=True, mode=0o700)
        opened_by = _key_files(data)
        _copy_databases(places(data, database, subjects), folder, progress)
        for name in PARTS[2:]:
            if (name not in OPTIONAL or (data / name).exists()) and (name != "passphrase" or about.demo):
                shutil.copyfile(data / name, folder / name)
        if not opened_by == _key_files(folder) == _key_files(data):
            raise KeysReplaced("The ledger's keys were changed while the backup was taken. Take it again.")
        extent = check_log(folder / ENTRIES)
        parts = tuple(_part(folder, name) for name in PARTS if (folder / name).exists())
        taken_at = at.isoformat(timespec="seconds")
        manifest = Manifest(FORMAT, about.origin, about.demo, taken_at, extent.entries, extent.root.hex(), parts)
        _write(scratch / "backup", folder, manifest)
        unpack(scratch / "backup", None, progress)
        _put_in_place(scratch / "backup", file)
    return manifest


def read_manifest(file: Path) -> Manifest:
    """What a backup says it holds; nothing of it is checked yet.

    Raises:
        BackupDamaged: where it is no backup, or of a form this service does not know.
    """
    with _reading(file) as archive:
        return _manifest(file, archive)


def unpack(file: Path, folder: Path | None, progress: Progress) -> Manifest:
    """Check each part of a backup against its list, and write it to a folder if one is given.

    Raises:
        BackupDamaged: where a part is missing, cut short, changed, or none of a backup's.
    """
    with _reading(file) as archive:
        manifest = _manifest(file, archive)
        for part in manifest.parts:
            member = archive.next()
            content = None if member is None or not member.isreg() else archive.extractfile(member)
            if member is None or content is None or member.name != part.name:
                raise BackupDamaged(f"{file} is damaged: {part.name} is missing. Use another backup.")
            with _target(folder, part.name) as out:
                found = _copied(content, out, progress)
            if found != (part.bytes, part.sha256):
                raise BackupDamaged(f"{file} is damaged: {part.name} is not as it was backed up. Use another backup.")
        if archive.next() is not None:
            raise BackupDamaged(f"{file} holds more than a backup does. Use another backup.")
    return manifest


Place = str | Path
"""Where a database lies: an address on a server, or a file."""


def places(data: Path, database: str | None, subjects: str | None) -> tuple[Place, Place]:
    """Where the entries and where the subjects' keys lie."""
    keys = founding.database_path(data, subjects) if subjects else data / SUBJECTS
    return (
        database if founding.on_server(database) else founding.database_path(data, database),
        subjects if founding.on_server(subjects) else keys,
    )


def _copy_databases(sources: tuple[Place, Place], folder: Path, progress: Progress) -> None:
    """Entries first, the subjects' keys second."""
    for source, name, tables in zip(sources, (ENTRIES, SUBJECTS), (TABLES, FILE_TABLES), strict=True):
        if isinstance(source, str):
            copy_from_server(source, folder / name, tables, progress)
        else:
            _copy_file(source, folder / name, progress)
        check_database(folder / name)


def _copy_file(source: Path, target: Path, progress: Progress) -> None:
    if not source.is_file():
        raise founding.NoLedger(f"{source} is missing, so there is nothing whole to back up. Restore a backup.")
    size = source.stat().st_size
    done = 0

    def told(pages: int, total: int) -> None:
        nonlocal done
        reached = size * pages // max(1, total)
        progress(reached - done)
        done = reached

    copy_database(source, target, told)


def _key_files(folder: Path) -> dict[str, bytes]:
    places = {name: folder / "keys" / name for name in keys.FILES}
    return {name: place.read_bytes() for name, place in places.items() if place.exists()}


def _part(folder: Path, name: str) -> Part:
    with (folder / name).open("rb") as file:
        return Part(name, *_copied(file, None, lambda _: None))


def _copied(source: IO[bytes], out: IO[bytes] | None, progress: Progress) -> tuple[int, str]:
    digest, size = sha256(), 0
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if out is not None:
            out.write(chunk)
        progress(len(chunk))
    return size, digest.hexdigest()


def _write(path: Path, folder: Path, manifest: Manifest) -> None:
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name in (MANIFEST, *(part.name for part in manifest.parts)):
                archive.add(folder / name, name, recursive=False, filter=_plain)
        file.flush()
        os.fsync(file.fileno())


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out whose files they were."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _put_in_place(path: Path, file: Path) -> None:
    """Give the finished backup its name, never over another's."""
    try:
        os.link(path, file)
    except FileExistsError:
        raise BackupExists(f"There is already something at {file}; a backup is never written over another.") from None
    except OSError:  # a file system without links, as on many memory sticks
        path.rename(file)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@contextmanager
def _making(file: Path) -> Iterator[Path]:
    """A folder beside the backup's place, gone afterwards; one left by a backup that was killed is removed first."""
    scratch = file.with_name(f".{file.name}.making")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _reading(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:") as archive:
            yield archive
    except (tarfile.TarError, EOFError) as error:
        raise BackupDamaged(f"{file} is damaged or cut short, or no backup. Use another backup.") from error


def _manifest(file: Path, archive: tarfile.TarFile) -> Manifest:
    member = archive.next()
    if member is None or member.name != MANIFEST or not member.isreg() or member.size > _LARGEST_MANIFEST:
        raise BackupDamaged(f"{file} is no backup of a ledger.")
    try:
        content = archive.extractfile(member)
        manifest = msgspec.json.decode(b"" if content is None else content.read(), type=Manifest)
        if not all(text.isprintable() for text in (manifest.origin, manifest.taken_at)):
            raise ValueError("what is said of the backup is not for a terminal")
    except (ValueError, msgspec.MsgspecError) as error:
        raise BackupDamaged(f"{file} is damaged: its list of parts cannot be read. Use another backup.") from error
    named = [part.name for part in manifest.parts]
    whole = all(name in named or (name in OPTIONAL and not (name == "passphrase" and manifest.demo)) for name in PARTS)
    if manifest.format != FORMAT or not whole or named != [name for name in PARTS if name in named]:
        raise BackupDamaged(f"{file} is no backup that this version of the service can restore.")
    return manifest


@contextmanager
def _target(folder: Path | None, name: str) -> Iterator[IO[bytes] | None]:
    if folder is None:
        yield None
        return
    path = folder / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())
