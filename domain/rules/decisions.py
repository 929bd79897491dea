"""The decisions on a placement, each with the rules it is tested against; one dated earlier must hold today too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from domain.events import (
    ExistingPlacementAdded,
    Fact,
    PlacementApproved,
    PlacementResumed,
    PlacementStarted,
    PlacementSuspended,
    UrgentStartDecided,
)
from domain.parts import Deferral
from domain.rules.authority import RESTS_WITH_HEAD, may_decide, outsider
from domain.rules.breach import Breach, Word, plain
from domain.rules.case import Case, every
from domain.rules.consents import authorities_consent
from domain.rules.parents import parents_position
from domain.rules.plan import planned
from domain.rules.preparedness import agreed, baseline
from domain.rules.roll import on_roll
from domain.rules.setting import childrens_home, registration, risk
from domain.rules.status import RUNNING
from domain.rules.urgent import begins_at_once, may_wait, put_off, still_within
from domain.vocabulary import Deferrable, PlacementStatus

Rule = Callable[[Case], Iterator[Breach]]


def approval_breaches(case: Case, start_by: date) -> tuple[Breach, ...]:
    """Return all that stands against approving, on the day it is dated and today."""
    breaches = [*awaits_approval(case), *by_whom(case, "approve_placement")]
    running = (*follows(case), *prepared(case)) if case.urgent or case.from_paper else ()
    return (*breaches, *starts_before_it_ends(case, start_by), *requirements(case), *planned(case), *running)


def start_breaches(case: Case) -> tuple[Breach, ...]:
    """Return all that stands against starting, on the day it is dated and today."""
    breaches = [*from_status(case, PlacementStatus.APPROVED), *outsider(case.known.authority), *in_window(case)]
    return (*breaches, *on_roll(case), *requirements(case), *prepared(case))


def resumption_breaches(case: Case) -> tuple[Breach, ...]:
    """Return all that stands against letting a suspended placement go on: what a start needs, this needs anew."""
    breaches = [*from_status(case, PlacementStatus.SUSPENDED), *by_whom(case, "resume_placement"), *follows(case)]
    return (*breaches, *still_within(case), *requirements(case))


def urgent_breaches(case: Case, deferred: Sequence[Deferral]) -> tuple[Breach, ...]:
    """Return all that stands against starting at once: only plan, baseline and agreement may wait."""
    breaches = [*from_status(case, PlacementStatus.ASSESSED), *by_whom(case, "start_urgently"), *begins_at_once(case)]
    breaches += [*starts_before_it_ends(case, case.starts_on), *put_off(case, deferred)]
    missing = {
        Deferrable.PLAN: tuple(planned(case)),
        Deferrable.BASELINE: tuple(baseline(case)),
        Deferrable.PROVIDER_AGREEMENT: tuple(agreed(case)),
    }
    return (*breaches, *on_roll(case), *requirements(case), *may_wait(missing, deferred))


def awaits_approval(case: Case) -> Iterator[Breach]:
    """H-15: an assessed placement is approved, or one that runs on an urgent start or on what its paper says."""
    if not ((case.urgent or case.from_paper) and case.status in RUNNING):
        yield from from_status(case, PlacementStatus.ASSESSED)


def prepared(case: Case) -> tuple[Breach, ...]:
    """H-10: what should be there before the start."""
    return (*baseline(case), *agreed(case))


def requirements(case: Case) -> tuple[Breach, ...]:
    """Return what of consents, parents, registration, risk and the home is missing on the day of the case or today."""
    rules: tuple[Rule, ...] = (childrens_home, authorities_consent, parents_position, registration, risk)
    cases = [replace(case, on=day) for day in sorted({case.on, case.known.today})]
    return tuple(dict.fromkeys(breach for one in cases for rule in rules for breach in rule(one)))


def by_whom(case: Case, command: str) -> Iterator[Breach]:
    """H-04, H-22: the decision is one of the Head Teacher's or a live delegate's, on its day and today."""
    return may_decide(case, RESTS_WITH_HEAD[command], (case.on, case.known.today))


def from_status(case: Case, *allowed: PlacementStatus) -> Iterator[Breach]:
    """H-15: each step of a placement follows the one before it (model §3.4)."""
    if case.status in allowed:
        return
    needed = " or ".join(status.value for status in allowed)
    remedy = f"This can be decided only while a placement is {needed}."
    if case.status == PlacementStatus.PROPOSED and PlacementStatus.ASSESSED in allowed:
        remedy = "Record the needs assessment and the risk assessment of this pupil at this site first."
    yield Breach("H-15", None, Word.OURS, None, f"The placement is {case.status.value}.", remedy)


def follows(case: Case) -> Iterator[Breach]:
    """H-15: what is decided on a running placement is not dated before what it follows."""
    dated = (day for fact in reversed(case.placement) for day in (_day_of(fact),) if day is not None)
    last = next(dated, None)
    if last is not None and case.on < last:
        yield Breach(
            "H-15", None, Word.OURS, None,
            f"{plain(case.on)} is before {plain(last)}, when the placement last changed.",
            f"Give {plain(last)} or a later day.",
        )  # fmt: skip


def _day_of(fact: Fact) -> date | None:
    """The day a placement began to run, stopped, or went on."""
    match fact:
        case PlacementStarted() | ExistingPlacementAdded():
            return fact.started_on
        case UrgentStartDecided():
            return fact.starts_on
        case PlacementSuspended():
            return fact.suspended_on
        case PlacementResumed():
            return fact.resumed_on
    return None


def not_before_it_started(case: Case) -> Iterator[Breach]:
    """H-15: a placement is reviewed on its first day at the earliest."""
    starts = (PlacementStarted, ExistingPlacementAdded, UrgentStartDecided)
    started = next((_day_of(fact) for fact in case.placement if isinstance(fact, starts)), None)
    if started is not None and case.on < started:
        yield Breach(
            "H-15", None, Word.OURS, "held_on",
            f"{plain(case.on)} is before {plain(started)}, when the placement started.",
            f"Give {plain(started)} or a later day.",
        )  # fmt: skip


def starts_before_it_ends(case: Case, start_by: date) -> Iterator[Breach]:
    """H-15: no approval lets a placement start after its last day."""
    if start_by > case.ends_on:
        yield Breach(
            "H-15", None, Word.OURS, "start_by",
            f"The placement ends on {plain(case.ends_on)}, before {plain(start_by)}.",
            f"Let it start by {plain(case.ends_on)} at the latest.",
        )  # fmt: skip


def in_window(case: Case) -> Iterator[Breach]:
    """H-15: a placement starts within the days its approval names."""
    approvals = every(PlacementApproved, case.placement)
    if approvals and not approvals[-1].start_from <= case.starts_on <= approvals[-1].start_by:
        span = f"from {plain(approvals[-1].start_from)} to {plain(approvals[-1].start_by)}"
        yield Breach(
            "H-15", None, Word.OURS, "started_on",
            f"The approval lets the placement start {span}, not on {plain(case.starts_on)}.",
            "Start it within those days, or have it proposed and approved anew.",
        )  # fmt: skip
