"""How the demo's authorities are asked and answer: under a numbered request, by e-mail, on a form or by letter."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.parts import ConsentScope
from domain.rules.requests import reference
from domain.vocabulary import Medium
from web.demo.calendar import before
from web.demo.cast import AUTHORITY
from web.demo.documents import attached, letter, mail

if TYPE_CHECKING:
    from web.demo.placements import PlacementStory


def ask(placement: PlacementStory) -> None:
    """The lead asks each placing authority for its consent."""
    day = before(placement.start, 6)
    for key, capacity in placement.pupil.authorities:
        authority = AUTHORITY[key]
        placement.enter(
            day, placement.officer("ap"), "request_authority_consent", authority_id=placement.cast.authority(key),
            scope=_scope(placement, placement.start), requested_on=day, capacity=capacity,
            sent_to=f"{authority.officer}, {authority.title}", message=None,
        )  # fmt: skip


def agree(placement: PlacementStory, day: date) -> None:
    """Each authority answers its request by e-mail: agreed, no more."""
    for number, (key, _) in enumerate(placement.pupil.authorities, 1):
        authority, asked = AUTHORITY[key], reference(placement.id, number)
        said = mail(authority.officer, before(day, 1), f"RE: Consent asked for: {asked}", "Agreed, go ahead.")
        _record(
            placement, key, day, before(day, 1), Medium.EMAIL, answers_request=number, authority_id=None, scope=None,
            capacity=None, **attached(_file(placement, key), "answer.eml", said),
        )  # fmt: skip


def consent(placement: PlacementStory, keys: tuple[str, ...], day: date, given_on: date, starts_on: date) -> None:
    """Each placing authority, or those named, consents in writing to outside delivery."""
    for key, capacity in placement.pupil.authorities:
        if keys and key not in keys:
            continue
        medium = placement.choose((Medium.EMAIL, Medium.SIGNED_FORM, Medium.LETTER))
        words = f"We consent to the placement at {placement.provider.name}."
        name, content = ("consent.pdf", letter(AUTHORITY[key].name, "", words, AUTHORITY[key].officer))
        if medium is Medium.EMAIL:
            name, content = "consent.eml", mail(AUTHORITY[key].officer, given_on, "Consent", words)
        _record(
            placement, key, day, given_on, medium, authority_id=placement.cast.authority(key),
            scope=_scope(placement, starts_on), capacity=capacity, **attached(_file(placement, key), name, content),
        )  # fmt: skip


def _record(placement: PlacementStory, key: str, day: date, given_on: date, medium: Medium, **said: Any) -> None:
    authority = AUTHORITY[key]
    placement.enter(
        day, placement.officer("ap"), "record_authority_consent", consent_id=placement.consent_id(key),
        given_on=given_on, received_on=day, officer_name=authority.officer, officer_title=authority.title,
        medium=medium, conditions=None, **said,
    )  # fmt: skip


def _scope(placement: PlacementStory, starts_on: date) -> ConsentScope:
    return ConsentScope(placement.cast.provider(placement.provider.key), None, starts_on, None)


def _file(placement: PlacementStory, key: str) -> Any:
    return placement.cast.ids("consent file", placement.id, key)
