"""The files of a key folder: encrypted PKCS#8, each written once and whole, replaced by renaming and so at once."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from ledger.errors import LedgerError


class KeysMissing(LedgerError):
    """There is no complete set of keys where they were looked for."""


class WrongPassphrase(LedgerError):
    """The passphrase does not open the keys."""


def new_pem(password: bytes) -> bytes:
    """Return a new Ed25519 key as encrypted PKCS#8."""
    private = Ed25519PrivateKey.generate()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))


def load_pem(path: Path, password: bytes) -> Ed25519PrivateKey:
    """Open a key file.

    Raises:
        KeysMissing: where it is not there, or not such a key.
        WrongPassphrase: where the password is of another folder.
    """
    content = read(path)
    try:
        private = load_pem_private_key(content, password)
    except ValueError as error:
        raise WrongPassphrase(f"{path} does not belong to the keys it lies with: restore the key folder.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeysMissing(f"{path} is not an Ed25519 key: restore the key folder from its backup.")
    return private


def read(path: Path) -> bytes:
    """Return a file's content.

    Raises:
        KeysMissing: where it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeysMissing(
            f"The ledger's keys are missing: {path} cannot be read. Restore the key folder, or make a new ledger with"
            " init."
        ) from error


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, for its owner alone, so that it is on disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_directory(path: Path) -> None:
    """Put on disk which files a folder holds."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, content: bytes) -> None:
    """Put content in a file's place so that a crash leaves the old or the new, never a part."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    write_new(scratch, content)
    scratch.replace(path)
    sync_directory(path.parent)
