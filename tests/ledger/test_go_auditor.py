"""A folder of tiles is accepted, and a changed one refused, by an auditor on Go's own transparency-log packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.ledger import tile_folder
from tests.ledger.ledgers import Ledger
from tests.ledger.test_tile_export import export, grow

SOURCE = Path(__file__).resolve().parent / "auditor" / "main.go"
GOPATH = Path("/usr/share/gocode")

pytestmark = pytest.mark.skipif(
    shutil.which("go") is None or not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").exists(),
    reason="Go or its package x/mod is not installed (Debian: golang-go, golang-golang-x-mod-dev)",
)


@pytest.fixture(scope="session")
def auditor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The auditor, built once a run, with nothing from the network."""
    folder = tmp_path_factory.mktemp("auditor")
    go = {"GO111MODULE": "off", "GOPATH": str(GOPATH), "GOCACHE": str(folder / "cache"), "GOFLAGS": ""}
    build = ["go", "build", "-o", str(folder / "auditor"), str(SOURCE)]
    done = subprocess.run(build, env={**os.environ, **go}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "auditor"


@pytest.fixture
def exported(ledger: Ledger, tmp_path: Path) -> tuple[Path, str]:
    """A folder of three tiles, grown in two runs, and the log's verifier key."""
    for count in (300, 299):
        grow(ledger, count)
        export(ledger, tmp_path / "tiles")
    return tmp_path / "tiles", ledger.keys.vkey


def run(auditor: Path, folder: Path, vkey: str) -> subprocess.CompletedProcess[str]:
    """Have a folder audited."""
    return subprocess.run([auditor, folder, vkey], capture_output=True, text=True, check=False)


def test_an_auditor_in_go_accepts_an_exported_folder(auditor: Path, exported: tuple[Path, str]) -> None:
    done = run(auditor, *exported)

    assert (done.returncode, done.stdout) == (0, "600 entries are as they were signed for\n"), done.stderr


def test_it_refuses_a_folder_in_which_any_file_was_changed(auditor: Path, exported: tuple[Path, str]) -> None:
    folder, vkey = exported
    for name, content in tile_folder.read(folder).items():
        middle = len(content) // 2
        (folder / name).write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        assert run(auditor, folder, vkey).returncode == 1, name
        (folder / name).unlink()
        assert run(auditor, folder, vkey).returncode == 1, name
        (folder / name).write_bytes(content)
    assert run(auditor, folder, vkey).returncode == 0


def test_it_refuses_a_folder_under_another_key(auditor: Path, exported: tuple[Path, str], tmp_path: Path) -> None:
    folder, vkey = exported
    other = vkey[:-4] + ("AAA=" if vkey[-4:] != "AAA=" else "BBB=")

    assert run(auditor, folder, other).returncode == 1
