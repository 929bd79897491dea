"""The commands say plainly what they did or why not, exit accordingly, and run as processes of their own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT, SMALL, TODAY
from web.cli import main
from web.demo.plan import plan

_WEB = "import sys; from web.cli import main; sys.exit(main(sys.argv[1:]))"
_SECRET = {"PLACEMENT_LEDGER_PASSPHRASE": "correct horse battery"}


def web(*arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _WEB, *map(str, arguments)]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    surroundings.update({} if settings else {"PLACEMENT_LEDGER_PASSPHRASE": ""})
    return subprocess.run(
        command, env=surroundings, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL
    )


def one_sentence(done: subprocess.CompletedProcess[str], code: int = 1) -> str:
    """What a failed command said: something, on one line, without a traceback."""
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.strip().splitlines()
    return line


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger as `init` makes it."""
    folder = tmp_path_factory.mktemp("real") / "ledger"
    done = web("init", "--data", folder, "--origin", "ledger.school.example/ap", **_SECRET)
    assert done.returncode == 0, done.stderr
    return folder


COMMANDS = (
    *("serve", "init", "demo", "import-register", "import-gias", "timestamp", "audit", "rebuild"),
    *("export-bundle", "export-tiles", "check", "digest"),
    "backup",
    "restore",
    "keys",
    "print-sheet",
    "import-placements",
)


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(SystemExit, match=r"^0$"):
            main([command, "--help"])
        said = capsys.readouterr().out
        assert all(option in said for option in ("--data", "--database", "--json"))
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--help"])
    said = capsys.readouterr().out
    assert all(command in said for command in COMMANDS)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (["nonsense"], "invalid choice"),
        (["serve", "--port", "99999"], "a port is a number"),
        (["--port", "0"], "a port is a number"),
        (["audit", "--database", "mysql://localhost/x"], "a database is sqlite:///PATH or postgresql://USER@HOST/NAME"),
        (["init", "--data", "x"], "--origin"),
        (["export-bundle", "x.zip"], "--placement"),
        (["import-gias", "x.csv", "--date", "25/11/2026"], "a day is written 2026-11-25"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_is_right(
    wrong: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match=r"^2$"):
        main(wrong)
    assert says in capsys.readouterr().err


def test_every_command_that_the_guides_name_exists() -> None:
    for guide in ("README.md", "docs/operating.md"):
        named = re.findall(r"python3 web ([a-z][a-z-]*)", (ROOT / guide).read_text(encoding="utf-8"))
        assert named
        assert set(named) <= set(COMMANDS)


def test_init_makes_an_empty_ledger_that_passes_its_audit(empty: Path) -> None:
    about = json.loads((empty / "ledger.json").read_text(encoding="utf-8"))
    assert about["vkey"].startswith("ledger.school.example/ap+")
    assert about["demo"] is False
    assert not (empty / "passphrase").exists()
    assert (empty / "keys" / "entry.pem").stat().st_mode & 0o077 == 0
    done = web("audit", "--data", empty, "--json", **_SECRET)
    assert json.loads(done.stdout)["entries"] == 1


def test_init_says_what_to_keep_safe(tmp_path: Path) -> None:
    done = web("init", "--data", tmp_path / "new", "--origin", "ledger.school.example/two", **_SECRET)
    assert re.search(r"ledger\.school\.example/two\+[0-9a-f]{8}\+\S+", done.stdout)
    assert "passphrase" in done.stdout


def test_init_never_makes_a_ledger_over_another(empty: Path) -> None:
    before = (empty / "ledger.json").read_bytes()
    assert "already something" in one_sentence(web("init", "--data", empty, "--origin", "x.example/y", **_SECRET))
    assert (empty / "ledger.json").read_bytes() == before


def test_init_without_a_passphrase_or_with_a_short_one_makes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    one_sentence(web("init", "--data", folder, "--origin", "x.example/y"))
    one_sentence(web("init", "--data", folder, "--origin", "x.example/y", PLACEMENT_LEDGER_PASSPHRASE="short"))
    assert not folder.exists()


def test_init_cannot_make_what_would_be_served_as_a_demo(tmp_path: Path) -> None:
    origin = "demo.placement-ledger.example/real"
    assert "its own" in one_sentence(web("init", "--data", tmp_path / "new", "--origin", origin, **_SECRET))


def test_a_real_ledger_is_not_served_even_if_its_label_is_changed(empty: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(empty, tmp_path / "relabelled"))
    assert "Only a demo is served" in one_sentence(web("serve", "--data", folder, **_SECRET))
    about = json.loads((folder / "ledger.json").read_text(encoding="utf-8"))
    (folder / "ledger.json").write_text(json.dumps(about | {"demo": True}), encoding="utf-8")
    (folder / "passphrase").write_text(_SECRET["PLACEMENT_LEDGER_PASSPHRASE"], encoding="utf-8")
    assert "Only a demo is served" in one_sentence(web("serve", "--data", folder))


def test_a_wrong_passphrase_stops_with_one_sentence(empty: Path) -> None:
    wrong = web("audit", "--data", empty, PLACEMENT_LEDGER_PASSPHRASE="not the right one")
    assert "passphrase" in one_sentence(wrong, 2)
    assert "PLACEMENT_LEDGER_PASSPHRASE" in one_sentence(web("audit", "--data", empty), 2)


def test_missing_or_foreign_keys_stop_the_start_with_one_sentence(demo_copy: Path, empty: Path) -> None:
    shutil.rmtree(demo_copy / "keys")
    assert "keys are missing" in one_sentence(web("serve", "--data", demo_copy))
    shutil.copytree(empty / "keys", demo_copy / "keys")
    (demo_copy / "passphrase").write_text(_SECRET["PLACEMENT_LEDGER_PASSPHRASE"], encoding="utf-8")
    one_sentence(web("serve", "--data", demo_copy))


def test_an_old_copy_of_the_entries_is_not_served(demo_copy: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(demo_copy / "ledger.sqlite")) as database:
        database.execute("DELETE FROM stored_events WHERE rowid = (SELECT max(rowid) FROM stored_events)")
        database.execute("UPDATE ledger_head SET size = size - 1")
        database.commit()
    assert "old copy" in one_sentence(web("serve", "--data", demo_copy))


def test_no_ledger_is_one_sentence_too(tmp_path: Path) -> None:
    for command, code in (("audit", 2), ("rebuild", 1)):
        assert "There is no ledger in" in one_sentence(web(command, "--data", tmp_path / "nothing"), code)


def test_a_demo_is_made_once_and_not_over_something(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "demo"
    done = web("demo", "--data", folder, "--pupils", "3", "--days", "4", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["entries"] > 3 * 2 * 4
    assert not [path for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077]
    assert "already something" in one_sentence(web("demo", "--data", folder))


def test_audit_names_the_entry_that_was_touched(demo_copy: Path) -> None:
    done = web("audit", "--data", demo_copy)
    assert done.returncode == 0
    assert "unaltered since they were entered" in done.stdout
    with closing(sqlite3.connect(demo_copy / "ledger.sqlite")) as database:
        database.execute("UPDATE stored_events SET signature = zeroblob(64) WHERE rowid = 12")
        database.commit()
    done = web("audit", "--data", demo_copy, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["entry"] == 11


def test_rebuild_makes_a_lost_read_database_again(demo_copy: Path) -> None:
    (demo_copy / "read.sqlite").unlink()
    done = web("rebuild", "--data", demo_copy, "--json")
    assert done.returncode == 0, done.stderr
    assert (
        json.loads(done.stdout)["position"] == json.loads(web("audit", "--data", demo_copy, "--json").stdout)["entries"]
    )


def test_check_says_what_is_in_order_and_what_is_not(demo_copy: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = web("check", "--data", demo_copy, "--port", taken.getsockname()[1], "--json")
    found = {one["what"]: one["in_order"] for one in json.loads(done.stdout)["checks"]}
    assert done.returncode == 1
    assert not found["port"]
    assert all(found[what] for what in ("Python", "packages", "folder", "ledger", "keys", "entries"))
    assert web("check", "--data", tmp_path / "nothing").returncode == 1


def test_an_imported_register_is_reported_line_by_line(demo_copy: Path, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(
        "pupil reference,date,session,code,note,marked by,marked at\nRH-999,2020-01-06,AM,I,,A. Bell,09:05\n",
        encoding="utf-8",
    )
    done = web("import-register", path, "--data", demo_copy)
    assert done.returncode == 1
    assert "line 2, pupil reference: No pupil has the reference 'RH-999'." in done.stdout
    assert "nothing was entered" in done.stdout
    path.write_text("a,b\n", encoding="utf-8")
    assert "Line 1" in one_sentence(web("import-register", path, "--data", demo_copy))


def test_an_evidence_file_verifies_in_an_empty_folder(demo_copy: Path, tmp_path: Path) -> None:
    placement = next(step.id for step in plan(TODAY, SMALL) if step.verb == "suspend_placement")
    file = tmp_path / "placement.zip"
    done = web("export-bundle", "--placement", placement, file, "--data", demo_copy)
    assert done.returncode == 0, done.stderr
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copytree(ROOT / "ledger", alone / "ledger", ignore=shutil.ignore_patterns("__pycache__"))
    vkey = json.loads((demo_copy / "ledger.json").read_text(encoding="utf-8"))["vkey"]
    (alone / "policy.txt").write_text(f"log {vkey}\nquorum none\n", encoding="ascii")
    command = [sys.executable, "-m", "ledger", "verify", str(file), "--policy", "policy.txt"]
    done = subprocess.run(command, cwd=alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "already" in one_sentence(web("export-bundle", "--placement", placement, file, "--data", demo_copy))


@contextmanager
def serving(folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running service and all it printed up to its last line."""
    command = [sys.executable, "-u", "-c", _WEB, "--data", str(folder), "--port", str(port)]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl+C" in line:
                break
        try:
            yield process, said
        finally:
            process.terminate()
            process.communicate()


def test_serve_prints_links_takes_the_next_port_and_stops_cleanly(demo_copy: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serving(demo_copy, port) as (process, said):
            (address,) = re.findall(r"running: (http://localhost:\d+)", said)
            assert address != f"http://localhost:{port}"
            links = re.findall(r"(http://localhost:\d+/demo/as/([a-z-]+)\?key=\S+)", said)
            assert {"head-teacher", "dsl", "attendance-officer", "inspector"} <= {role for _, role in links}
            with urllib.request.urlopen(
                f"{address}/health/live".replace("localhost", "127.0.0.1"), timeout=10
            ) as answer:
                assert answer.status == 200
            process.send_signal(signal.SIGINT)
            _, complained = process.communicate(timeout=20)
            assert process.returncode == 0, complained
            assert "Traceback" not in complained


def test_the_service_listens_on_this_machine_only(demo_copy: Path) -> None:
    with serving(demo_copy, 8640) as (process, said):
        (port,) = re.findall(r"running: http://localhost:(\d+)", said)
        table = Path(f"/proc/{process.pid}/net/tcp").read_text(encoding="ascii")
        listening = [line.split()[1] for line in table.splitlines()[1:] if line.split()[3] == "0A"]
        assert [place for place in listening if place.endswith(f":{int(port):04X}")] == [f"0100007F:{int(port):04X}"]
