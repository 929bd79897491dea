"""Placements of the demo that began before this record did, and were copied from paper when it was begun."""

from __future__ import annotations

from datetime import date, timedelta

from domain.events import existing_placement_id
from domain.paper import PaperConsent, PaperParents, PaperReview, PaperRisk
from domain.vocabulary import (
    ArrangedBy,
    AttendanceMode,
    LegalGateway,
    Medium,
    ParentsOnPaper,
    ReviewKind,
    ReviewOutcome,
    RiskOutcome,
)
from web.demo.calendar import before
from web.demo.cast import AUTHORITY
from web.demo.placements import PlacementStory, Scene

_BEGAN = timedelta(days=170)
"""How long before the term began: last spring."""


def on_paper(scene: Scene) -> None:
    """All of it is on paper, and it goes on."""
    _goes_on(scene, _added(scene))


def without_approval(scene: Scene) -> None:
    """Nobody can find an approval: a missing one, until the Head Teacher takes the decision here."""
    _goes_on(scene, _added(scene, approved=False))


def without_consent(scene: Scene) -> None:
    """The authority's consent is not in the file; every session attended says so."""
    _goes_on(scene, _added(scene, consented=False))


def over_before(scene: Scene) -> None:
    """It ended last summer and is kept for who asks; the pupil is in class."""
    _added(scene, ended_on=before(scene.calendar.terms[0].start, 32))


def _goes_on(scene: Scene, placement: PlacementStory) -> None:
    placement.stay(scene.calendar.taken[0])
    placement.review(scene.calendar.share(0.4))


def _added(
    scene: Scene, *, approved: bool = True, consented: bool = True, ended_on: date | None = None
) -> PlacementStory:
    placement, provider = scene.placement(0), scene.cast.provider(scene.provider)
    began = before(scene.calendar.terms[0].start - _BEGAN, 1)
    placement.id = existing_placement_id(scene.pupil.id, provider, began)
    head, parent = placement.officer("head"), scene.pupil.parents[0]
    placement.enter(
        scene.calendar.before_term(6), placement.officer("ap"), "add_existing_placement", pupil_id=scene.pupil.id,
        school_id=scene.cast.school(scene.pupil.school), provider_id=provider,
        site_id=scene.cast.site(placement.site), delivery=placement.provider.delivery, started_on=began,
        proposed_end=scene.calendar.terms[-1].end, ended_on=ended_on,
        legal_gateway=LegalGateway.SCHOOL_ARRANGED_BY_AGREEMENT, arranged_by=ArrangedBy.SCHOOL,
        attendance_mode=AttendanceMode.PART_TIME, need_basis=None, separate_from_peers=None, rationale=None,
        accredited=placement.provider.accredited, accredited_reason=None,
        transcribed_from="The pupil's folder in the office",
        approved_on=before(began, 3) if approved else None,
        approved_by="Orsolya Finchwater" if approved else None,
        approver_title="Head Teacher until last July" if approved else None,
        consents=tuple(_consents(scene, began)) if consented else (),
        parents=PaperParents(
            position=ParentsOnPaper.GIVEN, said_on=before(began, 7), holder_name=parent.name, medium=Medium.SIGNED_FORM,
        ),
        risk=PaperRisk(
            outcome=RiskOutcome.SAFE_WITH_CONTROLS, assessed_on=before(began, 6),
            valid_to=scene.calendar.terms[-1].end, assessor=placement.officer("ap").name,
        ),
        review=PaperReview(
            held_on=before(scene.calendar.terms[0].start, 40), kind=ReviewKind.SCHEDULED,
            outcome=ReviewOutcome.CONTINUE, chair=f"{head.name}, {head.title}", still_safe=True,
        ),
    )  # fmt: skip
    return placement


def _consents(scene: Scene, began: date) -> list[PaperConsent]:
    return [
        PaperConsent(
            authority_name=AUTHORITY[key].name,
            authority_code=AUTHORITY[key].code,
            capacity=capacity,
            officer_name=AUTHORITY[key].officer,
            officer_title=AUTHORITY[key].title,
            given_on=before(began, 5),
            received_on=before(began, 4),
            medium=Medium.LETTER,
        )
        for key, capacity in scene.pupil.authorities
    ]
