"""A placement: proposed, assessed, approved or refused, started, suspended, ended; with its consents and reviews."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from domain.aggregate import Aggregate
from domain.errors import AlreadyRecorded, Impossible, NotFound
from domain.events import (
    AccreditationStated,
    BaselineRecorded,
    ExistingPlacementAdded,
    Fact,
    InterventionPlanPrepared,
    NeedsAssessmentCompleted,
    ParentalAgreementDecided,
    ParentalAgreementDeclined,
    ParentalAgreementGiven,
    ParentalAgreementNotRelevantRecorded,
    ParentalAgreementWithdrawn,
    ParentUnreachableRecorded,
    PlacementAgreementSigned,
    PlacementApproved,
    PlacementEnded,
    PlacementProposed,
    PlacementRefused,
    PlacementResumed,
    PlacementStarted,
    PlacementSuspended,
    PlacingAuthorityConsentGiven,
    PlacingAuthorityConsentRefused,
    PlacingAuthorityConsentRequested,
    PlacingAuthorityConsentWithdrawn,
    ReviewHeld,
    RiskAssessmentCompleted,
    UrgentStartDecided,
    WeeklyTimetableSet,
)
from domain.rules.authority import outsider
from domain.rules.breach import Breach, refuse
from domain.rules.case import Case, Known
from domain.rules.consents import live_consents
from domain.rules.decisions import (
    RUNNING,
    UNFINISHED,
    approval_breaches,
    by_whom,
    follows,
    from_status,
    not_before_it_started,
    requirements,
    start_breaches,
)
from domain.rules.setting import childrens_home
from domain.values import Submission
from domain.vocabulary import Accredited, DelegatedAct, PlacementStatus

_AFTER: dict[type[Fact], PlacementStatus] = {
    PlacementProposed: PlacementStatus.PROPOSED,
    PlacementApproved: PlacementStatus.APPROVED,
    PlacementRefused: PlacementStatus.REFUSED,
    PlacementStarted: PlacementStatus.ACTIVE,
    PlacementSuspended: PlacementStatus.SUSPENDED,
    PlacementResumed: PlacementStatus.ACTIVE,
    PlacementEnded: PlacementStatus.ENDED,
    ExistingPlacementAdded: PlacementStatus.ACTIVE,
    UrgentStartDecided: PlacementStatus.ACTIVE,
}


class Placement(Aggregate):
    """A pupil's time with a provider."""

    NAME = "placement"
    FACTS = (
        PlacementProposed,
        ExistingPlacementAdded,
        AccreditationStated,
        NeedsAssessmentCompleted,
        RiskAssessmentCompleted,
        BaselineRecorded,
        InterventionPlanPrepared,
        PlacementAgreementSigned,
        WeeklyTimetableSet,
        PlacementApproved,
        PlacementRefused,
        UrgentStartDecided,
        PlacementStarted,
        PlacementSuspended,
        PlacementResumed,
        ReviewHeld,
        PlacementEnded,
        PlacingAuthorityConsentRequested,
        PlacingAuthorityConsentGiven,
        PlacingAuthorityConsentRefused,
        PlacingAuthorityConsentWithdrawn,
        ParentalAgreementGiven,
        ParentalAgreementDeclined,
        ParentalAgreementDecided,
        ParentalAgreementWithdrawn,
        ParentUnreachableRecorded,
        ParentalAgreementNotRelevantRecorded,
    )

    @property
    def proposal(self) -> PlacementProposed:
        """What was proposed, for whom, where and from when."""
        return self.every(PlacementProposed)[0]

    @property
    def status(self) -> PlacementStatus:
        """How far the placement has come; assessed once needs, and the risk at its own site, were."""
        running = False
        status = PlacementStatus.PROPOSED
        for fact in self.facts:
            if type(fact) not in _AFTER or (running and isinstance(fact, PlacementApproved)):
                continue  # the approval of one that an urgent start set running comes after its start
            status = _AFTER[type(fact)]
            running = status in RUNNING
            if isinstance(fact, ExistingPlacementAdded) and fact.ended_on is not None:
                status = PlacementStatus.ENDED
        at_site = any(fact.site_id == self.proposal.site_id for fact in self.every(RiskAssessmentCompleted))
        if status == PlacementStatus.PROPOSED and at_site and self.last(NeedsAssessmentCompleted):
            return PlacementStatus.ASSESSED
        return status

    def case(self, known: Known, on: date, starts_on: date | None = None) -> Case:
        """Lay out what a decision dated on a day is tested against."""
        proposal = self.proposal
        return Case(known, proposal, self.status, self.facts, on, starts_on or proposal.proposed_start)

    def say(self, kind: type[Fact], submission: Submission, /, **facts: Any) -> None:
        """Record a fact; no rule refuses it, whatever has become of the placement."""
        self.trigger(kind, submission, subject=self.proposal.pupil_id, **facts)

    def propose(self, known: Known, submission: Submission, **proposed: Any) -> None:
        """Propose the placement; a children's home is refused from the first (H-01).

        Raises:
            DecisionRefused: where the site is closed to the pupil, or an outsider proposes.
            Impossible: where it is said to deliver no accredited education, and not why.
        """
        _refuse_unexplained(proposed["accredited"], proposed["accredited_reason"], "accredited_reason")
        stated = self.state(
            PlacementProposed, submission, subject=proposed["pupil_id"], relied_on=known.relied_on, **proposed
        )
        today, first = submission.today, stated.proposed_start
        case = Case(known, stated, PlacementStatus.PROPOSED, (stated,), today, first)
        refuse([*outsider(known.authority), *childrens_home(case)])
        self.happen(stated)

    def state_accreditation(
        self, submission: Submission, *, accredited: Accredited, reason: str | None, **stated: Any
    ) -> None:
        """Record whether it delivers accredited education, as found out after the proposal.

        Raises:
            Impossible: where it is said to deliver none, and not why.
        """
        _refuse_unexplained(accredited, reason, "reason")
        self.say(AccreditationStated, submission, accredited=accredited, reason=reason, **stated)

    def prepare_plan(self, known: Known, submission: Submission, *, prepared_on: date, **plan: Any) -> None:
        """Record the next version of the plan, as the Head Teacher or a delegate for it prepared it (S20).

        Raises:
            DecisionRefused: where anyone else did.
        """
        case = self.case(known, prepared_on)
        breaches = by_whom(case, DelegatedAct.PREPARE_PLAN)
        following = {"plan_version": self._plan_version + 1, "prepared_on": prepared_on}
        self._decide(InterventionPlanPrepared, case, breaches, submission, **following, **plan)

    def refuse_unknown_plan(self, plan_version: int) -> None:
        """Refuse to speak of a version of the plan that was never prepared.

        Raises:
            Impossible: where it was not.
        """
        if not 1 <= plan_version <= self._plan_version:
            raise Impossible("plan_version", f"There is no version {plan_version} of the plan. Prepare the plan first.")

    def record_consent(self, submission: Submission, *, consent_id: UUID, **consent: Any) -> None:
        """Record a placing authority's consent.

        Raises:
            AlreadyRecorded: where this consent is recorded.
        """
        if self._consent(consent_id):
            raise AlreadyRecorded("consent_id", "This consent is already recorded. Withdraw it, or record another.")
        self.say(PlacingAuthorityConsentGiven, submission, consent_id=consent_id, **consent)

    def withdraw_consent(
        self, submission: Submission, *, consent_id: UUID, effective_on: date, **withdrawal: Any
    ) -> None:
        """Record that a placing authority withdraws a consent.

        Raises:
            NotFound: where there is no such consent.
            AlreadyRecorded: where it is withdrawn from that day already.
        """
        if not self._consent(consent_id):
            raise NotFound("consent", consent_id)
        known = self.every(PlacingAuthorityConsentWithdrawn)
        if any((fact.consent_id, fact.effective_on) == (consent_id, effective_on) for fact in known):
            raise AlreadyRecorded("effective_on", "This consent is already recorded as withdrawn from that day.")
        self.say(
            PlacingAuthorityConsentWithdrawn, submission, consent_id=consent_id, effective_on=effective_on, **withdrawal
        )

    def decide_on_parents(self, kind: type[Fact], known: Known, submission: Submission, /, **decision: Any) -> None:
        """Take the Head Teacher's own decision on the parents' position.

        Raises:
            DecisionRefused: where anyone else takes it.
        """
        case = self.case(known, decision["decided_on"])
        self._decide(kind, case, [*by_whom(case, None)], submission, **decision)

    def approve(self, known: Known, submission: Submission, **approval: Any) -> None:
        """Approve the placement.

        Raises:
            DecisionRefused: with all that stands against it.
        """
        case = self.case(known, approval["approved_on"], approval["start_from"])
        self._decide(
            PlacementApproved,
            case,
            approval_breaches(case, approval["start_by"]),
            submission,
            plan_version=self._plan_version or None,
            consent_ids=tuple(consent.consent_id for consent in live_consents(case)),
            **approval,
        )

    def refuse(self, known: Known, submission: Submission, *, refused_on: date, **refusal: Any) -> None:
        """Refuse the placement; who may approve may refuse."""
        case = self.case(known, refused_on)
        breaches = [*from_status(case, *UNFINISHED), *by_whom(case, DelegatedAct.APPROVE_PLACEMENT)]
        self._decide(PlacementRefused, case, breaches, submission, refused_on=refused_on, **refusal)

    def start(self, known: Known, submission: Submission, *, started_on: date, **start: Any) -> None:
        """Start the placement.

        Raises:
            DecisionRefused: with all that stands against it.
        """
        case = self.case(known, started_on, started_on)
        self._decide(PlacementStarted, case, start_breaches(case), submission, started_on=started_on, **start)

    def suspend(self, known: Known, submission: Submission, *, suspended_on: date, **suspension: Any) -> None:
        """Suspend the placement."""
        case = self.case(known, suspended_on)
        breaches = [*from_status(case, PlacementStatus.ACTIVE), *by_whom(case, DelegatedAct.SUSPEND), *follows(case)]
        self._decide(PlacementSuspended, case, breaches, submission, suspended_on=suspended_on, **suspension)

    def resume(self, known: Known, submission: Submission, *, resumed_on: date, **resumption: Any) -> None:
        """Let a suspended placement go on; who may suspend may do so. What a start needs, this needs anew."""
        case = self.case(known, resumed_on, resumed_on)
        breaches = [*from_status(case, PlacementStatus.SUSPENDED), *by_whom(case, DelegatedAct.SUSPEND), *follows(case)]
        breaches += requirements(case)
        self._decide(PlacementResumed, case, breaches, submission, resumed_on=resumed_on, **resumption)

    def review(self, known: Known, submission: Submission, *, held_on: date, **review: Any) -> None:
        """Record a review that was held; one of an ended placement too, entered late or held as its last."""
        case = self.case(known, held_on)
        breaches = [*from_status(case, *RUNNING, PlacementStatus.ENDED), *by_whom(case, DelegatedAct.HOLD_REVIEW)]
        breaches += not_before_it_started(case)
        self._decide(ReviewHeld, case, breaches, submission, held_on=held_on, **review)

    def end(self, known: Known, submission: Submission, *, ended_on: date, **ending: Any) -> None:
        """End the placement."""
        case = self.case(known, ended_on)
        breaches = [*from_status(case, *RUNNING), *by_whom(case, DelegatedAct.END), *follows(case)]
        self._decide(PlacementEnded, case, breaches, submission, ended_on=ended_on, **ending)

    def _decide(
        self, kind: type[Fact], case: Case, breaches: Iterable[Breach], submission: Submission, /, **decision: Any
    ) -> None:
        subject, relied_on = self.proposal.pupil_id, case.known.relied_on
        stated = self.state(kind, submission, subject=subject, relied_on=relied_on, **decision)
        refuse(breaches)
        self.happen(stated)

    def _consent(self, consent_id: UUID) -> PlacingAuthorityConsentGiven | None:
        given = self.every(PlacingAuthorityConsentGiven)
        return next((consent for consent in given if consent.consent_id == consent_id), None)

    @property
    def _plan_version(self) -> int:
        return len(self.every(InterventionPlanPrepared))


def _refuse_unexplained(accredited: Accredited, reason: str | None, field: str) -> None:
    if accredited == Accredited.NO and not (reason or "").strip():
        raise Impossible(field, "Say why it delivers no accredited education, such as that no qualification is taught.")
