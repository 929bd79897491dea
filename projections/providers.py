"""Providers and their sites, and what is known of their registration, safeguarding policy and settings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Boolean, Column, Connection, Date, Text, Uuid, select

from domain.events import (
    ProviderRecorded,
    ProviderRegistrationLapsed,
    ProviderRegistrationVerified,
    ProviderSafeguardingPolicyVerified,
    ProviderSiteRecorded,
    SettingRiskAssessed,
)
from domain.vocabulary import Regime, RegisterStatus, RiskOutcome, SiteKind
from projections.answers import columns, every, one, word
from projections.axes import Chain, Timeline
from projections.families import (
    ATTENDANCE,
    CONSENT,
    DECISION,
    OFFICE,
    PREPARATION,
    PUPIL,
    READING,
    RESPONSIBILITY,
    RETURN,
    SCHOOL,
)
from projections.questions import Statement, question
from projections.read_model import Batch, ReadModel, erased, plain

MODEL = ReadModel(
    "providers",
    ignores=(
        *SCHOOL,
        *OFFICE,
        *PUPIL,
        *RESPONSIBILITY,
        *PREPARATION,
        *DECISION,
        *CONSENT,
        *ATTENDANCE,
        *RETURN,
        *READING,
    ),
)

PROVIDERS = Chain(
    "providers",
    [Column("provider_id", Uuid, nullable=False)],
    [Column("name", Text, nullable=False), Column("school_id", Uuid)],
)

SITES = Chain(
    "provider_sites",
    [Column("site_id", Uuid, nullable=False)],
    [
        Column("provider_id", Uuid, nullable=False, index=True),
        Column("kind", word(SiteKind), nullable=False),
        Column("name", Text),
        Column("address", Text),
        Column("telephone", Text),
    ],
)

REGISTRATIONS = Timeline(
    "provider_registrations",
    [Column("provider_id", Uuid)],
    [
        Column("lapsed", Boolean, nullable=False),
        Column("regime", word(Regime)),
        Column("identifier", Text),
        Column("source", Text),
        Column("status", word(RegisterStatus)),
        Column("received_on", Date),
        Column("how_known", Text),
    ],
)

POLICIES = Timeline(
    "provider_policies",
    [Column("provider_id", Uuid)],
    [
        Column("policy_dated", Date, nullable=False),
        Column("satisfactory", Boolean, nullable=False),
        Column("provider_lead", Text),
        Column("erased", Boolean, nullable=False),
    ],
)

SETTING_RISKS = Timeline(
    "setting_risks",
    [Column("provider_id", Uuid), Column("site_id", Uuid)],
    [Column("valid_to", Date, nullable=False), Column("outcome", word(RiskOutcome), nullable=False)],
)


@MODEL.applies(ProviderRecorded)
def _recorded(batch: Batch, position: int, fact: ProviderRecorded) -> None:
    values = {"name": fact.name, "school_id": fact.school_id}
    batch.chain(PROVIDERS).extend(position, (fact.originator_id,), lambda _: values)


@MODEL.applies(ProviderSiteRecorded)
def _site(batch: Batch, position: int, fact: ProviderSiteRecorded) -> None:
    values = {"provider_id": fact.originator_id, "kind": fact.kind}
    values |= {"name": plain(fact.name), "address": plain(fact.address), "telephone": plain(fact.telephone)}
    batch.chain(SITES).extend(position, (fact.site_id,), lambda _: values)


@MODEL.applies(ProviderRegistrationVerified)
def _verified(batch: Batch, position: int, fact: ProviderRegistrationVerified) -> None:
    values = {name: getattr(fact, name) for name in ("regime", "identifier", "source", "status")}
    batch.timeline(REGISTRATIONS).state(position, (fact.originator_id,), fact.checked_on, values | {"lapsed": False})


@MODEL.applies(ProviderRegistrationLapsed)
def _lapsed(batch: Batch, position: int, fact: ProviderRegistrationLapsed) -> None:
    values = {"lapsed": True, "received_on": fact.received_on, "how_known": plain(fact.how_known)}
    batch.timeline(REGISTRATIONS).state(position, (fact.originator_id,), fact.effective_on, values)


@MODEL.applies(ProviderSafeguardingPolicyVerified)
def _policy(batch: Batch, position: int, fact: ProviderSafeguardingPolicyVerified) -> None:
    values = {
        "policy_dated": fact.policy_dated,
        "satisfactory": fact.satisfactory,
        "provider_lead": plain(fact.provider_lead),
        "erased": erased(fact.provider_lead),
    }
    batch.timeline(POLICIES).state(position, (fact.originator_id,), fact.verified_on, values)


@MODEL.applies(SettingRiskAssessed)
def _risk(batch: Batch, position: int, fact: SettingRiskAssessed) -> None:
    values = {"valid_to": fact.valid_to, "outcome": fact.outcome}
    batch.timeline(SETTING_RISKS).state(position, (fact.originator_id, fact.site_id), fact.assessed_on, values)


@dataclass(frozen=True)
class Provider:
    """A provider of education; `school_id` is set where it is a school of the group. `position`: the entry."""

    provider_id: UUID
    name: str
    school_id: UUID | None
    position: int


@dataclass(frozen=True)
class Site:
    """An address where a provider teaches."""

    site_id: UUID
    provider_id: UUID
    kind: SiteKind
    name: str | None
    address: str | None
    telephone: str | None
    position: int


@dataclass(frozen=True)
class Registration:
    """What the register said of a provider from `since` on (when it was checked), or that the registration lapsed."""

    provider_id: UUID
    since: date
    lapsed: bool
    regime: Regime | None
    identifier: str | None
    source: str | None
    status: RegisterStatus | None
    received_on: date | None
    how_known: str | None
    position: int


@dataclass(frozen=True)
class Policy:
    """How the designated safeguarding lead found the provider's safeguarding policy."""

    provider_id: UUID
    verified_on: date
    policy_dated: date
    satisfactory: bool
    provider_lead: str | None
    erased: bool
    position: int


