"""c2sp.org/signed-note: text with signatures that anyone can check who knows the signer's verifier key.

    <text, one or more lines, ending in a newline>
    <empty line>
    — <key name> <base64(4-byte key id ‖ signature)>          one line a signature, each ending in a newline

A verifier key (vkey) is `<key name>+<8 hex of key id>+<base64(type ‖ public key)>`; the key id is the first 4 bytes of
SHA-256(name ‖ "\\n" ‖ type ‖ public key). Type 0x01 is Ed25519 over the text, 0x04 a witness's cosignature.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger import ed25519
from ledger.errors import LedgerError, VerificationError

ED25519 = 0x01
COSIGNATURE = 0x04
MOST_SIGNATURES = 100
LARGEST = 1_000_000

_STEP = "signed note"


class BadKeyName(LedgerError):
    """A name that cannot stand in a signature line."""


@dataclass(frozen=True)
class Verifier:
    """A key that a person decided to trust: its name, its type (0x01 or 0x04) and its 32 raw bytes."""

    name: str
    kind: int
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that name this key in a signature line."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key).digest()[:4]

    @property
    def vkey(self) -> str:
        """The verifier key as text."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([self.kind]) + self.public_key).decode()}"

    def accepts(self, message: bytes, signature: bytes) -> bool:
        """Return whether the 64-byte Ed25519 signature of a message is this key's."""
        try:
            ed25519.verify(self.public_key, signature, message)
        except VerificationError:
            return False
        return True


@dataclass(frozen=True)
class Signature:
    """One signature line: the key's name, its 4-byte id, and what the key's type makes of the rest."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True)
class Note:
    """A note taken apart; `signatures` are as found, nothing of them is checked yet."""

    text: str
    signatures: tuple[Signature, ...]


class PrivateKey(Protocol):
    """What signs with Ed25519: a key held in memory (`cryptography`'s own), or one that never leaves its token."""

    def sign(self, data: bytes, /) -> bytes:
        """Return the 64-byte signature of a message."""
        ...

    def public_key(self) -> Ed25519PublicKey:
        """Return the key that checks its signatures."""
        ...


class Signer:
    """Signs notes under a name."""

    def __init__(self, name: str, private: PrivateKey) -> None:
        """Bind a name to a key.

        Raises:
            BadKeyName: where the name is empty or holds a plus sign or white space.
        """
        if not _is_key_name(name):
            raise BadKeyName(f"{name!r} cannot name a key: it may hold no white space and no plus sign.")
        self.key = private
        self.verifier = Verifier(name, ED25519, private.public_key().public_bytes_raw())
        self.vkey = self.verifier.vkey

    def sign(self, text: str) -> bytes:
        """Return the text as a note signed by this key alone."""
        return sign(text, [self])

    def signature(self, text: str) -> Signature:
        """Return this key's signature line for a text."""
        return Signature(self.verifier.name, self.verifier.key_id, self.key.sign(text.encode()))


def sign(text: str, signers: Sequence[Signer]) -> bytes:
    """Return the text as a note signed by each of these keys, in their order."""
    return format_note(Note(text, tuple(signer.signature(text) for signer in signers)))


def parse_vkey(text: str) -> Verifier:
    """Read a verifier key.

    Raises:
        VerificationError: where it is malformed, of another type, or a key under which one signature fits any message.
    """
    parts = re.fullmatch(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", text)
    if parts is None or not _is_key_name(parts[1]):
        raise VerificationError("The verifier key is malformed.", step="verifier key")
    try:
        raw = b64decode(parts[3], validate=True)
    except ValueError as error:
        raise VerificationError("The verifier key is not base64.", step="verifier key") from error
    if len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
        raise VerificationError("The verifier key is of a type this check does not know.", step="verifier key")
    verifier = Verifier(parts[1], raw[0], raw[1:])
    ed25519.check_public_key(verifier.public_key)
    if verifier.vkey != text:
        raise VerificationError("The verifier key does not match its own id.", step="verifier key")
    return verifier


def format_note(note: Note) -> bytes:
    """Return a note's bytes."""
    lines = (f"— {each.name} {b64encode(each.key_id + each.value).decode()}\n" for each in note.signatures)
    return (note.text + "\n" + "".join(lines)).encode()


def parse_note(content: bytes) -> Note:
    """Take a note apart.

    Raises:
        VerificationError: where it is not exactly what `format_note` makes of what it says.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise VerificationError("The note is not UTF-8.", step=_STEP) from error
    if len(content) > LARGEST or any(ord(each) < 0x20 and each != "\n" for each in text):
        raise VerificationError("The note is too long or holds control characters.", step=_STEP)
    body, gap, tail = text.rpartition("\n\n")
    if not gap or not tail.endswith("\n") or len(tail) < 2:
        raise VerificationError("The note has no signatures.", step=_STEP)
    note = Note(body + "\n", tuple(map(_parse_signature, tail[:-1].split("\n"))))
    if len(note.signatures) > MOST_SIGNATURES or format_note(note) != content:
        raise VerificationError("The note is malformed.", step=_STEP)
    return note


def open_note(content: bytes, trusted: Sequence[Verifier]) -> tuple[str, tuple[Verifier, ...]]:
    """Check a note and return its text with the trusted keys that signed it, in the order of their lines.

    A bad line of a trusted key rejects the note; lines of unknown keys are ignored; a key's later lines count no more.

    Raises:
        VerificationError: where it is malformed, a trusted key's signature is bad, or none of them signed.
    """
    note = parse_note(content)
    signed: list[Verifier] = []
    for signature in note.signatures:
        known = [each for each in trusted if (each.name, each.key_id) == (signature.name, signature.key_id)]
        if len(known) > 1:
            raise VerificationError("Two trusted keys share a name and an id.", step=_STEP)
        if not known:
            continue
        if known[0].kind != ED25519 or not known[0].accepts(note.text.encode(), signature.value):
            raise VerificationError(f"The signature of {signature.name} is bad.", step=_STEP)
        if known[0] not in signed:
            signed.append(known[0])
    if not signed:
        raise VerificationError("No trusted key has signed this.", step=_STEP)
    return note.text, tuple(signed)


def _parse_signature(line: str) -> Signature:
    parts = re.fullmatch(r"— (\S+) ([A-Za-z0-9+/=]+)", line)
    if parts is None or not _is_key_name(parts[1]):
        raise VerificationError("A signature line is malformed.", step=_STEP)
    try:
        raw = b64decode(parts[2], validate=True)
    except ValueError as error:
        raise VerificationError("A signature line is not base64.", step=_STEP) from error
    if len(raw) < 5:
        raise VerificationError("A signature line is too short.", step=_STEP)
    return Signature(parts[1], raw[:4], raw[4:])


def _is_key_name(name: str) -> bool:
    # A lone surrogate has no UTF-8; it comes in where bytes that are not UTF-8 were read as text.
    return bool(name) and not any(each == "+" or each.isspace() or each < " " or _is_half(each) for each in name)


def _is_half(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"
