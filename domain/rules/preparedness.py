"""H-10: what there should be before a start: a starting point and, outside, the provider's signed agreement."""

from __future__ import annotations

from collections.abc import Iterator

from domain.events import BaselineRecorded, InterventionPlanPrepared, PlacementAgreementSigned
from domain.rules.breach import Breach, Word, plain
from domain.rules.case import Case, every

CLEARS = {
    ("H-10", "S24"): "Record the starting point.",
    ("H-10", "S39, S49, S50"): "Record the provider's signed agreement.",
}
"""What would meet each clause after a decision went on in spite of it."""

_AGREED = ("information_exchange", "progress_monitoring", "pastoral_support", "challenge_mechanism")


def baseline(case: Case) -> Iterator[Breach]:
    """H-10: a baseline by the first day, to measure progress against (S24)."""
    if not any(fact.measured_on <= case.starts_on for fact in every(BaselineRecorded, case.placement)):
        yield Breach(
            "H-10", "S24", Word.SHOULD, None, f"No baseline was recorded by {plain(case.starts_on)}.",
            "Record where the pupil stands now, to measure progress against.",
            "record_baseline",
        )  # fmt: skip


def agreed(case: Case) -> Iterator[Breach]:
    """H-10: outside, the provider's signature under three procedures and a way to challenge (S39, S49, S50)."""
    planned = bool(every(InterventionPlanPrepared, case.placement))
    signed = [fact for fact in every(PlacementAgreementSigned, case.placement) if speaks(fact.plan_version, planned)]
    if case.outside and not any(fact.received_on <= case.starts_on and complete(fact) for fact in signed):
        yield Breach(
            "H-10", "S39, S49, S50", Word.SHOULD, None,
            f"No agreement signed by the provider and received by {plain(case.starts_on)} says how information is"
            " exchanged, progress monitored, the pupil supported and a disagreement raised.",
            "Have the provider sign the agreement with all four, and record it.",
            "sign_placement_agreement",
        )  # fmt: skip


def speaks(plan_version: int | None, planned: bool) -> bool:
    """Return whether an agreement speaks of the plan there is: one on paper says nothing of one prepared here later."""
    return plan_version is not None or not planned


def complete(agreement: PlacementAgreementSigned) -> bool:
    """Return whether an agreement says all four things it should."""
    return all(str(getattr(agreement, name)).strip() for name in _AGREED)
