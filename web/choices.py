"""What a form offers to choose from: things recorded, as the read models know them today."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from domain.events import InterventionPlanPrepared
from domain.vocabulary import Delivery, SiteKind, Source
from projections import consents, offices, people, placements, providers, pupils, requests, schools
from projections.chronology import chronology
from projections.placements import IN_FORCE, Placement
from projections.requests import RequestStatus
from projections.standing import ConsentStatus
from web import words
from web.desk import Desk
from web.naming import ERASED, address


@dataclass(frozen=True)
class Choice:
    """One thing to choose; `fills` are answers that follow from it, so that nobody types them again."""

    value: str
    text: str
    fills: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """What a form is about: the record's own id and, where it is a placement, how that stands today."""

    desk: Desk
    record_id: UUID | None
    placement: Placement | None

    @property
    def known_at(self) -> int:
        """Forms always work on what is known now."""
        return self.desk.known_at

    @property
    def provider_id(self) -> UUID | None:
        """The provider the form is about, its own record's or its placement's."""
        return self.placement.provider_id if self.placement else self.record_id

    @property
    def running(self) -> bool:
        """Whether the placement has started and not ended."""
        return self.placement is not None and self.placement.status in IN_FORCE

    @property
    def pupil_id(self) -> UUID | None:
        """The pupil the form is about."""
        return self.placement.pupil_id if self.placement else self.record_id


def offered(name: str, setting: Setting) -> Sequence[Choice]:
    """The choices of a name that a schema's field carries."""
    return _OFFERS[name](setting)


def _new(_: Setting) -> Sequence[Choice]:
    return [Choice(str(uuid4()), "")]


def _pupils(setting: Setting) -> Sequence[Choice]:
    found = pupils.pupils(
        setting.desk.connection, setting.desk.today, setting.known_at, school_id=setting.desk.school_id
    )
    return [
        Choice(str(one.pupil_id), f"{one.name or 'Name erased'} ({one.local_ref or 'no reference'})") for one in found
    ]


def _schools(setting: Setting) -> Sequence[Choice]:
    return [Choice(str(one.school_id), one.name) for one in schools.schools(setting.desk.connection, setting.known_at)]


def _own_school(setting: Setting) -> Sequence[Choice]:
    own = str(setting.desk.school_id)
    return [choice for choice in _schools(setting) if choice.value == own]


def _providers(setting: Setting) -> Sequence[Choice]:
    return [
        Choice(str(one.provider_id), one.name) for one in providers.providers(setting.desk.connection, setting.known_at)
    ]


def _own_provider(setting: Setting) -> Sequence[Choice]:
    return [choice for choice in _providers(setting) if choice.value == str(setting.provider_id)]


def _sites(setting: Setting) -> Sequence[Choice]:
    known = {one.provider_id: one for one in providers.providers(setting.desk.connection, setting.known_at)}
    found = providers.sites(setting.desk.connection, setting.known_at)
    return sorted((_site(one, known[one.provider_id], setting) for one in found), key=lambda choice: choice.text)


def _site(one: providers.Site, provider: providers.Provider, setting: Setting) -> Choice:
    """An address, from which follows whose it is and whether the school itself teaches there."""
    own = provider.school_id is not None and provider.school_id == setting.desk.school_id
    delivery = Delivery.IN_HOUSE if own else Delivery.OUTSIDE
    fills = {"provider_id": str(one.provider_id), "delivery": delivery.value}
    return Choice(str(one.site_id), f"{provider.name}: {address(one)}", fills)


def _own_sites(setting: Setting) -> Sequence[Choice]:
    found = providers.sites(setting.desk.connection, setting.known_at, provider_id=setting.provider_id)
    proposed = setting.placement.site_id if setting.placement else None
    found = tuple(sorted(found, key=lambda one: one.site_id != proposed))
    return [Choice(str(one.site_id), address(one)) for one in found]


def _homes(setting: Setting) -> Sequence[Choice]:
    found = providers.sites(setting.desk.connection, setting.known_at)
    return [Choice(str(one.site_id), one.name or ERASED) for one in found if one.kind is SiteKind.CHILDRENS_HOME]


def _authorities(setting: Setting) -> Sequence[Choice]:
    if setting.pupil_id is None:
        return []
    found = people.placing_authorities(
        setting.desk.connection, [setting.pupil_id], setting.desk.today, setting.known_at
    )
    return [Choice(str(one.authority_id), one.name or "Name erased") for one in found if one.authority_id is not None]


