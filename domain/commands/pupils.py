"""Commands on pupils."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.commands.recording import Records, command
from domain.errors import NotFound
from domain.events import (
    EhcpCeased,
    EhcpRecorded,
    NoPlacingAuthorityRecorded,
    ParentalResponsibilityRecorded,
    PlacingAuthorityRecorded,
)
from domain.parts import EvidenceFile
from domain.pupil import Pupil
from domain.school import School
from domain.values import Submission
from domain.vocabulary import Capacity, ResidenceStatus, RollKind


class PupilCommands(Records):
    """Rolls, residence, plans, placing authorities and parental responsibility."""

    @command
    def enrol_pupil(
        self,
        pupil_id: UUID,
        *,
        school_id: UUID,
        starts_on: date,
        roll_kind: RollKind,
        name: str,
        born_on: date,
        upn: str | None,
        local_ref: str,
        submission: Submission,
    ) -> Pupil:
        """Put a pupil on a school's roll, new to the service or registered at a second school."""
        try:
            pupil = self.open(Pupil, pupil_id, submission)
        except NotFound:
            pupil = self.begin(Pupil, pupil_id)
        pupil.enrol(
            submission,
            school_id=self.look_up(School, school_id).id,
            starts_on=starts_on,
            roll_kind=roll_kind,
            name=name,
            born_on=born_on,
            upn=upn,
            local_ref=local_ref,
        )
        return pupil

    @command
    def remove_pupil_from_roll(
        self,
        pupil_id: UUID,
        *,
        school_id: UUID,
        removed_on: date,
        ground: str,
        received_on: date | None = None,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Pupil:
        """Record that a pupil left a school's roll."""
        pupil = self.open(Pupil, pupil_id, submission)
        pupil.remove_from_roll(
            submission,
            school_id=school_id,
            removed_on=removed_on,
            ground=ground,
            received_on=received_on,
            evidence=evidence,
        )
        return pupil

    @command
    def change_pupil_residence(
        self,
        pupil_id: UUID,
        *,
        effective_on: date,
        status: ResidenceStatus,
        home_site_id: UUID | None,
        received_on: date | None = None,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Pupil:
        """Record where a pupil lives from a day on."""
        pupil = self.open(Pupil, pupil_id, submission)
        pupil.change_residence(
            submission,
            effective_on=effective_on,
            status=status,
            home_site_id=home_site_id,
            received_on=received_on,
            evidence=evidence,
        )
        return pupil

    @command
    def record_ehcp(
        self,
        pupil_id: UUID,
        *,
        effective_on: date,
        reference: str,
        maintaining_authority: str,
        annual_review_due: date | None,
        received_on: date | None = None,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Pupil:
        """Record a pupil's education, health and care plan."""
        pupil = self.open(Pupil, pupil_id, submission)
        pupil.say(
            EhcpRecorded,
            submission,
            effective_on=effective_on,
            reference=reference,
            maintaining_authority=maintaining_authority,
            annual_review_due=annual_review_due,
            received_on=received_on,
            evidence=evidence,
        )
        return pupil

    @command
    def cease_ehcp(
        self, pupil_id: UUID, *, effective_on: date, received_on: date | None = None, submission: Submission
    ) -> Pupil:
        """Record that a pupil's plan is no longer maintained."""
        pupil = self.open(Pupil, pupil_id, submission)
        pupil.say(EhcpCeased, submission, effective_on=effective_on, received_on=received_on)
        return pupil

    @command
    def record_placing_authority(
        self,
        pupil_id: UUID,
        *,
        authority_id: UUID,
        effective_on: date,
        authority_code: str,
        authority_name: str,
        capacity: Capacity,
        received_on: date | None = None,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Pupil:
        """Record that an authority placed a pupil; more than one may have."""
        pupil = self.open(Pupil, pupil_id, submission)
        pupil.say(
            PlacingAuthorityRecorded,
            submission,
            authority_id=authority_id,
            effective_on=effective_on,
            authority_code=authority_code,
            authority_name=authority_name,
            capacity=capacity,
            received_on=received_on,
            evidence=evidence,
        )
        return pupil

    @command
    def record_no_placing_authority(
        self,
        pupil_id: UUID,
        *,
        effective_on: date,
        reason: str,
        received_on: date | None = None,
        submission: Submission,
    ) -> Pupil:
        """Record that from a day on no authority places a pupil, and why."""
        pupil = self.open(Pupil, pupil_id, submission)
        pupil.say(
            NoPlacingAuthorityRecorded, submission, effective_on=effective_on, reason=reason, received_on=received_on
        )
        return pupil

    @command
    def record_parental_responsibility(
        self,
        pupil_id: UUID,
        *,
        holder_id: UUID,
        effective_on: date,
        name: str,
        ground: str,
        restrictions: str | None,
        evidence_seen: str,
        received_on: date | None = None,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Pupil:
        """Record that a person holds parental responsibility for a pupil."""
        pupil = self.open(Pupil, pupil_id, submission)
        pupil.say(
            ParentalResponsibilityRecorded,
            submission,
            holder_id=holder_id,
            effective_on=effective_on,
            name=name,
            ground=ground,
            restrictions=restrictions,
            evidence_seen=evidence_seen,
            received_on=received_on,
            evidence=evidence,
        )
        return pupil
