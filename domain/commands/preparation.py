"""Commands that prepare a placement: assessments, baseline, plan, the provider's agreement."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.commands.placements import PlacementCommands
from domain.commands.recording import command
from domain.events import (
    BaselineRecorded,
    NeedsAssessmentCompleted,
    PlacementAgreementSigned,
    RiskAssessmentCompleted,
    WeeklyTimetableSet,
)
from domain.parts import Barrier, EvidenceFile, Hazard, Measure, Monitoring, Objective, Pathway, TimetabledSession
from domain.placement import Placement
from domain.rules.timetable import refuse_no_start, refuse_no_week
from domain.values import Submission
from domain.vocabulary import Accredited, NextStep, RiskOutcome


class PreparationCommands(PlacementCommands):
    """What is found out and agreed before a placement is decided on and before it starts."""

    @command
    def assess_needs(
        self,
        placement_id: UUID,
        *,
        assessed_on: date,
        personal: str,
        social: str,
        academic: str,
        barriers: tuple[Barrier, ...],
        assessors: str,
        pupil_views: str,
        parent_views: str | None,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Record the pupil's needs and barriers."""
        placement = self.open(Placement, placement_id, submission)
        placement.say(
            NeedsAssessmentCompleted,
            submission,
            assessed_on=assessed_on,
            personal=personal,
            social=social,
            academic=academic,
            barriers=barriers,
            assessors=assessors,
            pupil_views=pupil_views,
            parent_views=parent_views,
            evidence=evidence,
        )
        return placement

    @command
    def assess_risk(
        self,
        placement_id: UUID,
        *,
        site_id: UUID,
        assessed_on: date,
        valid_to: date,
        outcome: RiskOutcome,
        hazards: tuple[Hazard, ...],
        assessor: str,
        received_on: date | None = None,
        interim: bool = False,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Record the risk of this pupil in this setting."""
        placement = self.open(Placement, placement_id, submission)
        placement.say(
            RiskAssessmentCompleted,
            submission,
            site_id=site_id,
            assessed_on=assessed_on,
            valid_to=valid_to,
            outcome=outcome,
            hazards=hazards,
            assessor=assessor,
            received_on=received_on,
            interim=interim,
            evidence=evidence,
        )
        return placement

    @command
    def state_accreditation(
        self,
        placement_id: UUID,
        *,
        accredited: Accredited,
        reason: str | None,
        stated_on: date,
        received_on: date | None,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Answer, after the proposal, whether the provision delivers accredited education."""
        placement = self.open(Placement, placement_id, submission)
        placement.state_accreditation(
            submission,
            accredited=accredited,
            reason=reason,
            stated_on=stated_on,
            received_on=received_on,
            evidence=evidence,
        )
        return placement

    @command
    def record_baseline(
        self,
        placement_id: UUID,
        *,
        measured_on: date,
        measures: tuple[Measure, ...],
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Record where the pupil stands, to measure progress against."""
        placement = self.open(Placement, placement_id, submission)
        placement.say(BaselineRecorded, submission, measured_on=measured_on, measures=measures, evidence=evidence)
        return placement

    @command
    def prepare_plan(
        self,
        placement_id: UUID,
        *,
        prepared_on: date,
        starts_on: date,
        ends_on: date,
        review_dates: tuple[date, ...],
        objectives: tuple[Objective, ...],
        next_step: NextStep,
        monitoring: tuple[Monitoring, ...],
        english: Pathway,
        maths: Pathway,
        links: str,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Record the next version of the plan for intervention."""
        placement = self.open(Placement, placement_id, submission)
        placement.prepare_plan(
            self.about(placement, submission),
            submission,
            prepared_on=prepared_on,
            starts_on=starts_on,
            ends_on=ends_on,
            review_dates=review_dates,
            objectives=objectives,
            next_step=next_step,
            monitoring=monitoring,
            english=english,
            maths=maths,
            links=links,
            evidence=evidence,
        )
        return placement

    @command
    def set_weekly_timetable(
        self,
        placement_id: UUID,
        *,
        valid_from: date,
        sessions: tuple[TimetabledSession, ...],
        submission: Submission,
    ) -> Placement:
        """Record where each of the week's ten sessions is taught from a day on."""
        placement = self.open(Placement, placement_id, submission)
        refuse_no_week(sessions)
        refuse_no_start(valid_from, placement.facts, submission.today)
        placement.say(WeeklyTimetableSet, submission, valid_from=valid_from, sessions=sessions)
        return placement

    @command
    def sign_placement_agreement(
        self,
        placement_id: UUID,
        *,
        plan_version: int | None,
        signed_on: date,
        received_on: date,
        signed_by: str,
        information_exchange: str,
        progress_monitoring: str,
        pastoral_support: str,
        challenge_mechanism: str,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Placement:
        """Record that the provider signed the agreement on a version of the plan, or on one that is only on paper."""
        placement = self.open(Placement, placement_id, submission)
        placement.refuse_unknown_plan(plan_version)
        placement.say(
            PlacementAgreementSigned,
            submission,
            plan_version=plan_version,
            signed_on=signed_on,
            received_on=received_on,
            signed_by=signed_by,
            information_exchange=information_exchange,
            progress_monitoring=progress_monitoring,
            pastoral_support=pastoral_support,
            challenge_mechanism=challenge_mechanism,
            evidence=evidence,
        )
        return placement
