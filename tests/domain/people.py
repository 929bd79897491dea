"""Who acts in these tests, and the ids and days they use."""

from __future__ import annotations

from datetime import date
from uuid import NAMESPACE_DNS, UUID, uuid5

from domain.values import Actor, Basis, Officer
from domain.vocabulary import BasisKind, Role


def named(name: str) -> UUID:
    """An id that is the same in every run."""
    return uuid5(NAMESPACE_DNS, f"{name}.placement-ledger.example")


def day(month_day: str) -> date:
    """A day of the autumn the tests play in, such as `09-14`."""
    return date.fromisoformat(f"2026-{month_day}")


def officer(role: Role, basis: Basis | None = None, *, person: str | None = None) -> Officer:
    """Somebody acting in a role, by default in an office of that name."""
    basis = basis or Basis(BasisKind.OWN_OFFICE, named(f"{role.value} appointment"))
    actor = Actor(named(person or role.value), role, named("school"), basis)
    return Officer(actor, f"A. {role.value.title()}", role.value.replace("_", " ").title())


HEAD = officer(Role.HEAD_TEACHER)
DSL = officer(Role.DSL)
AP_LEAD = officer(Role.AP_LEAD)
SET_UP = Officer(Actor(None, Role.SYSTEM, None, Basis(BasisKind.SYSTEM)), "Set-up", "Set-up")
DEPUTY = officer(Role.DEPUTY_HEAD)
DELEGATE = officer(Role.DEPUTY_HEAD, Basis(BasisKind.DELEGATION, named("delegation")))
