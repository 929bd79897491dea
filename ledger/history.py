"""Step (4) of the check: the earlier checkpoints of an evidence file, and when an authority says that they existed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ledger import merkle, note
from ledger.bundle import Bundle, Earlier
from ledger.errors import VerificationError
from ledger.policy import NONE, Policy, Trusted, open_checkpoint

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def check_history(bundle: Bundle, trust: Policy, newest: Trusted, roots: Sequence[Certificate]) -> str:
    """Check the earlier checkpoints, whose log must be trusted; no quorum is asked of them, the newest has it.

    Raises:
        VerificationError: where one is of another log, the tree did not only grow, or a stamp does not hold.
    """
    if bundle.is_first_form:
        return "The file is of an older form and holds no earlier checkpoint."
    log = replace(trust, quorum=NONE)
    for point in bundle.cover.earlier:
        earlier = open_checkpoint(point.note, log).checkpoint
        if (earlier.origin, earlier.size) != (newest.checkpoint.origin, point.size):
            raise VerificationError(f"The earlier checkpoint {point.size} is of another log or another size.")
        merkle.check_consistency(
            *(earlier.size, earlier.root, newest.checkpoint.size, newest.checkpoint.root), point.hashes
        )
    count = len(bundle.cover.earlier)
    grew = f"The log only grew since {count} earlier checkpoint{'' if count == 1 else 's'} in the file."
    return " ".join((grew, *_stamped(bundle.cover.earlier, roots)))


def _stamped(points: Sequence[Earlier], roots: Sequence[Certificate]) -> Iterator[str]:
    for point in points:
        if point.timestamp is not None:
            yield f"Time stamp of the first {point.size} entries: {_outcome(point, point.timestamp, roots)}."


def _outcome(point: Earlier, timestamp: bytes, roots: Sequence[Certificate]) -> str:
    if not roots:
        return "not checked: name the authority's root certificate with --timestamp-roots"
    from ledger.timestamp import TimestampsUncheckable, check_timestamp  # noqa: PLC0415 - brings sockets along

    try:
        at = check_timestamp(timestamp, note.parse_note(point.note).text, roots)
    except TimestampsUncheckable as error:
        return str(error)
    return f"they existed by {at.day} {at:%B %Y at %H:%M:%S} UTC"
