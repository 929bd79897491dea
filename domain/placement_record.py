"""What a placement's record holds, whatever has become of it: facts that no rule refuses, and how far it has come."""

from __future__ import annotations

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
from domain.parts import ConsentScope
from domain.rules.case import Case, Known
from domain.rules.requests import answered, next_number, requested
from domain.rules.status import status_of
from domain.values import Submission
from domain.vocabulary import Accredited, Capacity, PlacementStatus


class PlacementRecord(Aggregate):
    """The facts of a pupil's time with a provider."""

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
        """How far the placement has come."""
        return status_of(self.proposal, self.facts)

    def case(self, known: Known, on: date, starts_on: date | None = None) -> Case:
        """Lay out what a decision dated on a day is tested against."""
        proposal = self.proposal
        return Case(known, proposal, self.status, self.facts, on, starts_on or proposal.proposed_start)

    def say(self, kind: type[Fact], submission: Submission, /, **facts: Any) -> None:
        """Record a fact; no rule refuses it, whatever has become of the placement."""
        self.trigger(kind, submission, subject=self.proposal.pupil_id, **facts)

    def state_accreditation(
        self, submission: Submission, *, accredited: Accredited, reason: str | None, **stated: Any
    ) -> None:
        """Record whether it delivers accredited education, as found out after the proposal.

        Raises:
            Impossible: where it is said to deliver none, and not why.
        """
        refuse_unexplained(accredited, reason, "reason")
        self.say(AccreditationStated, submission, accredited=accredited, reason=reason, **stated)

    def refuse_unknown_plan(self, plan_version: int | None) -> None:
        """Refuse to speak of a version of the plan that was never prepared; one on paper only has none.

        Raises:
            Impossible: where it was not, or where none is named of a placement that did not come in from paper.
        """
        if plan_version is None and isinstance(self.proposal, ExistingPlacementAdded):
            return
        if plan_version is None:
            raise Impossible("plan_version", "Say which version of the plan the provider signed.")
        if not 1 <= plan_version <= self.plan_version:
            raise Impossible("plan_version", f"There is no version {plan_version} of the plan. Prepare the plan first.")

    def request_consent(self, submission: Submission, **request: Any) -> None:
        """Ask a placing authority for its consent, under the placement's next number."""
        self.say(PlacingAuthorityConsentRequested, submission, number=next_number(self.facts), **request)

    def record_consent(
        self,
        submission: Submission,
        *,
        consent_id: UUID,
        answers_request: int | None,
        authority_id: UUID | None,
        scope: ConsentScope | None,
        capacity: Capacity | None,
        **consent: Any,
    ) -> None:
        """Record a placing authority's consent; one that answers a request is what that asked for.

        Raises:
            AlreadyRecorded: where this consent is recorded.
            Impossible: where the request is unknown or asked for something else.
        """
        if self._consent(consent_id):
            raise AlreadyRecorded("consent_id", "This consent is already recorded. Withdraw it, or record another.")
        whose, what, how = answered(
            self.facts, answers_request, authority_id=authority_id, scope=scope, capacity=capacity
        )
        self.say(
            PlacingAuthorityConsentGiven,
            submission,
            consent_id=consent_id,
            answers_request=answers_request,
            authority_id=whose,
            scope=what,
            capacity=how,
            **consent,
        )

    def record_refusal(
        self, submission: Submission, *, answers_request: int | None, authority_id: UUID, **refusal: Any
    ) -> None:
        """Record that a placing authority refuses its consent.

        Raises:
            Impossible: where the request it answers is unknown or went to another authority.
        """
        if answers_request is not None and requested(self.facts, answers_request).authority_id != authority_id:
            raise Impossible(
                "answers_request", f"Request {answers_request} went to another authority. Choose another, or none."
            )
        named = {"answers_request": answers_request, "authority_id": authority_id}
        self.say(PlacingAuthorityConsentRefused, submission, **named, **refusal)

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

    def _consent(self, consent_id: UUID) -> PlacingAuthorityConsentGiven | None:
        given = self.every(PlacingAuthorityConsentGiven)
        return next((consent for consent in given if consent.consent_id == consent_id), None)

    @property
    def plan_version(self) -> int:
        """The newest version of the plan; 0 where there is none."""
        return len(self.every(InterventionPlanPrepared))


def refuse_unexplained(accredited: Accredited, reason: str | None, field: str) -> None:
    """Refuse to say that it delivers no accredited education without saying why.

    Raises:
        Impossible: where no reason is given.
    """
    if accredited == Accredited.NO and not (reason or "").strip():
        raise Impossible(field, "Say why it delivers no accredited education, such as that no qualification is taught.")
