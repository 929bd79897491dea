"""People in office, and what they let others decide for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from uuid import UUID

from domain.aggregate import Aggregate
from domain.errors import AlreadyRecorded, Impossible
from domain.events import DelegationGranted, DelegationRevoked, OfficeHolderAppointed, OfficeHolderCeased
from domain.rules.authority import may_delegate, outsider
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

    def appoint(self, authority: Authority, submission: Submission, *, person_id: UUID, **appointed: Any) -> None:
        """Put a person in office."""
        refuse(outsider(authority))
        self.trigger(OfficeHolderAppointed, submission, subject=person_id, person_id=person_id, **appointed)

    def cease(self, submission: Submission, *, last_day: date) -> None:
        """Record the person's last day in office, or another one than was recorded.

        Raises:
            Impossible: where it is before the first.
            AlreadyRecorded: where it is the last day on record.
        """
        tenure = self.tenure
        if last_day < tenure.appointed.starts_on:
            raise Impossible(
                "last_day", "The last day in office is before the first. Give the first day or a later one."
            )
        if last_day == tenure.last_day:
            raise AlreadyRecorded("last_day", "That last day is already on record.")
        self.trigger(OfficeHolderCeased, submission, subject=tenure.appointed.person_id, last_day=last_day)


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

    def revoke(self, authority: Authority, submission: Submission, *, reason: str) -> None:
        """Take the delegation back from this moment on.

        Raises:
            AlreadyRecorded: where it was taken back before.
        """
        refuse(outsider(authority))
        if self.revoked:
            raise AlreadyRecorded("reason", "This delegation is already revoked.")
        self.trigger(DelegationRevoked, submission, subject=self.granted.delegatee_id, reason=reason)
