"""c2sp.org/tlog-checkpoint: the log's signed word on how many entries it has and what their root is.

    <origin>
    <tree size, decimal>
    <base64 root hash>
    [extension lines, none of them empty]

followed by the signatures of a signed note. The log's own key is named like the origin.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from ledger import note
from ledger.errors import VerificationError

_STEP = "checkpoint"
_LARGEST_SIZE = 2**63 - 1


@dataclass(frozen=True)
class Checkpoint:
    """A tree of `size` entries with this root, in the log named `origin`."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """Return a checkpoint's text, the part that is signed."""
    lines = (checkpoint.origin, str(checkpoint.size), b64encode(checkpoint.root).decode(), *checkpoint.extensions)
    return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint's text.

    Raises:
        VerificationError: where it is not exactly what `format_checkpoint` makes of what it says.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "" or not all(lines) or re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]) is None:
        raise VerificationError("The checkpoint is malformed.", step=_STEP)
    try:
        root = b64decode(lines[2], validate=True)
    except ValueError as error:
        raise VerificationError("The checkpoint's root is not base64.", step=_STEP) from error
    checkpoint = Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:]))
    if len(root) != 32 or checkpoint.size > _LARGEST_SIZE or format_checkpoint(checkpoint) != text:
        raise VerificationError("The checkpoint is malformed.", step=_STEP)
    return checkpoint


def sign(checkpoint: Checkpoint, signers: Sequence[note.Signer]) -> bytes:
    """Return the checkpoint as a note signed by the log's keys in force, a new one beside the old while both are."""
    return note.sign(format_checkpoint(checkpoint), signers)


def open(content: bytes, verifiers: Sequence[note.Verifier]) -> Checkpoint:  # noqa: A001 - read as checkpoint.open
    """Check a signed checkpoint against the log's verifiers, any of which may have signed it, and return it.

    Raises:
        VerificationError: where it is malformed, signed by none of them, or of another origin than the signer's name.
    """
    text, signed = note.open_note(content, verifiers)
    checkpoint = parse_checkpoint(text)
    if checkpoint.origin not in {verifier.name for verifier in signed}:
        raise VerificationError("The checkpoint is of another log.", step=_STEP)
    return checkpoint
