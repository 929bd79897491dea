"""What needs doing as one person sees it: whose each thing is, what that person can do about it, and whom to ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import current_app

from domain.rules.authority import RESTS_WITH_DSL, RESTS_WITH_HEAD
from domain.rules.due.item import HEAD
from domain.vocabulary import BasisKind, DelegatedAct, PlacementStatus, Role
from projections.catch_up import position
from projections.needs_doing import About, Due, Item, Tier, needs_doing
from projections.offices import delegations_by_id
from projections.readings import only_readings
from web import words
from web.actions import ACTIONS, REGISTER, STAFF, Action
from web.desk import Desk
from web.in_office import InOffice

_ACTIONS = {action.command: action for action in ACTIONS}

TIERS = {
    Tier.SAFETY: "A child's safety or whereabouts",
    Tier.AUTHORITY: "Who decided, and on whose consent",
    Tier.PAPERWORK: "Plans, reviews and other records",
}
"""The three tiers, the gravest first, as headings."""

PREPARING = (PlacementStatus.PROPOSED, PlacementStatus.ASSESSED, PlacementStatus.APPROVED)

_SEES_TO = dict.fromkeys(RESTS_WITH_DSL, Role.DSL) | {"enrol_pupil": Role.ATTENDANCE_OFFICER}
"""What one office alone sees to: who reads a provider's policy, and who keeps the roll."""


@dataclass(frozen=True)
class Doing:
    """One action that clears something: the form's title, its endpoint and what its address says."""

    title: str
    endpoint: str
    values: dict[str, object]


@dataclass(frozen=True)
class Line:
    """One thing that needs doing, with its action for the person who looks, or else whom to ask."""

    item: Item
    doing: Doing | None
    ask: str | None


@dataclass(frozen=True)
class Person:
    """Who looks: in what role, at which school, and what of the Head Teacher's is theirs by delegation."""

    role: Role
    school_id: UUID | None
    acts: frozenset[DelegatedAct]

    def owns(self, item: Item) -> bool:
        """Whether it is theirs to do, at their own school."""
        due = item.due
        if self.school_id is not None and item.about.school_id != self.school_id:
            return False
        return self.role in due.owners or (due.owners[0] in HEAD and any(map(self._has_act, due.clears)))

    def may(self, command: str) -> bool:
        """Whether the rules would let them, so far as their role and delegation say."""
        if command in RESTS_WITH_HEAD:
            return self.role in HEAD or self._has_act(command)
        return self.role is _SEES_TO.get(command, self.role)

    def _has_act(self, command: str) -> bool:
        act = RESTS_WITH_HEAD.get(command)
        return act is not None and act in self.acts


def person(desk: Desk) -> Person:
    """Who is signed in, with what a live delegation adds."""
    actor, acts = desk.officer.actor, frozenset[DelegatedAct]()
    if actor.basis.kind is BasisKind.DELEGATION and actor.basis.ref is not None:
        given = delegations_by_id(desk.connection, [actor.basis.ref], desk.today, desk.known_at).get(actor.basis.ref)
        acts = frozenset(given.acts) if given is not None and given.live else acts
    return Person(actor.role, actor.organisation, acts)


class Kept:
    """What was worked out for the newest state of the record: for another state it is worked out anew.

    A day and a position say all that an answer depends on; what was kept goes with the next entry, so that nothing
    erased by one is still told from memory. Entries that only say who looked change nothing and leave it.
    """

    _MOST = 8

    def __init__(self) -> None:
        self._state: tuple[int, dict[tuple[object, int | None], tuple[Item, ...]]] = (-1, {})

    def items(self, desk: Desk) -> tuple[Item, ...]:
        """Everything that needs doing on the desk's day, as far as was known then."""
        newest, (seen, answers) = position(desk.connection), self._state
        if len(answers) >= self._MOST or not (newest == seen or only_readings(desk.connection, seen, newest)):
            answers = {}
        asked = (desk.as_at, None if desk.known_at == newest else desk.known_at)
        found = answers.get(asked)
        if found is None:
            found = needs_doing(desk.connection, desk.as_at, desk.known_at)
        self._state = newest, {**answers, asked: found}
        return found


def everything(desk: Desk) -> tuple[Item, ...]:
    """Everything that needs doing, the worst first."""
    kept: Kept = current_app.extensions.setdefault("placement-ledger-due", Kept())
    return kept.items(desk)


def lines(desk: Desk, who: Person, items: Sequence[Item]) -> Iterator[Line]:
    """The items with what this person can do about each."""
    offices = InOffice(desk)
    for item in items:
        doing = None if desk.travelled else doable(who, item)
        yield Line(item, doing, None if doing else _ask(who, item, offices))


def doable(who: Person, item: Item) -> Doing | None:
    """The likeliest action that the person can take at their own school."""
    if who.role not in STAFF or who.school_id != item.about.school_id:
        return None
    found = (_doing(who, command, item.about) for command in item.due.clears if who.may(command))
    return next(filter(None, found), None)


def _doing(who: Person, command: str, about: About) -> Doing | None:
    if command == "take_register":
        return _taking(about) if who.role in REGISTER else None
    if command == "amend_attendance" and about.day is not None and about.session is not None:
        values: dict[str, object] = {
            "record_id": about.pupil_id,
            "day": about.day.isoformat(),
            "session": about.session.value,
        }
        return Doing("Amend the mark", "amend", values) if who.role in REGISTER else None
    action = _ACTIONS.get(command)
    if action is None or who.role not in action.roles:
        return None
    if about.status is not None and not action.fits(about.status, awaits_approval=True):
        return None
    record_id = _record(action, about)
    if action.new:
        return Doing(action.title, action.name, {})
    return None if record_id is None else Doing(action.title, action.name, {"record_id": record_id})


def _taking(about: About) -> Doing:
    """The register of the day; of several days, the list of what they left open."""
    whose: dict[str, object] = {"school_id": about.school_id}
    if about.day is None:
        return Doing("Mark what is open", "open_sessions", whose)
    return Doing("Take the register of that day", "register", {"day": about.day.isoformat(), **whose})


def _record(action: Action, about: About) -> UUID | None:
    return {
        "placement": about.placement_id,
        "pupil": about.pupil_id,
        "provider": about.provider_id,
        "delegation": about.delegation_id,
        "office": about.appointment_id,
    }.get(action.noun)


def _ask(who: Person, item: Item, offices: InOffice) -> str | None:
    """Whom to ask where the person cannot act; an inspector asks nobody to act."""
    if who.role not in STAFF:
        return None
    if who.owns(item) and who.role is item.due.owners[0]:
        return "Ask whoever set this service up to enter it."
    school_id = item.about.school_id
    return f"Ask the {offices.called(school_id, offices.answering(school_id, item.due.owners))} of {item.school}."


def owner(due: Due) -> str:
    """Who answers for it, as people say it."""
    return words.say(due.owners[0])