@dataclass(frozen=True)
class SettingRisk:
    """The newest risk assessment of a site as a place to learn."""

    provider_id: UUID
    site_id: UUID
    assessed_on: date
    valid_to: date
    outcome: RiskOutcome
    position: int


def providers(connection: Connection, known_at: int) -> tuple[Provider, ...]:
    """Every provider, by name."""
    return every(Provider, _providers(connection, known_at))


def provider(connection: Connection, provider_id: UUID, known_at: int) -> Provider | None:
    """One provider."""
    return one(Provider, _providers(connection, known_at, provider_id))


def sites(connection: Connection, known_at: int, *, provider_id: UUID | None = None) -> tuple[Site, ...]:
    """Every site, or those of one provider, by name."""
    return every(Site, _sites(connection, known_at, provider_id))


def site(connection: Connection, site_id: UUID, known_at: int) -> Site | None:
    """One site."""
    return one(Site, _sites(connection, known_at, site_id=site_id))


def registration(connection: Connection, provider_id: UUID, as_at: date, known_at: int) -> Registration | None:
    """What was last seen or heard of a provider's registration."""
    return one(Registration, _registrations(connection, known_at, provider_id, as_at))


def registrations(connection: Connection, provider_id: UUID, known_at: int) -> tuple[Registration, ...]:
    """The history of a provider's registration, as known, oldest first."""
    return every(Registration, _registrations(connection, known_at, provider_id))


def all_registrations(connection: Connection, known_at: int) -> tuple[Registration, ...]:
    """The history of every provider's registration, as known, oldest first."""
    return every(Registration, _registrations(connection, known_at))


def policies(connection: Connection, provider_ids: Collection[UUID], as_at: date, known_at: int) -> tuple[Policy, ...]:
    """The newest verification of the safeguarding policy of each of some providers, where there is one."""
    return every(Policy, _policies(connection, provider_ids, as_at, known_at))


def setting_risks(connection: Connection, provider_id: UUID, as_at: date, known_at: int) -> tuple[SettingRisk, ...]:
    """The newest risk assessment of each of a provider's sites."""
    return every(SettingRisk, _setting_risks(connection, as_at, known_at, provider_id))


def all_setting_risks(connection: Connection, as_at: date, known_at: int) -> tuple[SettingRisk, ...]:
    """The newest risk assessment of every site."""
    return every(SettingRisk, _setting_risks(connection, as_at, known_at))


@question
def _providers(known_at: int, provider_id: UUID | None = None) -> Statement:
    table = PROVIDERS.table
    query = select(*columns(Provider, table, position="known_from")).where(PROVIDERS.known(known_at))
    query = query.order_by(table.c.name, table.c.provider_id)
    return query if provider_id is None else query.where(table.c.provider_id == provider_id)


@question
def _sites(known_at: int, provider_id: UUID | None = None, site_id: UUID | None = None) -> Statement:
    table = SITES.table
    query = select(*columns(Site, table, position="known_from")).where(SITES.known(known_at))
    query = query.order_by(table.c.name, table.c.site_id)
    query = query if provider_id is None else query.where(table.c.provider_id == provider_id)
    return query if site_id is None else query.where(table.c.site_id == site_id)


@question
def _registrations(known_at: int, provider_id: UUID | None = None, as_at: date | None = None) -> Statement:
    table = REGISTRATIONS.table
    held = REGISTRATIONS.known(known_at) if as_at is None else REGISTRATIONS.at(as_at, known_at)
    query = select(*columns(Registration, table, since="effective_from")).where(held).order_by(table.c.effective_from)
    return query if provider_id is None else query.where(table.c.provider_id == provider_id)


@question
def _policies(provider_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    table = POLICIES.table
    query = select(*columns(Policy, table, verified_on="effective_from"))
    return query.where(POLICIES.at(as_at, known_at), table.c.provider_id.in_(provider_ids))


@question
def _setting_risks(as_at: date, known_at: int, provider_id: UUID | None = None) -> Statement:
    table = SETTING_RISKS.table
    query = select(*columns(SettingRisk, table, assessed_on="effective_from"))
    query = query.where(SETTING_RISKS.at(as_at, known_at)).order_by(table.c.site_id)
    return query if provider_id is None else query.where(table.c.provider_id == provider_id)
