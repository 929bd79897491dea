"""The people a demo lets anyone be: each is whoever holds the office in the demo's own record."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import Connection

from domain.values import Actor, Basis, Officer
from domain.vocabulary import BasisKind, Office, Role
from projections.offices import Appointment, delegations, officers

_VISITORS = UUID("6d6b3f0e-5f4b-4a3a-9d0c-3c2f6f6a9b11")


@dataclass(frozen=True)
class Persona:
    """A one-click sign-in: its name in the link, who it is, and what to try as them."""

    slug: str
    label: str
    role: Role
    office: Office | None
    delegated: bool = False
    tries: str = ""


PERSONAS: tuple[Persona, ...] = (
    Persona("head-teacher", "Head Teacher", Role.HEAD_TEACHER, Office.HEAD_TEACHER, tries="Approve a placement."),
    Persona("deputy-head", "Deputy Head, in their own office", Role.DEPUTY_HEAD, Office.DEPUTY_HEAD,
            tries="Try to approve a placement: it is refused, with the rule."),
    Persona("deputy-head-delegated", "Deputy Head, acting under a delegation", Role.DEPUTY_HEAD, Office.DEPUTY_HEAD,
            delegated=True, tries="Approve a placement under the Head Teacher's delegation."),
    Persona("dsl", "Designated safeguarding lead", Role.DSL, Office.DSL,
            tries="See who approved what, and check a provider's safeguarding policy."),
    Persona("senco", "SENCO", Role.SENCO, Office.SENCO, tries="Record an assessment of needs."),
    Persona("ap-lead", "Alternative provision lead", Role.AP_LEAD, Office.AP_LEAD,
            tries="Propose a placement and record consents."),
    Persona("attendance-officer", "Attendance officer", Role.ATTENDANCE_OFFICER, Office.ATTENDANCE_OFFICER,
            tries="Take today's register."),
    Persona("inspector", "Inspector (can look, cannot record)", Role.INSPECTOR, None,
            tries="See where every pupil is, turn the record back to an earlier day, and download evidence."),
)  # fmt: skip
BY_SLUG = {persona.slug: persona for persona in PERSONAS}


def find_officer(connection: Connection, persona: Persona, today: date, known_at: int) -> Officer | None:
    """Who the persona is in this record, or None where nobody holds the office."""
    if persona.office is None:
        visitor = Actor(uuid5(_VISITORS, persona.slug), persona.role, None, Basis(BasisKind.STATUTORY))
        return Officer(visitor, "Demo inspector", "Inspector")
    holder = _holder(connection, persona.office, today, known_at)
    if holder is None:
        return None
    basis = Basis(BasisKind.OWN_OFFICE, holder.appointment_id)
    if persona.delegated:
        granted = delegations(connection, today, known_at, delegatee_id=holder.person_id, live_only=False)
        if not granted:
            return None
        # One that was revoked still counts as claimed: that it no longer carries is for the rules to say.
        best = max(granted, key=lambda one: (one.live, one.position))
        basis = Basis(BasisKind.DELEGATION, best.delegation_id)
    actor = Actor(holder.person_id, persona.role, holder.school_id, basis)
    return Officer(actor, holder.name or "Name erased", holder.title or "Title erased")


def _holder(connection: Connection, office: Office, today: date, known_at: int) -> Appointment | None:
    """Its holder at the school with most people in office, so that all personas meet at one school."""
    everyone = officers(connection, today, known_at)
    staff = Counter(one.school_id for one in everyone)
    holders = [one for one in everyone if one.office is office]
    return max(holders, key=lambda one: (staff[one.school_id], one.position), default=None)
