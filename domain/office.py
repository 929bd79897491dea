"""People in office, and what they let others decide for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from uuid import UUID

from domain.aggregate import Aggregate
from domain.errors import AlreadyRecorded, Impossible
from domain.events import DelegationGranted, DelegationRevoked, OfficeHolderAppointed, OfficeHolderCeased
from domain.rules.authority import may_delegate, may_keep_offices
from domain.rules.breach import refuse
from domain.rules.case import Authority, Tenure
from domain.values import Submission


class Appointment(Aggregate):
    """One person's time in one office."""

    NAME = "appointment"
    FACTS = (OfficeHolderAppointed, OfficeHolderCeased)

    @property
    def tenure(self) -> Tenure:
        """The office, and from when to when it is held; of two last days the later recorded counts."""
        ceased = self.last(OfficeHolderCeased)
        return Tenure(self.every(OfficeHolderAppointed)[0], None if ceased is None else ceased.last_day)

    def appoint(
        self,
        authority: Authority,
        relied_on: Mapping[UUID, int],
        submission: Submission,
        *,
        school_id: UUID,
        person_id: UUID,
        **appointed: Any,
    ) -> None:
        """Put a person in office.

        Raises:
            DecisionRefused: where who appoints neither sets the service up nor heads that school.
        """
        refuse(may_keep_offices(authority, school_id, submission.today))
        holder = {"school_id": school_id, "person_id": person_id}
        self.trigger(OfficeHolderAppointed, submission, subject=person_id, relied_on=relied_on, **holder, **appointed)

    def cease(
        self, authority: Authority, relied_on: Mapping[UUID, int], submission: Submission, *, last_day: date
    ) -> None:
        """Record the person's last day in office, or another one than was recorded.

        Raises:
            DecisionRefused: where who says so neither sets the service up nor heads that school.
            Impossible: where it is before the first.
            AlreadyRecorded: where it is the last day on record.
        """
        tenure = self.tenure
        refuse(may_keep_offices(authority, tenure.appointed.school_id, submission.today))
        if last_day < tenure.appointed.starts_on:
            raise Impossible(
                "last_day", "The last day in office is before the first. Give the first day or a later one."
            )
        if last_day == tenure.last_day:
            raise AlreadyRecorded("last_day", "That last day is already on record.")
        others = {stream: version for stream, version in relied_on.items() if stream != self.id}
        self.trigger(
            OfficeHolderCeased,
            submission,
            subject=tenure.appointed.person_id,
            relied_on=others,
            last_day=last_day,
        )


class Delegation(Aggregate):
    """What one Head Teacher lets one person decide, within limits."""

    NAME = "delegation"
    FACTS = (DelegationGranted, DelegationRevoked)

    @property
    def granted(self) -> DelegationGranted:
        """What was delegated, to whom, from when to when."""
        return self.every(DelegationGranted)[0]

    @property
    def revoked(self) -> bool:
        """Whether it was taken back."""
        return self.last(DelegationRevoked) is not None

    def grant(
        self,
        authority: Authority,
        relied_on: Mapping[UUID, int],
        submission: Submission,
        *,
        delegatee_id: UUID,
        **given: Any,
    ) -> None:
        """Delegate acts to a person.

        Raises:
            DecisionRefused: where who grants it does not hold the office.
            Impossible: where nothing is delegated, or to oneself.
        """
        refuse(may_delegate(authority, [submission.today]))
        if not given["acts"]:
            raise Impossible("acts", "Say which acts are delegated.")
        weeks = given["limits"].max_weeks
        if weeks is not None and weeks < 1:
            raise Impossible("limits.max_weeks", "A limit is of one week at least. Leave it out for no limit.")
        if delegatee_id == authority.actor.id:
            raise Impossible("delegatee_id", "Nobody delegates to themselves. Name another person.")
        appointed = cast("Tenure", authority.tenure).appointed  # without one, may_delegate has refused
        self.trigger(
            DelegationGranted,
            submission,
            subject=delegatee_id,
            relied_on=relied_on,
            school_id=appointed.school_id,
            delegator_appointment_id=appointed.originator_id,
            delegatee_id=delegatee_id,
            **given,
        )

    def revoke(
        self, authority: Authority, relied_on: Mapping[UUID, int], submission: Submission, *, reason: str
    ) -> None:
        """Take the delegation back from this moment on.

        Raises:
            DecisionRefused: where who takes it back neither sets the service up nor heads that school.
            AlreadyRecorded: where it was taken back before.
        """
        refuse(may_keep_offices(authority, self.granted.school_id, submission.today))
        if self.revoked:
            raise AlreadyRecorded("reason", "This delegation is already revoked.")
        subject = self.granted.delegatee_id
        self.trigger(DelegationRevoked, submission, subject=subject, relied_on=relied_on, reason=reason)
