"""Facts of people in office and of what they delegate. Subject: the person appointed, or the delegatee."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.events.fact import ACTOR, Fact
from domain.parts import DelegationLimits
from domain.values import Personal
from domain.vocabulary import DelegatedAct, Office


class OfficeHolderAppointed(Fact, frozen=True, kw_only=True):
    """A person holds an office at a school from a day on (acting holders included). Subject: the person."""

    TOPIC = "office-holder.appointed"
    PERSONAL = {"holder": ("name", "title"), "actor": ACTOR}
    OPENS_SUBJECT = True

    school_id: UUID
    office: Office
    person_id: UUID
    starts_on: date
    acting: bool
    name: Personal[str]
    title: Personal[str]


class OfficeHolderCeased(Fact, frozen=True, kw_only=True):
    """The person's last day in the office is known."""

    TOPIC = "office-holder.ceased"

    last_day: date


class DelegationGranted(Fact, frozen=True, kw_only=True):
    """A Head Teacher lets another person do named acts, within limits, for a span of days (S20, S26)."""

    TOPIC = "delegation.granted"
    PERSONAL = {"delegatee": ("delegatee_name", "delegatee_title"), "actor": ACTOR}
    OPENS_SUBJECT = True

    school_id: UUID
    delegator_appointment_id: UUID
    delegatee_id: UUID
    acts: tuple[DelegatedAct, ...]
    starts_on: date
    ends_on: date
    limits: DelegationLimits
    delegatee_name: Personal[str]
    delegatee_title: Personal[str]


class DelegationRevoked(Fact, frozen=True, kw_only=True):
    """A delegation is taken back; it counts from the moment it is recorded."""

    TOPIC = "delegation.revoked"
    PERSONAL = {"revocation": ("reason",), "actor": ACTOR}

    reason: Personal[str]
