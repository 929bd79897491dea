"""The ledger's secrets at rest: two Ed25519 keys and the master key, opened by one passphrase or the recovery code.

A key folder holds `master.json` (the ways in, see `key_slots`), `entry.pem` and `log.pem` (encrypted PKCS#8). PKCS#8's
own stretching is weak (2,048 rounds of PBKDF2), so its password is no passphrase but 32 random bytes wrapped in
`master.json`: whoever steals the folder must pay Argon2id for each guess, whichever file they attack.

An attacker who holds these files and the passphrase, or the recovery code, can sign entries and checkpoints and read
every pupil's record; without either they can do nothing but delete them. An old copy of the folder still opens by the
passphrase and the code of its day: changing them locks out nobody who has both.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from ledger import entry, key_slots, note, recovery_code
from ledger.errors import LedgerError
from ledger.key_slots import Secrets, Slots

T = TypeVar("T")
_FILES = ("master.json", "entry.pem", "log.pem")


class KeysMissing(LedgerError):
    """There is no complete set of keys where they were looked for."""


class KeysExist(LedgerError):
    """Keys were to be made where keys already are; keys are never overwritten."""


class WrongPassphrase(LedgerError):
    """The passphrase does not open the keys."""


class WrongRecoveryCode(LedgerError):
    """The recovery code does not open the keys: it was used or replaced, or is another ledger's."""


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
    slots = _slots(directory)
    return _opened(directory, slots, _by_passphrase(directory, slots, passphrase))


def change_passphrase(directory: Path | str, passphrase: str, new: str) -> None:
    """Let a new passphrase open the keys in place of the old one; the recovery code stays as it is.

    Raises:
        KeysMissing, WrongPassphrase: as `open`; nothing was changed.
    """
    directory = Path(directory)
    slots = _slots(directory)
    secrets = _by_passphrase(directory, slots, passphrase)
    _opened(directory, slots, secrets)
    _write_slots(directory, slots.set(key_slots.PASSPHRASE, new, secrets))


def renew_recovery_code(directory: Path | str, passphrase: str) -> str:
    """Make a recovery code, in place of the one before if there is one, and return it.

    Raises:
        KeysMissing, WrongPassphrase: as `open`; nothing was changed.
    """
    directory = Path(directory)
    slots = _slots(directory)
    secrets = _by_passphrase(directory, slots, passphrase)
    code = recovery_code.new()
    _write_slots(directory, slots.set(key_slots.RECOVERY, code, secrets))
    return code


def recover(directory: Path | str, typed_code: str, new: str) -> str:
    """Set a new passphrase by the recovery code, which is used up; return the code that takes its place.

    Raises:
        Mistyped, WrongRecoveryCode, KeysMissing: nothing was changed.
    """
    directory = Path(directory)
    slots = _slots(directory)
    code = recovery_code.read(typed_code)
    if not has_recovery_code(directory):
        raise WrongRecoveryCode(f"No recovery code was made for the keys in {directory}.")
    try:
        secrets = _tried(directory, lambda: slots.open(key_slots.RECOVERY, code))
    except key_slots.WayInWrong as error:
        raise WrongRecoveryCode(
            f"This recovery code does not open the keys in {directory}: it was used or replaced, or is of another set."
        ) from error
    _opened(directory, slots, secrets)
    replacement = recovery_code.new()
    both = slots.set(key_slots.PASSPHRASE, new, secrets).set(key_slots.RECOVERY, replacement, secrets)
    _write_slots(directory, both)
    return replacement


def has_recovery_code(directory: Path | str) -> bool:
    """Whether a recovery code was made.

    Raises:
        KeysMissing: where the folder does not hold a set.
    """
    return key_slots.RECOVERY in _slots(Path(directory)).slots


def _slots(directory: Path) -> Slots:
    return _tried(directory, lambda: key_slots.decode(_read(directory / "master.json")))


def _tried(directory: Path, read: Callable[[], T]) -> T:
    try:
        return read()
    except (ValueError, KeyError, TypeError) as error:
        raise KeysMissing(f"{directory / 'master.json'} is damaged: restore the key folder from its backup.") from error


def _by_passphrase(directory: Path, slots: Slots, passphrase: str) -> Secrets:
    try:
        return _tried(directory, lambda: slots.open(key_slots.PASSPHRASE, passphrase))
    except key_slots.WayInWrong as error:
        raise WrongPassphrase(f"The passphrase does not open the keys in {directory}.") from error


def _opened(directory: Path, slots: Slots, secrets: Secrets) -> Keys:
    contents = {name: _read(directory / name) for name in ("log.pem", "entry.pem")}
    log = note.Signer(slots.origin, _load_pem(directory / "log.pem", contents["log.pem"], secrets.pem_password))
    signer = FileEntrySigner(_load_pem(directory / "entry.pem", contents["entry.pem"], secrets.pem_password))
    return Keys(slots.origin, signer, log, secrets.master, log.vkey)


def _new_files(passphrase: str, origin: str) -> dict[str, bytes]:
    secrets = Secrets(os.urandom(32), os.urandom(32))
    return {
        "master.json": Slots(origin, {}).set(key_slots.PASSPHRASE, passphrase, secrets).encode(),
        "entry.pem": _new_pem(secrets.pem_password),
        "log.pem": _new_pem(secrets.pem_password),
    }


def _write_slots(directory: Path, slots: Slots) -> None:
    """Replace `master.json` so that a crash leaves the old one or the new one; no other file depends on the ways in."""
    scratch = directory / f".master.json.{os.getpid()}.{os.urandom(4).hex()}"
    _write_new(scratch, slots.encode())
    scratch.replace(directory / "master.json")
    _sync_directory(directory)


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
