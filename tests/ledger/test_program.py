"""The program inside an evidence file checks that file where there is nothing but Python and `cryptography`."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import cryptography
import pytest

from ledger.bundle import Bundle, write_bundle
from ledger.program import README, program
from ledger.report import Report
from ledger.scope import PupilScope
from tests.ledger.exported_log import Exported
from tests.ledger.small_log import PUPIL

EXPORTED = Exported(PupilScope(PUPIL)).state()
PACKAGES = str(Path(cryptography.__file__).parent.parent)
START = "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_path(sys.argv[0], run_name='__main__')"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An evidence file unpacked beside itself, with a policy of the reader's and one that lies in the file's folder."""
    report = Report(EXPORTED.log.origin, EXPORTED.scope)
    for item in EXPORTED.items():
        report.add(item)
    with (tmp_path / "FILE.zip").open("wb") as out:
        cover = Bundle(BytesIO(EXPORTED.file())).cover
        write_bundle(out, cover, EXPORTED.items(), readme=README.encode(), report=report.html, program=program())
    with zipfile.ZipFile(tmp_path / "FILE.zip") as opened:
        opened.extractall(tmp_path)
    (tmp_path / "policy.txt").write_bytes(EXPORTED.log.policy)
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program where no site, no folder of the user and no variable is seen but what holds `cryptography`."""
    begin = f"import sys; sys.argv[:1] = ['verify.pyz', {PACKAGES!r}]; {START}"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", begin, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_program_in_a_file_checks_that_file_and_makes_the_report_anew(folder: Path) -> None:
    done = run(folder, "verify", "FILE.zip", "--policy", "policy.txt", "--report", "checked.html")
    made = (folder / "checked.html").read_text("utf-8")

    assert (done.returncode, done.stderr) == (0, "")
    assert "(11) report: ok." in done.stdout
    assert "The program in the file is this one." in done.stdout
    assert "VERIFIED." in done.stdout
    assert "This page was made by the check itself" in made
    assert "unaltered since they were entered. That does not show that they are true." in made


def test_the_readme_names_the_command_that_works(folder: Path) -> None:
    command = "python3 verify.pyz verify FILE.zip --policy policy.txt --report report.html"

    assert command in (folder / "README.txt").read_text("utf-8")
    assert run(folder, *command.split()[2:]).returncode == 0


def test_the_program_makes_itself_again_byte_for_byte(folder: Path) -> None:
    script = f"import sys; sys.path[:0] = ['verify.pyz', {PACKAGES!r}]"
    script += "; from ledger.program import program; sys.stdout.buffer.write(program())"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], cwd=folder, capture_output=True, check=True)

    assert done.stdout == program() == (folder / "verify.pyz").read_bytes()


def test_the_program_holds_what_the_check_needs_and_nothing_that_keeps_a_ledger() -> None:
    with zipfile.ZipFile(BytesIO(program())) as opened:
        names = {name.removeprefix("ledger/") for name in opened.namelist()}

    assert {"__main__.py", "__init__.py", "verify.py", "merkle.py"} <= names
    assert not {"recorder.py", "keys.py", "datastore.py", "subjects.py", "evidence.py"} & names


def test_a_policy_that_comes_with_the_file_is_never_used(folder: Path) -> None:
    """There is no place for one in the file; one put beside it is a file like any other."""
    done = run(folder, "verify", "FILE.zip")

    assert done.returncode == 2
    assert "--policy" in done.stderr
    (folder / "policy.txt").write_bytes(b"quorum none\n")
    assert run(folder, "verify", "FILE.zip", "--policy", "policy.txt").returncode == 1


def test_a_report_that_cannot_be_written_is_said_plainly(folder: Path) -> None:
    done = run(folder, "verify", "FILE.zip", "--policy", "policy.txt", "--report", "nowhere/report.html")

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
