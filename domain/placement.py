"""A placement: proposed, assessed, approved or refused, started, suspended, ended; with its consents and reviews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from domain.events import (
    Fact,
    InterventionPlanPrepared,
    PlacementApproved,
    PlacementEnded,
    PlacementProposed,
    PlacementRefused,
    PlacementResumed,
    PlacementStarted,
    PlacementSuspended,
    ReviewHeld,
    UrgentStartDecided,
)
from domain.parts import Deferral, Override
from domain.placement_record import PlacementRecord, refuse_unexplained
from domain.rules.authority import outsider
from domain.rules.breach import Breach, refuse
from domain.rules.case import Case, Known
from domain.rules.consents import live_consents
from domain.rules.decisions import (
    approval_breaches,
    by_whom,
    follows,
    from_status,
    not_before_it_started,
    resumption_breaches,
    start_breaches,
    urgent_breaches,
)
from domain.rules.overrides import weigh
from domain.rules.setting import childrens_home
from domain.rules.status import RUNNING, UNFINISHED
from domain.rules.urgent import last_urgent_day, refuse_unclear
from domain.values import Submission
from domain.vocabulary import PlacementStatus


class Placement(PlacementRecord):
    """A pupil's time with a provider, as it is decided on."""

    def propose(self, known: Known, submission: Submission, **proposed: Any) -> None:
        """Propose the placement; a children's home is refused from the first (H-01).

        Raises:
            DecisionRefused: where the site is closed to the pupil, or an outsider proposes.
            Impossible: where it is said to deliver no accredited education, and not why.
        """
        refuse_unexplained(proposed["accredited"], proposed["accredited_reason"], "accredited_reason")
        stated = self.state(
            PlacementProposed, submission, subject=proposed["pupil_id"], relied_on=known.relied_on, **proposed
        )
        today, first = submission.today, stated.proposed_start
        case = Case(known, stated, PlacementStatus.PROPOSED, (stated,), today, first)
        refuse([*outsider(known.authority), *childrens_home(case)])
        self.happen(stated)

    def prepare_plan(self, known: Known, submission: Submission, *, prepared_on: date, **plan: Any) -> None:
        """Record the next version of the plan, as the Head Teacher or a delegate for it prepared it (S20).

        Raises:
            DecisionRefused: where anyone else did.
        """
        case = self.case(known, prepared_on)
        breaches = by_whom(case, "prepare_plan")
        following = {"plan_version": self.plan_version + 1, "prepared_on": prepared_on}
        self._decide(InterventionPlanPrepared, case, breaches, submission, **following, **plan)

    def decide_on_parents(self, kind: type[Fact], known: Known, submission: Submission, /, **decision: Any) -> None:
        """Take the Head Teacher's own decision on the parents' position.

        Raises:
            DecisionRefused: where anyone else takes it.
        """
        case = self.case(known, decision["decided_on"])
        self._decide(kind, case, [*by_whom(case, "decide_without_parental_agreement")], submission, **decision)

    def approve(
        self, known: Known, submission: Submission, *, overrides: tuple[Override, ...], **approval: Any
    ) -> None:
        """Approve the placement; one that runs on an urgent start or on paper goes on from the day of its approval.

        Raises:
            DecisionRefused: with all that stands against it.
            Impossible: where an override gives no reason.
        """
        case = self.case(known, approval["approved_on"], approval["start_from"])
        if (case.urgent or case.from_paper) and self.status in RUNNING:
            case = replace(case, starts_on=case.on)
            approval |= {"start_from": case.on, "start_by": case.on}
        standing, overridden = weigh(case, approval_breaches(case, approval["start_by"]), overrides)
        self._decide(
            PlacementApproved,
            case,
            standing,
            submission,
            plan_version=self.plan_version or None,
            consent_ids=_consent_ids(case),
            overridden=overridden,
            **approval,
        )

    def refuse(self, known: Known, submission: Submission, *, refused_on: date, **refusal: Any) -> None:
        """Refuse the placement; who may approve may refuse."""
        case = self.case(known, refused_on)
        breaches = [*from_status(case, *UNFINISHED), *by_whom(case, "refuse_placement")]
        self._decide(PlacementRefused, case, breaches, submission, refused_on=refused_on, **refusal)

    def start(
        self, known: Known, submission: Submission, *, started_on: date, overrides: tuple[Override, ...], **start: Any
    ) -> None:
        """Start the placement.

        Raises:
            DecisionRefused: with all that stands against it.
            Impossible: where an override gives no reason.
        """
        case = self.case(known, started_on, started_on)
        standing, overridden = weigh(case, start_breaches(case), overrides)
        decided = {"started_on": started_on, "overridden": overridden}
        self._decide(PlacementStarted, case, standing, submission, **decided, **start)

    def start_urgently(
        self,
        known: Known,
        submission: Submission,
        *,
        decided_on: date,
        starts_on: date,
        deferred: tuple[Deferral, ...],
        **decision: Any,
    ) -> None:
        """Start the placement at once, for ten school days at most.

        Raises:
            DecisionRefused: with all that stands against it.
            Impossible: where something is put off that cannot be.
        """
        ends_on = min(last_urgent_day(known.calendars, starts_on), self.proposal.proposed_end)
        case = replace(self.case(known, decided_on, starts_on), until=ends_on, interim=True)
        refuse_unclear(deferred, outside=case.outside)
        days = {"decided_on": decided_on, "starts_on": starts_on, "ends_on": max(starts_on, ends_on)}
        breaches = urgent_breaches(case, deferred)
        consents = _consent_ids(case)
        self._decide(
            UrgentStartDecided, case, breaches, submission, deferred=deferred, consent_ids=consents, **days, **decision
        )

    def suspend(self, known: Known, submission: Submission, *, suspended_on: date, **suspension: Any) -> None:
        """Suspend the placement."""
        case = self.case(known, suspended_on)
        breaches = [*from_status(case, PlacementStatus.ACTIVE), *by_whom(case, "suspend_placement"), *follows(case)]
        self._decide(PlacementSuspended, case, breaches, submission, suspended_on=suspended_on, **suspension)

    def resume(self, known: Known, submission: Submission, *, resumed_on: date, **resumption: Any) -> None:
        """Let a suspended placement go on; who may suspend may do so. What a start needs, this needs anew."""
        case = self.case(known, resumed_on, resumed_on)
        if case.urgent is not None:
            case = replace(case, until=max(resumed_on, case.urgent.ends_on), interim=True)
        breaches = resumption_breaches(case)
        self._decide(PlacementResumed, case, breaches, submission, resumed_on=resumed_on, **resumption)

    def review(self, known: Known, submission: Submission, *, held_on: date, **review: Any) -> None:
        """Record a review that was held; one of an ended placement too, entered late or held as its last."""
        case = self.case(known, held_on)
        breaches = [*from_status(case, *RUNNING, PlacementStatus.ENDED), *by_whom(case, "hold_review")]
        breaches += not_before_it_started(case)
        self._decide(ReviewHeld, case, breaches, submission, held_on=held_on, **review)

    def end(self, known: Known, submission: Submission, *, ended_on: date, **ending: Any) -> None:
        """End the placement."""
        case = self.case(known, ended_on)
        breaches = [*from_status(case, *RUNNING), *by_whom(case, "end_placement"), *follows(case)]
        self._decide(PlacementEnded, case, breaches, submission, ended_on=ended_on, **ending)

    def _decide(
        self, kind: type[Fact], case: Case, breaches: Iterable[Breach], submission: Submission, /, **decision: Any
    ) -> None:
        subject, relied_on = self.proposal.pupil_id, case.known.relied_on
        stated = self.state(kind, submission, subject=subject, relied_on=relied_on, **decision)
        refuse(breaches)
        self.happen(stated)


def _consent_ids(case: Case) -> tuple[UUID, ...]:
    return tuple(consent.consent_id for consent in live_consents(case))
