"""Whether an evidence file holds what it claims: records without a gap, what decisions rested on, and nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ledger import enrolled
from ledger.body import Body
from ledger.errors import VerificationError
from ledger.scope import EntryScope, PeriodScope, PlacementScope, PupilScope, Scope, WholeScope

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
    organisation: str | None
    recorded_at: datetime

    @classmethod
    def of(cls, index: int, body: Body) -> Placed:
        """Keep what is needed of an entry's body."""
        relied_on = tuple(body.relied_on.items())
        organisation = body.actor["organisation"]
        return cls(
            index, body.stream, body.version, body.subject, relied_on, body.topic, organisation, body.recorded_at
        )


def is_key_history(topic: str) -> bool:
    """Return whether an entry is the log's own: keys enrolled, changed or revoked; every file holds all of them."""
    return topic.startswith(enrolled.OWN)


def check_scope(scope: Scope, entries: Iterable[Placed]) -> str:
    """Check what a bundle holds against what it claims to hold; return what it does hold, as a sentence.

    Raises:
        VerificationError: where something is missing, or something is there that does not belong.
    """
    others = (entry for entry in entries if not is_key_history(entry.topic))
    match scope:
        case PlacementScope(placement):
            return _check_placement(placement, list(others))
        case PupilScope(pupil):
            return _check_pupil(pupil, list(others))
        case PeriodScope():
            return _check_period(scope, others)
        case WholeScope():
            return f"It holds {sum(1 for _ in others)} entries of the record, and the history of its keys."
        case EntryScope():
            return _check_entry(scope, list(others))


def check_key_history(entries: Iterable[Placed]) -> None:
    """Check that no entry of the history of keys is missing before another.

    Raises:
        VerificationError: where one is.
    """
    _check_complete([entry for entry in entries if is_key_history(entry.topic)], {})


def _check_placement(placement: UUID, entries: list[Placed]) -> str:
    own = [entry for entry in entries if entry.stream == placement]
    if not own or own[0].subject is None:
        raise VerificationError("The placement itself is not in the file.", step=_STEP)
    if own[0].topic not in _OPENS_PLACEMENT:
        raise VerificationError("What it is named for is not a placement.", step=_STEP, entry=own[0].index)
    if any(entry.subject != own[0].subject for entry in own):
        raise VerificationError("The placement's entries are about two pupils.", step=_STEP)
    _refuse_strangers(own[0].subject, entries, "placement")
    _check_complete(entries, _rested_on(own))
    return f"It holds entries 1 to {len(own)} of the placement, what they rested on, and nothing about another pupil."


def _check_pupil(pupil: UUID, entries: list[Placed]) -> str:
    about = [entry for entry in entries if entry.subject == pupil]
    if not any(entry.stream == pupil for entry in about):
        raise VerificationError("The pupil's own record is not in the file.", step=_STEP)
    _refuse_strangers(pupil, entries, "pupil")
    _check_complete(entries, _rested_on(about))
    return f"It holds {len(about)} entries about the pupil, what they rested on, and nothing about another pupil."


def _check_period(scope: PeriodScope, entries: Iterable[Placed]) -> str:
    count = 0
    for count, entry in enumerate(entries, 1):  # noqa: B007 - how many they were is wanted after
        # Only this bound holds for each: one may have been entered a moment before and logged after the first of these.
        if entry.recorded_at >= scope.ends_at:
            raise VerificationError("It was entered after the period.", step=_STEP, entry=entry.index)
        if scope.school is not None and entry.organisation != str(scope.school):
            raise VerificationError("Somebody outside the school entered it.", step=_STEP, entry=entry.index)
    return f"It holds {count} entries of the period, and the history of keys."


def _refuse_strangers(pupil: UUID | None, entries: list[Placed], what: str) -> None:
    relied_on = {stream for entry in entries if entry.subject == pupil for stream, _ in entry.relied_on}
    for entry in entries:
        if entry.subject != pupil and entry.stream not in relied_on:
            raise VerificationError(f"It has nothing to do with this {what}.", step=_STEP, entry=entry.index)


def _rested_on(entries: Iterable[Placed]) -> dict[UUID, int]:
    needed: dict[UUID, int] = {}
    for entry in entries:
        for stream, version in entry.relied_on:
            needed[stream] = max(version, needed.get(stream, 0))
    return needed


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
