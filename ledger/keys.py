"""The ledger's secrets at rest: two Ed25519 keys and the master key, all opened by one passphrase.

A key folder holds `master.json` (what stretches the passphrase, and the master key wrapped under it), `entry.pem` and
`log.pem` (encrypted PKCS#8). PKCS#8's own stretching is weak (2,048 rounds of PBKDF2), so its password is not the
passphrase but a second secret drawn from the same Argon2id run: whoever steals the folder must pay Argon2id for each
guess, whichever file they attack.

An attacker who holds these files and the passphrase can sign entries and checkpoints and read every pupil's record;
without the passphrase they can do nothing but delete them.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from ledger import entry, note
from ledger.errors import LedgerError

# RFC 9106 §4, second recommended option (64 MiB): a fraction of a second at start, a great deal for a guesser.
_ARGON2ID = {"iterations": 3, "lanes": 4, "memory_cost": 64 * 1024}
_FILES = ("master.json", "entry.pem", "log.pem")


class KeysMissing(LedgerError):
    """There is no complete set of keys where they were looked for."""


class KeysExist(LedgerError):
    """Keys were to be made where keys already are; keys are never overwritten."""


class WrongPassphrase(LedgerError):
    """The passphrase does not open the keys."""


class EntrySigner(Protocol):
    """What signs entries: a key file now, a token that never shows its key later."""

    key_id: str
    public_key: bytes

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of the message."""
        ...


class FileEntrySigner:
    """Signs entries with a private key held in memory."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self.public_key = private.public_key().public_bytes_raw()
        self.key_id = entry.key_id(self.public_key)
        self.sign = private.sign


@dataclass(frozen=True)
class Keys:
    """An opened set of keys: `entry` signs entries, `log` signs checkpoints, `master` wraps the subjects' keys."""

    origin: str
    entry: EntrySigner = field(repr=False)
    log: note.Signer = field(repr=False)
    master: bytes = field(repr=False)
    vkey: str


def create(directory: Path | str, passphrase: str, origin: str) -> Keys:
    """Make a new set of keys in a folder that has none, and open it.

    The folder appears complete or not at all, so a crash half-way leaves nothing that could be taken for a set.

    Raises:
        KeysExist: where the folder already holds anything.
        KeysMissing: where the passphrase is empty.
    """
    directory = Path(directory)
    if not passphrase:
        raise KeysMissing("A passphrase is needed to protect the ledger's keys; none was given.")
    # Refuses an origin that cannot name a key, before anything is written.
    note.Signer(origin, Ed25519PrivateKey.generate())
    directory.parent.mkdir(parents=True, exist_ok=True)
    scratch = directory.with_name(f".{directory.name}.{os.getpid()}.{os.urandom(4).hex()}")
    scratch.mkdir(mode=0o700)
    for name, content in _new_files(passphrase, origin).items():
        _write_new(scratch / name, content)
    _sync_directory(scratch)
    try:
        scratch.rename(directory)
    except OSError as error:
        for name in _FILES:
            (scratch / name).unlink()
        scratch.rmdir()
        raise KeysExist(f"There are already files in {directory}; keys are never overwritten.") from error
    _sync_directory(directory.parent)
    return open(directory, passphrase)


def open(directory: Path | str, passphrase: str) -> Keys:  # noqa: A001 - read as keys.open, beside keys.create
    """Open the keys in a folder.

    Raises:
        KeysMissing: where a file of the set is not there or is not what it should be.
        WrongPassphrase: where the passphrase does not open them.
    """
    directory = Path(directory)
    contents = {name: _read(directory / name) for name in _FILES}
    try:
        record = json.loads(contents["master.json"])
        origin = str(record["origin"])
        unlock, pem_password = _stretch(passphrase, record["argon2id"])
        wrapped = b64decode(record["wrapped_master"], validate=True)
    except (ValueError, KeyError, TypeError) as error:
        raise KeysMissing(f"{directory / 'master.json'} is damaged: restore the key folder from its backup.") from error
    try:
        master = AESGCM(unlock).decrypt(wrapped[:12], wrapped[12:], origin.encode())
    except (InvalidTag, ValueError) as error:
        raise WrongPassphrase(f"The passphrase does not open the keys in {directory}.") from error
    log = note.Signer(origin, _load_pem(directory / "log.pem", contents["log.pem"], pem_password))
    signer = FileEntrySigner(_load_pem(directory / "entry.pem", contents["entry.pem"], pem_password))
    return Keys(origin, signer, log, master, log.vkey)


def _new_files(passphrase: str, origin: str) -> dict[str, bytes]:
    stretching = {**_ARGON2ID, "salt": b64encode(os.urandom(16)).decode()}
    unlock, pem_password = _stretch(passphrase, stretching)
    nonce = os.urandom(12)
    wrapped = nonce + AESGCM(unlock).encrypt(nonce, os.urandom(32), origin.encode())
    record = {"origin": origin, "argon2id": stretching, "wrapped_master": b64encode(wrapped).decode()}
    return {
        "master.json": json.dumps(record, indent=1).encode() + b"\n",
        "entry.pem": _new_pem(pem_password),
        "log.pem": _new_pem(pem_password),
    }


def _stretch(passphrase: str, stretching: dict[str, Any]) -> tuple[bytes, bytes]:
    """Return the key that unlocks the master key and the password of the PKCS#8 files."""
    secret = Argon2id(
        salt=b64decode(stretching["salt"], validate=True),
        length=64,
        iterations=stretching["iterations"],
        lanes=stretching["lanes"],
        memory_cost=stretching["memory_cost"],
    ).derive(passphrase.encode())
    return secret[:32], b64encode(secret[32:])


def _new_pem(password: bytes) -> bytes:
    private = Ed25519PrivateKey.generate()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))


def _load_pem(path: Path, content: bytes, password: bytes) -> Ed25519PrivateKey:
    try:
        private = load_pem_private_key(content, password)
    except ValueError as error:
        raise WrongPassphrase(f"{path} does not belong to the keys it lies with: restore the key folder.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeysMissing(f"{path} is not an Ed25519 key: restore the key folder from its backup.")
    return private


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeysMissing(
            f"The ledger's keys are missing: {path} cannot be read. Restore the key folder, or make a new ledger with"
            " init."
        ) from error


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
