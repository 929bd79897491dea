"""Signing keys that never leave a token: the key folder holds only where they are and their public half.

    pkcs11:token=ap-ledger;id=%3f%a0%11%02%9c%5e%77%10;type=private     RFC 7512
    <base64 of the 32 public bytes>

Who takes the key folder and the passphrase cannot sign entries; who has the token's PIN and can reach it can, for as
long as that is so. Which module is loaded is never read from the folder, since loading one runs its code.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger import ed25519, key_files
from ledger.errors import LedgerError, VerificationError
from ledger.key_files import KeysMissing
from ledger.note import PrivateKey

if TYPE_CHECKING:
    from ledger.token_session import TokenSession

_FORM = re.compile(rb"pkcs11:token=([!-:<-~]+);id=((?:%[0-9a-f]{2})+);type=private\n([A-Za-z0-9+/]{43}=)\n")


class TokenUnusable(LedgerError):
    """The token does not sign, or makes no key; the message says why and what to do."""


class TokenNotSet(TokenUnusable):
    """A key lies on a token, and the settings name none, or another."""


class TokenNotInstalled(TokenUnusable):
    """What speaks to tokens is not installed."""


@dataclass(frozen=True)
class TokenSettings:
    """Where the token is reached: the path of its PKCS#11 module, the token's label, and its user PIN."""

    module: str
    label: str
    pin: str = field(repr=False)


class TokenKey:
    """An Ed25519 key on a token, which is asked for at the first signature: reading and checking need no token."""

    def __init__(self, token: str, key_id: bytes, public_key: bytes, settings: TokenSettings | None) -> None:
        self.token, self.id, self._public_key, self._settings = token, key_id, public_key, settings

    def sign(self, data: bytes, /) -> bytes:
        """Return the 64-byte signature of a message.

        Raises:
            TokenUnusable: where there is none.
        """
        return self._session().sign(self.id, data)

    def require(self) -> None:
        """See that the token is there and holds this key.

        Raises:
            TokenUnusable: where it would not sign.
        """
        self._session().require(self.id)

    def public_key(self) -> Ed25519PublicKey:
        """Return the key that checks its signatures."""
        return Ed25519PublicKey.from_public_bytes(self._public_key)

    def encode(self) -> bytes:
        """Return what the key folder holds of it."""
        hexed = "".join(f"%{byte:02x}" for byte in self.id)
        uri = f"pkcs11:token={quote(self.token, safe='')};id={hexed};type=private"
        return f"{uri}\n{b64encode(self._public_key).decode()}\n".encode()

    def _session(self) -> TokenSession:
        if self._settings is None:
            raise TokenNotSet(
                f"A key of this ledger lies on the token {self.token!r}: name its module, the token and its PIN in the"
                " settings, as docs/operating.md says."
            )
        if self._settings.label != self.token:
            raise TokenNotSet(
                f"A key of this ledger lies on the token {self.token!r}, but the settings name"
                f" {self._settings.label!r}."
            )
        return _session(self._settings)


def new_key(name: str, password: bytes, token: TokenSettings | None) -> bytes:
    """Make a key, on the token where one is given, and return its key file's content.

    Raises:
        TokenUnusable: where the token made none.
        VerificationError: where what it made is no key that proves anything.
    """
    if token is None:
        return key_files.new_pem(password)
    key_id, public_key = _session(token).make_key(name)  # the token's own tools show it under its file's name
    ed25519.check_public_key(public_key)
    return TokenKey(token.label, key_id, public_key, token).encode()


def open_key(path: Path, password: bytes, token: TokenSettings | None) -> PrivateKey:
    """Open a key file, whether it holds its key or names one on a token.

    Raises:
        KeysMissing: where it is not there or damaged.
        WrongPassphrase: where the password is of another folder.
    """
    if not is_named_in(path):
        return key_files.load_pem(path, password)
    try:
        return _parse(key_files.read(path), token)
    except (ValueError, VerificationError) as error:
        raise KeysMissing(f"{path} is damaged: restore the key folder from its backup.") from error


def required(settings: TokenSettings | None) -> TokenSettings:
    """Return the settings of the token that a key is to be made on.

    Raises:
        TokenNotSet: where there are none.
    """
    if settings is None:
        raise TokenNotSet("No token is set to make the key on: name its module, the token and its PIN in the settings.")
    return settings


def is_named_in(path: Path) -> bool:
    """Whether a key file names a key on a token.

    Raises:
        KeysMissing: where it cannot be read.
    """
    return key_files.read(path).startswith(b"pkcs11:")


def _parse(content: bytes, settings: TokenSettings | None) -> TokenKey:
    found = _FORM.fullmatch(content)
    if found is None:
        raise ValueError("not a token's key")
    public_key = b64decode(found[3], validate=True)
    ed25519.check_public_key(public_key)
    key = TokenKey(unquote(found[1].decode()), bytes.fromhex(found[2].decode().replace("%", "")), public_key, settings)
    if key.encode() != content:
        raise ValueError("not a token's key")
    return key


@cache
def _session(settings: TokenSettings) -> TokenSession:
    """The process's one login with these settings, since a login is the whole process's, and a wrong PIN too."""
    try:
        from ledger.token_session import TokenSession  # noqa: PLC0415 - an extra that only ledgers with a token need
    except ImportError as error:
        raise TokenNotInstalled("Nothing here speaks to tokens. Install placement-ledger[token].") from error
    return TokenSession(settings.module, settings.label, settings.pin)
