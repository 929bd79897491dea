"""Two ways into the keys, the passphrase and the recovery code; changing one is all or nothing, killed or not."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from ledger import key_slots, keys, recovery_code
from tests.ledger.ledgers import ORIGIN, PASSPHRASE

ROOT = Path(__file__).resolve().parents[2]
NEW = "another passphrase altogether"


@pytest.fixture
def folder(key_folder: Path, tmp_path: Path) -> Path:
    """A copy of the run's keys."""
    return Path(shutil.copytree(key_folder, tmp_path / "keys"))


def same_keys(folder: Path, passphrase: str, other: keys.Keys) -> bool:
    opened = keys.open(folder, passphrase)
    return (opened.master, opened.vkey, opened.entry.key_id) == (other.master, other.vkey, other.entry.key_id)


def test_a_changed_passphrase_opens_the_same_keys_and_the_old_one_none(folder: Path) -> None:
    before = keys.open(folder, PASSPHRASE)
    pem = (folder / "entry.pem").read_bytes()
    keys.change_passphrase(folder, PASSPHRASE, NEW)
    assert same_keys(folder, NEW, before)
    with pytest.raises(keys.WrongPassphrase):
        keys.open(folder, PASSPHRASE)
    assert (folder / "entry.pem").read_bytes() == pem
    assert sorted(path.name for path in folder.iterdir()) == ["entry.pem", "log.pem", "master.json"]
    assert (folder / "master.json").stat().st_mode & 0o077 == 0


def test_the_passphrase_is_not_changed_by_who_does_not_know_it(folder: Path) -> None:
    before = (folder / "master.json").read_bytes()
    for attempt in (keys.change_passphrase, lambda *given: keys.renew_recovery_code(*given[:2])):
        with pytest.raises(keys.WrongPassphrase):
            attempt(folder, "wrong", NEW)
    assert (folder / "master.json").read_bytes() == before


def test_the_recovery_code_sets_a_new_passphrase_once(folder: Path) -> None:
    before = keys.open(folder, PASSPHRASE)
    assert not keys.has_recovery_code(folder)
    with pytest.raises(keys.WrongRecoveryCode, match="No recovery code was made"):
        keys.recover(folder, recovery_code.new(), NEW)
    code = keys.renew_recovery_code(folder, PASSPHRASE)
    assert same_keys(folder, PASSPHRASE, before)

    following = keys.recover(folder, code.lower().replace("-", " "), NEW)

    assert same_keys(folder, NEW, before)
    with pytest.raises(keys.WrongPassphrase):
        keys.open(folder, PASSPHRASE)
    with pytest.raises(keys.WrongRecoveryCode, match="used or replaced"):
        keys.recover(folder, code, "yet another passphrase")
    assert keys.recover(folder, following, "yet another passphrase") != following
    assert same_keys(folder, "yet another passphrase", before)


def test_a_passphrase_changed_leaves_the_code_and_a_code_renewed_ends_the_one_before(folder: Path) -> None:
    first = keys.renew_recovery_code(folder, PASSPHRASE)
    keys.change_passphrase(folder, PASSPHRASE, NEW)
    second = keys.renew_recovery_code(folder, NEW)
    with pytest.raises(keys.WrongRecoveryCode):
        keys.recover(folder, first, PASSPHRASE)
    keys.recover(folder, second, PASSPHRASE)
    assert keys.open(folder, PASSPHRASE)


def test_one_way_in_is_not_the_other(folder: Path) -> None:
    """What is wrapped for the code does not open as the passphrase's, should somebody swap them in the file."""
    code = keys.renew_recovery_code(folder, PASSPHRASE)
    record = json.loads((folder / "master.json").read_text())
    record["slots"]["passphrase"] = record["slots"]["recovery"]
    (folder / "master.json").write_text(json.dumps(record))
    with pytest.raises(keys.WrongPassphrase):
        keys.open(folder, code)


