"""A provider of education, its sites, and what was checked of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from domain.aggregate import Aggregate
from domain.errors import AlreadyRecorded, NotFound
from domain.events import (
    ProviderRecorded,
    ProviderRegistrationLapsed,
    ProviderRegistrationVerified,
    ProviderSafeguardingPolicyVerified,
    ProviderSiteRecorded,
    SettingRiskAssessed,
)
from domain.rules.authority import may_verify_policy
from domain.rules.breach import refuse
from domain.rules.case import Authority
from domain.values import Submission
from domain.vocabulary import SiteKind


class Provider(Aggregate):
    """Someone who teaches outside the classroom; a school of the group may be one itself."""

    NAME = "provider"
    FACTS = (
        ProviderRecorded,
        ProviderSiteRecorded,
        ProviderRegistrationVerified,
        ProviderRegistrationLapsed,
        ProviderSafeguardingPolicyVerified,
        SettingRiskAssessed,
    )

    def refuse_unknown_site(self, site_id: UUID) -> None:
        """Refuse a site that is none of this provider's.

        Raises:
            NotFound: where it is not.
        """
        if all(site.site_id != site_id for site in self.every(ProviderSiteRecorded)):
            raise NotFound("site of this provider", site_id)

    def record_site(self, submission: Submission, *, site_id: UUID, kind: SiteKind, **site: Any) -> None:
        """Record an address where the provider teaches.

        Raises:
            AlreadyRecorded: where the site is known.
        """
        if any(known.site_id == site_id for known in self.every(ProviderSiteRecorded)):
            raise AlreadyRecorded("site_id", "This site is already on the provider's record.")
        self.trigger(ProviderSiteRecorded, submission, subject=self.id, site_id=site_id, kind=kind, **site)

    def amend_site(self, submission: Submission, *, site_id: UUID, address: str, telephone: str) -> None:
        """Put a site's address or telephone right from now on; what was recorded before stays.

        Raises:
            NotFound: where it is no site of the provider's.
            AlreadyRecorded: where both are on record as they are.
        """
        self.refuse_unknown_site(site_id)
        known = [site for site in self.every(ProviderSiteRecorded) if site.site_id == site_id][-1]
        if (known.address, known.telephone) == (address, telephone):
            raise AlreadyRecorded("address", "This address and this telephone are on the provider's record already.")
        self.trigger(
            ProviderSiteRecorded,
            submission,
            subject=self.id,
            site_id=site_id,
            kind=known.kind,
            name=known.name,
            address=address,
            telephone=telephone,
        )

    def verify_safeguarding_policy(
        self,
        authority: Authority,
        relied_on: Mapping[UUID, int],
        submission: Submission,
        *,
        verified_on: date,
        **found: Any,
    ) -> None:
        """Record what the designated safeguarding lead found of the provider's safeguarding policy.

        Raises:
            DecisionRefused: where anybody else says so.
        """
        refuse(may_verify_policy(authority, (verified_on, submission.today)))
        self.trigger(
            ProviderSafeguardingPolicyVerified,
            submission,
            subject=self.id,
            relied_on=relied_on,
            verified_on=verified_on,
            **found,
        )

    def assess_setting_risk(self, submission: Submission, *, site_id: UUID, **assessed: Any) -> None:
        """Record how safe a site is as a place to learn."""
        self.refuse_unknown_site(site_id)
        self.trigger(SettingRiskAssessed, submission, subject=self.id, site_id=site_id, **assessed)
