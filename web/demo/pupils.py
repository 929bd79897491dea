"""The demo's pupils: who they are, who placed them, who holds parental responsibility, where they are on which day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from domain.vocabulary import Capacity, ResidenceStatus, RollKind
from web.demo.calendar import Calendar
from web.demo.cast import AUTHORITY, Cast
from web.demo.naming import upn
from web.demo.script import Diary

_SCHOOL_NUMBER = {"rowan": 1, "kestrel": 2}
_PREFIX = {"rowan": "RH", "kestrel": "KM"}


@dataclass(frozen=True)
class Parent:
    """A person with parental responsibility for a pupil."""

    id: UUID
    name: str
    ground: str


@dataclass
class Stay:
    """Where a pupil is taught, from one day to another (None: still), on which weekdays, under which placement."""

    placement: UUID
    provider: str
    site: str
    first: date
    last: date | None = None
    surely: bool = False
    """Whether the story needs the pupil to be there each day."""


@dataclass(frozen=True)
class Pupil:
    """An invented pupil; `stays` fills as the pupil's story is told."""

    id: UUID
    school: str
    name: str
    born_on: date
    upn: str | None
    local_ref: str
    authorities: tuple[tuple[str, Capacity], ...]
    parents: tuple[Parent, ...]
    residential: bool
    diary: Diary = field(default_factory=Diary)
    stays: list[Stay] = field(default_factory=list)

    def stay_on(self, day: date) -> Stay | None:
        """Where the pupil is expected on a day, other than at school."""
        return next(
            (stay for stay in reversed(self.stays) if stay.first <= day and (not stay.last or day <= stay.last)), None
        )


def invent(
    number: int, school: str, cast: Cast, calendar: Calendar, *, random: Random, names: Iterator[str], in_care: bool
) -> Pupil:
    """Invent the pupil of that number; one in care is placed by two authorities and lives at Larch House."""
    name = next(names)
    born = calendar.terms[0].start - timedelta(days=365 * random.randint(11, 15) + random.randint(30, 330))
    year = born.year + 11
    number_in_school = number + 1
    return Pupil(
        id=cast.ids("pupil", number),
        school=school,
        name=name,
        born_on=born,
        upn=upn(_SCHOOL_NUMBER[school], year, number_in_school)
        if number % 8
        else None,  # independents need not hold one
        local_ref=f"{_PREFIX[school]}-{number_in_school:03}",
        authorities=_authorities(number, in_care=in_care),
        parents=_parents(number, name, next(names).split()[0], cast, in_care=in_care),
        residential=in_care,
    )


def _authorities(number: int, *, in_care: bool) -> tuple[tuple[str, Capacity], ...]:
    education = ("easterby", "northwold")[number % 2]
    if in_care:
        return (education, Capacity.EDUCATION_SEN), ("marlmouth", Capacity.SOCIAL_CARE)
    if number % 19 == 18:
        return ()
    return ((education, Capacity.EDUCATION_SEN),)


def _parents(number: int, name: str, first: str, cast: Cast, *, in_care: bool) -> tuple[Parent, ...]:
    surname = name.rsplit(maxsplit=1)[-1]
    mother = Parent(cast.ids("parent", number, 1), f"{first} {surname}", "birth mother")
    if in_care:
        council = AUTHORITY["marlmouth"].name
        return mother, Parent(cast.ids("parent", number, 2), council, "care order, shared parental responsibility")
    return (mother,)


def enter(pupil: Pupil, cast: Cast, calendar: Calendar) -> None:
    """Enter what is known of a pupil before the term begins."""
    diary, day, start = pupil.diary, calendar.before_term(16), calendar.terms[0].start - timedelta(days=400)
    officer = cast.officer(f"{pupil.school}-senco")
    diary.enter(
        day, officer, "enrol_pupil", pupil.id, school_id=cast.school(pupil.school), starts_on=start,
        roll_kind=RollKind.SOLE, name=pupil.name, born_on=pupil.born_on, upn=pupil.upn, local_ref=pupil.local_ref,
    )  # fmt: skip
    status = ResidenceStatus.RESIDENTIAL_IN_ALLIED_HOME if pupil.residential else ResidenceStatus.NON_RESIDENTIAL
    home = cast.site("larch-house") if pupil.residential else None
    diary.enter(day, officer, "change_pupil_residence", pupil.id, effective_on=start, status=status, home_site_id=home)
    _enter_authorities(pupil, cast, calendar, start)
    for parent in pupil.parents:
        diary.enter(
            day, officer, "record_parental_responsibility", pupil.id, holder_id=parent.id, effective_on=start,
            name=parent.name, ground=parent.ground, restrictions=None,
            evidence_seen="Birth certificate or order, copy kept",
        )  # fmt: skip


def _enter_authorities(pupil: Pupil, cast: Cast, calendar: Calendar, start: date) -> None:
    diary, day, officer = pupil.diary, calendar.before_term(16), cast.officer(f"{pupil.school}-senco")
    for key, capacity in pupil.authorities:
        authority = AUTHORITY[key]
        diary.enter(
            day, officer, "record_placing_authority", pupil.id, authority_id=cast.authority(key), effective_on=start,
            authority_code=authority.code, authority_name=authority.name, capacity=capacity,
        )  # fmt: skip
    if not pupil.authorities:
        diary.enter(
            day, officer, "record_no_placing_authority", pupil.id, effective_on=start,
            reason="The parents chose and pay for the school; no authority placed the pupil.",
        )  # fmt: skip
        return
    diary.enter(
        day, officer, "record_ehcp", pupil.id, effective_on=start, reference=f"EHCP-{pupil.local_ref}",
        maintaining_authority=AUTHORITY[pupil.authorities[0][0]].name,
        annual_review_due=_annual_review(pupil, calendar),
    )  # fmt: skip


def _annual_review(pupil: Pupil, calendar: Calendar) -> date:
    """For most early next year; one in ten comes up soon, and one is past."""
    last = int(pupil.local_ref[-2:])
    if last % 10 == 4:
        return calendar.today + timedelta(days=24)
    return calendar.today - timedelta(days=9) if last == 16 else calendar.terms[1].start + timedelta(days=30)
