"""`timestamp` and its settings: an authority that is set stamps the record, and what is wrong is said in a line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.authority import Authority, stamping
from tests.web.conftest import PASSPHRASE
from web import cli, founding
from web.config import TSA_ROOTS, TSA_URL, SettingsMissing, TimeStamps, time_stamps


@pytest.fixture
def folder(prepared_ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's own copy of the ledger."""
    monkeypatch.setenv(founding.PASSPHRASE, PASSPHRASE)
    return Path(shutil.copytree(prepared_ledger, tmp_path / "ledger"))


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an authority that is set."""
    made = Authority(tmp_path / "authority")
    (tmp_path / "roots.pem").write_bytes(made.root)
    with stamping(made.answer) as address:
        monkeypatch.setenv(TSA_URL, address)
        monkeypatch.setenv(TSA_ROOTS, str(tmp_path / "roots.pem"))
        yield address


@pytest.mark.usefixtures("authority")
def test_the_record_is_stamped_when_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["timestamp", "--data", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stamped_at"].endswith("+00:00")


def test_without_an_authority_the_command_says_what_to_set(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["timestamp", "--data", str(folder)]) == 1
    assert f"set {TSA_URL} and {TSA_ROOTS}" in capsys.readouterr().err


@pytest.mark.usefixtures("authority")
def test_an_authority_under_another_root_is_refused_in_a_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "roots.pem").write_bytes(Authority(tmp_path / "another").root)

    assert cli.main(["timestamp", "--data", str(folder)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_settings_are_both_there_or_neither() -> None:
    assert time_stamps({}) is None
    assert time_stamps({TSA_URL: "https://tsa.example", TSA_ROOTS: "r.pem"}) == TimeStamps(
        "https://tsa.example", Path("r.pem")
    )
    for given, says in (
        ({TSA_URL: "https://tsa.example"}, TSA_ROOTS),
        ({TSA_ROOTS: "r.pem"}, TSA_URL),
        ({TSA_URL: "tsa.example", TSA_ROOTS: "r.pem"}, "give the authority's address"),
    ):
        with pytest.raises(SettingsMissing, match=says):
            time_stamps(given)
