"""Facts of a provider and its sites. Subject: the provider."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.events.fact import ACTOR, EVIDENCE, Evidenced, Fact
from domain.parts import Hazard
from domain.values import Personal
from domain.vocabulary import Regime, RegisterStatus, RiskOutcome, SiteKind


class ProviderRecorded(Fact, frozen=True, kw_only=True):
    """A provider of education is known; `school_id` is set where it is a school of the group itself."""

    TOPIC = "provider.recorded"
    OPENS_SUBJECT = True

    name: str
    school_id: UUID | None


class ProviderSiteRecorded(Fact, frozen=True, kw_only=True):
    """An address where the provider teaches, so that it is always known where a child is."""

    TOPIC = "provider.site-recorded"
    PERSONAL = {"site": ("name", "address", "telephone"), "actor": ACTOR}

    site_id: UUID
    kind: SiteKind
    name: Personal[str]
    address: Personal[str]
    telephone: Personal[str]


class ProviderRegistrationVerified(Evidenced, frozen=True, kw_only=True):
    """Someone looked the provider up in the register named and saw this on that day (S29)."""

    TOPIC = "provider.registration-verified"
    PERSONAL = {"evidence": EVIDENCE, "actor": ACTOR}

    regime: Regime
    identifier: str
    source: str
    checked_on: date
    status: RegisterStatus


class ProviderRegistrationLapsed(Evidenced, frozen=True, kw_only=True):
    """The provider's registration ended, and how the school came to know."""

    TOPIC = "provider.registration-lapsed"
    PERSONAL = {"lapse": ("how_known",), "evidence": EVIDENCE, "actor": ACTOR}

    effective_on: date
    received_on: date
    how_known: Personal[str]


class ProviderSafeguardingPolicyVerified(Evidenced, frozen=True, kw_only=True):
    """The designated safeguarding lead read the provider's safeguarding policy and found it fit, or not (S30)."""

    TOPIC = "provider.safeguarding-policy-verified"
    PERSONAL = {"policy": ("provider_lead",), "evidence": EVIDENCE, "actor": ACTOR}

    verified_on: date
    received_on: date | None = None
    policy_dated: date
    satisfactory: bool
    provider_lead: Personal[str]


class SettingRiskAssessed(Evidenced, frozen=True, kw_only=True):
    """A site was risk-assessed as a place to learn, for any pupil (S30)."""

    TOPIC = "provider.setting-risk-assessed"
    PERSONAL = {"risk": ("hazards", "assessor"), "evidence": EVIDENCE, "actor": ACTOR}

    site_id: UUID
    assessed_on: date
    received_on: date | None = None
    valid_to: date
    outcome: RiskOutcome
    hazards: Personal[tuple[Hazard, ...]]
    assessor: Personal[str]
