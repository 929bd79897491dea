"""Whether an evidence file holds what it claims: the placement whole, what its decisions rested on, and nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from ledger import enrolled
from ledger.body import Body
from ledger.bundle import EntryScope, PlacementScope, Scope
from ledger.errors import VerificationError

_STEP = "scope"
_OPENS_PLACEMENT = frozenset({"placement.proposed", "placement.existing-added"})


@dataclass(frozen=True, slots=True)
class Placed:
    """What of an entry its belonging depends on; small, so that all of a file's fit in memory."""

    index: int
    stream: UUID
    version: int
    subject: UUID | None
    relied_on: tuple[tuple[UUID, int], ...]
    topic: str

    @classmethod
    def of(cls, index: int, body: Body) -> Placed:
        """Keep what is needed of an entry's body."""
        relied_on = tuple(body.relied_on.items())
        return cls(index, body.stream, body.version, body.subject, relied_on, body.topic)


def check_scope(scope: Scope, entries: Iterable[Placed]) -> str:
    """Check what a bundle holds against what it claims to hold; return what it does hold, as a sentence.

    Raises:
        VerificationError: where something is missing, or something is there that does not belong.
    """
    others = [entry for entry in entries if entry.topic != enrolled.TOPIC]
    if isinstance(scope, PlacementScope):
        return _check_placement(scope.placement, others)
    return _check_entry(scope, others)


def _check_placement(placement: UUID, entries: list[Placed]) -> str:
    own = [entry for entry in entries if entry.stream == placement]
    if not own or own[0].subject is None:
        raise VerificationError("The placement itself is not in the file.", step=_STEP)
    if own[0].topic not in _OPENS_PLACEMENT:
        raise VerificationError("What it is named for is not a placement.", step=_STEP, entry=own[0].index)
    if any(entry.subject != own[0].subject for entry in own):
        raise VerificationError("The placement's entries are about two pupils.", step=_STEP)
    about = [entry for entry in entries if entry.subject == own[0].subject]
    relied_on = {stream for entry in about for stream, _ in entry.relied_on}
    for entry in entries:
        if entry.subject != own[0].subject and entry.stream not in relied_on:
            raise VerificationError("It has nothing to do with this placement.", step=_STEP, entry=entry.index)
    _check_complete(entries, {stream: version for entry in own for stream, version in entry.relied_on})
    return (
        f"It holds entries 1 to {len(own)} of the placement, what they rested on, and nothing about another pupil."
        " Whether every register mark or amendment is here cannot be shown yet."
    )


def _check_complete(entries: list[Placed], rested_on: Mapping[UUID, int]) -> None:
    """Refuse a gap: a record may end early, as it does for whoever asks earlier, but never begin late or skip."""
    versions: dict[UUID, list[int]] = defaultdict(list)
    for entry in entries:
        # Log order is version order within a stream, so a repeated or reversed version shows here too.
        versions[entry.stream].append(entry.version)
        if entry.version != len(versions[entry.stream]):
            raise VerificationError("An entry before it is missing from the file.", step=_STEP, entry=entry.index)
    for stream, version in rested_on.items():
        if len(versions[stream]) < version:
            raise VerificationError(
                f"Version {version} of {stream}, which a decision rested on, is missing.", step=_STEP
            )


def _check_entry(scope: EntryScope, entries: list[Placed]) -> str:
    for entry in entries:
        if entry.index != scope.index:
            raise VerificationError("It was not asked for.", step=_STEP, entry=entry.index)
    if not entries and scope.index != 0:
        raise VerificationError("The entry itself is not in the file.", step=_STEP)
    return f"It holds entry {scope.index}, the enrolment of keys, and nothing else."
