"""The first page: one question for each role, and its answer with the worst first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from domain.vocabulary import Role, Session
from projections.needs_doing import Item, Light, Tier
from projections.offices import Delegation, delegations_by_id
from projections.register import expected
from web import due
from web.desk import Desk
from web.naming import Names
from web.pages.due import COLUMNS, EVERYONES, MINE, row
from web.personas import BY_SLUG
from web.rendering import Page

_SHOWN = 5


@dataclass(frozen=True)
class Section:
    """One part of the answer: which things it holds, and what is said where there is none."""

    heading: str
    nothing: str
    holds: Callable[[Item, due.Person], bool]
    whose: str = EVERYONES


@dataclass(frozen=True)
class Part:
    """A section as it stands: its first lines, how many there are in all, and how many of them are the person's own."""

    heading: str
    nothing: str
    whose: str
    lines: tuple[due.Line, ...]
    total: int
    own: int


def _tier(tier: Tier) -> Callable[[Item, due.Person], bool]:
    return lambda item, _: item.due.tier is tier


def _rule(*rules: str) -> Callable[[Item, due.Person], bool]:
    return lambda item, _: item.due.rule in rules


def _decides(item: Item, who: due.Person) -> bool:
    return who.owns(item) and item.due.tier is not Tier.SAFETY


def _mine(item: Item, who: due.Person) -> bool:
    return who.owns(item)


def _planned(item: Item, who: due.Person) -> bool:
    return who.owns(item) and item.about.status in due.PREPARING


def _runs(item: Item, who: due.Person) -> bool:
    return who.owns(item) and item.about.status not in due.PREPARING


def _own_safety(item: Item, who: due.Person) -> bool:
    return who.owns(item) and item.due.tier is Tier.SAFETY


def _others_safety(item: Item, who: due.Person) -> bool:
    return item.due.tier is Tier.SAFETY and not who.owns(item)


def _others_reviews(item: Item, who: due.Person) -> bool:
    return item.due.rule == "C-22" and not who.owns(item)


_SAFE = "Nothing recorded puts a child's safety or whereabouts in question."
_SAFETY = Section("A child's safety or whereabouts", _SAFE, _tier(Tier.SAFETY))
_WITH_OTHERS = Section("With others: a child's safety or whereabouts", "Nothing of the kind waits for others.",
    _others_safety)  # fmt: skip
_THEIRS = Section("Yours to do", "Nothing waits for you.", _mine, MINE)

_HEAD = (
    "What waits for my decision?",
    (
        Section("Yours: a child's safety or whereabouts", "Nothing of the kind waits for you.", _own_safety, MINE),
        Section("Yours: to decide or to have done", "Nothing waits for your decision.", _decides, MINE),
        _WITH_OTHERS,
    ),
)
_QUESTIONS: dict[Role, tuple[str, tuple[Section, ...]]] = {
    Role.HEAD_TEACHER: _HEAD,
    Role.HEAD_OF_SERVICE: _HEAD,
    Role.DEPUTY_HEAD: ("What is mine to decide?", (_THEIRS, _WITH_OTHERS)),
    Role.DSL: (
        "Is every child safe, and who answers for it?",
        (
            _SAFETY,
            Section("Decisions and consents that do not stand", "Every decision and consent stands.",
                _tier(Tier.AUTHORITY)),
        ),
    ),
    Role.ATTENDANCE_OFFICER: (
        "Do we know where every child is today?",
        (
            Section("Sessions not marked, or of which a provider says otherwise",
                "Every session so far is marked, and no provider says otherwise.", _rule("C-15")),
            Section("Absences without a reason", "Every absence older than three school days has its reason.",
                _rule("C-16")),
        ),
    ),
    Role.AP_LEAD: (
        "What is missing?",
        (
            Section("Before a placement can start", "Every placement that is planned has all it needs from you.",
                _planned, MINE),
            Section("For placements that run", "Every placement that runs has all it needs from you.", _runs, MINE),
        ),
    ),
    Role.SENCO: (
        "Whose assessment or review is due?",
        (
            Section("Needs to assess, annual reviews", "No assessment and no annual review is due.", _mine, MINE),
            Section("With others: reviews of placements", "No review of a placement is due.", _others_reviews),
        ),
    ),
}  # fmt: skip
_ANYONE = ("What needs doing at this school?", (_SAFETY, Section(
    "Everything else", "Nothing else needs doing.", lambda item, _: item.due.tier is not Tier.SAFETY)))  # fmt: skip
_VISITOR = ("Where is every child, and who decided?", (_SAFETY,))


def home(desk: Desk) -> Page:
    """The question of whoever looks, answered for their school; of a visitor, for all schools."""
    who, names = due.person(desk), Names(desk)
    question, sections = _QUESTIONS.get(who.role, _VISITOR if who.school_id is None else _ANYONE)
    everywhere = due.everything(desk)
    here = [item for item in everywhere if who.school_id in {None, item.about.school_id}]
    wanted = [item for item in here if any(section.holds(item, who) for section in sections)]
    shows: dict[str, Any] = {
        "question": question,
        "parts": [_part(desk, who, section, here) for section in sections],
        "counts": _counts(here),
        "mine": sum(map(who.owns, here)),
        "persona": BY_SLUG[desk.session.persona] if desk.session else None,
        "school": names.schools.get(who.school_id) if who.school_id else None,
        "register": _register(desk) if who.role is Role.ATTENDANCE_OFFICER and desk.wants == "html" else None,
        "delegation": _delegation(desk),
    }
    rows = [row(item) for item in wanted]
    return Page("home.html", "Home", shows, rows, rows, COLUMNS)


def _part(desk: Desk, who: due.Person, section: Section, here: Sequence[Item]) -> Part:
    held = [item for item in here if section.holds(item, who)]
    lines = tuple(due.lines(desk, who, held[:_SHOWN]))
    return Part(section.heading, section.nothing, section.whose, lines, len(held), sum(map(who.owns, held)))


def _counts(here: Sequence[Item]) -> list[tuple[str, int, int]]:
    """How many things need doing in each tier, and how many of them are not only coming up."""
    return [
        (
            heading,
            sum(item.due.tier is tier for item in here),
            sum(item.due.tier is tier and item.due.light is Light.RED for item in here),
        )
        for tier, heading in due.TIERS.items()
    ]


def _register(desk: Desk) -> dict[Session, tuple[int, int]] | None:
    """How far today's register has come: of the sessions expected at providers, how many are marked."""
    if desk.school_id is None:
        return None
    there = [
        pupil
        for provider in expected(desk.connection, desk.school_id, desk.as_at, desk.known_at)
        for pupil in provider.pupils
    ]
    marked = {session: [one.mark(session) is not None for one in there if one.expects(session)] for session in Session}
    return {session: (sum(found), len(found)) for session, found in marked.items()}


def _delegation(desk: Desk) -> Delegation | None:
    """The delegation that the person acts under."""
    ref = desk.officer.actor.basis.ref
    if ref is None:
        return None
    return delegations_by_id(desk.connection, [ref], desk.today, desk.known_at).get(ref)
