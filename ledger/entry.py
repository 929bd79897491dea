"""The entry: a DSSE envelope over the body, in one fixed byte form, never re-serialised in order to verify it.

    {"payload":"<base64 body>","payloadType":"application/vnd.placement-ledger.event.v1+json",
     "signatures":[{"keyid":"<16 hex>","sig":"<base64 of 64 bytes>"}]}          without white space or line break

The Ed25519 signature is over DSSE's pre-authentication encoding (secure-systems-lab/dsse, protocol.md):
`"DSSEv1" SP LEN(type) SP type SP LEN(body) SP body`. `keyid` is not authenticated: it only says which key to try.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from ledger import ed25519
from ledger.errors import LedgerError, VerificationError

PAYLOAD_TYPE = "application/vnd.placement-ledger.event.v1+json"
LARGEST = 65_535
"""Bytes an entry may have: the limit of a tlog-tiles entry bundle (C2SP tlog-tiles)."""

_TYPE = PAYLOAD_TYPE.encode()
_PAE = b"DSSEv1 %d %s " % (len(_TYPE), _TYPE)
_FRAME = re.compile(
    rb'\{"payload":"([A-Za-z0-9+/=]*)","payloadType":"'
    + re.escape(_TYPE)
    + rb'","signatures":\[\{"keyid":"([0-9a-f]{16})","sig":"([A-Za-z0-9+/=]{88})"\}\]\}'
)


class EntryTooLarge(LedgerError):
    """An event's clear part does not fit an entry."""


@dataclass(frozen=True)
class Entry:
    """A well-formed entry, taken apart; nothing of it is checked yet."""

    body: bytes
    key_id: str
    signature: bytes


def key_id(public_key: bytes) -> str:
    """Return the short name of an entry key: the first 16 hex digits of SHA-256 over its 32 raw bytes."""
    return sha256(public_key).hexdigest()[:16]


def pae(body: bytes) -> bytes:
    """Return what is signed for a body: DSSE's pre-authentication encoding."""
    return b"%s%d %s" % (_PAE, len(body), body)


def frame(body: bytes, key: str, signature: bytes) -> bytes:
    """Return the entry's bytes.

    Raises:
        EntryTooLarge: where they would be more than `LARGEST`.
    """
    framed = b'{"payload":"%s","payloadType":"%s","signatures":[{"keyid":"%s","sig":"%s"}]}' % (
        b64encode(body),
        _TYPE,
        key.encode(),
        b64encode(signature),
    )
    if len(framed) > LARGEST:
        raise EntryTooLarge(f"The entry would have {len(framed):,} bytes; the most is {LARGEST:,}.")
    return framed


def parse(entry: bytes) -> Entry:
    """Take an entry apart.

    Raises:
        VerificationError: where it is not exactly what `frame` makes.
    """
    found = _FRAME.fullmatch(entry)
    if found is None or len(entry) > LARGEST:
        raise VerificationError("This is not an entry in its fixed form.", step="entry")
    try:
        parsed = Entry(b64decode(found[1], validate=True), found[2].decode(), b64decode(found[3], validate=True))
    except ValueError as error:
        raise VerificationError("The entry's base64 is malformed.", step="entry") from error
    if len(parsed.signature) != 64 or frame(parsed.body, parsed.key_id, parsed.signature) != entry:
        raise VerificationError("This is not an entry in its fixed form.", step="entry")
    return parsed


def check_signature(public_key: bytes, body: bytes, signature: bytes) -> None:
    """Check the signature of a body by a key given as its 32 raw bytes.

    Raises:
        VerificationError: where it is not that key's, or the key is one that proves nothing.
    """
    ed25519.verify(public_key, signature, pae(body))
