"""A term of registers: who was where at each session, taken by each school in one go, and what was amended later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from domain.parts import Mark
from domain.vocabulary import AmendmentReason, Session
from web.demo.calendar import Calendar, at
from web.demo.cast import OWN, PROVIDER, Cast
from web.demo.pupils import Pupil
from web.demo.script import Diary, Step

_ABSENT = (("I", 40), ("N", 14), ("M", 12), ("O", 10), ("L", 12), ("U", 4), ("Y1", 3), ("C", 3), ("J1", 1), ("R", 1))
_NOTES = {"Y1": "The taxi did not come.", "M": "Appointment letter seen.", "J1": "Interview at a college."}
_TAKEN = {Session.AM: ("09:10", "09:40"), Session.PM: ("13:10", "13:40")}
_RESOLVED = ("I", "I", "O", "M")


def registers(pupils: Sequence[Pupil], cast: Cast, calendar: Calendar, random: Random) -> Iterator[Step]:
    """One register for each school and session of each school day before today."""
    by_school = {school: [pupil for pupil in pupils if pupil.school == school] for school in OWN}
    for day in calendar.taken:
        for session, (_, entered) in _TAKEN.items():
            for school, on_roll in by_school.items():
                if on_roll:
                    marks = tuple(_mark(pupil, day, session, cast, random) for pupil in on_roll)
                    officer = cast.officer(f"{school}-attendance")
                    yield Step(at(day, entered), officer, "take_register", cast.school(school), {"marks": marks})


def half_saved(taken: Sequence[Step], calendar: Calendar) -> list[Step]:
    """The registers as they were saved: on the last afternoon two pupils with a provider were left unmarked."""
    left = 2
    saved = []
    for step in taken:
        marks = step.fields["marks"]
        for mark in marks if (left and marks[0].day == calendar.taken[-1]) else ():
            if left and mark.session is Session.PM and mark.placement_id is not None:
                left -= 1
                marks = tuple(one for one in marks if one is not mark)
        if marks:
            saved.append(replace(step, fields={"marks": marks}))
    return saved


def _mark(pupil: Pupil, day: date, session: Session, cast: Cast, random: Random) -> Mark:
    stay = pupil.stay_on(day)
    away = stay is not None and day.weekday() in PROVIDER[stay.provider].weekdays
    provider = PROVIDER[stay.provider if stay and away else OWN[pupil.school]]
    absent = _absence(pupil, random)
    code = _present(provider.code, session) if absent is None or (stay and stay.surely) else absent
    outside = code == provider.code and code in "BKW"
    return Mark(
        pupil_id=pupil.id,
        placement_id=stay.placement if stay and away else None,
        site_id=cast.site(stay.site if stay and away else provider.sites[0].key),
        day=day,
        session=session,
        taken_at=at(day, _TAKEN[session][0]),
        code=code,
        minutes_late=random.randint(3, 25) if code == "L" else None,
        nature=provider.activity if outside else None,
        note=_NOTES.get(code),
        taken_by=provider.lead or cast.officer(f"{pupil.school}-ap").name,
    )


def _absence(pupil: Pupil, random: Random) -> str | None:
    if random.random() >= 0.05 + (pupil.id.int % 7) / 70:
        return None
    codes, weights = zip(*_ABSENT, strict=True)
    return str(random.choices(codes, weights)[0])


def _present(code: str, session: Session) -> str:
    return "\\" if code == "/" and session is Session.PM else code


def amendments(
    taken: Sequence[Step], pupils: Sequence[Pupil], cast: Cast, calendar: Calendar, random: Random
) -> Iterator[Step]:
    """Most absences without a reason get one on the fourth school day after; some keying errors are put right."""
    school_of = {pupil.id: pupil.school for pupil in pupils}
    diary = Diary()
    for step in taken:
        for mark in step.fields["marks"]:
            amended = _amended(mark.code, random)
            day = calendar.after(mark.day, 4 if mark.code == "N" else 1)
            if amended and day < calendar.today:
                officer = cast.officer(f"{school_of[mark.pupil_id]}-attendance")
                reason: dict[str, Any] = _reason(mark.code)
                diary.enter(
                    day, officer, "amend_attendance", mark.pupil_id, day=mark.day, session=mark.session,
                    original_code=mark.code, amended_code=amended, minutes_late=None, nature=None, **reason,
                )  # fmt: skip
    yield from diary


def _amended(code: str, random: Random) -> str | None:
    if code == "N":
        return random.choice(_RESOLVED) if random.random() < 0.85 else None
    return "I" if code == "U" and random.random() < 0.3 else None


def _reason(code: str) -> dict[str, Any]:
    if code == "N":
        return {
            "reason_code": AmendmentReason.REASON_ESTABLISHED,
            "reason": "The parent rang on the fourth school day and gave the reason.",
        }
    return {"reason_code": AmendmentReason.KEYING_ERROR, "reason": "The wrong line of the paper register was read."}
