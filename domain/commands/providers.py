"""Commands on providers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.commands.recording import Records, command
from domain.events import ProviderRecorded, ProviderRegistrationLapsed, ProviderRegistrationVerified
from domain.parts import EvidenceFile, Hazard
from domain.provider import Provider
from domain.school import School
from domain.values import Submission
from domain.vocabulary import Regime, RegisterStatus, RiskOutcome, SiteKind


class ProviderCommands(Records):
    """Providers, their sites, and what was checked of them."""

    @command
    def record_provider(
        self, provider_id: UUID, *, name: str, school_id: UUID | None, submission: Submission
    ) -> Provider:
        """Record a provider; `school_id` where it is a school of the group itself."""
        provider = self.begin(Provider, provider_id)
        own = None if school_id is None else self.look_up(School, school_id).id
        provider.trigger(ProviderRecorded, submission, subject=provider_id, name=name, school_id=own)
        return provider

    @command
    def record_provider_site(
        self,
        provider_id: UUID,
        *,
        site_id: UUID,
        kind: SiteKind,
        name: str,
        address: str,
        telephone: str,
        submission: Submission,
    ) -> Provider:
        """Record an address where a provider teaches."""
        provider = self.open(Provider, provider_id, submission)
        provider.record_site(submission, site_id=site_id, kind=kind, name=name, address=address, telephone=telephone)
        return provider

    @command
    def amend_provider_site(
        self, provider_id: UUID, *, site_id: UUID, address: str, telephone: str, submission: Submission
    ) -> Provider:
        """Put right where a site of a provider is, or how it is reached."""
        provider = self.open(Provider, provider_id, submission)
        provider.amend_site(submission, site_id=site_id, address=address, telephone=telephone)
        return provider

    @command
    def verify_provider_registration(
        self,
        provider_id: UUID,
        *,
        regime: Regime,
        identifier: str,
        source: str,
        checked_on: date,
        status: RegisterStatus,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Provider:
        """Record what a register said of a provider on a day."""
        provider = self.open(Provider, provider_id, submission)
        provider.trigger(
            ProviderRegistrationVerified,
            submission,
            subject=provider_id,
            regime=regime,
            identifier=identifier,
            source=source,
            checked_on=checked_on,
            status=status,
            evidence=evidence,
        )
        return provider

    @command
    def record_provider_registration_lapse(
        self,
        provider_id: UUID,
        *,
        effective_on: date,
        received_on: date,
        how_known: str,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Provider:
        """Record that a provider's registration ends, and how that became known."""
        provider = self.open(Provider, provider_id, submission)
        provider.trigger(
            ProviderRegistrationLapsed,
            submission,
            subject=provider_id,
            effective_on=effective_on,
            received_on=received_on,
            how_known=how_known,
            evidence=evidence,
        )
        return provider

    @command
    def verify_provider_safeguarding_policy(
        self,
        provider_id: UUID,
        *,
        verified_on: date,
        policy_dated: date,
        satisfactory: bool,
        provider_lead: str,
        received_on: date | None = None,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Provider:
        """Record what the designated safeguarding lead found of a provider's policy."""
        provider = self.open(Provider, provider_id, submission)
        authority, relied_on = self.authority(submission)
        provider.verify_safeguarding_policy(
            authority,
            relied_on,
            submission,
            verified_on=verified_on,
            policy_dated=policy_dated,
            satisfactory=satisfactory,
            provider_lead=provider_lead,
            received_on=received_on,
            evidence=evidence,
        )
        return provider

    @command
    def assess_setting_risk(
        self,
        provider_id: UUID,
        *,
        site_id: UUID,
        assessed_on: date,
        valid_to: date,
        outcome: RiskOutcome,
        hazards: tuple[Hazard, ...],
        assessor: str,
        received_on: date | None = None,
        evidence: tuple[EvidenceFile, ...] = (),
        submission: Submission,
    ) -> Provider:
        """Record how safe a site is, for any pupil."""
        provider = self.open(Provider, provider_id, submission)
        provider.assess_setting_risk(
            submission,
            site_id=site_id,
            assessed_on=assessed_on,
            valid_to=valid_to,
            outcome=outcome,
            hazards=hazards,
            assessor=assessor,
            received_on=received_on,
            evidence=evidence,
        )
        return provider
