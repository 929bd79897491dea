"""Providers as the extract finds them: known by a number, and what an import records of them."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.errors import AlreadyRecorded
from domain.events import ProviderRegistrationLapsed, ProviderRegistrationVerified
from domain.provider import Provider
from domain.values import Actor, Basis, Officer, Submission
from domain.vocabulary import BasisKind, RegisterStatus, Role, Source
from projections.providers import providers
from projections.schools import schools
from web import words
from web.bootstrap import Services
from web.gias_file import Establishment
from web.gias_meaning import Finding, place

_IMPORTER = Officer(
    Actor(None, Role.SYSTEM, None, Basis(BasisKind.SYSTEM)), "The service itself", "Import of the schools register"
)
_URN, _UKPRN = re.compile(r"\d{6}"), re.compile(r"1\d{7}")


@dataclass(frozen=True)
class Known:
    """A provider on record with what was looked up so far; `number` is the URN or UKPRN of the newest check, or ""."""

    provider_id: UUID
    name: str
    number: str
    checks: tuple[ProviderRegistrationVerified, ...]
    lapses: tuple[ProviderRegistrationLapsed, ...]

    @property
    def has_ukprn(self) -> bool:
        """Whether the number is a provider reference number, which several establishments may share."""
        return _UKPRN.fullmatch(self.number) is not None

    def has(self, row: Establishment) -> bool:
        """Whether a row bears its number."""
        return self.number == (row.ukprn if self.has_ukprn else row.urn)


def known_providers(services: Services) -> list[Known]:
    """Every provider on record, by name; the number of a school of the group is the school's own until checked."""
    position = services.catch_up()
    with services.read.reading() as connection:
        own = {one.school_id: one.urn for one in schools(connection, position)}
        found = providers(connection, position)
    everyone = []
    for one in found:
        record = services.application.look_up(Provider, one.provider_id)
        checks, lapses = record.every(ProviderRegistrationVerified), record.every(ProviderRegistrationLapsed)
        newest = max(checks, key=lambda check: (check.checked_on, check.originator_version), default=None)
        given = newest.identifier.strip() if newest else own.get(one.school_id, "") if one.school_id else ""
        number = given if _URN.fullmatch(given) or _UKPRN.fullmatch(given) else ""
        everyone.append(Known(one.provider_id, one.name, number, tuple(checks), tuple(lapses)))
    return everyone


class Recorder:
    """Records what an extract says, once; with `dry_run` it only says what it would record."""

    def __init__(self, services: Services, on: date, *, dry_run: bool) -> None:
        self.services, self._on, self._dry_run = services, on, dry_run

    def verify(self, known: Known, found: Finding) -> bool:
        """Record a check; False where this one, or the end that it shows, is on record."""
        facts = self._check(known.number, found)
        if any(all(getattr(check, name) == value for name, value in facts.items()) for check in known.checks):
            return False
        if found.ended_on is not None and _is_over(known, found.ended_on):
            return False
        if not self._dry_run:
            self.services.application.verify_provider_registration(
                known.provider_id, **facts, submission=self._submission()
            )
        return True

    def lapse(self, known: Known, found: Finding, ended_on: date) -> bool:
        """Record the end of a registration; False where that day's is on record."""
        if any(lapse.effective_on == ended_on for lapse in known.lapses):
            return False
        if not self._dry_run:
            submission = self._submission()
            self.services.application.record_provider_registration_lapse(
                known.provider_id,
                effective_on=ended_on,
                received_on=submission.today,
                how_known=f"{self._source()} says: {found.said}.",
                submission=submission,
            )
        return True

    def record(self, row: Establishment, found: Finding) -> None:
        """Record a new provider with its address and this first check; what an import broke off is made whole."""
        if self._dry_run:
            return
        application, submission = self.services.application, self._submission()
        provider_id, site_id = (
            uuid5(NAMESPACE_URL, f"{self.services.about.origin}/gias/{row.urn}/{what}") for what in ("provider", "site")
        )
        address = {"name": row.name, "address": row.address, "telephone": row.telephone}
        with suppress(AlreadyRecorded):
            application.record_provider(provider_id, name=row.name, school_id=None, submission=submission)
        with suppress(AlreadyRecorded):
            application.record_provider_site(
                provider_id, site_id=site_id, kind=place(row), **address, submission=submission
            )
        application.verify_provider_registration(provider_id, **self._check(row.urn, found), submission=submission)

    def _check(self, number: str, found: Finding) -> dict[str, object]:
        return {
            "regime": found.regime,
            "identifier": number,
            "source": f"{self._source()}: {found.said}",
            "checked_on": self._on,
            "status": found.status,
        }

    def _source(self) -> str:
        return f"Get Information about Schools, public extract of {words.day(self._on)}"

    def _submission(self) -> Submission:
        return Submission(_IMPORTER, self.services.clock(), source=Source.IMPORT)


def _is_over(known: Known, ended_on: date) -> bool:
    """Whether the newest thing on record of a registration is that it ended that day."""
    newest = max((*known.checks, *known.lapses), key=lambda fact: fact.originator_version, default=None)
    if isinstance(newest, ProviderRegistrationVerified):
        return newest.status is RegisterStatus.CLOSED and any(one.effective_on == ended_on for one in known.lapses)
    return newest is not None and newest.effective_on == ended_on
