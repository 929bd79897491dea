"""Commands on the parents' position."""

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
)
from domain.parts import Attempt, EvidenceFile
from domain.placement import Placement
from domain.pupil import Pupil
from domain.values import Submission
from domain.vocabulary import Medium, NotRelevantReason


class ParentCommands(PlacementCommands):
    """What parents said, and what the Head Teacher decided where they did not agree."""

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
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Record that a person with parental responsibility agrees."""
        placement = self.open(Placement, placement_id, submission)
        placement.say(
            ParentalAgreementGiven,
            submission,
            holder_id=holder_id,
            holder_name=self._holder(placement, holder_id, holder_name),
            given_on=given_on,
            received_on=received_on,
            medium=medium,
            evidence=evidence,
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
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Record that a person with parental responsibility declines."""
        placement = self.open(Placement, placement_id, submission)
        placement.say(
            ParentalAgreementDeclined,
            submission,
            holder_id=holder_id,
            holder_name=self._holder(placement, holder_id, holder_name),
            declined_on=declined_on,
            received_on=received_on,
            reason=reason,
            evidence=evidence,
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
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Record that a person with parental responsibility withdraws an agreement."""
        placement = self.open(Placement, placement_id, submission)
        placement.say(
            ParentalAgreementWithdrawn,
            submission,
            holder_id=holder_id,
            holder_name=self._holder(placement, holder_id, holder_name),
            effective_on=effective_on,
            received_on=received_on,
            reason=reason,
            evidence=evidence,
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
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Record that nobody with parental responsibility could be reached, and when it is tried again."""
        placement = self.open(Placement, placement_id, submission)
        placement.say(
            ParentUnreachableRecorded,
            submission,
            concluded_on=concluded_on,
            review_on=review_on,
            attempts=attempts,
            evidence=evidence,
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
        evidence: tuple[EvidenceFile, ...] = (),
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
            evidence=evidence,
        )
        return placement

    def _holder(self, placement: Placement, holder_id: UUID, name: str) -> str:
        return self.look_up(Pupil, placement.proposal.pupil_id).name_of_holder(holder_id, name)
