"""Whether who is entered is somebody else on record: looked up before recording, where the record itself cannot know.

Two sendings in the same moment may both find nobody; the file of placements and the register file then name the pair.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from domain.errors import AlreadyRecorded
from projections import identified, offices
from web.desk import Desk


def refuse_mistaken(desk: Desk, command: str, record_id: UUID, values: Mapping[str, Any]) -> None:
    """Refuse what would make two of one pupil, or one of two people.

    Raises:
        AlreadyRecorded: naming who is on record, and what to do.
    """
    check = _CHECKS.get(command)
    if check is not None:
        check(desk, record_id, values)


def _pupil(desk: Desk, pupil_id: UUID, values: Mapping[str, Any]) -> None:
    """H-18: a school's own reference and a unique pupil number are one pupil's."""
    known_at, reference, upn = desk.known_at, values["local_ref"], values["upn"]
    same = identified.with_local_ref(desk.connection, reference, desk.today, known_at, school_id=values["school_id"])
    if other := next((one for one in same if one.pupil_id != pupil_id), None):
        raise AlreadyRecorded(
            "local_ref",
            f"{other.name or 'A pupil whose name is erased'} is on this school's roll with the reference {reference}."
            " Go on with that pupil, or give this one another reference.",
            rule="H-18",
        )
    held = identified.with_upn(desk.connection, upn, known_at) if upn else ()
    if other := next((one for one in held if one.pupil_id != pupil_id), None):
        own = other.school_id == desk.school_id
        whose = other.name or "a pupil whose name is erased"
        raise AlreadyRecorded(
            "upn",
            f"This number is on record for {whose if own else 'a pupil of another school'}. Go on with that pupil, or"
            " check the number.",
            rule="H-18",
        )


def _holder(desk: Desk, _: UUID, values: Mapping[str, Any]) -> None:
    known = [one for one in offices.tenures(desk.connection, desk.known_at) if one.person_id == values["person_id"]]
    names = {_plain(one.name) for one in known if one.name}
    if names and _plain(values["name"]) not in names:
        raise AlreadyRecorded(
            "name",
            f"This person is {known[-1].name} on record. Leave the name empty to appoint them; for anybody else, or"
            " under a new name, choose “Somebody who holds no office yet”.",
        )


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


_CHECKS: dict[str, Callable[[Desk, UUID, Mapping[str, Any]], None]] = {
    "enrol_pupil": _pupil,
    "appoint_office_holder": _holder,
}
