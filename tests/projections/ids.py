"""The ids, days and actors that facts in these tests speak of."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid5

from domain.values import Actor, Basis
from domain.vocabulary import BasisKind, Role

DEMO = UUID("0d3e0000-0000-4000-8000-000000000000")


def named(name: str) -> UUID:
    """An id that is the same in every run."""
    return uuid5(DEMO, name)


SCHOOL, HEAD_OFFICE, HEAD, DEPUTY = named("school"), named("head's office"), named("head"), named("deputy")
PUPIL, PLACEMENT, PROVIDER, SITE = named("pupil"), named("placement"), named("provider"), named("site")
HOME, HOME_SITE, AUTHORITY, CONSENT, PARENT = map(named, ("home", "home site", "authority", "consent", "parent"))
DELEGATION = named("delegation")

OWN_OFFICE = Actor(id=HEAD, role=Role.HEAD_TEACHER, organisation=SCHOOL, basis=Basis(BasisKind.OWN_OFFICE, HEAD_OFFICE))
BY_DELEGATION = Actor(
    id=DEPUTY, role=Role.DEPUTY_HEAD, organisation=SCHOOL, basis=Basis(BasisKind.DELEGATION, DELEGATION)
)


def day(text: str) -> date:
    """A day of the demonstration year, such as `09-14`."""
    return date.fromisoformat(f"2026-{text}")
