"""A restore puts back what was backed up, says how that stands to what was signed, and till the end touches nothing."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.checkpointer import LedgerDiverged
from tests.conftest import ROOT
from tests.domain.builders import School
from tests.domain.people import named
from tests.web.browsing import RUN_KEY, Browser, Clock
from tests.web.conftest import NOW, PASSPHRASE
from tests.web.test_cli import one_sentence, web
from web import founding, restore
from web.application import create_app
from web.backup import back_up
from web.bootstrap import open_services
from web.cli import main
from web.config import Config

AT = datetime(2026, 9, 10, 16, tzinfo=UTC)
PAGES = (
    "/whereabouts.json",
    "/placements.json",
    "/approvals.csv",
    "/pupils.json",
    f"/placements/{named('placement')}.json",
)
ALL = [option for name in restore.REPLACEABLE for option in ("--replace", name)]


@pytest.fixture
def folder(prepared_ledger: Path, tmp_path: Path) -> Path:
    """A copy of the ledger that nobody has open."""
    return Path(shutil.copytree(prepared_ledger, tmp_path / "ledger"))


@pytest.fixture
def backup(folder: Path, tmp_path: Path) -> Path:
    """A backup of it."""
    back_up(folder, None, tmp_path / "backup", AT, lambda _: None)
    return tmp_path / "backup"


def pages(folder: Path) -> list[str]:
    """What an inspector reads."""
    with closing(open_services(folder, None, PASSPHRASE, Clock(NOW))) as services:
        services.checkpointer.start()
        browser = Browser(create_app(services, Config(RUN_KEY)), "inspector")
        return [browser.client.get(page).text for page in PAGES]


def state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_backup_wreck_restore_audit(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The drill of docs/operating.md: bytes flipped in the entries, files deleted, and everything as it was."""
    before = pages(folder)
    assert main(["backup", str(tmp_path / "backup"), "--data", str(folder)]) == 0
    content = bytearray((folder / "ledger.sqlite").read_bytes())
    for place in range(3000, len(content), 997):
        content[place] ^= 0xFF
    (folder / "ledger.sqlite").write_bytes(content)
    for name in ("subjects.sqlite", "read.sqlite", "ledger.json", "keys/log.pem"):
        (folder / name).unlink()
    (folder / "drafts.sqlite").write_bytes(b"somebody's typing")
    assert main(["audit", "--data", str(folder)]) == 2
    capsys.readouterr()

    assert main(["restore", str(tmp_path / "backup"), "--data", str(folder), *ALL]) == 0

    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "entries of demo." in said
    assert "unaltered since they were entered; they continue what was signed." in said
    (aside,) = folder.glob("replaced-*")
    assert (aside / "ledger.sqlite").read_bytes() == bytes(content)
    assert (folder / "drafts.sqlite").read_bytes() == b"somebody's typing"
    assert main(["audit", "--data", str(folder)]) == 0
    assert pages(folder) == before
    assert (folder / "drafts.sqlite").read_bytes() == b"somebody's typing"


