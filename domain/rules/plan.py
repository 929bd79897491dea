"""H-09: what the plan for intervention should hold before a placement is approved; each clause speaks for itself.

The policy writes “should” of every one of them, so that the Head Teacher may go on without, for a recorded reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from domain.events import InterventionPlanPrepared
from domain.rules.breach import Breach, Word, plain
from domain.rules.case import Case, every
from domain.rules.school_days import Year, half_terms, school_days
from domain.vocabulary import AttendanceMode

HALF_TERM_WITHOUT_CALENDAR = 35
"""How many school days count as a half-term where no calendar says: seven weeks, as long as they get."""

WHOLE_WEEK = frozenset({AttendanceMode.FULL_TIME, AttendanceMode.TEMPORARY_FULL})
"""The modes in which nobody else teaches the pupil English and mathematics."""

CLEARS = {
    ("H-09", "S20"): "Prepare the plan.",
    ("H-09", "S21"): "Prepare a version of the plan with objectives for improvement and for attainment.",
    ("H-09", "S22"): "Prepare a version of the plan whose objectives are due while it runs.",
    ("H-09", "S23"): "Prepare a version of the plan that says who watches what, and how often.",
    ("H-09", "S35"): "Prepare a version of the plan with a review at least every half-term.",
    ("H-09", "S54"): "Prepare a version of the plan with weekly time for English and mathematics.",
}
"""What would meet each clause after a decision went on in spite of it."""

_KINDS = ("improvement", "attainment")


def planned(case: Case) -> Iterator[Breach]:
    """H-09: the newest plan of the day sets out all that a plan should."""
    plans = [plan for plan in every(InterventionPlanPrepared, case.placement) if plan.prepared_on <= case.on]
    if not plans:
        yield _should("S20", "No plan for intervention was prepared.", "Prepare the plan.")
        return
    yield from content(plans[-1], whole_week=case.proposal.attendance_mode in WHOLE_WEEK)
    yield from review_gap(plans[-1], case.known.calendars)


def content(plan: InterventionPlanPrepared, *, whole_week: bool) -> Iterator[Breach]:
    """H-09: objectives of both kinds, each for a day within the plan, who watches, and English and mathematics."""
    objectives = plan.objectives if isinstance(plan.objectives, tuple) else ()
    kinds = {objective.kind for objective in objectives}
    if missing := [kind for kind in _KINDS if kind not in kinds]:
        names = " and ".join(f"no objective for {kind}" for kind in missing)
        yield _should(
            "S21", f"The plan has {names}.", "Add at least one objective for improvement, one for attainment."
        )
    for objective in objectives:
        if not plan.starts_on <= objective.target_date <= plan.ends_on:
            yield _should(
                "S22",
                f"An objective is to be reached by {plain(objective.target_date)}, when the plan is not running.",
                f"Give a day from {plain(plan.starts_on)} to {plain(plan.ends_on)}.",
            )
    if not plan.monitoring:
        yield _should("S23", "The plan does not say who watches progress.", "Say who watches what, and how often.")
    taught = [subject for subject in (plan.english, plan.maths) if isinstance(subject, tuple)]
    if whole_week and any(subject.minutes_a_week == 0 for subject in taught):
        yield _should(
            "S54",
            "The plan has no time for English or none for mathematics, and the pupil is taught nowhere else.",
            "Plan weekly minutes for both.",
        )


def lacks(plan: InterventionPlanPrepared) -> list[str]:
    """Return the clauses that a plan leaves open, but for the gaps between its reviews, which a calendar measures."""
    return list(dict.fromkeys(breach.clause or "" for breach in content(plan, whole_week=True)))


def review_gap(plan: InterventionPlanPrepared, calendars: Collection[Year]) -> Iterator[Breach]:
    """H-09: from the plan's first day over every review to its last, no gap is longer than a half-term (S35)."""
    yield from gap_between(plan.starts_on, plan.review_dates, plan.ends_on, calendars)


def gap_between(first: date, reviews: Sequence[date], last: date, calendars: Collection[Year]) -> Iterator[Breach]:
    """H-09: the first gap that holds more school days than the longest half-term it touches."""
    days = [first, *sorted(day for day in reviews if first < day < last), last]
    for before, after in pairwise(days):
        if school_days(calendars, before + timedelta(days=1), after) > _half_term(calendars, before, after):
            yield _should(
                "S35",
                f"No review is planned between {plain(before)} and {plain(after)}, which is longer than a half-term.",
                "Plan a review at least every half-term.",
            )
            return


def _half_term(calendars: Collection[Year], first: date, last: date) -> int:
    touched = [half for half in half_terms(calendars) if half.first <= last and first <= half.last]
    lengths = (school_days(calendars, half.first, half.last) for half in touched)
    return max(lengths, default=HALF_TERM_WITHOUT_CALENDAR)


def _should(clause: str, sentence: str, remedy: str) -> Breach:
    return Breach("H-09", clause, Word.SHOULD, None, sentence, remedy, "prepare_plan")
