"""What about an attended session needs a second look. A flag refuses nothing: the pupil was there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from domain.rules.attendance_codes import CODES, attended
from domain.rules.covering import Given, stands
from domain.rules.setting import lives_there
from domain.vocabulary import Capacity, Delivery, PlacementStatus, ResidenceStatus, SiteKind, TaughtAt


class Tier(StrEnum):
    """How soon somebody must look (model, settled point 10)."""

    SAFETY = "safety"
    AUTHORITY = "authority"
    PAPERWORK = "paperwork"


@dataclass(frozen=True)
class Flag:
    """One thing to look at: the rule a decision would have broken, how soon, and why in a sentence."""

    rule: str
    tier: Tier
    sentence: str


@dataclass(frozen=True)
class Consent:
    """A placing authority's consent in one capacity, and when it was received."""

    authority_id: UUID
    capacity: Capacity | None
    given: Given
    received_on: date


@dataclass(frozen=True)
class Attended:
    """One marked session, with what was in force on that day as far as is known.

    `placement` is the status of the placement the mark names, `agreed_site_id` where that is, None where it names none;
    `allocated` is where the timetable valid that day puts the session, None where none is set or the mark names no
    placement; `authorities` who placed the pupil and in which single capacities, None where nobody has said.
    """

    day: date
    code: str
    nature: str | None
    site_id: UUID | None
    site_kind: SiteKind | None
    provider_id: UUID | None
    delivery: Delivery | None
    placement: PlacementStatus | None
    agreed_site_id: UUID | None
    residence: ResidenceStatus | None
    home_site_id: UUID | None
    authorities: frozenset[tuple[UUID, Capacity | None]] | None
    consents: tuple[Consent, ...]
    allocated: TaughtAt | None = None


def flags(session: Attended) -> tuple[Flag, ...]:
    """Return what to look at, the child's safety first; a session not attended has nothing to flag."""
    if not attended(session.code):
        return ()
    return (
        *in_childrens_home(session),
        *elsewhere(session),
        *without_consent(session),
        *without_placement(session),
        *unallocated(session),
        *without_nature(session),
    )


def in_childrens_home(session: Attended) -> Iterator[Flag]:
    """H-01, S60: taught in a children's home without living in it."""
    if (
        session.site_kind == SiteKind.CHILDRENS_HOME
        and session.site_id is not None
        and not lives_there(session.residence, session.home_site_id, session.site_id)
    ):
        yield Flag("H-01", Tier.SAFETY, "In a children's home on a day the pupil did not live there.")


def elsewhere(session: Attended) -> Iterator[Flag]:
    """H-15: taught under a placement at another site than the one it was decided for."""
    if session.agreed_site_id is not None and session.site_id != session.agreed_site_id:
        yield Flag("H-15", Tier.SAFETY, "Attended at another site than the placement's.")


def without_consent(session: Attended) -> Iterator[Flag]:
    """H-05, S42: taught by an outside provider without a placing authority's consent for that day and site."""
    if session.delivery != Delivery.OUTSIDE:
        return
    if session.authorities is None:
        yield Flag("H-05", Tier.AUTHORITY, "It is not recorded who placed the pupil, nor so whose consent was needed.")
        return
    standing = {(consent.authority_id, consent.capacity) for consent in session.consents if _stands(consent, session)}
    for authority in {authority for authority, _ in session.authorities - standing}:
        given = [consent.given for consent in session.consents if consent.authority_id == authority]
        withdrawn = any(one.withdrawn_on is not None and one.withdrawn_on <= session.day for one in given)
        why = "withdrawn" if withdrawn else "not covering this day and site" if given else "missing"
        yield Flag("H-05", Tier.AUTHORITY, f"Attended with a placing authority's consent {why}.")


def without_placement(session: Attended) -> Iterator[Flag]:
    """H-15: taught away from the school's own provision under no active placement."""
    if session.placement is None and session.delivery != Delivery.OUTSIDE:
        return
    if session.placement != PlacementStatus.ACTIVE:
        what = "no placement" if session.placement is None else f"a placement that was {session.placement.value}"
        yield Flag("H-15", Tier.AUTHORITY, f"Attended under {what}.")


def unallocated(session: Attended) -> Iterator[Flag]:
    """H-19, S52: taught under the placement at a session that the timetable gives to the school, or to nobody."""
    if session.allocated in {TaughtAt.SCHOOL, TaughtAt.NOWHERE}:
        where = "in school" if session.allocated is TaughtAt.SCHOOL else "nowhere"
        yield Flag("H-19", Tier.AUTHORITY, f"Attended at a session that the timetable puts {where}.")


def without_nature(session: Attended) -> Iterator[Flag]:
    """H-17: a code that says the pupil learnt elsewhere, without what it was they did there."""
    if CODES[session.code].needs_nature and not (session.nature or "").strip():
        yield Flag("H-17", Tier.PAPERWORK, "It is not recorded what the pupil did there.")


def _stands(consent: Consent, session: Attended) -> bool:
    covers = stands(consent.given, session.provider_id, session.site_id, session.day, session.day)
    return covers and consent.received_on <= session.day
