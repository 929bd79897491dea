"""Whether an evidence file holds what it claims: the placement whole, what its decisions rested on, and nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from ledger.body import Body
from ledger.bundle import Scope
from ledger.errors import VerificationError

_STEP = "scope"
_ENROLLED = "ledger.key-enrolled"


def check_scope(scope: Scope, bodies: Mapping[int, Body]) -> None:
    """Check a bundle's bodies, by leaf index, against what it claims to hold.

    Raises:
        VerificationError: where something is missing, or something is there that does not belong.
    """
    match scope.kind:
        case "placement":
            _check_placement(_id(scope), bodies)
        case "entry":
            _check_entry(scope, bodies)
        case _:
            raise VerificationError(
                f"The file claims to hold a {scope.kind}, which this check does not know.", step=_STEP
            )


def _check_placement(placement: UUID, bodies: Mapping[int, Body]) -> None:
    versions = _versions(bodies)
    own = [body for body in bodies.values() if body.stream == placement]
    if not own:
        raise VerificationError("The placement itself is not in the file.", step=_STEP)
    _check_whole("placement", versions[placement], len(own))
    pupil = own[0].subject
    relied_on: dict[UUID, int] = {}
    for body in own:
        for stream, version in body.relied_on.items():
            relied_on[stream] = max(version, relied_on.get(stream, 0))
    for stream, version in relied_on.items():
        _check_whole("record a decision relied on", versions[stream], version)
    for index, body in bodies.items():
        about_the_pupil = pupil is not None and body.subject == pupil
        if not (about_the_pupil or body.topic == _ENROLLED or body.version <= relied_on.get(body.stream, 0)):
            raise VerificationError("An entry has nothing to do with this placement.", step=_STEP, entry=index)


def _check_entry(scope: Scope, bodies: Mapping[int, Body]) -> None:
    if scope.id not in {str(index) for index in bodies}:
        raise VerificationError("The entry itself is not in the file.", step=_STEP)
    for index, body in bodies.items():
        if str(index) != scope.id and body.topic != _ENROLLED:
            raise VerificationError("There is an entry in the file that was not asked for.", step=_STEP, entry=index)


def _versions(bodies: Mapping[int, Body]) -> dict[UUID, list[int]]:
    versions: dict[UUID, list[int]] = defaultdict(list)
    for index in sorted(bodies):
        versions[bodies[index].stream].append(bodies[index].version)
    return versions


def _check_whole(what: str, versions: list[int], newest: int) -> None:
    if versions[:newest] != list(range(1, newest + 1)):
        raise VerificationError(f"An entry of the {what} is missing from the file.", step=_STEP)


def _id(scope: Scope) -> UUID:
    try:
        return UUID(scope.id)
    except ValueError as error:
        raise VerificationError("The file does not say which placement it is about.", step=_STEP) from error
