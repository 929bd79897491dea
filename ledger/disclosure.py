"""Personal fields: one salted line for each group, committed to in the body, and all of them sealed together.

    line        ["<22 characters: 16 random bytes in base64url>","<group>",{"<field>":…,…}]      compact JSON
    commitment  SHA-256(line)
    plaintext   the lines with a newline between, then newlines up to a multiple of 64 bytes
    payload     12 random bytes ‖ AES-256-GCM(subject's key, plaintext, associated data)
    associated  "<origin>\\n<stream>\\n<version>\\n<topic>"

The commitment binds: AES-GCM alone does not, one ciphertext can be made that opens differently under two keys. The salt
hides: without it, one of 30 codes is found from its digest by trying them.
"""

from __future__ import annotations

import os
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger import strict_json
from ledger.body import Body
from ledger.errors import VerificationError

_BLOCK = 64
_NONCE = 12
_SALT = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")


@dataclass(frozen=True)
class Disclosure:
    """One opened group of fields."""

    group: str
    fields: Mapping[str, Any]


def salt() -> str:
    """Return 16 fresh random bytes as a line holds them."""
    return urlsafe_b64encode(os.urandom(16))[:22].decode()


def commitment(line: bytes) -> bytes:
    """Return what the body says of a line."""
    return sha256(line).digest()


def associated_data(origin: str, stream: UUID, version: int, topic: str) -> bytes:
    """Return what binds a ciphertext to its one entry."""
    return f"{origin}\n{stream}\n{version}\n{topic}".encode()


def seal(key: AESGCM, associated: bytes, lines: Sequence[bytes]) -> bytes:
    """Return the payload that holds these lines."""
    plaintext = b"\n".join(lines)
    plaintext += b"\n" * (-len(plaintext) % _BLOCK)
    # Random, never derived: a retry of the same event would use it again.
    nonce = os.urandom(_NONCE)
    return nonce + key.encrypt(nonce, plaintext, associated)


def unseal(key: AESGCM, associated: bytes, payload: bytes) -> list[bytes]:
    """Return the lines of a payload.

    Raises:
        VerificationError: where it does not open under this key as this entry's.
    """
    try:
        plaintext = key.decrypt(payload[:_NONCE], payload[_NONCE:], associated)
    except (InvalidTag, ValueError) as error:
        raise VerificationError("The sealed fields are damaged or not this entry's.", step="sealed fields") from error
    return plaintext.rstrip(b"\n").split(b"\n")


def parse(line: bytes) -> Disclosure:
    """Read one line.

    Raises:
        VerificationError: where it is not of the form above.
    """
    match strict_json.decode(line):
        case [str(salted), str(group), dict(fields)] if group and _SALT.fullmatch(salted):
            return Disclosure(group, fields)
    raise VerificationError("This is not a disclosure.", step="disclosure")


def check(line: bytes, body: Body) -> Disclosure:
    """Read one line and check that it opens a commitment of this body.

    Raises:
        VerificationError: where it is not what the body committed to.
    """
    disclosure = parse(line)
    committed = None if body.sealed is None else body.sealed.groups.get(disclosure.group)
    if committed != commitment(line):
        raise VerificationError(
            f"The disclosed “{disclosure.group}” is not what the entry commits to.", step="disclosure"
        )
    return disclosure
