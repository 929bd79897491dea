"""Which school's register of which day a request is about, and whether there is one to take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from flask import request

from domain.errors import NotFound
from domain.rules.school_days import school_day_after
from domain.vocabulary import Session
from projections import register, schools
from projections.register import Expected, ProviderRegister
from projections.schools import Calendar
from web.desk import Desk, day_asked
from web.session_times import ahead

SESSIONS = (Session.AM, Session.PM)


@dataclass(frozen=True)
class Closed:
    """A day without sessions: why, in words that follow “is”, and the next school day if one is known."""

    why: str
    next_day: date | None


@dataclass
class RegisterDay:
    """One school's day: who is expected where, what is marked, and which sessions have not begun."""

    desk: Desk
    school_id: UUID
    day: date

    @cached_property
    def years(self) -> Sequence[Calendar]:
        """The calendars the school published."""
        return schools.calendars(self.desk.connection, self.school_id, self.desk.known_at)

    @cached_property
    def closed(self) -> Closed | None:
        """Why the day has no sessions; None where it has."""
        if any(year.has_sessions(self.day) for year in self.years):
            return None
        following = school_day_after(self.years, self.day, 1)
        known = any(year.has_sessions(following) for year in self.years)
        return Closed(_why_closed(self.years, self.day), following if known else None)

    @cached_property
    def providers(self) -> tuple[ProviderRegister, ...]:
        """Provider by provider, who has an active placement there that day, with the marks made so far."""
        return register.expected(self.desk.connection, self.school_id, self.day, self.desk.known_at)

    @cached_property
    def ahead(self) -> dict[str, str]:
        """The sessions that have not begun, each with its time."""
        return dict(ahead(self.desk, self.school_id, self.day))

    @cached_property
    def begun(self) -> tuple[Session, ...]:
        """The sessions that can be marked by now."""
        return () if self.closed else tuple(one for one in SESSIONS if one.value not in self.ahead)

    @property
    def pupils(self) -> list[Expected]:
        """Everybody on the register."""
        return [pupil for provider in self.providers for pupil in provider.pupils]


def asked(desk: Desk) -> RegisterDay:
    """The register a request asks for: of its day, else today; of its school, else the person's own.

    Raises:
        Impossible: where the day is none.
        NotFound: where there is no such school.
    """
    given = request.args.get("day", "")
    return RegisterDay(desk, _school(desk), day_asked(given, "day") if given else desk.today)


def _school(desk: Desk) -> UUID:
    known = [one.school_id for one in schools.schools(desk.connection, desk.known_at)]
    given = request.args.get("school_id")
    if given:
        found = next((one for one in known if str(one) == given), None)
        if found is None:
            raise NotFound("school", "given")
        return found
    if desk.school_id is not None:
        return desk.school_id
    if not known:
        raise NotFound("school", "given")
    return known[0]


def _why_closed(years: Sequence[Calendar], day: date) -> str:
    if day.isoweekday() > 5:
        return "at a weekend"
    if any(day in year.inset_days for year in years):
        return "a day on which staff are trained and no pupils come"
    if any(day in year.closures for year in years):
        return "a day on which the school is closed"
    if any(term.half_term_from <= day <= term.half_term_to for year in years for term in year.terms):
        return "in the half-term holiday"
    if any(year.covers(day) for year in years) or _between_terms(years, day):
        return "in the holidays"
    return "a day that none of the school's calendars reaches"


def _between_terms(years: Sequence[Calendar], day: date) -> bool:
    terms = [term for year in years for term in year.terms]
    return bool(terms) and min(term.start for term in terms) < day < max(term.end for term in terms)
