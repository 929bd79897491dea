"""c2sp.org/tlog-witness: what a log sends to a witness, as the body of `POST <prefix>/add-checkpoint`.

old <size of the last checkpoint that this witness cosigned, decimal>
<base64 hash>        one line each: the consistency proof from there (RFC 6962 §2.1.2)
<empty line>
<signed checkpoint>
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from ledger.errors import VerificationError
from ledger.merkle import HASH_SIZE

MOST_HASHES = 63
LARGEST = 64 * 1024
"""Bytes: a whole proof takes 3 KB, and a checkpoint with a hundred lines 20 KB."""

SIZE_TYPE = "text/x.tlog.size"
"""The content type of an answer that says what size the witness is at."""


@dataclass(frozen=True)
class Request:
    """The size a log believes a witness to be at, the proof from there, and the signed checkpoint as unopened bytes."""

    old: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes


def format_request(request: Request) -> bytes:
    """Return a request's bytes."""
    lines = [f"old {request.old}", *(b64encode(each).decode() for each in request.hashes), ""]
    return "".join(f"{line}\n" for line in lines).encode() + request.checkpoint


def parse_request(content: bytes) -> Request:
    """Read a request; nothing in it is checked against anything yet.

    Raises:
        VerificationError: where it is not exactly what `format_request` makes of what it says, or is too long.
    """
    head, gap, checkpoint = content.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
        hashes = tuple(b64decode(line, validate=True) for line in lines)
    except ValueError as error:
        raise _malformed() from error
    old = re.fullmatch(r"old (0|[1-9][0-9]{0,18})", first)
    if old is None or not gap or len(content) > LARGEST or len(hashes) > MOST_HASHES:
        raise _malformed()
    request = Request(int(old[1]), hashes, checkpoint)
    if any(len(each) != HASH_SIZE for each in hashes) or format_request(request) != content:
        raise _malformed()
    return request


def _malformed() -> VerificationError:
    return VerificationError("The request is malformed.", step="witness request")
