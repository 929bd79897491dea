"""The decisions on a placement, each with the rules it is tested against; one dated earlier must hold today too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from domain.events import (
    BaselineRecorded,
    ExistingPlacementAdded,
    Fact,
    PlacementAgreementSigned,
    PlacementApproved,
    PlacementResumed,
    PlacementStarted,
    PlacementSuspended,
)
from domain.rules.authority import may_decide, outsider
from domain.rules.breach import Breach, Word, plain
from domain.rules.case import Case, every
from domain.rules.consents import authorities_consent, parents_position
from domain.rules.setting import childrens_home, registration, risk
from domain.vocabulary import DelegatedAct, PlacementStatus

Rule = Callable[[Case], Iterator[Breach]]

UNFINISHED = frozenset({PlacementStatus.PROPOSED, PlacementStatus.ASSESSED, PlacementStatus.APPROVED})
RUNNING = frozenset({PlacementStatus.ACTIVE, PlacementStatus.SUSPENDED})

_AGREED = ("information_exchange", "progress_monitoring", "pastoral_support", "challenge_mechanism")


def approval_breaches(case: Case, start_by: date) -> tuple[Breach, ...]:
    """Return all that stands against approving, on the day it is dated and today."""
    breaches = [*from_status(case, PlacementStatus.ASSESSED), *by_whom(case, DelegatedAct.APPROVE_PLACEMENT)]
    return (*breaches, *starts_before_it_ends(case, start_by), *requirements(case))


def start_breaches(case: Case) -> tuple[Breach, ...]:
    """Return all that stands against starting, on the day it is dated and today."""
    breaches = [*from_status(case, PlacementStatus.APPROVED), *outsider(case.known.authority), *in_window(case)]
    return (*breaches, *requirements(case), *prepared(case))


def requirements(case: Case) -> tuple[Breach, ...]:
    """Return what of consents, parents, registration, risk and the home is missing on the day of the case or today."""
    rules: tuple[Rule, ...] = (childrens_home, authorities_consent, parents_position, registration, risk)
    cases = [replace(case, on=day) for day in sorted({case.on, case.known.today})]
    return tuple(dict.fromkeys(breach for one in cases for rule in rules for breach in rule(one)))


def by_whom(case: Case, act: DelegatedAct | None) -> Iterator[Breach]:
    """H-04, H-22: the decision is one of the Head Teacher's or a live delegate's, on its day and today."""
    return may_decide(case, act, (case.on, case.known.today))


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
        case PlacementSuspended():
            return fact.suspended_on
        case PlacementResumed():
            return fact.resumed_on
    return None


def not_before_it_started(case: Case) -> Iterator[Breach]:
    """H-15: a placement is reviewed on its first day at the earliest."""
    for start in [fact for fact in case.placement if isinstance(fact, PlacementStarted | ExistingPlacementAdded)]:
        if case.on < start.started_on:
            yield Breach(
                "H-15", None, Word.OURS, "held_on",
                f"{plain(case.on)} is before {plain(start.started_on)}, when the placement started.",
                f"Give {plain(start.started_on)} or a later day.",
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


def prepared(case: Case) -> Iterator[Breach]:
    """H-10: before the start, a baseline and, outside, the provider's signature under procedures and challenge."""
    if not any(fact.measured_on <= case.starts_on for fact in every(BaselineRecorded, case.placement)):
        yield Breach(
            "H-10", "S24", Word.SHOULD, None, f"No baseline was recorded by {plain(case.starts_on)}.",
            "Record where the pupil stands now, to measure progress against.",
            "record_baseline",
        )  # fmt: skip
    if case.outside and not any(_complete(case, fact) for fact in every(PlacementAgreementSigned, case.placement)):
        yield Breach(
            "H-10", "S39, S49, S50", Word.SHOULD, None,
            f"No agreement signed by the provider and received by {plain(case.starts_on)} says how information is"
            " exchanged, progress monitored, the pupil supported and a disagreement raised.",
            "Have the provider sign the agreement with all four, and record it.",
            "sign_placement_agreement",
        )  # fmt: skip


def _complete(case: Case, agreement: PlacementAgreementSigned) -> bool:
    texts = (str(getattr(agreement, name)).strip() for name in _AGREED)
    return agreement.received_on <= case.starts_on and all(texts)