def test_the_code_itself_is_nowhere_in_the_folder(folder: Path) -> None:
    code = keys.renew_recovery_code(folder, PASSPHRASE)
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    assert code.encode() not in kept
    assert code.replace("-", "").encode() not in kept
    assert "recovery" in repr(key_slots.decode((folder / "master.json").read_bytes()))
    assert repr(key_slots.Secrets(b"m" * 32, b"p" * 32)) == "Secrets()"


def test_keys_of_the_first_form_open_and_change(folder: Path) -> None:
    """Before there were ways in, the passphrase was stretched to the wrapping key and the password of the PEM files."""
    before = keys.open(folder, PASSPHRASE)
    slots = key_slots.decode((folder / "master.json").read_bytes())
    password = slots.open("passphrase", PASSPHRASE).pem_password
    stretching = {"iterations": 1, "lanes": 1, "memory_cost": 1024, "salt": b64encode(b"s" * 16).decode()}
    numbers = {name: stretching[name] for name in ("iterations", "lanes", "memory_cost")}
    secret = Argon2id(salt=b64decode(stretching["salt"]), length=64, **numbers).derive(PASSPHRASE.encode())  # type: ignore[arg-type]
    wrapped = b"n" * 12 + AESGCM(secret[:32]).encrypt(b"n" * 12, before.master, ORIGIN.encode())
    older = {"origin": ORIGIN, "argon2id": stretching, "wrapped_master": b64encode(wrapped).decode()}
    (folder / "master.json").write_text(json.dumps(older))
    for name in ("entry.pem", "log.pem"):
        private = load_pem_private_key((folder / name).read_bytes(), password)
        encrypted = BestAvailableEncryption(b64encode(secret[32:]))
        (folder / name).write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encrypted))
    assert same_keys(folder, PASSPHRASE, before)
    keys.change_passphrase(folder, PASSPHRASE, NEW)
    assert same_keys(folder, NEW, before)


def test_a_change_that_is_killed_leaves_keys_that_open_by_the_old_or_the_new(folder: Path) -> None:
    """SIGKILL at many moments of a process that changes the passphrase to and fro without end."""
    code = (
        "import sys; from ledger import keys\n"
        "print(flush=True)\n"
        "while True:\n"
        "    for old, new in ((sys.argv[2], sys.argv[3]), (sys.argv[3], sys.argv[2])):\n"
        "        try: keys.change_passphrase(sys.argv[1], old, new)\n"
        "        except keys.WrongPassphrase: pass\n"
    )
    before = keys.open(folder, PASSPHRASE)
    for number in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(folder), PASSPHRASE, NEW],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.35 + number * 0.07)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        opened = []
        for passphrase in (PASSPHRASE, NEW):
            try:
                opened.append(same_keys(folder, passphrase, before))
            except keys.WrongPassphrase:
                continue
        assert opened == [True]


def test_a_code_is_read_however_it_is_typed() -> None:
    code = recovery_code.new()
    assert len(code.replace("-", "")) == 36
    typed = code.lower().replace("0", "o").replace("1", "l").replace("-", "  ")
    assert recovery_code.read(f" {typed}\n") == code
    assert recovery_code.read(code.replace("1", "I").replace("-", "")) == code


@pytest.mark.parametrize(
    ("typed", "says"),
    [("", "this has 0"), ("ABCD-EFGH", "this has 8"), ("U" * 36, "does not hold U"), ("é", "does not hold É")],
)
def test_what_is_no_code_is_told_so(typed: str, says: str) -> None:
    with pytest.raises(recovery_code.Mistyped, match=says):
        recovery_code.read(typed)


@given(st.integers(0, 35), st.sampled_from("23456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_letter_is_found(place: int, letter: str) -> None:
    text = recovery_code.new().replace("-", "")
    if text[place] == letter:
        return
    with pytest.raises(recovery_code.Mistyped, match="mistyped"):
        recovery_code.read(text[:place] + letter + text[place + 1 :])
