"""The recovery code: a way into the keys that is printed once, kept in sealed envelopes, and typed in by hand.

160 random bits in base32 without the letters that are mistaken for others, and 20 bits of checksum, so that a slip is
told from a code that is not this ledger's. What may be taken for 0 or 1 is read as that; case, spaces and hyphens do
not count.
"""

from __future__ import annotations

import os
import re
from hashlib import sha256

from ledger.errors import LedgerError

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BYTES, _CODE, _CHECK, _GROUP = 20, 32, 4, 4
_READ_AS = str.maketrans("OIL", "011")


class Mistyped(LedgerError):
    """What was typed is no recovery code; the message says in what way."""


def new() -> str:
    """A new code, in nine groups of four."""
    secret = os.urandom(_BYTES)
    text = _spelt(secret) + _check(secret)
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def read(typed: str) -> str:
    """The code as it was made, however it was typed.

    Raises:
        Mistyped: where it is too long or too short, holds other characters, or its checksum is wrong.
    """
    text = re.sub(r"[\s\-–—]", "", typed).upper().translate(_READ_AS)
    strange = sorted(set(text) - set(_LETTERS))
    if strange:
        raise Mistyped(f"A recovery code does not hold {', '.join(strange)}. Look at the paper and type it again.")
    if len(text) != _CODE + _CHECK:
        raise Mistyped(f"A recovery code has {_CODE + _CHECK} letters and digits; this has {len(text)}. Type it again.")
    number = 0
    for letter in text[:_CODE]:
        number = number * 32 + _LETTERS.index(letter)
    if _check(number.to_bytes(_BYTES)) != text[_CODE:]:
        raise Mistyped("One or more letters or digits of the recovery code are mistyped. Type it again.")
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def _spelt(content: bytes) -> str:
    number, letters = int.from_bytes(content), ""
    for _ in range(len(content) * 8 // 5):
        number, rest = divmod(number, 32)
        letters = _LETTERS[rest] + letters
    return letters


def _check(secret: bytes) -> str:
    digest = int.from_bytes(sha256(b"placement-ledger recovery code\n" + secret).digest()[:3]) >> 4
    return "".join(_LETTERS[digest >> shift & 31] for shift in (15, 10, 5, 0))
