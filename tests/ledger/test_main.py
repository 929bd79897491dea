"""`python -m ledger` as an inspector runs it: in an empty folder, with little more than Python itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.verify import STEPS
from tests.ledger.small_log import HONEST, SmallLog, line, two_placements

REPOSITORY = Path(__file__).resolve().parents[2]
LOG = two_placements()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an honest file, a forged one, a policy, and nothing else."""
    honest = LOG.placement_bundle(*HONEST)
    (tmp_path / "evidence.zip").write_bytes(honest)
    (tmp_path / "forged.zip").write_bytes(honest.replace(b"Agreed", b"Denied"))
    (tmp_path / "policy").write_bytes(LOG.policy)
    return tmp_path


def run(folder: Path, *arguments: str, code: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command where no site, no user folder and no variable but the path to the repository is seen."""
    program = ["-c", code] if code else ["-m", "ledger"]
    environment = {"PYTHONPATH": str(REPOSITORY), "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}
    if system := os.environ.get("SYSTEMROOT"):
        environment["SYSTEMROOT"] = system
    return subprocess.run(
        [sys.executable, "-s", *program, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_an_honest_file_is_verified_step_by_step(folder: Path) -> None:
    done = run(folder, "verify", "evidence.zip", "--policy", "policy")

    assert (done.returncode, done.stderr) == (0, "")
    assert [f"({number})" for number in range(1, 12)] == [said.split(" ")[0] for said in done.stdout.splitlines()[:11]]
    assert "VERIFIED." in done.stdout
    assert "unaltered since they were entered. That does not show that they are true." in done.stdout


def test_a_forged_file_fails_and_the_step_is_named(folder: Path) -> None:
    done = run(folder, "verify", "forged.zip", "--policy", "policy")

    assert done.returncode == 1
    assert "(1) evidence file: FAILED." in done.stdout
    assert "NOT VERIFIED" in done.stdout


def test_a_failure_names_its_entry_and_not_the_steps_after_it(folder: Path) -> None:
    forged = replace(LOG, disclosures={**LOG.disclosures, 6: (line("decision", {"reason": "Forged"}),)})
    (folder / "forged.zip").write_bytes(forged.placement_bundle(*HONEST))
    done = run(folder, "verify", "forged.zip", "--policy", "policy")
    told = json.loads(run(folder, "verify", "forged.zip", "--policy", "policy", "--json").stdout)

    assert "(8) disclosure: FAILED. Entry 6:" in done.stdout
    assert "(9)" not in done.stdout
    assert (told["verified"], told["step"], told["entry"], len(told["passed"])) == (False, "disclosure", 6, 7)


def test_what_was_established_is_one_json_object(folder: Path) -> None:
    done = run(folder, "verify", "evidence.zip", "--policy", "policy", "--json")
    told = json.loads(done.stdout)

    assert done.returncode == 0
    assert (True, LOG.origin, 10, 7) == (told["verified"], told["origin"], told["size"], told["entries"])
    assert len(told["passed"]) == len(STEPS)


def test_inspecting_shows_what_is_inside_and_says_it_was_not_checked(folder: Path) -> None:
    done = run(folder, "inspect", "evidence.zip")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("NOT CHECKED")
    assert "Entry 6: placement.approved, recorded 1 September 2026 at 08:55 UTC, by head_teacher" in done.stdout
    assert "    reason: Agreed" in done.stdout
    assert json.loads(run(folder, "inspect", "evidence.zip", "--json").stdout)["checked"] is False


def test_what_a_file_says_cannot_steer_the_terminal(folder: Path) -> None:
    log = SmallLog()
    log.enrol(log.entry_key)
    log.append(personal={"proposal": {"rationale": "\x1b[2J\u202eVERIFIED\x9b"}})
    (folder / "evidence.zip").write_bytes(log.placement_bundle(0, 1))
    done = run(folder, "inspect", "evidence.zip")

    assert not {"\x1b", "\u202e", "\x9b"} & set(done.stdout)
    assert r"\x1b[2J\u202eVERIFIED\x9b" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["verify", "evidence.zip"],
        ["verify", "nothing.zip", "--policy", "policy"],
        ["verify", "evidence.zip", "--policy", "nothing"],
        ["inspect", "."],
        ["repair", "evidence.zip"],
    ],
)
def test_what_cannot_be_run_exits_with_2_and_a_sentence(folder: Path, arguments: list[str]) -> None:
    done = run(folder, *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert done.stderr


def test_the_check_loads_nothing_but_the_standard_library_and_cryptography(folder: Path) -> None:
    code = "import sys; old = {*sys.modules}; from ledger.__main__ import main; main(); print(*{*sys.modules} - old)"
    done = run(folder, "verify", "evidence.zip", "--policy", "policy", code=code)
    *told, modules = done.stdout.splitlines()
    loaded = set(modules.split())

    assert any("VERIFIED" in said for said in told)
    # The last two are cryptography's own, compiled into it.
    allowed = {*sys.stdlib_module_names, "ledger", "cryptography", "_cffi_backend", "_openssl"}
    assert set() == {name.split(".")[0] for name in loaded} - allowed
    assert not {"sqlite3", "_sqlite3", "_socket", "_ssl", "urllib.request"} & loaded


def test_nothing_is_written_where_it_runs(folder: Path) -> None:
    before = sorted(folder.iterdir())
    run(folder, "verify", "evidence.zip", "--policy", "policy")

    assert before == sorted(folder.iterdir())
