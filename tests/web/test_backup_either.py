"""A backup of one database restores into either: so a ledger moves from SQLite to PostgreSQL and back, whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import psycopg
import pytest

from domain.errors import DomainError
from ledger.server_copy import ServerOccupied
from ledger.snapshot import SnapshotDamaged
from ledger.subjects import SubjectErased, SubjectKeys
from tests import postgres
from tests.domain.builders import School
from tests.domain.people import named
from tests.web.browsing import RUN_KEY, Browser, Clock
from tests.web.conftest import NOW, PASSPHRASE, Place
from tests.web.test_restore import PAGES, state
from web import founding, restore
from web.application import create_app
from web.backup import back_up
from web.bootstrap import open_services
from web.cli import main
from web.config import Config

AT = datetime(2026, 9, 10, 16, tzinfo=UTC)


def quiet(_: int) -> None:
    """Show no progress."""


@pytest.fixture
def new_server() -> Iterator[str]:
    """Another empty database."""
    with postgres.fresh_database() as address:
        yield address


def pages(folder: Path, database: str | None) -> list[str]:
    """What an inspector reads, after the start that looks whether the entries continue what was signed."""
    with closing(open_services(folder, database, PASSPHRASE, Clock(NOW))) as services:
        services.checkpointer.start()
        browser = Browser(create_app(services, Config(RUN_KEY)), "inspector")
        return [browser.client.get(page).text for page in PAGES]


def entered(folder: Path, database: str | None) -> int:
    """Enter one more and sign: how many entries the newest checkpoint has then."""
    with closing(open_services(folder, database, PASSPHRASE, Clock(NOW))) as services:
        services.checkpointer.start()
        School(services.application).enter("approve_placement")
        services.checkpointer.publish()
        signed = services.checkpointer.locked()
        assert signed is not None
        return signed.size


def moved(source: Place, target: Place, backup: Path) -> None:
    """Back up one place and restore it into another, as docs/operating.md says, with the lock of the first."""
    of_source, of_target = ([] if one.database is None else ["--database", one.database] for one in (source, target))
    assert main(["backup", str(backup), "--data", str(source.folder), *of_source]) == 0
    lock = ["--lock", str(source.folder / "checkpoint.lock")]
    assert main(["restore", str(backup), "--data", str(target.folder), *lock, *of_target]) == 0
    assert main(["audit", "--data", str(target.folder), *of_target]) == 0


def test_from_sqlite_to_postgresql_and_back_the_pages_the_audit_and_the_checkpoints_go_on(
    prepared_ledger: Path, new_server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = Place(Path(shutil.copytree(prepared_ledger, tmp_path / "file")), None)
    served, again = Place(tmp_path / "served", new_server), Place(tmp_path / "again", None)
    before = pages(began.folder, None)

    moved(began, served, tmp_path / "first")
    assert not (served.folder / "ledger.sqlite").exists()
    assert pages(*vars(served).values()) == before
    signed = entered(*vars(served).values())

    moved(served, again, tmp_path / "second")
    assert pages(again.folder, None) == pages(*vars(served).values()) != before
    with closing(open_services(again.folder, None, PASSPHRASE, Clock(NOW))) as services:
        assert services.log.size() >= signed
        services.checkpointer.start()
    assert capsys.readouterr().out.count("they continue what was signed.") == 2


def test_nothing_is_restored_over_entries_on_a_server(
    place_on_server: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = place_on_server.database or ""
    back_up(place_on_server.folder, database, tmp_path / "backup", AT, quiet)
    code = main(["restore", str(tmp_path / "backup"), "--data", str(tmp_path / "new"), "--database", database])
    assert code == 1
    assert "holds entries already. Nothing is restored over a ledger" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_entries_that_came_while_a_restore_went_on_are_not_overwritten(
    prepared_ledger: Path, new_server: str, tmp_path: Path
) -> None:
    """Two restores, or a restore and a start, that both found the server empty: the second leaves everything."""
    back_up(prepared_ledger, None, tmp_path / "backup", AT, quiet)
    folders = tmp_path / "one", tmp_path / "two"
    ready = [restore.prepare(tmp_path / "backup", folder, None, (), quiet, database=new_server) for folder in folders]
    restore.complete(folders[0], ready[0], lambda _: PASSPHRASE, quiet, database=new_server)
    with pytest.raises(ServerOccupied):
        restore.complete(folders[1], ready[1], lambda _: PASSPHRASE, quiet, database=new_server)
    assert not list(folders[1].iterdir())


def test_a_file_that_would_be_taken_for_the_ledgers_entries_is_not_left_beside_a_server(
    prepared_ledger: Path, new_server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(prepared_ledger, tmp_path / "ledger"))
    back_up(folder, None, tmp_path / "backup", AT, quiet)
    before = state(folder)
    assert main(["restore", str(tmp_path / "backup"), "--data", str(folder), "--database", new_server]) == 1
    assert "whenever --database is forgotten" in capsys.readouterr().err
    assert state(folder) == before


def test_a_backup_taken_while_four_write_is_of_one_instant(place_on_server: Place, tmp_path: Path) -> None:
    stop = Event()
    with closing(place_on_server.open(lambda: NOW)) as services:
        school = School(services.application)

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
            for number in range(3):
                before = services.log.size()
                file = tmp_path / f"backup-{number}"
                taken = back_up(place_on_server.folder, place_on_server.database, file, AT, quiet)
                assert before <= taken.entries <= services.log.size()
            stop.set()
            assert all(one.result() > 0 for one in writing)
    manifest = restore.prepare(tmp_path / "backup-2", tmp_path / "new", None, (), quiet)
    done = restore.complete(tmp_path / "new", manifest, lambda _: PASSPHRASE, quiet)
    assert done.manifest.entries == taken.entries > 27


def test_a_wrecked_ledger_on_a_server_is_not_backed_up_as_if_it_were_whole(
    place_on_server: Place, tmp_path: Path
) -> None:
    with psycopg.connect(place_on_server.database or "", autocommit=True) as attack:
        attack.execute("DELETE FROM stored_events WHERE rowid = 9")
    with pytest.raises(SnapshotDamaged, match="entry 8 is missing"):
        back_up(place_on_server.folder, place_on_server.database, tmp_path / "backup", AT, quiet)
    assert not (tmp_path / "backup").exists()


def test_keys_go_to_a_server_of_their_own_and_whom_it_knows_as_erased_stays_erased(
    prepared_ledger: Path, new_server: str, tmp_path: Path
) -> None:
    back_up(prepared_ledger, None, tmp_path / "backup", AT, quiet)
    erased, folder = named("pupil"), tmp_path / "new"
    with closing(SubjectKeys(new_server, bytes(32))) as keys:
        keys.create(erased)
        keys.destroy(erased, AT)
    manifest = restore.prepare(tmp_path / "backup", folder, None, (), quiet)
    restore.complete(folder, manifest, lambda _: PASSPHRASE, quiet, subjects=new_server)

    assert not (folder / "subjects.sqlite").exists()
    with closing(open_services(folder, None, PASSPHRASE, Clock(NOW), subjects=new_server)) as services:
        with pytest.raises(SubjectErased):
            services.subjects.get(erased)
        services.subjects.get(named("head_teacher"))
        back_up(folder, None, tmp_path / "again", AT, quiet, subjects=new_server)
    other = restore.prepare(tmp_path / "again", tmp_path / "third", None, (), quiet)
    restore.complete(tmp_path / "third", other, lambda _: PASSPHRASE, quiet)
    third = open_services(tmp_path / "third", None, PASSPHRASE, Clock(NOW))
    with closing(third), pytest.raises(SubjectErased):
        third.subjects.get(erased)


@pytest.mark.parametrize("command", ["init", "demo", "audit", "rebuild", "check", "backup", "restore"])
def test_a_server_that_is_not_there_is_told_in_one_line_and_nothing_is_made(
    prepared_ledger: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(founding.PASSPHRASE, PASSPHRASE)
    folder = tmp_path / "ledger"
    if command in {"audit", "rebuild", "check", "backup"}:
        shutil.copytree(prepared_ledger, folder)
    back_up(prepared_ledger, None, tmp_path / "kept", AT, quiet)
    more = {"init": ["--origin", "x.example/y"], "backup": [str(tmp_path / "b")], "restore": [str(tmp_path / "kept")]}
    address = "postgresql://keeper:secret@localhost:1/none"
    code = main([command, *more.get(command, []), "--data", str(folder), "--database", address])

    told = capsys.readouterr()
    assert code == (2 if command == "audit" else 1)  # an audit that could not check says so
    assert "refused" in told.err + told.out
    assert "secret" not in told.err + told.out
    assert "Traceback" not in told.err
    if command in {"init", "restore"}:
        assert not folder.exists() or not list(folder.iterdir())
