"""An urgent start: ten school days at most on an interim risk assessment; three things may wait, nothing else.

Model, settled point 3. What was put off, and the ten days themselves, are watched by pure functions of days, so that
no way of entering things lets them pass unseen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.errors import Impossible
from domain.events import BaselineRecorded, InterventionPlanPrepared, PlacementAgreementSigned
from domain.parts import Deferral
from domain.rules.breach import Breach, Word, plain
from domain.rules.case import Case
from domain.rules.flags import Flag, Tier
from domain.rules.plan import WHOLE_WEEK, content, review_gap
from domain.rules.preparedness import complete
from domain.rules.school_days import Year, school_day_after
from domain.vocabulary import Deferrable

URGENT_DAYS = 10
"""How many school days an urgent start lasts, its first day counted."""

_CALLED = {
    Deferrable.PLAN: "the plan",
    Deferrable.BASELINE: "the starting point",
    Deferrable.PROVIDER_AGREEMENT: "the provider's agreement",
}


def last_urgent_day(calendars: Collection[Year], starts_on: date) -> date:
    """Return the tenth school day of a placement that starts urgently on a day."""
    return school_day_after(calendars, starts_on - timedelta(days=1), URGENT_DAYS)


def refuse_unclear(deferred: Sequence[Deferral], *, outside: bool) -> None:
    """Refuse to put one thing off twice, or what there is nothing of.

    Raises:
        Impossible: naming the line.
    """
    for number, one in enumerate(deferred):
        if one.what in {other.what for other in deferred[:number]}:
            raise Impossible(f"deferred.{number}.what", f"Put {_CALLED[one.what]} off once, to one day.")
        if one.what == Deferrable.PROVIDER_AGREEMENT and not outside:
            raise Impossible(f"deferred.{number}.what", "The school teaches the pupil itself, so no provider signs.")


def begins_at_once(case: Case) -> Iterator[Breach]:
    """An urgent start begins on the day it is decided or on the next school day."""
    latest = school_day_after(case.known.calendars, case.on, 1)
    if case.starts_on > latest:
        yield _ours(
            "starts_on",
            f"{plain(case.starts_on)} is later than the next school day, {plain(latest)}.",
            f"Let it start by {plain(latest)}, or have it approved in the ordinary way.",
        )


def put_off(case: Case, deferred: Sequence[Deferral]) -> Iterator[Breach]:
    """What waits, waits to a day within the ten; the days are those of the case."""
    for number, one in enumerate(deferred):
        if not case.starts_on <= one.due_on <= case.ends_on:
            yield _ours(
                f"deferred.{number}.due_on",
                f"{plain(one.due_on)} is not within the ten school days from {plain(case.starts_on)} to"
                f" {plain(case.ends_on)}.",
                f"Put {_CALLED[one.what]} off to a day up to {plain(case.ends_on)}.",
            )


def may_wait(missing: Mapping[Deferrable, Sequence[Breach]], deferred: Sequence[Deferral]) -> Iterator[Breach]:
    """Of the three things that may wait, each that is missing was put off to a named day."""
    waiting = {one.what for one in deferred}
    for what, breaches in missing.items():
        if what not in waiting:
            for breach in breaches:
                yield replace(breach, remedy=f"{breach.remedy} Or put {_CALLED[what]} off to a named day.")


def still_within(case: Case) -> Iterator[Breach]:
    """A suspended urgent start goes on within its ten days only; after them it is approved first."""
    urgent = case.urgent
    if urgent is not None and case.on > urgent.ends_on:
        yield _ours(
            "resumed_on",
            f"The urgent start was for the school days up to {plain(urgent.ends_on)}, and nobody approved it since.",
            "Have the placement approved first, or end it.",
        )


@dataclass(frozen=True)
class Deferred:
    """One thing an urgent start put off: to which day, and on which it was made good, if it was."""

    what: Deferrable
    due_on: date
    made_good_on: date | None

    def overdue(self, day: date) -> bool:
        """Whether on a day it was due and still not there."""
        return self.due_on < day and (self.made_good_on is None or day < self.made_good_on)


def deferrals(deferred: Sequence[Deferral], made_good: Mapping[Deferrable, date]) -> tuple[Deferred, ...]:
    """Return what was put off with the day each was made good."""
    return tuple(Deferred(one.what, one.due_on, made_good.get(one.what)) for one in deferred)


def made_good(case: Case) -> dict[Deferrable, date]:
    """Return the earliest day on which each thing was there: a plan and an agreement count once they are whole."""
    days: dict[Deferrable, date] = {}
    for fact in case.placement:
        found: tuple[Deferrable, date] | None = None
        match fact:
            case BaselineRecorded():
                found = Deferrable.BASELINE, fact.measured_on
            case InterventionPlanPrepared() if not _lacking(case, fact):
                found = Deferrable.PLAN, fact.prepared_on
            case PlacementAgreementSigned() if complete(fact):
                found = Deferrable.PROVIDER_AGREEMENT, fact.received_on
        if found is not None:
            what, day = found
            days[what] = min(day, days.get(what, day))
    return days


def overran(ends_on: date, day: date, *, approved_on: date | None, ended_on: date | None) -> bool:
    """Return whether, by a day, an urgent start had run past its ten school days without an approval."""
    return min(stop for stop in (day, approved_on, ended_on) if stop is not None) > ends_on


@dataclass(frozen=True)
class Course:
    """How an urgent start has gone by a day: what it put off, and whether and when it was approved or ended."""

    ends_on: date
    deferred: tuple[Deferred, ...]
    approved_on: date | None
    ended_on: date | None
    again: bool

    def overran(self, day: date) -> bool:
        """Whether, by a day, it had run past its ten school days without an approval."""
        return overran(self.ends_on, day, approved_on=self.approved_on, ended_on=self.ended_on)


def remarks(course: Course, day: date) -> Iterator[Flag]:
    """What about an urgent start needs a second look by a day, also once it is approved or over: history stays told."""
    if course.again:
        yield Flag("H-04", Tier.AUTHORITY, "The pupil had been started urgently before.")
    if course.overran(day):
        stopped = "nobody has approved it yet"
        if course.approved_on is not None:
            stopped = f"it was approved on {plain(course.approved_on)}"
        elif course.ended_on is not None:
            stopped = f"it ended on {plain(course.ended_on)} without one"
        yield Flag(
            "H-04",
            Tier.AUTHORITY,
            f"It ran without an approval past its last school day, {plain(course.ends_on)}; {stopped}.",
        )
    for one in course.deferred:
        yield from _late(one, day if course.ended_on is None else min(day, course.ended_on))


def _late(one: Deferred, day: date) -> Iterator[Flag]:
    """What was put off to a day and was not there on the next."""
    there = one.made_good_on
    if one.due_on < day and (there is None or there > one.due_on):
        when = "is not there" if there is None or there > day else f"was there only on {plain(there)}"
        yield Flag("H-15", Tier.PAPERWORK, f"It put {_CALLED[one.what]} off to {plain(one.due_on)}, and that {when}.")


def _lacking(case: Case, plan: InterventionPlanPrepared) -> bool:
    whole_week = case.proposal.attendance_mode in WHOLE_WEEK
    return any(content(plan, whole_week=whole_week)) or any(review_gap(plan, case.known.calendars))


def _ours(field: str, sentence: str, remedy: str) -> Breach:
    return Breach("H-15", None, Word.OURS, field, sentence, remedy)
