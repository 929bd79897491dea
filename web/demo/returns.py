"""What the demo's providers returned in the last days: mostly what the school marked, and not always."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from domain.parts import Mark, ReturnedSession
from domain.rules.attendance_codes import attended
from domain.vocabulary import Returned, Session
from web.demo.calendar import Calendar, at
from web.demo.cast import PROVIDER, Cast
from web.demo.pupils import Pupil, Stay
from web.demo.script import Step

_DAYS = 3
"""For so many of the last days there are returns."""


def returns(taken: Sequence[Step], pupils: Sequence[Pupil], cast: Cast, calendar: Calendar) -> Iterator[Step]:
    """One return for each outside provider, school and day; yesterday one provider has sent none yet."""
    marked = {(mark.pupil_id, mark.day, mark.session): mark for step in taken for mark in step.fields["marks"]}
    days = calendar.taken[-_DAYS:]
    for day in days:
        for number, (school, provider) in enumerate(_places(pupils, day)):
            if day == days[-1] and number == 1:
                continue
            rows = tuple(_rows(pupils, marked, school, provider, day))
            of = {"provider_id": cast.provider(provider), "day": day, "received_on": day}
            said = of | {"given_by": PROVIDER[provider].lead, "rows": rows}
            yield Step(
                at(day, f"15:{30 + number}"), cast.officer(f"{school}-attendance"), "record_provider_return",
                cast.school(school), said,
            )  # fmt: skip


def _places(pupils: Sequence[Pupil], day: date) -> list[tuple[str, str]]:
    """Which schools' pupils are expected at which outside providers on a day."""
    found = {(pupil.school, stay.provider) for pupil in pupils if (stay := _away(pupil, day)) is not None}
    return sorted(found)


def _away(pupil: Pupil, day: date) -> Stay | None:
    """Where a pupil is taught by somebody else that day."""
    stay = pupil.stay_on(day)
    if stay is None or PROVIDER[stay.provider].school or day.weekday() not in PROVIDER[stay.provider].weekdays:
        return None
    return stay


def _rows(
    pupils: Sequence[Pupil], marked: dict[tuple[UUID, date, Session], Mark], school: str, provider: str, day: date
) -> Iterator[ReturnedSession]:
    for number, pupil in enumerate(pupils):
        stay = _away(pupil, day)
        if stay is None or (pupil.school, stay.provider) != (school, provider):
            continue
        for session, came in ((Session.AM, "09:05"), (Session.PM, "13:00")):
            mark = marked.get((pupil.id, day, session))
            there = mark is None or attended(mark.code)
            if (number + day.toordinal()) % 9 == 0 and session is Session.PM:
                there = not there
            said = Returned.ATTENDED if there else Returned.ABSENT
            arrived = came if there else None
            yield ReturnedSession(pupil.id, stay.placement, session, said, arrived, None, None)
