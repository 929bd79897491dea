"""The body of an entry: what is signed, as JSON with exactly these keys in this order.

    {"origin":"…","stream":"<uuid>","version":1,"topic":"…","recorded_at":"2026-09-01T08:55:00.000000Z",
     "actor":{"id":"<uuid>"|null,"role":"…","organisation":"<uuid>"|null,"basis":{"kind":"…","ref":"<uuid>"|null}},
     "subject":"<uuid>"|null,"facts":{…},
     "sealed":{"ciphertext":"<base64 of SHA-256>","groups":{"<group>":"<base64 of SHA-256>",…}}|null,
     "relied_on":{"<uuid>":3,…}}

The ledger's mapper writes bodies; here they are read by whoever checks one, strictly, by writing them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ledger import strict_json
from ledger.errors import VerificationError

_KEYS = ["origin", "stream", "version", "topic", "recorded_at", "actor", "subject", "facts", "sealed", "relied_on"]


@dataclass(frozen=True)
class Sealed:
    """What a body commits to: the digest of its ciphertext, and one commitment for each group of personal fields."""

    ciphertext: bytes
    groups: Mapping[str, bytes]


@dataclass(frozen=True)
class Body:
    """A well-formed body; who signed it, and whether, is another question."""

    origin: str
    stream: UUID
    version: int
    topic: str
    recorded_at: datetime
    actor: Mapping[str, Any]
    subject: UUID | None
    facts: Mapping[str, Any]
    sealed: Sealed | None
    relied_on: Mapping[UUID, int]


def decode(content: bytes) -> Body:
    """Parse a body.

    Raises:
        VerificationError: where it is not exactly of the form above.
    """
    value = strict_json.decode(content)
    if not isinstance(value, dict) or list(value) != _KEYS:
        raise _malformed("it does not have the ten keys in their order")
    return Body(
        _text(value["origin"]),
        _uuid(value["stream"]),
        _count(value["version"], 1),
        _text(value["topic"]),
        _instant(value["recorded_at"]),
        _actor(value["actor"]),
        _uuid_or_none(value["subject"]),
        _object(value["facts"]),
        None if value["sealed"] is None else _sealed(value["sealed"]),
        {_uuid(stream): _count(version, 0) for stream, version in _object(value["relied_on"]).items()},
    )


def _actor(value: Any) -> dict[str, Any]:
    actor = _object(value, ["id", "role", "organisation", "basis"])
    basis = _object(actor["basis"], ["kind", "ref"])
    for name in (actor["role"], basis["kind"]):
        _text(name)
    for reference in (actor["id"], actor["organisation"], basis["ref"]):
        _uuid_or_none(reference)
    return actor


def _sealed(value: Any) -> Sealed:
    sealed = _object(value, ["ciphertext", "groups"])
    groups = _object(sealed["groups"])
    if not groups:
        raise _malformed("it seals no group")
    return Sealed(
        strict_json.base64_of(sealed["ciphertext"], 32),
        {_text(group): strict_json.base64_of(commitment, 32) for group, commitment in groups.items()},
    )


def _object(value: Any, keys: list[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict) or (keys is not None and list(value) != keys):
        raise _malformed(f"an object with {', '.join(keys)} was expected" if keys else "an object was expected")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\n" in value:
        raise _malformed("a line of text was expected")
    return value


def _count(value: Any, least: int) -> int:
    # bool is an int to Python, not to whoever reads the JSON.
    if type(value) is not int or not least <= value < 2**63:
        raise _malformed("a version was expected")
    return value


def _uuid(value: Any) -> UUID:
    try:
        uuid = UUID(_text(value))
    except ValueError as error:
        raise _malformed("a UUID was expected") from error
    if str(uuid) != value:
        raise _malformed("a UUID was expected in its usual form")
    return uuid


def _uuid_or_none(value: Any) -> UUID | None:
    return None if value is None else _uuid(value)


def _instant(value: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(_text(value))
    except ValueError as error:
        raise _malformed("a recording time was expected") from error
    if instant.tzinfo is not UTC or instant.isoformat(timespec="microseconds") != f"{value.removesuffix('Z')}+00:00":
        raise _malformed("a recording time was expected, in UTC with six decimals")
    return instant


def _malformed(what: str) -> VerificationError:
    return VerificationError(f"This is not the body of an entry: {what}.", step="body")
