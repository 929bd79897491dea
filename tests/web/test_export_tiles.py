"""`export-tiles` writes the whole log for somebody who then checks it without the service."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.web.test_cli import one_sentence, web
from web import founding


def test_a_whole_log_is_written_checked_and_holds_no_name(demo_copy: Path, tmp_path: Path) -> None:
    folder, policy = tmp_path / "tiles", tmp_path / "policy.txt"
    done = web("export-tiles", folder, "--data", demo_copy, "--json")
    assert done.returncode == 0, done.stderr
    policy.write_text(f"log {founding.read(demo_copy).vkey}\nquorum none\n")
    check = [sys.executable, "-m", "ledger", "verify-tiles", folder, "--policy", policy, "--json"]
    checked = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout
    assert json.loads(checked.stdout)["size"] == json.loads(done.stdout)["entries"]
    again = json.loads(web("export-tiles", folder, "--data", demo_copy, "--json").stdout)
    assert again["written"] <= 3, "nothing new: the rightmost of each kind at most, and the checkpoint"


def test_a_folder_of_something_else_is_refused_in_one_sentence(demo_copy: Path, tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_text("mine\n")

    assert "empty folder" in one_sentence(web("export-tiles", tmp_path, "--data", demo_copy))
