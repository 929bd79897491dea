"""Names for the references that entries hold: who and what an id stands for, as known on the page's day."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from uuid import UUID

from flask import current_app

from projections import offices, people, providers, pupils, schools
from web.desk import Desk

ERASED = "name erased"


def address(site: providers.Site) -> str:
    """An address in one line; both parts are sealed together, so they go together."""
    return "address erased" if site.name is None else f"{site.name}, {site.address}"


class Names:
    """The names on one page, looked up at most once each."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pupils: dict[UUID, str] = {}
        self._authorities: dict[UUID, dict[UUID, str]] = {}

    @cached_property
    def schools(self) -> dict[UUID, str]:
        """Every school."""
        return {one.school_id: one.name for one in schools.schools(self._desk.connection, self._desk.known_at)}

    @cached_property
    def providers(self) -> dict[UUID, str]:
        """Every provider."""
        return {one.provider_id: one.name for one in providers.providers(self._desk.connection, self._desk.known_at)}

    @cached_property
    def sites(self) -> dict[UUID, providers.Site]:
        """Every address."""
        return {one.site_id: one for one in providers.sites(self._desk.connection, self._desk.known_at)}

    @cached_property
    def _on_roll(self) -> dict[UUID, str]:
        found = pupils.pupils(self._desk.connection, self._desk.as_at, self._desk.known_at)
        return {one.pupil_id: one.name or ERASED for one in found}

    @cached_property
    def officers(self) -> dict[UUID, str]:
        """Everyone in office that day."""
        found = offices.officers(self._desk.connection, self._desk.as_at, self._desk.known_at)
        return {one.person_id: one.name or ERASED for one in found}

    def learn_pupils(self, pupil_ids: Collection[UUID]) -> None:
        """Look the names of a page's few pupils up at once, so that the whole roll need not be read for them."""
        found = pupils.on_roll_among(self._desk.connection, pupil_ids, self._desk.as_at, self._desk.known_at)
        self._pupils |= {one.pupil_id: one.name or ERASED for one in found}

    def pupil(self, pupil_id: UUID | None) -> str:
        """A pupil's name."""
        if pupil_id is None:
            return "no pupil"
        if pupil_id in self._pupils:
            return self._pupils[pupil_id]
        if pupil_id in self._on_roll:
            return self._on_roll[pupil_id]
        found = pupils.pupil(self._desk.connection, pupil_id, self._desk.as_at, self._desk.known_at)
        self._pupils[pupil_id] = (found.name if found else None) or ERASED
        return self._pupils[pupil_id]

    def authority(self, authority_id: UUID, pupil_id: UUID | None) -> str | None:
        """The name of an authority that placed a pupil."""
        if pupil_id is None:
            return None
        if pupil_id not in self._authorities:
            together = {pupil_id, *self._pupils}  # whoever else the page names is likely to be asked about next
            found = people.placing_authorities(self._desk.connection, together, self._desk.as_at, self._desk.known_at)
            self._authorities |= {one: {} for one in together}
            for one in found:
                if one.authority_id:
                    self._authorities[one.pupil_id][one.authority_id] = one.name or ERASED
        return self._authorities[pupil_id].get(authority_id)

    def of(self, field: str, value: UUID, pupil_id: UUID | None) -> str | None:
        """What an entry's reference stands for; None where it only leads to another record."""
        known: dict[str, Callable[[UUID], str | None]] = {
            "pupil_id": self.pupil,
            "pupils": self.pupil,
            "school_id": self.schools.get,
            "provider_id": self.providers.get,
            "site_id": self.site,
            "home_site_id": self.site,
            "authority_id": lambda found: self.authority(found, pupil_id),
            "person_id": self.officers.get,
            "delegatee_id": self.officers.get,
        }
        return known[field](value) if field in known else None

    def page(self, name: str) -> str:
        """What an address of the service is for."""
        registry = current_app.extensions["placement-ledger-registry"]
        known = {one.name: one.summary for one in registry} | {"digest": "The daily digest, printed or sent by e-mail"}
        return known.get(name, "A page that was refused")

    def site(self, site_id: UUID) -> str | None:
        """An address in one line."""
        found = self.sites.get(site_id)
        return None if found is None else address(found)
