"""A backup is one whole file taken while the service runs, and checked before it has its name."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import stat
import tarfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from domain.errors import DomainError
from ledger.enrolled import EnrolledKey
from ledger.rotation import KeyChanges
from ledger.snapshot import SnapshotDamaged
from tests.domain.builders import School
from tests.domain.people import named
from tests.web.conftest import PASSPHRASE
from web import founding, restore
from web.backup import BackupDamaged, BackupExists, KeysReplaced, back_up, read_manifest, unpack
from web.bootstrap import Services, open_services
from web.cli import main

AT = datetime(2026, 9, 10, 16, tzinfo=UTC)


def quiet(_: int) -> None:
    """Show no progress."""


@pytest.fixture
def folder(prepared_ledger: Path, tmp_path: Path) -> Path:
    """A copy of the ledger that nobody has open."""
    return Path(shutil.copytree(prepared_ledger, tmp_path / "ledger"))


def test_a_backup_holds_what_a_ledger_is_made_of_and_nothing_that_must_not_be_restored(
    folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    manifest = back_up(folder, None, file, AT, quiet)
    with tarfile.open(file) as archive:
        held = set(archive.getnames())
    assert held == {
        "manifest.json", "ledger.sqlite", "subjects.sqlite", "keys/master.json", "keys/entry.pem", "keys/log.pem",
        "ledger.json", "passphrase",
    }  # fmt: skip
    assert manifest == read_manifest(file) == unpack(file, None, quiet)
    assert manifest.entries == 27
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "ledger"]


def test_a_real_ledgers_passphrase_is_never_in_a_backup(folder: Path, tmp_path: Path) -> None:
    about = json.loads((folder / "ledger.json").read_text())
    (folder / "ledger.json").write_text(json.dumps(about | {"demo": False}))
    assert "passphrase" not in {part.name for part in back_up(folder, None, tmp_path / "backup", AT, quiet).parts}


def test_a_backup_needs_no_passphrase(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "passphrase").rename(tmp_path / "elsewhere")
    about = json.loads((folder / "ledger.json").read_text())
    (folder / "ledger.json").write_text(json.dumps(about | {"demo": False}))
    assert main(["backup", str(tmp_path / "backup"), "--data", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 27


def test_a_backup_is_never_written_over_anything(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "backup").write_bytes(b"kept")
    with pytest.raises(BackupExists, match="never written over another"):
        back_up(folder, None, tmp_path / "backup", AT, quiet)
    assert (tmp_path / "backup").read_bytes() == b"kept"


def test_a_backup_taken_while_four_write_is_of_one_instant_and_passes_its_audit(
    services: Services, tmp_path: Path
) -> None:
    stop, school = Event(), School(services.application)

    def write(number: int) -> int:
        entered = 0
        while not stop.is_set():
            names = {"upn": None, "local_ref": f"W-{number}-{entered}"}
            try:
                school.enter("enrol_pupil", id=named(f"writer {number} {entered}"), **names)
            except DomainError:
                return -1
            entered += 1
        return entered

    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(write, number) for number in range(4)]
        taken = []
        for number in range(3):
            before = services.log.size()
            taken.append(back_up(services.data, None, tmp_path / f"backup-{number}", AT, quiet))
            assert before <= taken[-1].entries <= services.log.size()
        stop.set()
        assert all(one.result() > 0 for one in writing)
    manifest = restore.prepare(tmp_path / "backup-2", tmp_path / "new", None, (), quiet)
    done = restore.complete(tmp_path / "new", manifest, lambda _: PASSPHRASE, quiet)
    assert done.manifest.entries == taken[-1].entries > 27


def test_a_backup_during_which_the_keys_were_changed_is_refused_since_nothing_would_open_it(
    folder: Path, tmp_path: Path
) -> None:
    rotated: list[EnrolledKey] = []

    def rotate(_: int) -> None:
        if not rotated:
            with closing(open_services(folder, None, PASSPHRASE, lambda: AT)) as services:
                changes = KeyChanges(services.application.recorder, folder / "keys", PASSPHRASE)
                rotated.append(changes.rotate_entry_key(AT))

    with pytest.raises(KeysReplaced, match="Take it again"):
        back_up(folder, None, tmp_path / "backup", AT, rotate)
    assert not (tmp_path / "backup").exists()


def test_a_wrecked_ledger_is_not_backed_up_as_if_it_were_whole(folder: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(folder / "ledger.sqlite", isolation_level=None)) as database:
        database.execute("DELETE FROM stored_events WHERE rowid = 9")
    with pytest.raises(SnapshotDamaged, match="entry 8 is missing"):
        back_up(folder, None, tmp_path / "backup", AT, quiet)
    assert [path.name for path in tmp_path.iterdir()] == ["ledger"]


def test_there_is_nothing_to_back_up_where_there_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(founding.NoLedger):
        back_up(tmp_path, None, tmp_path / "backup", AT, quiet)


@pytest.fixture(scope="module")
def backup(prepared_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the prepared ledger."""
    file = tmp_path_factory.mktemp("backups") / "backup"
    back_up(prepared_ledger, None, file, AT, quiet)
    return file


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.7, 0.85])
def test_a_backup_cut_short_is_refused(backup: Path, tmp_path: Path, share: float) -> None:
    content = backup.read_bytes()
    (tmp_path / "cut").write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BackupDamaged):
        restore.prepare(tmp_path / "cut", tmp_path / "new", None, (), quiet)
    assert not [path for path in (tmp_path / "new").glob("*") if path.name]


