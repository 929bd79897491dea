"""A pupil: on whose roll, living where, placed by whom, and who holds parental responsibility."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from domain.aggregate import Aggregate
from domain.errors import AlreadyRecorded, Impossible
from domain.events import (
    EhcpCeased,
    EhcpRecorded,
    Fact,
    NoPlacingAuthorityRecorded,
    ParentalResponsibilityRecorded,
    PlacingAuthorityRecorded,
    PupilEnrolled,
    PupilRemovedFromRoll,
    PupilResidenceChanged,
)
from domain.rules.upn import refuse_malformed
from domain.values import Erased, Submission
from domain.vocabulary import ResidenceStatus

_ABOUT = ("effective_on", "authority_id", "holder_id")
"""What two facts of one kind share if the later puts the earlier right."""

_TOLD = frozenset({"received_on"})
"""What says how a fact reached the school, and nothing about the pupil."""


class Pupil(Aggregate):
    """A pupil, known by a random pseudonym."""

    NAME = "pupil"
    FACTS = (
        PupilEnrolled,
        PupilRemovedFromRoll,
        PupilResidenceChanged,
        EhcpRecorded,
        EhcpCeased,
        PlacingAuthorityRecorded,
        NoPlacingAuthorityRecorded,
        ParentalResponsibilityRecorded,
    )

    def is_on_roll(self, school_id: UUID) -> bool:
        """Return whether the pupil's name stands in that school's admission register."""
        said = [
            fact
            for fact in self.facts
            if isinstance(fact, PupilEnrolled | PupilRemovedFromRoll) and fact.school_id == school_id
        ]
        return bool(said) and isinstance(said[-1], PupilEnrolled)

    @property
    def born_on(self) -> date | None:
        """The birthday last stated; None where none is on record or it was erased."""
        said = self.last(PupilEnrolled)
        return None if said is None or isinstance(said.born_on, Erased) else said.born_on

    def authority_named(self, name: str, code: str | None) -> PlacingAuthorityRecorded | None:
        """Return the authority recorded as having placed the pupil that has this code, else this name."""
        known = [*reversed(self.every(PlacingAuthorityRecorded))]
        by_code = (one for one in known if code is not None and one.authority_code == code)
        return next(by_code, None) or next((one for one in known if _same(one.authority_name, name)), None)

    def holder_named(self, name: str) -> ParentalResponsibilityRecorded | None:
        """Return the person of this name who is recorded as holding parental responsibility."""
        return next((one for one in self.every(ParentalResponsibilityRecorded) if _same(one.name, name)), None)

    def name_of_holder(self, holder_id: UUID, name: str) -> str:
        """Return a holder of parental responsibility by the name on record, or by this one where nobody recorded them.

        Raises:
            Impossible: where they are on record under another name.
        """
        said = [one.name for one in self.every(ParentalResponsibilityRecorded) if one.holder_id == holder_id]
        if not said:
            return name
        if not _same(said[-1], name):
            raise Impossible(
                "holder_name",
                f"This parent is {said[-1]} on the pupil's record, not {name}. Choose the parent whose word it is; if"
                " the name changed, record parental responsibility under the new name first.",
            )
        return str(said[-1])

    def enrol(self, submission: Submission, *, school_id: UUID, upn: str | None, **enrolled: Any) -> None:
        """Put the pupil on a school's roll.

        Raises:
            Impossible: where the UPN cannot have been issued.
            AlreadyRecorded: where the pupil is on that roll.
        """
        if upn is not None:
            refuse_malformed(upn)
        if self.is_on_roll(school_id):
            raise AlreadyRecorded("school_id", "This pupil is already on that school's roll.")
        self.trigger(PupilEnrolled, submission, subject=self.id, school_id=school_id, upn=upn, **enrolled)

    def remove_from_roll(self, submission: Submission, *, school_id: UUID, **removal: Any) -> None:
        """Record that the pupil's name was deleted from a school's admission register.

        Raises:
            Impossible: where it does not stand there.
        """
        if not self.is_on_roll(school_id):
            raise Impossible(
                "school_id", "This pupil is not on that school's roll. Choose the school whose roll it is."
            )
        self.trigger(PupilRemovedFromRoll, submission, subject=self.id, school_id=school_id, **removal)

    def change_residence(
        self, submission: Submission, *, status: ResidenceStatus, home_site_id: UUID | None, **change: Any
    ) -> None:
        """Record where the pupil lives from a day on.

        Raises:
            Impossible: where a pupil lives in an allied home that is not named.
        """
        if status == ResidenceStatus.RESIDENTIAL_IN_ALLIED_HOME and home_site_id is None:
            raise Impossible("home_site_id", "Say in which of the allied children's homes the pupil lives.")
        self.say(PupilResidenceChanged, submission, status=status, home_site_id=home_site_id, **change)

    def say(self, kind: type[Fact], submission: Submission, /, **facts: Any) -> None:
        """Record a fact about the pupil that no rule refuses.

        Raises:
            AlreadyRecorded: where that is what was said last, word for word.
        """
        stated = self.state(kind, submission, subject=self.id, **facts)
        about = [name for name in _ABOUT if name in facts]
        same = [fact for fact in self.every(kind) if all(getattr(fact, name) == facts[name] for name in about)]
        if same and all(getattr(same[-1], name) == value for name, value in facts.items() if name not in _TOLD):
            raise AlreadyRecorded("effective_on", "This is already on the pupil's record.")
        self.happen(stated)


def _same(known: object, name: str) -> bool:
    """Whether two people wrote one name, however they spaced it or set its capitals."""
    return isinstance(known, str) and known.casefold().split() == name.casefold().split()
