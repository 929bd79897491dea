"""Which placing authorities must have agreed to delivery by anyone outside the school (H-05)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from domain.events import (
    Fact,
    NoPlacingAuthorityRecorded,
    PlacingAuthorityConsentGiven,
    PlacingAuthorityConsentRefused,
    PlacingAuthorityConsentWithdrawn,
    PlacingAuthorityRecorded,
)
from domain.rules.breach import Breach, Word, plain
from domain.rules.capacity import CALLED, singles
from domain.rules.case import Case, every
from domain.rules.covering import Given, stands
from domain.values import Erased
from domain.vocabulary import Capacity, Medium


def placing_authorities(pupil: Sequence[Fact], first: date, last: date) -> list[PlacingAuthorityRecorded] | None:
    """Return who placed the pupil on any day of a span, or None where nobody has said whether an authority did.

    A statement that no authority placed the pupil ends what was said before, from its own day on.
    """
    said = [fact for fact in pupil if isinstance(fact, PlacingAuthorityRecorded | NoPlacingAuthorityRecorded)]
    said = sorted((fact for fact in said if fact.effective_on <= last), key=lambda fact: fact.effective_on)
    if not said or said[0].effective_on > first:
        return None
    placed: dict[UUID, PlacingAuthorityRecorded] = {}
    for fact in said:
        if isinstance(fact, PlacingAuthorityRecorded):
            placed[fact.authority_id] = fact
        elif fact.effective_on <= first:
            placed.clear()
    return list(placed.values())


def authorities_consent(case: Case) -> Iterator[Breach]:
    """H-05: outside delivery only with a live consent of every placing authority for this provider, site and time."""
    if not case.outside:
        return
    placed = placing_authorities(case.known.pupil, case.starts_on, case.ends_on)
    if placed is None:
        yield _breach(
            "Nobody has said who placed this pupil, so it is not known whose consent is needed.",
            "Record the placing authority on the pupil's record, or that no authority placed the pupil and why.",
            "record_placing_authority",
        )
    for authority in placed or ():
        if missing := _missing_capacities(case, authority):
            yield _breach(
                f"{authority.authority_name} placed this pupil and no written consent of theirs"
                f" ({' and '.join(sorted(CALLED[word] for word in missing))}) received by {plain(case.on)} covers"
                f" this provider and site from {plain(case.starts_on)} to {plain(case.ends_on)}."
                f"{_what_there_is(case, authority)}",
                f"Record the written consent of {authority.authority_name} for this provider and these days.",
                "record_authority_consent",
            )


def _what_there_is(case: Case, authority: PlacingAuthorityRecorded) -> str:
    """Say what the authority's last written consent covers instead, so that nobody takes it for one of these days."""
    given = [one for one in every(PlacingAuthorityConsentGiven, case.placement) if one.medium != Medium.TELEPHONE]
    last = next((one for one in reversed(given) if one.authority_id == authority.authority_id), None)
    if last is None:
        return ""
    if (withdrawn := _withdrawn_on(case, last)) is not None:
        return f" The one given on {plain(last.given_on)} was withdrawn from {plain(withdrawn)}."
    until = "" if last.scope.ends_on is None else f" to {plain(last.scope.ends_on)}"
    return f" The one given on {plain(last.given_on)} covers from {plain(last.scope.starts_on)}{until}."


def live_consents(case: Case) -> list[PlacingAuthorityConsentGiven]:
    """Return the consents that stand for this placement on the day of the case."""
    return [consent for consent in every(PlacingAuthorityConsentGiven, case.placement) if _stands(case, consent)]


def _missing_capacities(case: Case, authority: PlacingAuthorityRecorded) -> frozenset[Capacity]:
    missing = singles(Capacity(str(authority.capacity)))
    for consent in live_consents(case):
        if consent.authority_id == authority.authority_id:
            missing -= _left(case, consent)
    return missing


def _stands(case: Case, consent: PlacingAuthorityConsentGiven) -> bool:
    medium = None if isinstance(consent.medium, Erased) else consent.medium
    given = Given(consent.scope, medium, _withdrawn_on(case, consent))
    proposal = case.proposal
    return (
        stands(given, proposal.provider_id, proposal.site_id, case.starts_on, case.ends_on)
        and consent.given_on <= consent.received_on <= case.on
        and bool(_left(case, consent))
    )


def _withdrawn_on(case: Case, consent: PlacingAuthorityConsentGiven) -> date | None:
    withdrawn = every(PlacingAuthorityConsentWithdrawn, case.placement)
    return min((fact.effective_on for fact in withdrawn if fact.consent_id == consent.consent_id), default=None)


def _left(case: Case, consent: PlacingAuthorityConsentGiven) -> frozenset[Capacity]:
    """In which capacities a consent still speaks: a later refusal ends it in the capacity refused, and no other."""
    left = singles(Capacity(str(consent.capacity)))
    for no in every(PlacingAuthorityConsentRefused, case.placement):
        later = (no.refused_on, no.originator_version) > (consent.given_on, consent.originator_version)
        if no.authority_id == consent.authority_id and later:
            left -= singles(Capacity(str(no.capacity)))
    return left


def _breach(sentence: str, remedy: str, command: str) -> Breach:
    return Breach("H-05", "S42", Word.ONLY, None, sentence, remedy, command)
