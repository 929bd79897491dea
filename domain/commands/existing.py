"""Transcribing a placement that is on paper: with its true dates, and without asking whether it was right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from domain.aggregate import Aggregate
from domain.commands.placements import PlacementCommands
from domain.commands.recording import command
from domain.errors import AlreadyRecorded, SubjectErased
from domain.paper import PaperConsent, PaperParents, PaperReview, PaperRisk
from domain.parts import EvidenceFile
from domain.placement import Placement
from domain.provider import Provider
from domain.pupil import Pupil
from domain.school import School
from domain.transcription import Transcription
from domain.values import Submission
from domain.vocabulary import (
    Accredited,
    ArrangedBy,
    AttendanceMode,
    Delivery,
    LegalGateway,
    NeedBasis,
    Source,
)


class ExistingPlacementCommands(PlacementCommands):
    """Placements from before this service, or from a time without it."""

    @command
    def add_existing_placement(
        self,
        placement_id: UUID,
        *,
        pupil_id: UUID,
        school_id: UUID,
        provider_id: UUID,
        site_id: UUID,
        delivery: Delivery,
        started_on: date,
        proposed_end: date | None,
        ended_on: date | None,
        legal_gateway: LegalGateway | None,
        arranged_by: ArrangedBy,
        attendance_mode: AttendanceMode | None,
        need_basis: NeedBasis | None,
        separate_from_peers: str | None,
        rationale: str | None,
        accredited: Accredited,
        accredited_reason: str | None,
        transcribed_from: str,
        approved_on: date | None,
        approved_by: str | None,
        approver_title: str | None,
        consents: tuple[PaperConsent, ...],
        parents: PaperParents | None,
        risk: PaperRisk | None,
        review: PaperReview | None,
        another: bool = False,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Sequence[Aggregate]:
        """Add a placement that is on paper, running or ended; no rule for decisions is asked (model, settled point 4).

        Who placed the pupil and who holds parental responsibility is added to the pupil's record where the paper names
        somebody it does not know. `another` says that it is not the one on record with the same provider in that time.
        """
        placement = self._new(placement_id)
        provider, pupil = self.look_up(Provider, provider_id), self.look_up(Pupil, pupil_id)
        provider.refuse_unknown_site(site_id)
        if pupil.erased:
            raise SubjectErased
        transcription = Transcription(placement, pupil, replace(submission, source=Source.PAPER_BACKFILL))
        transcription.add(
            consents=consents,
            parents=parents,
            risk=risk,
            review=review,
            started_on=started_on,
            proposed_end=proposed_end,
            ended_on=ended_on,
            pupil_id=pupil_id,
            school_id=self.look_up(School, school_id).id,
            provider_id=provider_id,
            site_id=site_id,
            delivery=delivery,
            arranged_by=arranged_by,
            accredited=accredited,
            accredited_reason=accredited_reason,
            need_basis=need_basis,
            separate_from_peers=separate_from_peers,
            legal_gateway=legal_gateway,
            attendance_mode=attendance_mode,
            rationale=rationale,
            transcribed_from=transcribed_from,
            approved_on=approved_on,
            approved_by=approved_by,
            approver_title=approver_title,
            another=another,
            evidence=evidence,
        )
        return [placement, pupil]

    def _new(self, placement_id: UUID) -> Placement:
        try:
            return self.begin(Placement, placement_id)
        except AlreadyRecorded:
            raise AlreadyRecorded(
                "started_on",
                "This pupil's placement with this provider from this day is already here. Go on with that one.",
            ) from None
