"""Commands on schools, offices and delegations."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.commands.recording import Records, command
from domain.errors import Impossible
from domain.office import Appointment, Delegation
from domain.parts import DelegationLimits, SessionTimes, Term
from domain.school import School
from domain.values import Submission
from domain.vocabulary import DelegatedAct, Office


class SchoolCommands(Records):
    """Schools with their calendars, who holds which office, and what is delegated."""

    @command
    def record_school(self, school_id: UUID, *, name: str, urn: str, submission: Submission) -> School:
        """Record a school of the group."""
        school = self.begin(School, school_id)
        school.record(submission, name=name, urn=urn)
        return school

    @command
    def publish_school_calendar(
        self,
        school_id: UUID,
        *,
        year: str,
        terms: tuple[Term, ...],
        inset_days: tuple[date, ...],
        closures: tuple[date, ...],
        session_times: SessionTimes,
        submission: Submission,
    ) -> School:
        """Set which sessions a school holds in a year."""
        school = self.open(School, school_id, submission)
        school.publish_calendar(
            submission, year=year, terms=terms, inset_days=inset_days, closures=closures, session_times=session_times
        )
        return school

    @command
    def appoint_office_holder(
        self,
        appointment_id: UUID,
        *,
        school_id: UUID,
        office: Office,
        person_id: UUID,
        starts_on: date,
        acting: bool,
        name: str,
        title: str,
        submission: Submission,
    ) -> Appointment:
        """Put a person in an office of a school."""
        appointment = self.begin(Appointment, appointment_id)
        if self.recorder.select_events(person_id, limit=1):
            raise Impossible(
                "person_id", "That reference is a pupil's, a provider's or another record's, and no member of staff's."
            )
        authority, relied_on = self.authority(submission)
        appointment.appoint(
            authority,
            relied_on,
            submission,
            school_id=self.look_up(School, school_id).id,
            office=office,
            person_id=person_id,
            starts_on=starts_on,
            acting=acting,
            name=name,
            title=title,
        )
        return appointment

    @command
    def cease_office_holder(self, appointment_id: UUID, *, last_day: date, submission: Submission) -> Appointment:
        """Record a person's last day in an office."""
        appointment = self.open(Appointment, appointment_id, submission)
        appointment.cease(*self.authority(submission), submission, last_day=last_day)
        return appointment

    @command
    def grant_delegation(
        self,
        delegation_id: UUID,
        *,
        delegatee_id: UUID,
        delegatee_name: str,
        delegatee_title: str,
        acts: tuple[DelegatedAct, ...],
        starts_on: date,
        ends_on: date,
        limits: DelegationLimits,
        submission: Submission,
    ) -> Delegation:
        """Let a person decide in the Head Teacher's place; the appointment acted under says whose place that is."""
        delegation = self.begin(Delegation, delegation_id)
        authority, relied_on = self.authority(submission)
        delegation.grant(
            authority,
            relied_on,
            submission,
            delegatee_id=delegatee_id,
            delegatee_name=delegatee_name,
            delegatee_title=delegatee_title,
            acts=acts,
            starts_on=starts_on,
            ends_on=ends_on,
            limits=limits,
        )
        return delegation

    @command
    def revoke_delegation(self, delegation_id: UUID, *, reason: str, submission: Submission) -> Delegation:
        """Take a delegation back from this moment on."""
        delegation = self.open(Delegation, delegation_id, submission)
        delegation.revoke(*self.authority(submission), submission, reason=reason)
        return delegation