@pytest.mark.parametrize("part", ["manifest.json", "ledger.sqlite", "subjects.sqlite", "keys/log.pem", "ledger.json"])
def test_a_part_that_was_tampered_with_is_refused_and_nothing_touched(backup: Path, tmp_path: Path, part: str) -> None:
    with tarfile.open(backup) as archive:
        member = archive.getmember(part)
    content = bytearray(backup.read_bytes())
    content[member.offset_data + member.size // 2] ^= 1
    (tmp_path / "changed").write_bytes(content)
    with pytest.raises(BackupDamaged):
        restore.prepare(tmp_path / "changed", tmp_path / "new", None, (), quiet)
    assert not list((tmp_path / "new").glob("*"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{}", b"\0" * 10240])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BackupDamaged):
        read_manifest(tmp_path / "file")


def test_a_backup_whose_list_was_made_to_fit_changed_entries_fails_the_audit(
    prepared_ledger: Path, tmp_path: Path
) -> None:
    """Who can write the file can make digests and head fit; what was signed they cannot."""
    wrecked = Path(shutil.copytree(prepared_ledger, tmp_path / "wrecked"))
    with closing(sqlite3.connect(wrecked / "ledger.sqlite", isolation_level=None)) as database:
        database.execute("UPDATE payloads SET payload = zeroblob(length(payload)) WHERE rowid = 12")
    back_up(wrecked, None, tmp_path / "backup", AT, quiet)
    manifest = restore.prepare(tmp_path / "backup", tmp_path / "new", None, (), quiet)
    with pytest.raises(BackupDamaged, match=r"Entry 11: .* Nothing was touched"):
        restore.complete(tmp_path / "new", manifest, lambda _: PASSPHRASE, quiet)
    assert not list((tmp_path / "new").iterdir())


def test_what_is_restored_opens_and_reads_as_before(backup: Path, tmp_path: Path) -> None:
    manifest = restore.prepare(backup, tmp_path / "new", None, (), quiet)
    restore.complete(tmp_path / "new", manifest, lambda _: PASSPHRASE, quiet)
    services = open_services(tmp_path / "new", None, PASSPHRASE, lambda: AT)
    assert services.log.size() == services.catch_up() == 27
    services.close()


def repacked(backup: Path, to: Path, manifest: tarfile.TarInfo, content: bytes = b"") -> Path:
    """The backup with another list of its parts."""
    with tarfile.open(backup) as old, tarfile.open(to, "w") as new:
        manifest.name, manifest.size = "manifest.json", len(content)
        new.addfile(manifest, io.BytesIO(content))
        for member in old.getmembers()[1:]:
            new.addfile(member, old.extractfile(member))
    return to


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_a_list_of_parts_that_is_no_file_is_refused(backup: Path, tmp_path: Path, kind: bytes) -> None:
    link = tarfile.TarInfo()
    link.type, link.linkname = kind, "elsewhere"
    with pytest.raises(BackupDamaged, match="no backup of a ledger"):
        read_manifest(repacked(backup, tmp_path / "linked", link))


@pytest.mark.parametrize(
    "changes",
    [
        {"taken_at": "\x1b]0;owned\x07"},
        {"origin": "demo\x1b[2J"},
        {"entries": "\x1b[31m27"},
        {"parts": [1]},
        {"parts": None},
        {"root": {}},
    ],
)
def test_a_list_of_parts_with_what_a_terminal_would_obey_or_without_sense_is_refused(
    backup: Path, tmp_path: Path, changes: dict[str, object]
) -> None:
    with tarfile.open(backup) as archive:
        content = archive.extractfile("manifest.json")
        assert content is not None
        said = json.loads(content.read()) | changes
    with pytest.raises(BackupDamaged, match="list of parts cannot be read"):
        read_manifest(repacked(backup, tmp_path / "odd", tarfile.TarInfo(), json.dumps(said).encode()))
