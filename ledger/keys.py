"""The ledger's secrets at rest: two Ed25519 keys and the master key, opened by one passphrase or the recovery code.

A key folder holds `master.json` (the ways in, see `key_slots`), `entry.pem` and `log.pem` (encrypted PKCS#8, or the
name of a key on a token, see `token_keys`), and while one is being replaced its successor. PKCS#8's own stretching is
weak (2,048 rounds of PBKDF2), so its password is no passphrase but 32 random bytes wrapped in `master.json`: whoever
steals the folder must pay Argon2id for each guess, whichever file they attack.

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

from ledger import entry, key_files, key_slots, note, recovery_code, token_keys
from ledger.errors import LedgerError, VerificationError
from ledger.key_files import KeysMissing, WrongPassphrase
from ledger.key_slots import Secrets, Slots
from ledger.token_keys import TokenKey, TokenSettings

T = TypeVar("T")
MASTER, ENTRY, LOG = "master.json", "entry.pem", "log.pem"
NEXT = {ENTRY: "entry-next.pem", LOG: "log-next.pem"}
"""What a key's successor lies in until it takes its place."""
PAST = "log-past.txt"
"""The verifier keys of former log keys, one a line: what they signed stays this ledger's."""
_FOUNDED = (MASTER, ENTRY, LOG)
FILES = (*_FOUNDED, *NEXT.values(), PAST)
"""All that a key folder may hold."""


class KeysExist(LedgerError):
    """Keys were to be made where keys already are; keys are never overwritten."""


class WrongRecoveryCode(LedgerError):
    """The recovery code does not open the keys: it was used or replaced, or is another ledger's."""


class EntrySigner(Protocol):
    """What signs entries, with a key from a file or with one that a token never shows."""

    key_id: str
    public_key: bytes

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of the message."""
        ...


class FileEntrySigner:
    """Signs entries with the private key that a file of the key folder holds, or names on a token."""

    def __init__(self, private: note.PrivateKey) -> None:
        self.public_key = private.public_key().public_bytes_raw()
        self.key_id = entry.key_id(self.public_key)
        self.sign = private.sign


@dataclass(frozen=True)
class Keys:
    """An opened set of keys: `entry` signs entries, `log` signs checkpoints, `master` wraps the subjects' keys.

    While a log key is being replaced there are two, the old one first, and a checkpoint carries the signatures of both.
    `next_entry` is a successor that is not in use yet; `past` are former log keys, whose checkpoints still count;
    `on_token` are those that sign now and lie on a token.
    """

    origin: str
    entry: EntrySigner = field(repr=False)
    log: tuple[note.Signer, ...] = field(repr=False)
    master: bytes = field(repr=False)
    past: tuple[note.Verifier, ...] = ()
    next_entry: EntrySigner | None = field(default=None, repr=False)
    on_token: tuple[TokenKey, ...] = field(default=(), repr=False)

    @property
    def vkey(self) -> str:
        """The verifier key of the log key in use; during a change, of the one that goes."""
        return self.log[0].vkey

    @property
    def in_force(self) -> tuple[note.Verifier, ...]:
        """The keys that checkpoints are signed with now."""
        return tuple(signer.verifier for signer in self.log)

    @property
    def verifiers(self) -> tuple[note.Verifier, ...]:
        """The keys that this ledger's checkpoints may be signed with, past ones too."""
        return (*self.in_force, *self.past)


def create(directory: Path | str, passphrase: str, origin: str, token: TokenSettings | None = None) -> Keys:
    """Make a new set of keys in a folder that has none, and open it; with a token, the keys that sign are made there.

    The folder appears complete or not at all, so a crash half-way leaves nothing that could be taken for a set.

    Raises:
        KeysExist: where the folder already holds anything.
        KeysMissing, TokenUnusable: where the passphrase is empty, or the token makes no keys.
    """
    directory = Path(directory)
    if not passphrase:
        raise KeysMissing("A passphrase is needed to protect the ledger's keys; none was given.")
    note.Signer(origin, Ed25519PrivateKey.generate())  # refuses an origin that cannot name a key
    directory.parent.mkdir(parents=True, exist_ok=True)
    made = _new_files(passphrase, origin, token)
    scratch = directory.with_name(f".{directory.name}.{os.getpid()}.{os.urandom(4).hex()}")
    scratch.mkdir(mode=0o700)
    for name, content in made.items():
        key_files.write_new(scratch / name, content)
    key_files.sync_directory(scratch)
    try:
        scratch.rename(directory)
    except OSError as error:
        for name in _FOUNDED:
            (scratch / name).unlink()
        scratch.rmdir()
        raise KeysExist(f"There are already files in {directory}; keys are never overwritten.") from error
    key_files.sync_directory(directory.parent)
    return open(directory, passphrase, token)