def _consents(setting: Setting) -> Sequence[Choice]:
    if setting.record_id is None:
        return []
    found = consents.consents(setting.desk.connection, [setting.record_id], setting.desk.today, setting.known_at)
    names = {choice.value: choice.text for choice in _authorities(setting)}
    return [
        Choice(str(one.consent_id), f"{names.get(str(one.authority_id), 'Authority')}, given {words.day(one.given_on)}")
        for one in found
        if one.status is not ConsentStatus.WITHDRAWN
    ]


def _requests(setting: Setting) -> Sequence[Choice]:
    if setting.record_id is None:
        return []
    desk = setting.desk
    found = requests.requests(desk.connection, desk.today, setting.known_at, placement_ids=[setting.record_id])
    return [
        Choice(str(one.number), f"{one.reference}, sent {words.day(one.requested_on)} to {one.sent_to or ERASED}")
        for one in found
        if one.status is RequestStatus.OPEN
    ]


def _holders(setting: Setting) -> Sequence[Choice]:
    if setting.pupil_id is None:
        return []
    found = people.parents(setting.desk.connection, setting.pupil_id, setting.desk.today, setting.known_at)
    return [
        Choice(
            str(one.holder_id),
            f"{one.name or 'Name erased'} ({one.ground or 'ground erased'})",
            {"holder_name": one.name or ""},
        )
        for one in found
    ]


def _colleagues(setting: Setting) -> Sequence[Choice]:
    desk = setting.desk
    found = offices.officers(desk.connection, desk.today, setting.known_at, school_id=desk.school_id)
    return [
        Choice(
            str(one.person_id),
            f"{one.name or 'Name erased'}, {one.title or ''}",
            {"delegatee_name": one.name or "", "delegatee_title": one.title or ""},
        )
        for one in found
        if one.person_id != desk.officer.actor.id
    ]


def _plans(setting: Setting) -> Sequence[Choice]:
    if setting.record_id is None:
        return []
    found = chronology(setting.desk.connection, setting.record_id, setting.desk.today, setting.known_at)
    plans = [entry.facts for entry in found if getattr(entry, "topic", "") == InterventionPlanPrepared.TOPIC]
    on_paper = setting.placement is not None and setting.placement.entered_from is Source.PAPER_BACKFILL
    return [
        *(
            Choice(
                str(facts["plan_version"]),
                f"Version {facts['plan_version']}, prepared {words.day(facts['prepared_on'])}",
            )
            for facts in reversed(plans)
        ),
        *([Choice("", "A plan that is only on paper")] if on_paper else []),
    ]


def _placements(setting: Setting) -> Sequence[Choice]:
    if setting.record_id is None:
        return []
    desk = setting.desk
    found = placements.placement_list(desk.connection, desk.today, setting.known_at, pupil_id=setting.record_id)
    names = {choice.value: choice.text for choice in _providers(setting)}
    return [
        Choice(str(one.placement_id), f"{names.get(str(one.provider_id), '')} ({words.say(one.status).lower()})")
        for one in found
    ]


def _appointees(setting: Setting) -> Sequence[Choice]:
    """Colleagues in office today, and first of all somebody new, under an id that stays while nobody else comes."""
    desk = setting.desk
    count = len(offices.tenures(desk.connection, setting.known_at))
    new = uuid5(desk.officer.actor.id or NAMESPACE_OID, f"appointee {count}")
    found = offices.officers(desk.connection, desk.today, setting.known_at, school_id=desk.school_id)
    people = {one.person_id: one for one in found if one.name}
    known = [
        Choice(str(one.person_id), f"{one.name}, {one.title or words.say(one.office)}", {"name": one.name or ""})
        for one in people.values()
    ]
    return [Choice(str(new), "Somebody who holds no office yet"), *known]


_OFFERS: dict[str, Callable[[Setting], Sequence[Choice]]] = {
    "new": _new,
    "pupils": _pupils,
    "schools": _schools,
    "own_school": _own_school,
    "providers": _providers,
    "own_provider": _own_provider,
    "sites": _sites,
    "own_sites": _own_sites,
    "homes": _homes,
    "authorities": _authorities,
    "consents": _consents,
    "requests": _requests,
    "holders": _holders,
    "colleagues": _colleagues,
    "appointees": _appointees,
    "plans": _plans,
    "placements": _placements,
}
