"""What an evidence file is about, and which entries that makes it owe.

    {"kind":"placement","about":"<uuid>","starts_at":null,"ends_at":null}   the placement and its attendance
    {"kind":"pupil","about":"<uuid>","starts_at":null,"ends_at":null}       whatever has this pupil for its subject
    {"kind":"period","about":"<uuid>"|null,"starts_at":"…","ends_at":"…"}   what a school, or anybody, entered then
    {"kind":"whole","about":null,"starts_at":null,"ends_at":null}           every entry
    {"kind":"entry","index":<leaf index>}                                   one entry; only in a list of contents

Membership follows from the clear part of entries alone, so that anybody with the whole log can work it out again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ledger.body import Body
from ledger.errors import VerificationError

_MOST_ENTRIES = 10**9
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class PlacementScope:
    """One placement, whole, its attendance, and what its decisions rested on."""

    placement: UUID


@dataclass(frozen=True)
class PupilScope:
    """Everything about one pupil, and what the decisions about them rested on."""

    pupil: UUID


@dataclass(frozen=True)
class PeriodScope:
    """What was entered from one instant up to before another, by one school's people or by everybody."""

    starts_at: datetime
    ends_at: datetime
    school: UUID | None = None


@dataclass(frozen=True)
class WholeScope:
    """Every entry there was."""


@dataclass(frozen=True)
class EntryScope:
    """One entry, named by its leaf index."""

    index: int


Stated = PlacementScope | PupilScope | PeriodScope | WholeScope
"""What the log states an export of."""
Scope = Stated | EntryScope


class Members:
    """Which entries a scope owes, asked of every entry from the log's first on, in order."""

    def __init__(self, scope: Stated) -> None:
        self._scope = scope
        self._streams: set[UUID] = {scope.placement} if isinstance(scope, PlacementScope) else set()
        self._known_at = _EARLIEST

    def owes(self, body: Body) -> bool:
        """Return whether the next entry belongs."""
        self._known_at = max(self._known_at, body.recorded_at)
        match self._scope:
            case PeriodScope(starts_at, ends_at, school):
                return starts_at <= self._known_at < ends_at and by_school(body, school)
            case PlacementScope() | PupilScope() | WholeScope():
                return self.owes_whenever(body)

    def owes_whenever(self, body: Body) -> bool:
        """Return whether an entry belongs to a scope that no clock bounds; entries must come in order, gaps allowed."""
        match self._scope:
            case PlacementScope(placement):
                if body.stream in self._streams or body.facts.get("placement_id") == str(placement):
                    self._streams.add(body.stream)  # an amendment of a mark does not name the placement again
                    return True
                return False
            case PupilScope(pupil):
                return body.subject == pupil
            case PeriodScope(_, _, school):
                return by_school(body, school)
            case WholeScope():
                return True


def by_school(body: Body, school: UUID | None) -> bool:
    """Return whether one of this school's people made an entry; anybody's where no school is named."""
    return school is None or body.actor["organisation"] == str(school)


def spell(scope: Scope) -> dict[str, Any]:
    """Return a scope as JSON values."""
    match scope:
        case EntryScope(index):
            return {"kind": "entry", "index": index}
        case PlacementScope(placement):
            return _spelt("placement", placement)
        case PupilScope(pupil):
            return _spelt("pupil", pupil)
        case PeriodScope(starts_at, ends_at, school):
            return _spelt("period", school, starts_at, ends_at)
        case WholeScope():
            return _spelt("whole", None)


def read(value: Any) -> Scope:
    """Return the scope that JSON values spell.

    Raises:
        VerificationError: where they spell none, or not as `spell` does.
    """
    try:
        scope = _read(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise _malformed() from error
    if spell(scope) != value:
        raise _malformed()
    return scope


def leaf_index(value: Any) -> int:
    """Return a leaf index, or a count of entries, as JSON has it.

    Raises:
        VerificationError: where it is none.
    """
    # bool is an int to Python, not to whoever reads the JSON.
    if type(value) is not int or not 0 <= value < _MOST_ENTRIES:
        raise VerificationError("An entry's number is not one.", step="scope")
    return value


def _read(value: Any) -> Scope:
    match value:
        case {"kind": "entry", "index": index}:
            return EntryScope(leaf_index(index))
        case {"kind": "placement", "about": str(about)}:
            return PlacementScope(UUID(about))
        case {"kind": "pupil", "about": str(about)}:
            return PupilScope(UUID(about))
        case {"kind": "period", "about": about, "starts_at": str(starts_at), "ends_at": str(ends_at)}:
            school = None if about is None else UUID(about)
            return PeriodScope(datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at), school)
        case {"kind": "whole"}:
            return WholeScope()
    raise _malformed()


def _spelt(
    kind: str, about: UUID | None, starts_at: datetime | None = None, ends_at: datetime | None = None
) -> dict[str, Any]:
    return {
        "kind": kind,
        "about": None if about is None else str(about),
        "starts_at": None if starts_at is None else _instant(starts_at),
        "ends_at": None if ends_at is None else _instant(ends_at),
    }


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def _malformed() -> VerificationError:
    return VerificationError("It does not say what it is about, or not as it must.", step="scope")
