"""Keys at rest: made once, opened by one passphrase, and one clear sentence where they are missing or do not open."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from ledger import checkpoint, entry, keys
from ledger.checkpoint import Checkpoint
from tests.ledger.ledgers import ORIGIN, PASSPHRASE


@pytest.fixture
def folder(key_folder: Path, tmp_path: Path) -> Path:
    """A copy of the run's keys that a test may spoil."""
    return Path(shutil.copytree(key_folder, tmp_path / "keys"))


def test_keys_open_with_their_passphrase_and_sign(folder: Path) -> None:
    opened = keys.open(folder, PASSPHRASE)

    assert opened.origin == ORIGIN
    assert len(opened.master) == 32
    entry.check_signature(opened.entry.public_key, b"body", opened.entry.sign(entry.pae(b"body")))
    signed = Checkpoint(ORIGIN, 1, b"r" * 32)
    assert checkpoint.open(checkpoint.sign(signed, opened.log), opened.verifiers) == signed


def test_a_wrong_passphrase_stops_with_one_sentence(folder: Path) -> None:
    with pytest.raises(keys.WrongPassphrase, match=r"^The passphrase does not open the keys in .*keys\.$"):
        keys.open(folder, "wrong")


@pytest.mark.parametrize("name", ["master.json", "entry.pem", "log.pem"])
def test_a_missing_key_stops_with_one_sentence(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(keys.KeysMissing, match=f"{name} cannot be read"):
        keys.open(folder, PASSPHRASE)


def test_a_key_of_another_set_is_refused(folder: Path, tmp_path: Path) -> None:
    keys.create(tmp_path / "other", PASSPHRASE, ORIGIN)
    shutil.copy(tmp_path / "other" / "entry.pem", folder / "entry.pem")
    with pytest.raises(keys.WrongPassphrase, match=r"entry\.pem"):
        keys.open(folder, PASSPHRASE)


@pytest.mark.parametrize(
    "change", [(ORIGIN, "ledger.example/other"), ('"iterations": 3', '"iterations": "x"'), ("{", "")]
)
def test_a_changed_master_file_opens_nothing(folder: Path, change: tuple[str, str]) -> None:
    path = folder / "master.json"
    path.write_text(path.read_text().replace(*change))
    with pytest.raises((keys.WrongPassphrase, keys.KeysMissing)):
        keys.open(folder, PASSPHRASE)


def test_keys_are_never_overwritten(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(keys.KeysExist, match="never overwritten"):
        keys.create(folder, PASSPHRASE, ORIGIN)

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["keys"]


def test_only_their_owner_may_read_them_and_they_are_encrypted(key_folder: Path) -> None:
    assert stat.S_IMODE(key_folder.stat().st_mode) == 0o700
    for path in key_folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for name in ("entry.pem", "log.pem"):
        assert (key_folder / name).read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_keys_need_a_passphrase(tmp_path: Path) -> None:
    with pytest.raises(keys.KeysMissing):
        keys.create(tmp_path / "keys", "", ORIGIN)
    assert not list(tmp_path.iterdir())


def test_secrets_do_not_show_when_keys_are_printed(ledger_keys: keys.Keys) -> None:
    assert str(ledger_keys) == f"Keys(origin={ORIGIN!r}, past=())"
