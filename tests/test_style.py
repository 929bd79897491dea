"""The linters and the type checker, run as tests so that the closing line counts them too."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def finds_nothing(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


def test_ruff_finds_no_fault() -> None:
    finds_nothing(sys.executable, "-m", "ruff", "check", "--no-cache", ".")


def test_every_file_is_formatted() -> None:
    finds_nothing(sys.executable, "-m", "ruff", "format", "--no-cache", "--check", ".")


def test_mypy_finds_no_fault_in_ledger_domain_and_projections() -> None:
    finds_nothing(sys.executable, "-m", "mypy")


def test_hadolint_finds_no_fault_in_the_dockerfile() -> None:
    hadolint = shutil.which("hadolint", path=sysconfig.get_path("scripts"))
    assert hadolint, "hadolint comes with the test requirements"
    finds_nothing(hadolint, "--no-color", "Dockerfile")
