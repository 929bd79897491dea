"""A filled-in register as the marks it states: a code chosen for a pupil, else the provider's “all here”."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from domain.errors import Impossible
from domain.rules.attendance_codes import CODES
from domain.values import LONDON
from domain.vocabulary import Session
from projections.register import Expected
from web.register_day import RegisterDay

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]?([0-5]\d)")


@dataclass(frozen=True)
class Stated:
    """One mark as typed: whose, for which session, and as `take_register` takes it."""

    pupil: Expected
    session: Session
    values: dict[str, Any]

    @property
    def place(self) -> str:
        """What its control is named after."""
        return place(self.pupil.placement_id, self.session)

    @property
    def code(self) -> str:
        """The code it states."""
        code: str = self.values["code"]
        return code


def place(placement_id: UUID, session: Session) -> str:
    """Name one session of a pupil's placement in a form; a pupil may have two placements."""
    return f"{placement_id}-{session.value}"


def refuse_twice(sent: Sequence[Stated]) -> None:
    """Refuse to mark one session of one pupil in two placements.

    Raises:
        Impossible: naming the second of the two.
    """
    seen: set[tuple[UUID, Session]] = set()
    for number, one in enumerate(sent):
        if (one.pupil.pupil_id, one.session) in seen:
            name = one.pupil.name or "This pupil"
            raise Impossible(
                f"marks.{number}.session",
                f"{name} is expected in two placements for this session and marked in both. Choose the code in the one"
                " the pupil was in; a tick for all then leaves the other out. A weekly timetable settles it for good.",
                rule="H-18",
            )
        seen.add((one.pupil.pupil_id, one.session))


def stated(of: RegisterDay, typed: Mapping[str, str]) -> list[Stated]:
    """The marks that a filled-in form states; a session whose control it did not hold is not among them.

    Raises:
        Impossible: where the time it was taken cannot be read.
    """
    common = {"day": of.day.isoformat(), "taken_at": taken_at(of, typed).isoformat()}
    common["taken_by"] = typed.get("taken_by", "").strip() or of.desk.officer.name
    return [
        Stated(pupil, session, common | _mark(pupil, session, code, typed))
        for pupil, session, code in _codes(of, typed)
    ]


def _codes(of: RegisterDay, typed: Mapping[str, str]) -> Iterator[tuple[Expected, Session, str]]:
    chosen = {
        (pupil.pupil_id, session)
        for pupil in of.pupils
        for session in of.begun
        if typed.get(f"code-{place(pupil.placement_id, session)}", "").strip()
    }
    for provider in of.providers:
        for pupil in provider.pupils:
            for session in of.begun:
                name = f"code-{place(pupil.placement_id, session)}"
                if name not in typed:
                    continue
                here = typed.get(f"here-{provider.provider_id}-{session.value}") and pupil.expects(session)
                elsewhere = (pupil.pupil_id, session) in chosen
                code = typed[name].strip() or (pupil.code(session) if here and not elsewhere else None)
                if code:
                    yield pupil, session, code


def _mark(pupil: Expected, session: Session, code: str, typed: Mapping[str, str]) -> dict[str, Any]:
    needs_nature = code in CODES and CODES[code].needs_nature
    return {
        "pupil_id": str(pupil.pupil_id),
        "placement_id": str(pupil.placement_id),
        "site_id": str(pupil.site_id),
        "session": session.value,
        "code": code,
        "minutes_late": None,
        "nature": typed.get(f"nature-{pupil.placement_id}") or None if needs_nature else None,
        "note": None,
    }


def taken_at(of: RegisterDay, typed: Mapping[str, str]) -> datetime:
    """When it was taken: the time typed, on the register's own day in England, else the moment the page was opened.

    Raises:
        Impossible: where what was typed is no time.
    """
    clock = typed.get("taken_time", "").strip()
    if not clock:
        opened = typed.get("taken_at", "")
        try:
            return datetime.fromisoformat(opened) if opened else of.desk.now
        except ValueError:
            return of.desk.now
    found = _CLOCK.fullmatch(clock)
    if found is None:
        raise Impossible("taken_time", "Give the time as hours and minutes, such as 09:10, or leave it empty.")
    return datetime.combine(of.day, time(int(found[1]), int(found[2])), LONDON)
