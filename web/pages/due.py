"""The page of what needs doing: the worst first, in three tiers, for one person or for everyone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import request

from domain.vocabulary import Role
from projections.needs_doing import Item
from web import due, words
from web.desk import Desk
from web.naming import Names
from web.rendering import Page, paged

MINE, EVERYONES = "mine", "everyone"

KINDS: dict[str, tuple[str, frozenset[str]]] = {
    "reviews": ("Reviews", frozenset({"C-22"})),
    "approvals": ("Approvals", frozenset({"H-04"})),
    "consents": ("Authorities' consent", frozenset({"H-05", "C-05"})),
    "parents": ("Parents' agreement", frozenset({"H-06", "C-06"})),
    "plans": ("Plans and preparation", frozenset({"C-03", "C-19", "C-23", "C-27", "H-09", "H-10"})),
    "risks": ("Safety of places", frozenset({"C-02", "C-11", "C-13", "H-01", "H-08"})),
    "registers": ("Registers", frozenset({"C-15", "C-16"})),
    "registrations": ("Roll and registration", frozenset({"H-07", "C-08", "C-09", "C-10"})),
    "delegations": ("Delegations", frozenset({"C-32"})),
}
"""What a thing to do is about, in a few words, and the rules that speak of it."""

COLUMNS = (
    "tier", "light", "pupil", "local_ref", "school", "provider", "sentence", "owner", "due_on", "since", "rule",
    "pupils", "pupil_id", "placement_id", "provider_id",
)  # fmt: skip


def listing(desk: Desk) -> Page:
    """Everything that needs doing, narrowed to an owner, a school, a provider or a pupil."""
    who, asked = due.person(desk), _asked()
    kind = request.args.get("about", "")
    rules = KINDS[kind][1] if kind in KINDS else None
    narrowed = [
        item for item in due.everything(desk) if _about(item, asked) and (rules is None or item.due.rule in rules)
    ]
    whose = _whose(who)
    wanted = [item for item in narrowed if _owned(whose, who)(item)]
    shown = paged(wanted)
    names = Names(desk)
    shows = {
        "list": shown,
        "tiers": _in_tiers(desk, who, shown.items, wanted),
        "whose": whose,
        "owners": _owners(narrowed),
        "others": len(narrowed) - len(wanted),
        "asked": {name: str(value) for name, value in asked.items()} | ({"about": kind} if rules else {}),
        "kinds": [(name, text) for name, (text, _) in KINDS.items()],
        "names": names,
        "role": words.say(who.role),
    }
    rows = [row(item) for item in wanted]
    return Page("needs-doing.html", "What needs doing", shows, rows, rows, COLUMNS)


def row(item: Item) -> dict[str, Any]:
    """One thing that needs doing, as data."""
    found, about = item.due, item.about
    return {
        "tier": found.tier,
        "light": found.light,
        "pupil": item.pupil,
        "local_ref": item.local_ref,
        "school": item.school,
        "provider": item.provider,
        "sentence": found.sentence,
        "owner": due.owner(found),
        "due_on": found.due_on,
        "since": found.since,
        "rule": found.rule,
        "pupils": len(about.pupils) or (1 if about.pupil_id else 0),
        "pupil_id": about.pupil_id,
        "placement_id": about.placement_id,
        "provider_id": about.provider_id,
    }


def _asked() -> dict[str, UUID]:
    """What the list is narrowed to; what cannot be read narrows nothing."""
    asked = {}
    for name in ("school_id", "provider_id", "pupil_id"):
        try:
            asked[name] = UUID(request.args[name])
        except (KeyError, ValueError):
            continue
    return asked


def _about(item: Item, asked: dict[str, UUID]) -> bool:
    pupil_id = asked.get("pupil_id")
    of_pupil = pupil_id in {None, item.about.pupil_id} or pupil_id in item.about.pupils
    return of_pupil and all(
        asked.get(name) in {None, getattr(item.about, name)} for name in ("school_id", "provider_id")
    )


def _whose(who: due.Person) -> str:
    """Whose things are asked for: the person's own unless they say, or own nothing of the kind, as an inspector."""
    asked = request.args.get("owner", "")
    if asked in {MINE, EVERYONES, *(role.value for role in Role)}:
        return asked
    return MINE if who.school_id is not None else EVERYONES


def _owned(whose: str, who: due.Person) -> Callable[[Item], bool]:
    if whose == EVERYONES:
        return lambda _: True
    if whose == MINE:
        return who.owns
    role = Role(whose)
    return lambda item: role is item.due.owners[0]


def _owners(items: Sequence[Item]) -> list[tuple[str, str]]:
    """Who answers for anything that needs doing, to choose from."""
    first = {item.due.owners[0] for item in items}
    return [(role.value, words.say(role)) for role in Role if role in first]


def _in_tiers(
    desk: Desk, who: due.Person, shown: Sequence[Item], wanted: Sequence[Item]
) -> list[tuple[str, int, list[due.Line]]]:
    """This page's part of the list under its three headings, each with how many there are in all."""
    told = list(due.lines(desk, who, shown))
    return [
        (
            heading,
            sum(item.due.tier is tier for item in wanted),
            [line for line in told if line.item.due.tier is tier],
        )
        for tier, heading in due.TIERS.items()
    ]
