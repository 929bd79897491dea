"""What needs doing on a day, as far as was known: every rule asked of every placement, pupil, provider and school.

No table of its own: it is worked out from rows each time, so an item goes with the entry that clears it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from domain.rules.due.item import Due, Light
from domain.rules.flags import Tier
from projections.due_offices import of_offices
from projections.due_placements import of_placements
from projections.due_providers import of_providers
from projections.due_sessions import of_sessions
from projections.pupils import Pupil
from projections.situation import About, Situation, gather

__all__ = ["About", "Due", "Item", "Light", "Tier", "needs_doing"]


@dataclass(frozen=True)
class Item:
    """One thing that needs doing, and whom it concerns by name; a name is None where it is erased or there is none."""

    due: Due
    about: About
    school: str
    pupil: str | None
    local_ref: str | None
    provider: str | None


def needs_doing(connection: Connection, as_at: date, known_at: int) -> tuple[Item, ...]:
    """Everything that needs doing, the worst first.

    By tier. In each, first what is at stake this very day: a provider tells of an absence that the register does not
    know, a place is not safe, a children's home is not the pupil's own, an address is not known, today's register is
    open. Then red before amber. Then, of a child's safety, the newest danger, since an old one has been seen before;
    of all else, what is due longest.
    """
    now = gather(connection, as_at, known_at)
    found = (*of_placements(now), *of_providers(now), *of_offices(now), *of_sessions(connection, now, known_at))
    return tuple(sorted((_item(due, about, now) for due, about in found), key=_worst_first))


_TIERS, _LIGHTS = list(Tier), list(Light)


def _worst_first(item: Item) -> tuple[int, bool, int, int, str, str]:
    due = item.due
    day = -due.since.toordinal() if due.tier is Tier.SAFETY else (due.due_on or due.since).toordinal()
    tier, light = _TIERS.index(due.tier), _LIGHTS.index(due.light)
    return tier, not due.at_stake, light, day, item.pupil or "", due.sentence


def _item(due: Due, about: About, now: Situation) -> Item:
    school, provider = (
        now.schools.get(about.school_id),
        now.providers.get(about.provider_id) if about.provider_id else None,
    )
    place = _place(about, now)
    return Item(
        due=due,
        about=about,
        school=school.name if school else "",
        pupil=place.name if place else None,
        local_ref=place.local_ref if place else None,
        provider=provider.name if provider else None,
    )


def _place(about: About, now: Situation) -> Pupil | None:
    return None if about.pupil_id is None else now.pupils.get((about.pupil_id, about.school_id))
