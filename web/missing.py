"""What one placement still lacks: what would refuse its next step and what needs doing, a line for each cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from domain.rules.authority import RESTS_WITH_DSL, RESTS_WITH_HEAD
from domain.rules.due.item import HEAD, Due, Light
from domain.rules.flags import Tier
from domain.vocabulary import Role
from projections import people
from projections.needs_doing import About, Item
from projections.placements import Placement
from web import due
from web.desk import Desk
from web.in_office import InOffice
from web.naming import ERASED, Names
from web.obstacles import Obstacle

_FROM_OUTSIDE = {
    "record_authority_consent": "the placing authority",
    "request_authority_consent": "the placing authority",
    "sign_placement_agreement": "the provider",
    "record_parental_agreement": "a parent",
}
"""What nobody in school can supply: who can, through the office that answers for it."""

_OWNERS: dict[str, tuple[Role, ...]] = {
    "assess_needs": (Role.SENCO,),
    "assess_risk": (Role.DSL,),
    "assess_setting_risk": (Role.DSL,),
    "grant_delegation": HEAD,
    **dict.fromkeys(RESTS_WITH_DSL, (Role.DSL,)),
    **dict.fromkeys(RESTS_WITH_HEAD, HEAD),
}
"""Who answers for what: the office that a rule leaves it to, or else the one whose work it is."""

_TIERS = {"H-01": Tier.SAFETY, "H-08": Tier.SAFETY, "H-09": Tier.PAPERWORK, "H-10": Tier.PAPERWORK}
_STEPS = {"now": "", "approving": "", "starting": "Before it starts: "}


@dataclass(frozen=True)
class Missing:
    """One thing missing: who can supply it, and one action for the reader, or else whom to ask."""

    item: Item
    remedy: str
    clause: str | None
    overridable: bool
    step: str
    supplier: str
    doing: due.Doing | None
    ask: str | None

    @property
    def overdue(self) -> bool:
        """Whether it is more than still to be done."""
        return self.item.due.light is Light.RED


def missing(desk: Desk, found: Placement, stands: Sequence[Obstacle], names: Names) -> tuple[Missing, ...]:
    """Everything missing, the worst first; what a rule would refuse is not said again as something that needs doing."""
    who, office = due.person(desk), _Office(desk, found)
    refused = [_refusal(found, one, names, desk) for one in stands if one.before != "you"]
    covered = {command for item, _ in refused for command in item.due.clears}
    needed = [item for item in due.everything(desk) if _concerns(item, found)]
    besides = [(item, None) for item in needed if not covered.intersection(item.due.clears)]
    known = {command: item.due for item in reversed(needed) for command in item.due.clears}
    lines = [_line(desk, who, office, _known(item, known), one) for item, one in (*refused, *besides)]
    return tuple(sorted(lines, key=_worst_first))


def tier_of(rule: str) -> Tier:
    """How grave it is that a rule stands in the way."""
    return _TIERS.get(rule, Tier.AUTHORITY)


def _concerns(item: Item, found: Placement) -> bool:
    about = item.about
    if about.placement_id is not None:
        return about.placement_id == found.placement_id
    return about.pupil_id is None and about.provider_id == found.provider_id and not about.pupils


def _refusal(found: Placement, one: Obstacle, names: Names, desk: Desk) -> tuple[Item, Obstacle]:
    """What a rule refuses, as the thing that needs doing which would satisfy it."""
    tier = tier_of(one.rule)
    light = Light.RED if one.before == "now" else Light.AMBER
    owners = next((_OWNERS[command] for command in one.commands if command in _OWNERS), (Role.AP_LEAD,))
    about = About(found.school_id, found.pupil_id, found.placement_id, found.status, found.provider_id)
    school = names.schools.get(found.school_id, "")
    item = Due(one.rule, tier, light, one.sentence, owners, one.commands, desk.today)
    return Item(item, about, school, None, None, None), one


def _known(item: Item, known: dict[str, Due]) -> Item:
    """With the urgency of the same thing where it is among what needs doing anyway."""
    same = next((known[command] for command in item.due.clears if command in known), None)
    if same is None or same is item.due:
        return item
    said = item.due
    kept = Due(said.rule, same.tier, same.light, said.sentence, same.owners, said.clears, same.since, same.due_on)
    return Item(kept, item.about, item.school, None, None, None)


def _line(desk: Desk, who: due.Person, office: _Office, item: Item, one: Obstacle | None) -> Missing:
    doing = None if desk.travelled else due.doable(who, item)
    return Missing(
        item=item,
        remedy="" if one is None or (doing and one.remedy == f"{doing.title}.") else one.remedy,
        clause=None if one is None else one.clause,
        overridable=one is not None and one.overridable,
        step="" if one is None or item.about.status == "approved" else _STEPS[one.before],
        supplier=office.supplier(item.due),
        doing=doing,
        ask=None if doing or desk.travelled else office.ask(who, item.due),
    )


def _worst_first(line: Missing) -> tuple[int, int, bool, str]:
    found = line.item.due
    return list(Tier).index(found.tier), list(Light).index(found.light), bool(line.step), found.sentence


class _Office:
    """Who holds which office at the placement's school on the day asked about, and who its pupil's parents are."""

    def __init__(self, desk: Desk, found: Placement) -> None:
        self._desk, self._pupil_id, self._school_id = desk, found.pupil_id, found.school_id
        self._offices = InOffice(desk)

    def supplier(self, found: Due) -> str:
        """Who can supply it: whoever outside must say it, and the office that answers for it, by name."""
        through = self._answering(found)
        outside = next((_FROM_OUTSIDE[command] for command in found.clears if command in _FROM_OUTSIDE), None)
        if outside == "a parent":
            outside = self._parents
        return f"{outside}, through the {through}" if outside else f"the {through}"

    def ask(self, who: due.Person, found: Due) -> str | None:
        """Whom to ask for what the reader cannot do; an inspector asks nobody to act."""
        if who.school_id is None:
            return None
        return f"Ask the {self._answering(found)}"

    def _answering(self, found: Due) -> str:
        return self._offices.called(self._school_id, self._offices.answering(self._school_id, found.owners))

    @cached_property
    def _parents(self) -> str:
        known = people.parents(self._desk.connection, self._pupil_id, self._desk.as_at, self._desk.known_at)
        return " or ".join(_named(known)) or "a parent (none is recorded)"


def _named(known: Iterable[people.Parent]) -> Iterator[str]:
    return (one.name or ERASED for one in known)
