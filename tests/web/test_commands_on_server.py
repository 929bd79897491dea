"""Every command that opens a ledger opens one on PostgreSQL, and exits as it does on SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.conftest import SMALL, TODAY
from web.cli import main
from web.commands.founding import make_demo


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """A demo made on PostgreSQL, with its subjects' keys in a database of their own."""
    folder = tmp_path_factory.mktemp("served") / "ledger"
    with postgres.fresh_database() as entries, postgres.fresh_database() as keys:
        make_demo(folder, TODAY, size=SMALL, database=entries, subjects=keys)
        assert not list(folder.glob("*.sqlite"))
        yield ["--data", str(folder), "--database", entries, "--subjects", keys]


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that must succeed prints."""
    code = main(arguments)
    told = capsys.readouterr()
    assert code == 0, told.err
    return told.out


@pytest.mark.parametrize(
    "command",
    ["audit", "rebuild", "check --port 8199", "digest --for dsl", "print-sheet {}/sheets", "backup {}/backup"],
)
def test_it_does_so(where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert said(capsys, *command.format(tmp_path).split(), *where)


def test_a_register_without_rows_is_imported(
    where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "register.csv"
    file.write_text("pupil reference,date,session,code,note,marked by,marked at\n", encoding="utf-8")
    assert said(capsys, "import-register", str(file), *where)


def test_both_databases_have_as_many_entries_of_one_plan(
    where: list[str], written_demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on_server = json.loads(said(capsys, "audit", "--json", *where))["entries"]
    in_file = json.loads(said(capsys, "audit", "--json", "--data", str(written_demo)))["entries"]
    assert on_server >= in_file > 900


def test_keys_are_not_put_into_the_entries_own_database(
    tmp_path: Path, postgres_database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLACEMENT_LEDGER_PASSPHRASE", "correct horse battery")
    where = ["--database", postgres_database, "--subjects", postgres_database]
    assert main(["init", "--data", str(tmp_path / "new"), "--origin", "x.example/y", *where]) == 1
    assert "its backups would keep what is erased" in capsys.readouterr().err
    assert not list((tmp_path / "new").iterdir())
