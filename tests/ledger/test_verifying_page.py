"""docs/verifying.md: an inspector who types what stands there gets what stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.policy import open_checkpoint, parse_policy
from ledger.verify import STEPS
from tests.ledger import tile_folder
from tests.ledger.small_log import HONEST, two_placements

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = (REPOSITORY / "docs" / "verifying.md").read_text("utf-8")
VERIFY, INSPECT, WHOLE, OPENSSL = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
LOG = two_placements()


def block(kind: str) -> str:
    """The one example of a kind."""
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the reader is told to have."""
    (tmp_path / "placement-REFERENCE.zip").write_bytes(LOG.placement_bundle(*HONEST))
    (tmp_path / "policy.txt").write_text(block("text"), "utf-8")
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    return tmp_path


def typed(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as the page has it, with this environment's Python as python3."""
    path = os.pathsep.join([str(folder / "bin"), os.environ["PATH"]])
    paths = os.pathsep.join([str(REPOSITORY), *(each for each in sys.path if each.endswith("site-packages"))])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": paths, "PYTHONUTF8": "1"}
    return subprocess.run(
        ["sh", "-ec", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_policy_on_the_page_trusts_the_log_of_the_example() -> None:
    assert open_checkpoint(LOG.checkpoint(), parse_policy(block("text").encode())).checkpoint.size == 10


def test_the_check_on_the_page_verifies_an_honest_file(folder: Path) -> None:
    done = typed(folder, VERIFY)

    assert (done.returncode, done.stderr) == (0, "")
    assert "VERIFIED." in done.stdout


def test_every_step_that_is_told_is_explained(folder: Path) -> None:
    told = [line.split(":")[0] for line in typed(folder, VERIFY).stdout.splitlines()[: len(STEPS)]]

    assert told == re.findall(r"^\| (\(\d+\) [a-z ]+) \|", PAGE, re.MULTILINE)


def test_the_check_of_a_whole_log_on_the_page_verifies_an_honest_folder(folder: Path) -> None:
    tile_folder.write(folder / "DIR", tile_folder.files(LOG))

    assert "VERIFIED. All 10 entries." in typed(folder, WHOLE).stdout


def test_looking_into_the_file_says_that_nothing_was_checked(folder: Path) -> None:
    assert typed(folder, INSPECT).stdout.startswith("NOT CHECKED")


@pytest.mark.skipif(not (shutil.which("unzip") and shutil.which("openssl")), reason="unzip or openssl is not installed")
def test_openssl_accepts_the_entry_as_the_page_says(folder: Path) -> None:
    done = typed(folder, OPENSSL)

    assert (done.returncode, done.stdout) == (0, "Signature Verified Successfully\n")
    done = typed(folder, "printf x >> signed; " + OPENSSL.splitlines()[-1])
    assert done.returncode != 0


def test_securesystemslib_accepts_the_entry_as_the_page_says(folder: Path) -> None:
    shutil.unpack_archive(folder / "placement-REFERENCE.zip", folder)
    (folder / "check.py").write_text(block("python"), "utf-8")
    done = typed(folder, "python3 check.py")

    assert done.returncode == 0, done.stderr
    assert "SSlibKey" in done.stdout
