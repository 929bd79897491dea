"""c2sp.org/tlog-proof: one file that proves an entry is in the log, offline, against a policy of trusted keys.

c2sp.org/tlog-proof@v1
[extra <base64>]
index <decimal>
<base64 hash>        one line each, from the leaf's sibling up
<empty line>
<signed checkpoint>
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from ledger.errors import VerificationError

HEADER = "c2sp.org/tlog-proof@v1"
_STEP = "proof of entry"
_MOST_HASHES = 63
_LARGEST_INDEX = 2**63 - 1


@dataclass(frozen=True)
class Proof:
    """Where an entry stands, the hashes from it to the root, and the signed checkpoint as bytes, unopened."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def format_proof(proof: Proof) -> bytes:
    """Return a proof's bytes."""
    lines = [HEADER]
    if proof.extra:
        lines.append(f"extra {b64encode(proof.extra).decode()}")
    lines += [f"index {proof.index}", *(b64encode(each).decode() for each in proof.hashes), ""]
    return "".join(f"{line}\n" for line in lines).encode() + proof.checkpoint


def parse_proof(content: bytes) -> Proof:
    """Read a proof; what it says of the tree is nothing until its checkpoint is opened under a policy.

    Raises:
        VerificationError: where it is not exactly what `format_proof` makes of what it says.
    """
    head, gap, checkpoint = content.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
        extra = _extra(lines)
        index = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", lines[1])
        hashes = tuple(b64decode(line, validate=True) for line in lines[2:])
    except (ValueError, IndexError) as error:
        raise VerificationError("The proof is malformed.", step=_STEP) from error
    if not gap or index is None or len(hashes) > _MOST_HASHES or any(len(each) != 32 for each in hashes):
        raise VerificationError("The proof is malformed.", step=_STEP)
    proof = Proof(int(index[1]), hashes, checkpoint, extra)
    if proof.index > _LARGEST_INDEX or format_proof(proof) != content:
        raise VerificationError("The proof is malformed.", step=_STEP)
    return proof


def _extra(lines: list[str]) -> bytes | None:
    if not lines[1].startswith("extra "):
        return None
    return b64decode(lines.pop(1).removeprefix("extra "), validate=True)
