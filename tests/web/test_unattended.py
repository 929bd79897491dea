"""A start with nobody there: the passphrase comes from a file that only the service may read."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.web.test_cli import one_sentence, web
from tests.web.test_cli import serving as watched
from web import founding

PASSPHRASE = "correct horse battery"
FILE = founding.PASSPHRASE_FILE
_WEB = "import sys; from web.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A real, empty ledger and the recovery code that `init` printed."""
    folder = tmp_path_factory.mktemp("real") / "ledger"
    done = web(
        "init",
        "--data",
        folder,
        "--origin",
        "ledger.school.example/ap",
        "--json",
        PLACEMENT_LEDGER_PASSPHRASE=PASSPHRASE,
    )
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)["recovery_code"]


@pytest.fixture
def real(made: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    """A copy of it."""
    return Path(shutil.copytree(made[0], tmp_path / "ledger")), made[1]


def secret_file(tmp_path: Path, mode: int, text: str = PASSPHRASE + "\n") -> Path:
    path = tmp_path / "passphrase"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_real_ledger_is_audited_checked_and_backed_up_by_nobody(real: tuple[Path, str], tmp_path: Path) -> None:
    folder, secret = real[0], secret_file(tmp_path, 0o600)
    done = web("audit", "--data", folder, **{FILE: str(secret)})
    assert done.returncode == 0, done.stderr
    checked = web("check", "--data", folder, "--port", "8190", **{FILE: str(secret)})
    assert f"unattended: the passphrase is read from {secret}" in checked.stdout
    alone = web("check", "--data", folder, "--port", "8190", PLACEMENT_LEDGER_PASSPHRASE=PASSPHRASE)
    assert f"only where {founding.PASSPHRASE} is set anew" in alone.stdout
    assert web("backup", tmp_path / "backup", "--data", folder).returncode == 0


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_passphrase_that_others_may_read_is_refused_with_one_sentence(
    made: tuple[Path, str], tmp_path: Path, mode: int
) -> None:
    secret = secret_file(tmp_path, mode)
    with pytest.raises(founding.NoPassphrase, match=f"Others may read {secret}.*chmod 600"):
        founding.passphrase(made[0], founding.read(made[0]), {FILE: str(secret)})


def test_a_credential_of_the_service_manager_is_for_one_account_although_the_group_bits_show(
    made: tuple[Path, str], tmp_path: Path
) -> None:
    secret, about = secret_file(tmp_path, 0o440), founding.read(made[0])
    surroundings = {FILE: str(secret), "CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert founding.passphrase(made[0], about, surroundings) == PASSPHRASE
    secret.chmod(0o444)
    with pytest.raises(founding.NoPassphrase, match="Others may read"):
        founding.passphrase(made[0], about, surroundings)
    with pytest.raises(founding.NoPassphrase, match="Others may read"):
        founding.passphrase(made[0], about, {FILE: str(secret), "CREDENTIALS_DIRECTORY": str(tmp_path / "other")})


def test_a_file_that_is_not_there_or_empty_or_named_beside_the_passphrase_is_refused(
    made: tuple[Path, str], tmp_path: Path
) -> None:
    about = founding.read(made[0])
    for surroundings, says in (
        ({FILE: str(tmp_path / "gone")}, "cannot be read"),
        ({FILE: str(secret_file(tmp_path, 0o600, "\n"))}, "is empty"),
        ({FILE: str(tmp_path / "passphrase"), founding.PASSPHRASE: PASSPHRASE}, "Leave one of them out"),
        ({}, founding.PASSPHRASE_FILE),
    ):
        with pytest.raises(founding.NoPassphrase, match=says):
            founding.passphrase(made[0], about, surroundings)


def serving(folder: Path, **settings: str) -> tuple[subprocess.Popen[str], str]:
    """Start the service as a service manager does: no terminal, nothing on standard input."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WEB, "serve", "--data", str(folder), "--port", "8107", "--json"],
        env={**os.environ, "PYTHONPATH": str(ROOT), founding.PASSPHRASE: "", **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())["address"]


def test_a_killed_service_starts_again_by_itself_and_serves(demo_copy: Path) -> None:
    for number in range(3):
        process, address = serving(demo_copy)
        with urllib.request.urlopen(f"{address}/health/ready", timeout=20) as answer:
            assert json.load(answer)["status"] == "ready"
        process.send_signal(signal.SIGKILL if number < 2 else signal.SIGTERM)
        process.communicate(timeout=20)
    assert web("audit", "--data", demo_copy).returncode == 0


def test_a_service_that_cannot_sign_any_more_stops_and_says_why(demo_copy: Path) -> None:
    with watched(demo_copy, 8641) as (process, said):
        held = demo_copy / "checkpoint.lock.held"
        held.unlink()
        held.mkdir()
        (link,) = re.findall(r"(http://localhost:\d+/demo/as/head-teacher\?key=\S+)", said)
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with suppress(OSError):  # it may have stopped already
            browser.open(link, timeout=20).close()  # leads to a page that names pupils: an entry to sign
        _, complained = process.communicate(timeout=30)
        assert process.returncode not in {0, None}
        assert "checkpoint.lock.held cannot be read or written" in complained


def keys(action: str, folder: Path, typed: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _WEB, "keys", action, "--data", str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT), founding.PASSPHRASE: "", **settings},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_lost_passphrase_is_set_anew_with_the_recovery_code(real: tuple[Path, str]) -> None:
    folder, code = real
    done = keys("recover", folder, f"{code.lower()}\nanother long passphrase\n")
    assert done.returncode == 0, done.stderr
    following = re.findall(r"^  ((?:[0-9A-Z]{4}-){8}[0-9A-Z]{4})$", done.stdout, re.MULTILINE)
    assert len(following) == 1
    assert following != [code]
    assert web("audit", "--data", folder, PLACEMENT_LEDGER_PASSPHRASE="another long passphrase").returncode == 0
    again = one_sentence(keys("recover", folder, f"{code}\nanother long passphrase\n"))
    assert "used or replaced" in again
    assert "mistyped" in one_sentence(keys("recover", folder, f"{code[:-1]}{'2' if code[-1] != '2' else '3'}\nx\n"))


def test_keys_are_listed_and_their_ways_in_changed(real: tuple[Path, str]) -> None:
    folder, _ = real
    opened = {founding.PASSPHRASE: PASSPHRASE}
    listed = keys("list", folder, "", **opened)
    assert "A recovery code was made" in listed.stdout
    assert "ledger.school.example/ap+" in listed.stdout
    assert "at least 12 characters" in one_sentence(keys("change-passphrase", folder, "short\n", **opened))
    assert keys("change-passphrase", folder, "another long passphrase\n", **opened).returncode == 0
    assert "does not open" in one_sentence(keys("recovery-code", folder, "", **opened))
    assert keys("recovery-code", folder, "another long passphrase\n").returncode == 0
    assert "was not given" in one_sentence(keys("recovery-code", folder, ""))


def test_a_demos_keys_are_not_changed(demo_copy: Path) -> None:
    assert "A demo opens its own keys" in one_sentence(keys("recovery-code", demo_copy, ""))