def open(directory: Path | str, passphrase: str, token: TokenSettings | None = None) -> Keys:  # noqa: A001 - keys.open
    """Open the keys in a folder; a token is asked only when a key on it signs.

    Raises:
        KeysMissing: where a file of the set is not there or is not what it should be.
        WrongPassphrase: where the passphrase does not open them.
    """
    directory = Path(directory)
    slots = _slots(directory)
    return _opened(directory, slots, _by_passphrase(directory, slots, passphrase), token)


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
    return _tried(directory, lambda: key_slots.decode(key_files.read(directory / MASTER)))


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


def make_next(
    directory: Path | str, passphrase: str, name: str, token: TokenSettings | None = None, *, to_token: bool = False
) -> Keys:
    """Make the successor of a key, `entry.pem` or `log.pem`, unless one waits already, and open the keys with it.

    It lies where the key lies; `to_token` moves from a file to the token, and nothing moves back.

    Raises:
        KeysMissing, WrongPassphrase: as `open`; nothing was made.
        KeysExist: where one waits in a file that was to be on the token.
        TokenUnusable: where it is to be on a token, and that makes none.
    """
    directory = Path(directory)
    slots = _slots(directory)
    secrets = _by_passphrase(directory, slots, passphrase)
    _opened(directory, slots, secrets)
    waits, on_token = directory / NEXT[name], to_token or token_keys.is_named_in(directory / name)
    if not waits.exists():
        where = token_keys.required(token) if on_token else None
        key_files.replace(waits, token_keys.new_key(name, secrets.pem_password, where))
    elif on_token and not token_keys.is_named_in(waits):
        raise KeysExist(f"{waits} is a change that was begun without the token. Finish that, then move to the token.")
    return _opened(directory, slots, secrets, token)


def promote(directory: Path | str, name: str, opened: Keys) -> None:
    """Put a key's successor in its place; a former log key's verifier is kept, its private half is not."""
    directory = Path(directory)
    if name == LOG:
        past = dict.fromkeys(verifier.vkey for verifier in (*opened.past, opened.log[0].verifier))
        key_files.replace(directory / PAST, "".join(f"{vkey}\n" for vkey in past).encode())
    (directory / NEXT[name]).replace(directory / name)
    key_files.sync_directory(directory)


def _opened(directory: Path, slots: Slots, secrets: Secrets, token: TokenSettings | None = None) -> Keys:
    def there(name: str) -> list[note.PrivateKey]:
        paths = [directory / name, *filter(Path.exists, [directory / NEXT[name]])]
        return [token_keys.open_key(path, secrets.pem_password, token) for path in paths]

    entries, logs = there(ENTRY), there(LOG)
    signers = [FileEntrySigner(key) for key in entries]
    return Keys(
        slots.origin,
        signers[0],
        tuple(note.Signer(slots.origin, key) for key in logs),
        secrets.master,
        past(directory),
        signers[1] if len(signers) > 1 else None,
        tuple(key for key in (entries[0], *logs) if isinstance(key, TokenKey)),
    )


def past(directory: Path) -> tuple[note.Verifier, ...]:
    """Return the verifiers of former log keys, which anyone who may read the folder can know.

    Raises:
        KeysMissing: where the list is damaged.
    """
    path = directory / PAST
    try:
        lines = key_files.read(path).decode().split() if path.exists() else []
        return tuple(map(note.parse_vkey, lines))
    except (VerificationError, UnicodeDecodeError) as error:
        raise KeysMissing(f"{path} is damaged: restore the key folder from its backup.") from error


def _new_files(passphrase: str, origin: str, token: TokenSettings | None) -> dict[str, bytes]:
    secrets = Secrets(os.urandom(32), os.urandom(32))
    return {
        MASTER: Slots(origin, {}).set(key_slots.PASSPHRASE, passphrase, secrets).encode(),
        ENTRY: token_keys.new_key(ENTRY, secrets.pem_password, token),
        LOG: token_keys.new_key(LOG, secrets.pem_password, token),
    }


def _write_slots(directory: Path, slots: Slots) -> None:
    """Replace `master.json`; no other file depends on the ways in."""
    key_files.replace(directory / MASTER, slots.encode())
