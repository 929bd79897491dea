"""`master.json`: the two secrets of a key folder, wrapped anew for each way in, the passphrase and the recovery code.

The secrets are the master key and the password of the PKCS#8 files. Each way in is stretched by Argon2id with a salt of
its own, so whoever steals the folder pays it for each guess. Since no other file depends on the passphrase, changing a
way in replaces this one file, at once and whole.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

PASSPHRASE, RECOVERY = "passphrase", "recovery"

# RFC 9106 §4, second recommended option (64 MiB): a fraction of a second at start, a great deal for a guesser.
_ARGON2ID = {"iterations": 3, "lanes": 4, "memory_cost": 64 * 1024}
_KEY, _NONCE = 32, 12


class WayInWrong(Exception):
    """What was given does not open the slot, or there is no such slot."""


@dataclass(frozen=True)
class Secrets:
    """What the ways in lead to."""

    master: bytes = field(repr=False)
    pem: bytes = field(repr=False)

    @property
    def pem_password(self) -> bytes:
        """The password of the PKCS#8 files."""
        return b64encode(self.pem)


@dataclass(frozen=True)
class Slots:
    """The ways into one key folder; `slots` maps each to its stretching and what is wrapped under it."""

    origin: str
    slots: dict[str, dict[str, Any]]

    def open(self, way: str, given: str) -> Secrets:
        """Unwrap the secrets.

        Raises:
            WayInWrong: where that does not open them.
            ValueError, KeyError, TypeError: where the slot is damaged.
        """
        slot = self.slots.get(way)
        if slot is None:
            raise WayInWrong
        stretched = _stretch(given, slot["argon2id"])
        older = "wrapped_master" in slot  # the first form wrapped the master key alone and derived the password
        wrapped = b64decode(slot["wrapped_master" if older else "wrapped"], validate=True)
        bound = self.origin.encode() if older else slot_name(self.origin, way)
        try:
            found = AESGCM(stretched[:_KEY]).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound)
        except InvalidTag as error:
            raise WayInWrong from error
        return Secrets(found[:_KEY], found[_KEY:] or stretched[_KEY:])

    def set(self, way: str, given: str, secrets: Secrets) -> Slots:
        """The same ways in, but for one that is new or other than before."""
        stretching = {**_ARGON2ID, "salt": b64encode(os.urandom(16)).decode()}
        nonce, key = os.urandom(_NONCE), _stretch(given, stretching)[:_KEY]
        sealed = AESGCM(key).encrypt(nonce, secrets.master + secrets.pem, slot_name(self.origin, way))
        slot = {"argon2id": stretching, "wrapped": b64encode(nonce + sealed).decode()}
        return replace(self, slots={**self.slots, way: slot})

    def encode(self) -> bytes:
        """The file's content."""
        return json.dumps({"origin": self.origin, "slots": self.slots}, indent=1).encode() + b"\n"


def slot_name(origin: str, way: str) -> bytes:
    """What binds a wrapping to its ledger and its way in."""
    return f"{origin}\n{way}".encode()


def decode(content: bytes) -> Slots:
    """Read the file.

    Raises:
        ValueError, KeyError, TypeError: where it is damaged.
    """
    record = json.loads(content)
    slots = record.get("slots", {PASSPHRASE: record})
    if not isinstance(slots, dict):
        raise TypeError("slots")
    return Slots(str(record["origin"]), slots)


def _stretch(given: str, stretching: dict[str, Any]) -> bytes:
    return Argon2id(
        salt=b64decode(stretching["salt"], validate=True),
        length=2 * _KEY,
        iterations=stretching["iterations"],
        lanes=stretching["lanes"],
        memory_cost=stretching["memory_cost"],
    ).derive(given.encode())
