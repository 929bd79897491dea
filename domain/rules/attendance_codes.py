"""The national attendance codes, what each means, and from and to which day it could be used.

Source: School Attendance (Pupil Registration) (England) Regulations 2024 (SI 2024/208) and "Working together to improve
school attendance" [/, \\, K and V primary; the others secondary]. That B, K, P, V and W carry the nature of what was
attended is [unverified]: it is asked for as part of the mark, not as law.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.errors import Impossible
from domain.rules.breach import plain
from domain.vocabulary import ArrangedBy, Delivery, Session

_REFORM = date(2024, 8, 19)
_LAST_BEFORE = date(2024, 8, 18)


class Category(StrEnum):
    """How the statistics count a session so marked [secondary]."""

    ATTENDING = "attending"
    AUTHORISED = "authorised absence"
    UNAUTHORISED = "unauthorised absence"
    UNABLE = "unable to attend"
    NOT_REQUIRED = "not required to attend"
    DUAL = "dual registered elsewhere"
    ADMINISTRATIVE = "administrative"


@dataclass(frozen=True)
class AttendanceCode:
    """One code: its meaning, how it counts, when it can stand, and whether a nature goes with it."""

    code: str
    meaning: str
    category: Category
    valid_from: date = date.min
    valid_to: date = date.max
    needs_nature: bool = False
    only: Session | None = None


_ATTENDING, _AUTHORISED, _UNAUTHORISED = Category.ATTENDING, Category.AUTHORISED, Category.UNAUTHORISED
_UNABLE, _ADMINISTRATIVE = Category.UNABLE, Category.ADMINISTRATIVE

_TABLE = (
    AttendanceCode("/", "Present in the morning", _ATTENDING, only=Session.AM),
    AttendanceCode("\\", "Present in the afternoon", _ATTENDING, only=Session.PM),
    AttendanceCode("L", "Late, before the register closed", _ATTENDING),
    AttendanceCode("K", "Education arranged by a local authority", _ATTENDING, _REFORM, needs_nature=True),
    AttendanceCode("V", "Educational visit or trip", _ATTENDING, needs_nature=True),
    AttendanceCode("P", "Approved sporting activity", _ATTENDING, needs_nature=True),
    AttendanceCode("W", "Work experience", _ATTENDING, needs_nature=True),
    AttendanceCode("B", "Any other approved educational activity", _ATTENDING, needs_nature=True),
    AttendanceCode("D", "Attending another school where registered", Category.DUAL),
    AttendanceCode("C1", "Leave for a regulated performance or employment abroad", _AUTHORISED, _REFORM),
    AttendanceCode("M", "Leave for a medical or dental appointment", _AUTHORISED),
    AttendanceCode("J1", "Leave for an interview", _AUTHORISED, _REFORM),
    AttendanceCode("S", "Leave for studying for a public examination", _AUTHORISED),
    AttendanceCode("X", "Not of compulsory school age and not required to attend", Category.NOT_REQUIRED),
    AttendanceCode("C2", "Leave for a temporary part-time timetable", _AUTHORISED, _REFORM),
    AttendanceCode("C", "Leave for an exceptional circumstance", _AUTHORISED),
    AttendanceCode("T", "Parent travelling for their occupation", _AUTHORISED),
    AttendanceCode("R", "Religious observance", _AUTHORISED),
    AttendanceCode("I", "Illness", _AUTHORISED),
    AttendanceCode("E", "Suspended or permanently excluded, no alternative provision made", _AUTHORISED),
    AttendanceCode("Q", "Unable to attend: lack of access arrangements", _UNABLE, _REFORM),
    AttendanceCode("Y1", "Unable to attend: transport normally provided is not available", _UNABLE, _REFORM),
    AttendanceCode("Y2", "Unable to attend: widespread disruption to travel", _UNABLE, _REFORM),
    AttendanceCode("Y3", "Unable to attend: part of the premises closed", _UNABLE, _REFORM),
    AttendanceCode("Y4", "Unable to attend: whole site unexpectedly closed", _UNABLE, _REFORM),
    AttendanceCode("Y5", "Unable to attend: in criminal justice detention", _UNABLE, _REFORM),
    AttendanceCode("Y6", "Unable to attend: public health guidance or law", _UNABLE, _REFORM),
    AttendanceCode("Y7", "Unable to attend: any other unavoidable cause", _UNABLE, _REFORM),
    AttendanceCode("G", "Holiday not granted", _UNAUTHORISED),
    AttendanceCode("N", "Reason for absence not yet established", _UNAUTHORISED),
    AttendanceCode("O", "Absent in other or unknown circumstances", _UNAUTHORISED),
    AttendanceCode("U", "Arrived after the register closed", _UNAUTHORISED),
    AttendanceCode("Z", "Prospective pupil, not on the register", _ADMINISTRATIVE),
    AttendanceCode("#", "Planned whole-school closure", _ADMINISTRATIVE),
    AttendanceCode("H", "Holiday granted", _AUTHORISED, valid_to=_LAST_BEFORE),
    AttendanceCode("J", "Interview", _ATTENDING, valid_to=_LAST_BEFORE),
    AttendanceCode("Y", "Unable to attend because of exceptional circumstances", _UNABLE, valid_to=_LAST_BEFORE),
)

CODES = {entry.code: entry for entry in _TABLE}
"""Every national code by its letter, retired ones included: history holds them."""

LATE = frozenset({"L", "U"})
"""The codes of a pupil who came, but late: before the register closed, or after."""


def refuse_unusable(code: str, day: date, session: Session, *, field: str = "code") -> None:
    """Refuse a mark that cannot be: no such code, not on that day, or not in that half of it.

    Raises:
        Impossible: naming the code's field.
    """
    entry = CODES.get(code)
    if entry is None:
        raise Impossible(
            field, f"{code!r} is not a national attendance code. Choose one of {', '.join(CODES)}.", rule="H-17"
        )
    if not entry.valid_from <= day <= entry.valid_to:
        raise Impossible(
            field,
            f"Code {code} ({entry.meaning}) did not exist on {plain(day)}. Choose the code of that day.",
            rule="H-17",
        )
    if entry.only not in {None, session}:
        raise Impossible(
            field, f"Code {code} ({entry.meaning}) cannot stand for the {session.value} session.", rule="H-17"
        )


def attended(code: str) -> bool:
    """Return whether a session so marked was attended, wherever; an unknown or erased code was not."""
    return code in CODES and CODES[code].category == Category.ATTENDING


def expected_code(delivery: Delivery, arranged_by: ArrangedBy, session: Session) -> str:
    """Return the code a pupil who is where they should be is marked with (law.md, derivation rule).

    Present at the school itself; K only where a local authority arranged it; else another approved educational
    activity. D, W and P need more than the placement says, so a person chooses them.
    """
    if delivery is Delivery.IN_HOUSE:
        return "/" if session is Session.AM else "\\"
    return "K" if arranged_by is ArrangedBy.LOCAL_AUTHORITY else "B"
