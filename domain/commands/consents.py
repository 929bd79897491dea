"""Commands on consents of placing authorities."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.commands.placements import PlacementCommands
from domain.commands.recording import command
from domain.parts import ConsentScope, EvidenceFile
from domain.placement import Placement
from domain.values import Submission
from domain.vocabulary import Capacity, Medium


class ConsentCommands(PlacementCommands):
    """What placing authorities were asked and said."""

    @command
    def request_authority_consent(
        self,
        placement_id: UUID,
        *,
        authority_id: UUID,
        scope: ConsentScope,
        requested_on: date,
        capacity: Capacity,
        sent_to: str,
        message: str | None,
        submission: Submission,
    ) -> Placement:
        """Record that a placing authority was asked for its consent; requests of a placement are numbered from 1."""
        placement = self.open(Placement, placement_id, submission)
        placement.request_consent(
            submission,
            authority_id=authority_id,
            scope=scope,
            requested_on=requested_on,
            capacity=capacity,
            sent_to=sent_to,
            message=message,
        )
        return placement

    @command
    def record_authority_consent(
        self,
        placement_id: UUID,
        *,
        consent_id: UUID,
        answers_request: int | None = None,
        authority_id: UUID | None,
        scope: ConsentScope | None,
        given_on: date,
        received_on: date,
        capacity: Capacity | None,
        officer_name: str,
        officer_title: str,
        medium: Medium,
        conditions: str | None,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Record a placing authority's consent, given by its officer.

        One that answers a request by its number takes over authority, scope and capacity where they are None.
        """
        placement = self.open(Placement, placement_id, submission)
        placement.record_consent(
            submission,
            consent_id=consent_id,
            answers_request=answers_request,
            authority_id=authority_id,
            scope=scope,
            given_on=given_on,
            received_on=received_on,
            capacity=capacity,
            officer_name=officer_name,
            officer_title=officer_title,
            medium=medium,
            conditions=conditions,
            evidence=evidence,
        )
        return placement

    @command
    def record_authority_refusal(
        self,
        placement_id: UUID,
        *,
        answers_request: int | None = None,
        authority_id: UUID,
        refused_on: date,
        received_on: date,
        capacity: Capacity,
        officer_name: str,
        officer_title: str,
        reason: str,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Record that a placing authority refuses its consent in a capacity."""
        placement = self.open(Placement, placement_id, submission)
        placement.record_refusal(
            submission,
            answers_request=answers_request,
            authority_id=authority_id,
            refused_on=refused_on,
            received_on=received_on,
            capacity=capacity,
            officer_name=officer_name,
            officer_title=officer_title,
            reason=reason,
            evidence=evidence,
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
        evidence: tuple[EvidenceFile, ...] = (),
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
            evidence=evidence,
        )
        return placement
