"""Offices and delegations: nobody in office, a last day near, a delegation running out or without its giver (C-32)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from domain.rules.breach import plain
from domain.rules.due.item import HEAD, Due, Light
from domain.rules.due.school_time import SchoolTime
from domain.rules.flags import Tier
from domain.vocabulary import Office, Role

SOON = 10
"""So many school days before an office falls vacant or a delegation ends somebody is to think of it (model C-32)."""

_TITLES = {Office.HEAD_TEACHER: "Head Teacher or Head of Service", Office.DSL: "designated safeguarding lead"}


def vacancy(office: Office, *, since: date | None, until: date | None, time: SchoolTime) -> Iterator[Due]:
    """H-04: a school always has who decides, and who leads on safeguarding; `since` vacant, or held `until` a day."""
    tier = Tier.SAFETY if office == Office.DSL else Tier.AUTHORITY
    owners = (*HEAD, Role.DEPUTY_HEAD) if office == Office.DSL else (Role.DEPUTY_HEAD, Role.DSL)
    clears = ("appoint_office_holder",)
    if since is not None:
        sentence = f"Nobody is in office as {_TITLES[office]} of this school."
        yield Due("H-04", tier, Light.RED, sentence, owners, clears, since)
    elif until is not None and time.left(until) <= SOON:
        sentence = f"The {_TITLES[office]} leaves on {plain(until)} and nobody is appointed to follow."
        yield Due("H-04", tier, Light.AMBER, sentence, (*HEAD, *owners), clears, time.later(until, -SOON), until)


def together(names: Sequence[str], since: date) -> Iterator[Due]:
    """H-04: a school has one Head Teacher at a time; of two in office nobody knows whose decision counts."""
    if len(names) > 1:
        sentence = (
            f"{len(names)} people are in office as Head Teacher of this school: {', '.join(names)}. Record the last day"
            " of who has left."
        )
        yield Due("H-04", Tier.AUTHORITY, Light.AMBER, sentence, HEAD, ("cease_office_holder",), since)


def held_on(day: date, since: date, until: date | None) -> bool:
    """H-04: whether an office held from one day, and until another where that is known, was held on a day."""
    return since <= day and (until is None or day <= until)


def decided_outside(what: str, decided_on: date, *, since: date, until: date | None) -> Iterator[Due]:
    """H-04: a decision rests on an office held that day, by what is known of the office now and not only then."""
    if not held_on(decided_on, since, until):
        held = f"from {plain(since)}" + (f" to {plain(until)}" if until else "")
        sentence = f"{what} of {plain(decided_on)} rests on an office that was held {held}: not on that day."
        yield Due("H-04", Tier.AUTHORITY, Light.RED, sentence, HEAD, ("cease_office_holder",), decided_on)


def delegation(to: str, ends_on: date, *, giver_left_on: date | None, time: SchoolTime) -> Iterator[Due]:
    """C-32: a delegation ends with its last day, and with the office of who gave it."""
    if giver_left_on is not None and giver_left_on < time.today <= ends_on:
        yield Due(
            "C-32", Tier.AUTHORITY, Light.RED,
            f"The delegation to {to} ended with its giver's office on {plain(giver_left_on)}; nothing may rest on it.",
            HEAD, ("revoke_delegation", "grant_delegation"), giver_left_on + timedelta(days=1),
        )  # fmt: skip
    elif time.today <= ends_on and time.left(ends_on) <= SOON:
        yield Due(
            "C-32", Tier.AUTHORITY, Light.AMBER, f"The delegation to {to} ends on {plain(ends_on)}.", HEAD,
            ("grant_delegation",), time.later(ends_on, -SOON), ends_on,
        )  # fmt: skip
