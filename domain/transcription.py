"""The facts that a paper file comes to, in the words this record has for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from domain.errors import Impossible
from domain.events import (
    ExistingPlacementAdded,
    Fact,
    ParentalAgreementDeclined,
    ParentalAgreementGiven,
    ParentalAgreementNotRelevantRecorded,
    ParentalResponsibilityRecorded,
    ParentUnreachableRecorded,
    PlacingAuthorityConsentGiven,
    PlacingAuthorityRecorded,
    ReviewHeld,
    RiskAssessmentCompleted,
)
from domain.paper import PaperConsent, PaperParents, PaperReview, PaperRisk
from domain.parts import Attempt, ConsentScope
from domain.placement import Placement
from domain.pupil import Pupil
from domain.rules.impossible import refuse_impossible
from domain.values import Submission
from domain.vocabulary import Capacity, ParentsOnPaper


@dataclass(frozen=True)
class Transcription:
    """One placement as it is copied from paper; ids of what is new follow from the placement's own."""

    placement: Placement
    pupil: Pupil
    submission: Submission

    def add(
        self,
        *,
        consents: tuple[PaperConsent, ...],
        parents: PaperParents | None,
        risk: PaperRisk | None,
        review: PaperReview | None,
        started_on: date,
        proposed_end: date | None,
        ended_on: date | None,
        **said: Any,
    ) -> None:
        """State the placement and everything the paper says of it.

        Raises:
            Impossible: where a day or a text cannot be, or what only a name or a reason makes a fact lacks it.
        """
        days = {"started_on": started_on, "ended_on": ended_on, "proposed_end": _last_day(proposed_end, ended_on)}
        on_paper = {"consents": consents, "parents": parents, "risk": risk, "review": review}
        refuse_impossible({"born_on": self.pupil.born_on, **said, **days, **on_paper}, self.submission.today)
        self.state(ExistingPlacementAdded, proposed_start=started_on, **days, **said)
        self._consents(consents)
        self._parents(parents)
        self._risk(risk)
        self._review(review)

    def state(self, kind: type[Fact], /, **facts: Any) -> None:
        """State a fact of the placement; facts are taken as they are."""
        self.placement.trigger(kind, self.submission, subject=self.pupil.id, **facts)

    def _consents(self, given: Sequence[PaperConsent]) -> None:
        """State each authority's consent, and who placed the pupil where the pupil's record does not say."""
        for number, consent in enumerate(given):
            scope = ConsentScope(
                self._added.provider_id, self._added.site_id, self._added.started_on, consent.covers_until
            )
            self.state(
                PlacingAuthorityConsentGiven,
                consent_id=uuid5(self.placement.id, f"consent {number}"),
                authority_id=self._authority(number, consent, given),
                scope=scope,
                given_on=consent.given_on,
                received_on=consent.received_on or consent.given_on,
                capacity=consent.capacity,
                officer_name=consent.officer_name,
                officer_title=consent.officer_title,
                medium=consent.medium,
                conditions=consent.conditions,
            )

    def _parents(self, said: PaperParents | None) -> None:
        """State where the parents stood.

        Raises:
            Impossible: where it does not say whose word it was, or why.
        """
        if said is None:
            return
        match said.position:
            case ParentsOnPaper.GIVEN:
                holder = self._holder(said)
                medium = _needed(said.medium, "medium", "Say how the parent's agreement came.")
                self.state(ParentalAgreementGiven, given_on=said.said_on, medium=medium, **holder)
            case ParentsOnPaper.DECLINED:
                holder = self._holder(said)
                reason = _needed(said.reason, "reason", "Say why the parent declined.")
                self.state(ParentalAgreementDeclined, declined_on=said.said_on, reason=reason, **holder)
            case ParentsOnPaper.UNREACHABLE:
                how = _needed(said.reason, "reason", "Say how it was tried to reach the parents.")
                tried = (Attempt(said.said_on, how),)
                # Where the paper sets no day to try again, it is due at once.
                self.state(
                    ParentUnreachableRecorded,
                    concluded_on=said.said_on,
                    review_on=said.review_on or said.said_on,
                    attempts=tried,
                )
            case ParentsOnPaper.NOT_RELEVANT:
                ground = _needed(said.not_relevant, "not_relevant", "Choose why agreement was not relevant.")
                explanation = _needed(said.reason, "reason", "Say in the paper's words why it was not relevant.")
                self.state(
                    ParentalAgreementNotRelevantRecorded,
                    decided_on=said.said_on,
                    reason=ground,
                    explanation=explanation,
                )

    def _risk(self, assessed: PaperRisk | None) -> None:
        """State the newest assessment of the risk, whose hazards stay on paper."""
        if assessed is not None:
            self.state(
                RiskAssessmentCompleted,
                site_id=self._added.site_id,
                assessed_on=assessed.assessed_on,
                valid_to=assessed.valid_to,
                outcome=assessed.outcome,
                hazards=(),
                assessor=assessed.assessor,
            )

    def _review(self, held: PaperReview | None) -> None:
        """State the last review; what was said in it stays on paper."""
        if held is not None:
            self.state(
                ReviewHeld,
                held_on=held.held_on,
                next_review_on=held.next_review_on,
                kind=held.kind,
                outcome=held.outcome,
                chair=held.chair,
                attendees=None,
                attending_regularly=None,
                still_safe=held.still_safe,
                meets_needs=None,
                objectives=(),
                pupil_voice=None,
                parent_voice=None,
                next_stage_considered=None,
            )

    @property
    def _added(self) -> ExistingPlacementAdded:
        return self.placement.every(ExistingPlacementAdded)[0]

    def _authority(self, number: int, consent: PaperConsent, given: Sequence[PaperConsent]) -> UUID:
        known = self.pupil.authority_named(consent.authority_name, consent.authority_code)
        if known is not None:
            return known.authority_id
        authority_id = uuid5(self.placement.id, f"authority {number}")
        capacities = {one.capacity for one in given if one.authority_name == consent.authority_name}
        self.pupil.say(
            PlacingAuthorityRecorded,
            self.submission,
            authority_id=authority_id,
            effective_on=self._added.started_on,
            authority_code=consent.authority_code,
            authority_name=consent.authority_name,
            capacity=capacities.pop() if len(capacities) == 1 else Capacity.BOTH,
        )
        return authority_id

    def _holder(self, said: PaperParents) -> dict[str, Any]:
        """Who spoke, and on what day that reached the school; known to the pupil's record, or added to it."""
        name = _needed(said.holder_name, "holder_name", "Name the parent.")
        known = self.pupil.holder_named(name)
        holder_id = known.holder_id if known else uuid5(self.placement.id, "parent")
        if known is None and said.ground is not None:
            self._record_responsibility(holder_id, name, said.ground, min(said.said_on, self._added.started_on))
        return {"holder_id": holder_id, "holder_name": name, "received_on": said.received_on or said.said_on}

    def _record_responsibility(self, holder_id: UUID, name: str, ground: str, since: date) -> None:
        self.pupil.say(
            ParentalResponsibilityRecorded,
            self.submission,
            holder_id=holder_id,
            effective_on=since,
            name=name,
            ground=ground,
            restrictions=None,
            evidence_seen=self._added.transcribed_from,
        )


def _last_day(proposed_end: date | None, ended_on: date | None) -> date:
    last = proposed_end or ended_on
    if last is None:
        raise Impossible("proposed_end", "Give the last day planned, or the day on which it ended.")
    return last


def _needed(value: Any, field: str, sentence: str) -> Any:
    if value is None:
        raise Impossible(f"parents.{field}", sentence)
    return value
