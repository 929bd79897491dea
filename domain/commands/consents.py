"""Commands on consents of placing authorities and on the parents' position."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.commands.placements import PlacementCommands
from domain.commands.recording import command
from domain.events import (
    ParentalAgreementDecided,
    ParentalAgreementDeclined,
    ParentalAgreementGiven,
    ParentalAgreementNotRelevantRecorded,
    ParentalAgreementWithdrawn,
    ParentUnreachableRecorded,
    PlacingAuthorityConsentRefused,
)
from domain.parts import Attempt, ConsentScope
from domain.placement import Placement
from domain.values import Submission
from domain.vocabulary import Capacity, Medium, NotRelevantReason


class ConsentCommands(PlacementCommands):
    """What authorities and parents said, and what the Head Teacher decided where they did not agree."""

    @command
    def record_authority_consent(
        self,
        placement_id: UUID,
        *,
        consent_id: UUID,
        authority_id: UUID,
        scope: ConsentScope,
        given_on: date,
        received_on: date,
        capacity: Capacity,
        officer_name: str,
        officer_title: str,
        medium: Medium,
        conditions: str | None,
        submission: Submission,
    ) -> Placement:
        """Record a placing authority's consent, given by its officer."""
        placement = self.open(Placement, placement_id, submission)
        placement.record_consent(
            submission,
            consent_id=consent_id,
            authority_id=authority_id,
            scope=scope,
            given_on=given_on,
            received_on=received_on,
            capacity=capacity,
            officer_name=officer_name,
            officer_title=officer_title,
            medium=medium,
            conditions=conditions,
        )
        return placement

    @command
    def record_authority_refusal(
        self,
        placement_id: UUID,
        *,
        authority_id: UUID,
        refused_on: date,
        received_on: date,
        capacity: Capacity,
        officer_name: str,
        officer_title: str,
        reason: str,
        submission: Submission,
    ) -> Placement:
        """Record that a placing authority refuses its consent in a capacity."""
        placement = self.open(Placement, placement_id, submission)
        placement.say(
            PlacingAuthorityConsentRefused,
            submission,
            authority_id=authority_id,
            refused_on=refused_on,
            received_on=received_on,
            capacity=capacity,
            officer_name=officer_name,
            officer_title=officer_title,
            reason=reason,
        )
        return placement

    @command
    def withdraw_authority_consent(
        self,
        placement_id: UUID,
        *,
        consent_id: UUID,
        effective_on: date,
        received_on: date,
        notified_by: str,
        reason: str,
        submission: Submission,
    ) -> Placement:
        """Record that a placing authority withdraws a consent from a day on."""
        placement = self.open(Placement, placement_id, submission)
        placement.withdraw_consent(
            submission,
            consent_id=consent_id,
            effective_on=effective_on,
            received_on=received_on,
            notified_by=notified_by,
            reason=reason,
        )
        return placement

    @command
    def record_parental_agreement(
        self,
        placement_id: UUID,
        *,
        holder_id: UUID,
        holder_name: str,
        given_on: date,
        received_on: date,
        medium: Medium,
        submission: Submission,
    ) -> Placement:
        """Record that a person with parental responsibility agrees."""
        placement = self.open(Placement, placement_id, submission)
        placement.say(
            ParentalAgreementGiven,
            submission,
            holder_id=holder_id,
            holder_name=holder_name,
            given_on=given_on,
            received_on=received_on,
            medium=medium,
        )
        return placement

    @command
    def record_parental_refusal(
        self,
        placement_id: UUID,
        *,
        holder_id: UUID,
        holder_name: str,
        declined_on: date,
        received_on: date,
        reason: str,
        submission: Submission,
    ) -> Placement:
        """Record that a person with parental responsibility declines."""
        placement = self.open(Placement, placement_id, submission)
        placement.say(
            ParentalAgreementDeclined,
            submission,
            holder_id=holder_id,
            holder_name=holder_name,
            declined_on=declined_on,
            received_on=received_on,
            reason=reason,
        )
        return placement

    @command
    def decide_without_parental_agreement(
        self, placement_id: UUID, *, decided_on: date, reason: str, submission: Submission
    ) -> Placement:
        """Decide to go on although a parent declined or withdrew: the Head Teacher's own decision."""
        placement = self.open(Placement, placement_id, submission)
        known = self.about(placement, submission)
        placement.decide_on_parents(ParentalAgreementDecided, known, submission, decided_on=decided_on, reason=reason)
        return placement

    @command
    def withdraw_parental_agreement(
        self,
        placement_id: UUID,
        *,
        holder_id: UUID,
        holder_name: str,
        effective_on: date,
        received_on: date,
        reason: str,
        submission: Submission,
    ) -> Placement:
        """Record that a person with parental responsibility withdraws an agreement."""
        placement = self.open(Placement, placement_id, submission)
        placement.say(
            ParentalAgreementWithdrawn,
            submission,
            holder_id=holder_id,
            holder_name=holder_name,
            effective_on=effective_on,
            received_on=received_on,
            reason=reason,
        )
        return placement

    @command
    def record_parent_unreachable(
        self,
        placement_id: UUID,
        *,
        concluded_on: date,
        review_on: date,
        attempts: tuple[Attempt, ...],
        submission: Submission,
    ) -> Placement:
        """Record that nobody with parental responsibility could be reached, and when it is tried again."""
        placement = self.open(Placement, placement_id, submission)
        placement.say(
            ParentUnreachableRecorded, submission, concluded_on=concluded_on, review_on=review_on, attempts=attempts
        )
        return placement

    @command
    def record_parental_agreement_not_relevant(
        self,
        placement_id: UUID,
        *,
        decided_on: date,
        reason: NotRelevantReason,
        explanation: str,
        submission: Submission,
    ) -> Placement:
        """Decide that parents' agreement is not relevant, and why: the Head Teacher's own decision."""
        placement = self.open(Placement, placement_id, submission)
        placement.decide_on_parents(
            ParentalAgreementNotRelevantRecorded,
            self.about(placement, submission),
            submission,
            decided_on=decided_on,
            reason=reason,
            explanation=explanation,
        )
        return placement