def test_nothing_is_restored_over_a_ledger(folder: Path, backup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = state(folder)
    assert main(["restore", str(backup), "--data", str(folder)]) == 1
    assert "still holds ledger.sqlite, subjects.sqlite, keys, ledger.json, passphrase" in capsys.readouterr().err
    assert main(["restore", str(backup), "--data", str(folder), *ALL[:-2]]) == 1
    assert "still holds passphrase" in capsys.readouterr().err
    assert state(folder) == before


def test_a_ledger_in_use_is_not_moved_away_under_the_service(folder: Path, backup: Path) -> None:
    with closing(open_services(folder, None, PASSPHRASE, Clock(NOW))) as services:
        assert services.log.size() == 27
        with pytest.raises(restore.FolderOccupied, match="Stop the service"):
            restore.prepare(backup, folder, None, restore.REPLACEABLE, lambda _: None)


def test_a_backup_of_another_ledger_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    founding.found(tmp_path / "other", founding.demo_origin(), PASSPHRASE, at=AT)
    back_up(tmp_path / "other", None, tmp_path / "others", AT, lambda _: None)
    before = state(folder)
    assert main(["restore", str(tmp_path / "others"), "--data", str(folder), *ALL]) == 1
    assert "Nothing was touched" in capsys.readouterr().err
    for name in ("ledger.sqlite", "subjects.sqlite", "ledger.json", "passphrase", "read.sqlite"):
        (folder / name).unlink()
    shutil.rmtree(folder / "keys")
    assert main(["restore", str(tmp_path / "others"), "--data", str(folder)]) == 1
    assert "belongs to another ledger than the backup" in capsys.readouterr().err
    assert (folder / "checkpoint.lock").read_bytes() == before["checkpoint.lock"]


def test_an_older_backup_than_the_lock_says_how_many_entries_are_missing_and_is_not_served(
    folder: Path, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(open_services(folder, None, PASSPHRASE, Clock(NOW))) as services:
        School(services.application).enter("approve_placement")
        School(services.application).enter("record_ehcp")
        services.checkpointer.publish()
    lock = (folder / "checkpoint.lock").read_bytes()

    assert main(["restore", str(backup), "--data", str(folder), *ALL]) == 1

    said = capsys.readouterr().out
    assert "2 entries are missing: 29 were signed and the backup holds 27. The service does not start on it." in said
    assert "docs/operating.md" in said
    assert (folder / "checkpoint.lock").read_bytes() == lock
    with closing(open_services(folder, None, PASSPHRASE, Clock(NOW))) as services, pytest.raises(LedgerDiverged):
        services.checkpointer.start()


def test_a_backup_of_another_history_of_the_same_ledger_is_told_from_the_signed_one(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fork = Path(shutil.copytree(folder, tmp_path / "fork"))
    for where, verb in ((folder, "record_ehcp"), (fork, "approve_placement")):
        with closing(open_services(where, None, PASSPHRASE, Clock(NOW))) as services:
            School(services.application).enter(verb)
            services.checkpointer.publish()
    back_up(fork, None, tmp_path / "forked", AT, lambda _: None)
    assert main(["restore", str(tmp_path / "forked"), "--data", str(folder), *ALL]) == 1
    assert "The first 28 entries are not those that were signed" in capsys.readouterr().out


def test_a_new_machine_takes_the_lock_from_where_it_was_kept(
    folder: Path, backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new"
    assert main(["restore", str(backup), "--data", str(new)]) == 1
    assert "There is no checkpoint.lock" in capsys.readouterr().out
    shutil.rmtree(new)
    lock = str(folder / "checkpoint.lock")
    assert main(["restore", str(backup), "--data", str(new), "--lock", lock]) == 0
    assert (new / "checkpoint.lock").read_bytes() == (folder / "checkpoint.lock").read_bytes()
    assert main(["restore", str(backup), "--data", str(new), "--lock", lock, *ALL]) == 1
    assert "Leave out --lock" in capsys.readouterr().err


def test_a_wrong_passphrase_leaves_the_folder_as_it_was(folder: Path, backup: Path) -> None:
    before = state(folder)
    manifest = restore.prepare(backup, folder, None, restore.REPLACEABLE, lambda _: None)
    with pytest.raises(Exception, match="passphrase does not open"):
        restore.complete(folder, manifest, lambda _: "something else", lambda _: None)
    assert state(folder) == before


def limited(*arguments: object, largest: int) -> subprocess.CompletedProcess[str]:
    """Run a command that the kernel lets write no file larger than this, as a full disk would."""
    code = "import sys; from web.cli import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest)),
    )


def test_a_full_disk_leaves_no_backup_and_no_half_restored_folder(folder: Path, backup: Path, tmp_path: Path) -> None:
    before = state(folder)
    for number, largest in enumerate((60_000, 100_000)):
        done = limited("backup", tmp_path / f"full-{number}", "--data", folder, largest=largest)
        assert "Traceback" not in done.stderr
        assert done.returncode == 1, done.stdout
        assert not (tmp_path / f"full-{number}").exists()
        done = limited("restore", backup, "--data", folder, *ALL, largest=largest)
        assert "Traceback" not in done.stderr
        assert done.returncode == 1
    assert state(folder) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "ledger"]


def killed(moment: float, *arguments: object) -> None:
    """Run a command and kill it where it stands."""
    code = "import sys; from web.cli import main; print(flush=True); sys.exit(main(sys.argv[1:]))"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_backup_that_was_killed_leaves_nothing_with_its_name_and_the_next_one_is_whole(
    folder: Path, tmp_path: Path
) -> None:
    for moment in (0.0, 0.05):
        file = tmp_path / "backup"
        killed(moment, "backup", file, "--data", folder)
        if file.exists():
            restore.read_manifest(file)
            file.unlink()
        back_up(folder, None, file, AT, lambda _: None)
        file.unlink()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger"]


def test_a_restore_that_was_killed_left_the_old_state_or_is_finished_by_the_next(
    folder: Path, backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = pages(Path(shutil.copytree(folder, tmp_path / "expected")))
    for moment in (0.2, 0.6):
        killed(moment, "restore", backup, "--data", folder, *ALL)
        code = main(["restore", str(backup), "--data", str(folder), *ALL])
        assert code == 0, capsys.readouterr().err
        assert main(["audit", "--data", str(folder)]) == 0
    assert pages(folder) == expected


@pytest.mark.parametrize("moved", range(7))
def test_a_restore_interrupted_while_moving_in_is_finished_by_the_same_command(
    folder: Path, backup: Path, moved: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """As many files as given were moved when the machine went down; the folder passes for no ledger until the end."""
    restored = folder / founding.RESTORED
    manifest = restore.prepare(backup, folder.parent / "made", None, (), lambda _: None)
    restore.complete(folder.parent / "made", manifest, lambda _: PASSPHRASE, lambda _: None)
    (folder.parent / "made").rename(restored)
    order = sorted(restored.iterdir(), key=lambda path: path.name == "ledger.json")
    for path in order[:moved]:
        there = folder / path.name
        shutil.rmtree(there) if there.is_dir() else there.unlink(missing_ok=True)
        path.rename(there)
    with pytest.raises(founding.RestoreUnfinished, match="Give the same command again"):
        founding.read(folder)
    assert main(["restore", str(backup), "--data", str(folder), *ALL]) == 0
    assert "is finished" in capsys.readouterr().out
    assert main(["audit", "--data", str(folder)]) == 0
    assert not restored.exists()


def test_a_folder_half_restored_is_no_place_for_a_demo(folder: Path) -> None:
    (folder / founding.RESTORED).mkdir()
    assert "interrupted" in one_sentence(web("serve", "--data", folder, "--port", "8199"))
