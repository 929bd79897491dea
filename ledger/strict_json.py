"""JSON in the one byte form this ledger signs: compact, UTF-8, keys in the order given, numbers only whole."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any, NoReturn

from ledger.errors import VerificationError


def encode(value: Any) -> bytes:
    """Return a value's bytes.

    Raises:
        VerificationError: where its text is not valid Unicode.
    """
    try:
        return _WRITER.encode(value).encode()
    except UnicodeEncodeError as error:
        raise VerificationError("JSON text holds half a character.", step="JSON") from error
    except RecursionError as error:
        raise VerificationError("JSON is nested too deeply.", step="JSON") from error


def decode(content: bytes) -> Any:
    """Parse bytes that `encode` would write back the same; so a key given twice, a space or a fraction is refused.

    Raises:
        VerificationError: where they are anything else.
    """
    try:
        value = _READER.decode(content.decode())
    except (ValueError, RecursionError) as error:
        raise VerificationError("This is not JSON in its fixed form.", step="JSON") from error
    if encode(value) != content:
        raise VerificationError("This is JSON, but not in its fixed form.", step="JSON")
    return value


def base64_of(text: object, size: int) -> bytes:
    """Return the bytes that a JSON string holds in standard base64.

    Raises:
        VerificationError: where it is not base64 in its one spelling, of so many bytes.
    """
    try:
        content = b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError as error:
        raise VerificationError("Base64 is malformed.", step="base64") from error
    if len(content) != size or b64encode(content).decode() != text:
        raise VerificationError(f"Base64 of {size} bytes was expected.", step="base64")
    return content


def _refuse(number: str) -> NoReturn:
    raise ValueError(number)


# Made once: the library's own functions make one at each call where anything differs from the usual.
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_READER = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)
