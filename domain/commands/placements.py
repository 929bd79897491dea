"""Commands that take a placement from its proposal to its end."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.commands.recording import Records, command
from domain.errors import SubjectErased
from domain.parts import Deferral, EvidenceFile, ObjectiveRating, Override
from domain.placement import Placement
from domain.provider import Provider
from domain.pupil import Pupil
from domain.rules.case import Known
from domain.school import School
from domain.values import Submission
from domain.vocabulary import (
    Accredited,
    ArrangedBy,
    AttendanceMode,
    Delivery,
    EndReason,
    LegalGateway,
    NeedBasis,
    ReviewKind,
    ReviewOutcome,
)


class PlacementCommands(Records):
    """Every decision on a placement."""

    def known(self, pupil_id: UUID, provider_id: UUID, school_id: UUID, submission: Submission) -> Known:
        """Read what a decision on a pupil's placement, by a school with a provider, rests on."""
        pupil, provider = self.look_up(Pupil, pupil_id), self.look_up(Provider, provider_id)
        school = self.look_up(School, school_id)
        if pupil.erased:
            raise SubjectErased
        authority, relied_on = self.authority(submission)
        relied_on |= {record.id: record.version for record in (pupil, provider, school)}
        return Known(pupil.facts, provider.facts, authority, submission.today, relied_on, self.limits, school.calendars)

    def about(self, placement: Placement, submission: Submission) -> Known:
        """Read what a decision on a placement rests on."""
        proposal = placement.proposal
        return self.known(proposal.pupil_id, proposal.provider_id, proposal.school_id, submission)

    @command
    def propose_placement(
        self,
        placement_id: UUID,
        *,
        pupil_id: UUID,
        school_id: UUID,
        provider_id: UUID,
        site_id: UUID,
        delivery: Delivery,
        arranged_by: ArrangedBy,
        accredited: Accredited,
        accredited_reason: str | None,
        proposed_start: date,
        proposed_end: date,
        need_basis: NeedBasis,
        separate_from_peers: str,
        legal_gateway: LegalGateway,
        attendance_mode: AttendanceMode,
        rationale: str,
        submission: Submission,
    ) -> Placement:
        """Propose a placement for a pupil with a provider at a site."""
        placement = self.begin(Placement, placement_id)
        self.look_up(Provider, provider_id).refuse_unknown_site(site_id)
        placement.propose(
            self.known(pupil_id, provider_id, school_id, submission),
            submission,
            pupil_id=pupil_id,
            school_id=school_id,
            provider_id=provider_id,
            site_id=site_id,
            delivery=delivery,
            arranged_by=arranged_by,
            accredited=accredited,
            accredited_reason=accredited_reason,
            proposed_start=proposed_start,
            proposed_end=proposed_end,
            need_basis=need_basis,
            separate_from_peers=separate_from_peers,
            legal_gateway=legal_gateway,
            attendance_mode=attendance_mode,
            rationale=rationale,
        )
        return placement

    @command
    def approve_placement(
        self,
        placement_id: UUID,
        *,
        approved_on: date,
        start_from: date,
        start_by: date,
        decision_reason: str,
        overrides: tuple[Override, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Approve a placement to start within the days named, in spite of what the Head Teacher gives reasons for."""
        placement = self.open(Placement, placement_id, submission)
        placement.approve(
            self.about(placement, submission),
            submission,
            approved_on=approved_on,
            start_from=start_from,
            start_by=start_by,
            decision_reason=decision_reason,
            overrides=overrides,
        )
        return placement

    @command
    def refuse_placement(
        self, placement_id: UUID, *, refused_on: date, reason: str, provided_instead: str, submission: Submission
    ) -> Placement:
        """Refuse a placement, and say what is provided instead."""
        placement = self.open(Placement, placement_id, submission)
        placement.refuse(
            self.about(placement, submission),
            submission,
            refused_on=refused_on,
            reason=reason,
            provided_instead=provided_instead,
        )
        return placement

    @command
    def start_placement(
        self,
        placement_id: UUID,
        *,
        started_on: date,
        reported_to: str,
        overrides: tuple[Override, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Start an approved placement with its first session."""
        placement = self.open(Placement, placement_id, submission)
        known = self.about(placement, submission)
        placement.start(known, submission, started_on=started_on, reported_to=reported_to, overrides=overrides)
        return placement

    @command
    def start_urgently(
        self,
        placement_id: UUID,
        *,
        decided_on: date,
        starts_on: date,
        reason: str,
        reported_to: str,
        deferred: tuple[Deferral, ...],
        submission: Submission,
    ) -> Placement:
        """Start a placement at once, for ten school days at most; plan, baseline and agreement may wait."""
        placement = self.open(Placement, placement_id, submission)
        placement.start_urgently(
            self.about(placement, submission),
            submission,
            decided_on=decided_on,
            starts_on=starts_on,
            reason=reason,
            reported_to=reported_to,
            deferred=deferred,
        )
        return placement

    @command
    def suspend_placement(
        self, placement_id: UUID, *, suspended_on: date, reason: str, interim_education: str, submission: Submission
    ) -> Placement:
        """Suspend a running placement, and say how the pupil is taught meanwhile."""
        placement = self.open(Placement, placement_id, submission)
        placement.suspend(
            self.about(placement, submission),
            submission,
            suspended_on=suspended_on,
            reason=reason,
            interim_education=interim_education,
        )
        return placement

    @command
    def resume_placement(
        self, placement_id: UUID, *, resumed_on: date, reason: str, submission: Submission
    ) -> Placement:
        """Let a suspended placement go on."""
        placement = self.open(Placement, placement_id, submission)
        placement.resume(self.about(placement, submission), submission, resumed_on=resumed_on, reason=reason)
        return placement

    @command
    def hold_review(
        self,
        placement_id: UUID,
        *,
        kind: ReviewKind,
        held_on: date,
        next_review_on: date | None,
        outcome: ReviewOutcome,
        chair: str,
        attendees: str,
        attending_regularly: bool,
        still_safe: bool,
        meets_needs: bool,
        objectives: tuple[ObjectiveRating, ...],
        pupil_voice: str,
        parent_voice: str | None,
        next_stage_considered: str,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Hold a review of a running placement."""
        placement = self.open(Placement, placement_id, submission)
        placement.review(
            self.about(placement, submission),
            submission,
            kind=kind,
            held_on=held_on,
            next_review_on=next_review_on,
            outcome=outcome,
            chair=chair,
            attendees=attendees,
            attending_regularly=attending_regularly,
            still_safe=still_safe,
            meets_needs=meets_needs,
            objectives=objectives,
            pupil_voice=pupil_voice,
            parent_voice=parent_voice,
            next_stage_considered=next_stage_considered,
            evidence=evidence,
        )
        return placement

    @command
    def end_placement(
        self,
        placement_id: UUID,
        *,
        ended_on: date,
        reason: EndReason,
        destination: str,
        final_attendance: str,
        attainment_against_baseline: str,
        pupil_own_assessment: str,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """End a running placement: why, where the pupil goes, and what was achieved."""
        placement = self.open(Placement, placement_id, submission)
        placement.end(
            self.about(placement, submission),
            submission,
            ended_on=ended_on,
            reason=reason,
            destination=destination,
            final_attendance=final_attendance,
            attainment_against_baseline=attainment_against_baseline,
            pupil_own_assessment=pupil_own_assessment,
            evidence=evidence,
        )
        return placement
