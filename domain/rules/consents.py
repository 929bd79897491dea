"""Who must have agreed to delivery by anyone outside the school: placing authorities (H-05) and parents (H-06)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from domain.events import (
    Fact,
    NoPlacingAuthorityRecorded,
    ParentalAgreementDecided,
    ParentalAgreementDeclined,
    ParentalAgreementGiven,
    ParentalAgreementNotRelevantRecorded,
    ParentalAgreementWithdrawn,
    ParentalResponsibilityRecorded,
    ParentUnreachableRecorded,
    PlacingAuthorityConsentGiven,
    PlacingAuthorityConsentRefused,
    PlacingAuthorityConsentWithdrawn,
    PlacingAuthorityRecorded,
)
from domain.rules.breach import Breach, Word, plain
from domain.rules.capacity import singles
from domain.rules.case import Case, every
from domain.vocabulary import Capacity, Medium

_CALLED = {Capacity.EDUCATION_SEN: "education", Capacity.SOCIAL_CARE: "social care"}
_SCHOOLS = (ParentalAgreementDecided, ParentUnreachableRecorded, ParentalAgreementNotRelevantRecorded)


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
                f" ({' and '.join(sorted(_CALLED[word] for word in missing))}) received by {plain(case.on)} covers"
                f" this provider and site from {plain(case.starts_on)} to {plain(case.ends_on)}.",
                f"Record the written consent of {authority.authority_name} for this provider and these days.",
                "record_authority_consent",
            )


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
    scope = consent.scope
    return (
        scope.provider_id == case.proposal.provider_id
        and scope.site_id in {None, case.proposal.site_id}
        and scope.starts_on <= case.starts_on
        and (scope.ends_on is None or scope.ends_on >= case.ends_on)
        and consent.given_on <= consent.received_on <= case.on
        and consent.medium != Medium.TELEPHONE
        and not _withdrawn(case, consent)
        and bool(_left(case, consent))
    )


def _withdrawn(case: Case, consent: PlacingAuthorityConsentGiven) -> bool:
    return any(
        fact.consent_id == consent.consent_id and fact.effective_on <= case.ends_on
        for fact in every(PlacingAuthorityConsentWithdrawn, case.placement)
    )


def _left(case: Case, consent: PlacingAuthorityConsentGiven) -> frozenset[Capacity]:
    """In which capacities a consent still speaks: a later refusal ends it in the capacity refused, and no other."""
    left = singles(Capacity(str(consent.capacity)))
    for no in every(PlacingAuthorityConsentRefused, case.placement):
        later = (no.refused_on, no.originator_version) > (consent.given_on, consent.originator_version)
        if no.authority_id == consent.authority_id and later:
            left -= singles(Capacity(str(no.capacity)))
    return left


def parents_position(case: Case) -> Iterator[Breach]:
    """H-06: outside delivery only where a parent agreed, the Head decided, or it is recorded why nobody could."""
    if not case.outside or any(_agrees(case, given) for given in every(ParentalAgreementGiven, case.placement)):
        return
    positions = [fact for fact in case.placement if isinstance(fact, _SCHOOLS)]
    no = _standing_no(case)
    if problem := no or _open_position(positions[-1] if positions else None, case.on):
        yield Breach(
            "H-06", "S43", Word.ONLY, None, problem,
            "Record the written agreement of a parent whose parental responsibility is on the pupil's record, or the"
            " Head Teacher's reasoned decision; while no parent said no, also the dated attempts to reach one with a"
            " day to try again, or why agreement is not relevant.",
            "decide_without_parental_agreement" if no else "record_parental_agreement",
        )  # fmt: skip


def _agrees(case: Case, given: ParentalAgreementGiven) -> bool:
    """One holder's written word suffices, if their parental responsibility is on record and they did not go back."""
    responsible = any(
        holder.holder_id == given.holder_id and holder.effective_on <= case.on
        for holder in every(ParentalResponsibilityRecorded, case.known.pupil)
    )
    return (
        responsible and _said_yes(case, given) and not any(no.holder_id == given.holder_id for no in _noes(case, given))
    )


def _said_yes(case: Case, given: ParentalAgreementGiven) -> bool:
    return given.medium != Medium.TELEPHONE and given.received_on <= case.on


def _noes(case: Case, since: Fact | None = None) -> list[ParentalAgreementDeclined | ParentalAgreementWithdrawn]:
    after = 0 if since is None else since.originator_version
    later = [fact for fact in case.placement if fact.originator_version > after]
    return [fact for fact in later if isinstance(fact, ParentalAgreementDeclined | ParentalAgreementWithdrawn)]


def _standing_no(case: Case) -> str | None:
    """Say which parent's no nobody answered: only that parent's later yes or the Head Teacher's decision does."""
    answers = [
        fact
        for fact in case.placement
        if (isinstance(fact, ParentalAgreementDecided) and fact.decided_on <= case.on)
        or (isinstance(fact, ParentalAgreementGiven) and _said_yes(case, fact))
    ]
    for no in reversed(_noes(case)):
        if not any(_answers(fact, no) for fact in answers):
            did = "declined" if isinstance(no, ParentalAgreementDeclined) else "withdrew the agreement"
            return f"A parent {did}, and the Head Teacher has not decided whether to go on."
    return None


def _answers(fact: Fact, no: ParentalAgreementDeclined | ParentalAgreementWithdrawn) -> bool:
    own = not isinstance(fact, ParentalAgreementGiven) or fact.holder_id == no.holder_id
    return own and fact.originator_version > no.originator_version


def _open_position(last: Fact | None, day: date) -> str | None:
    """Say what is still open in what the school recorded of the parents, or None."""
    match last:
        case ParentalAgreementDecided() | ParentalAgreementNotRelevantRecorded() if last.decided_on <= day:
            return None
        case ParentUnreachableRecorded() if last.concluded_on <= day <= last.review_on and last.attempts:
            return None
        case ParentUnreachableRecorded():
            return f"Nobody could be reached, and it was to be tried again by {plain(last.review_on)}."
    return (
        f"Nothing recorded by {plain(day)} says where the parents stand; a telephone call alone does not, nor the word"
        " of somebody whose parental responsibility is not on record."
    )


def _breach(sentence: str, remedy: str, command: str) -> Breach:
    return Breach("H-05", "S42", Word.ONLY, None, sentence, remedy, command)
