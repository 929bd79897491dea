"""What the commands about a provider ask."""

from __future__ import annotations

from domain import vocabulary as v
from web.schemas import parts
from web.schemas.answers import Answers, day, many, pick, text, unseen, word, yes_no
from web.schemas.evidence import files


class RecordProvider(Answers):
    """record_provider."""

    name = text("Name of the provider")
    school_id = pick(
        "schools", "School it belongs to", "Leave empty unless it is a school of this group", optional=True
    )


class RecordProviderSite(Answers):
    """record_provider_site."""

    site_id = unseen("new")
    kind = word(v.SiteKind, "What kind of place")
    name = text("Name of the place")
    address = text("Address", long=True)
    telephone = text("Telephone")


class AmendProviderSite(Answers):
    """amend_provider_site."""

    site_id = pick("own_sites", "Which place")
    address = text("Address as it is now", "What was recorded before stays to be seen", long=True)
    telephone = text("Telephone as it is now")


class VerifyProviderRegistration(Answers):
    """verify_provider_registration."""

    regime = word(v.Regime, "How it is registered")
    identifier = text("Its number in the register", "URN or UKPRN; “none” if it need not be registered")
    source = text("Where you looked", "For example, Get Information about Schools")
    checked_on = day("When you looked", today=True)
    status = word(v.RegisterStatus, "What the register says")
    evidence = files()


class RecordProviderRegistrationLapse(Answers):
    """record_provider_registration_lapse."""

    effective_on = day("Registration ended on")
    received_on = day("When we came to know", today=True)
    how_known = text("How we came to know", long=True)
    evidence = files()


class VerifyProviderSafeguardingPolicy(Answers):
    """verify_provider_safeguarding_policy."""

    verified_on = day("When you read it", today=True)
    policy_dated = day("The policy's own date")
    satisfactory = yes_no("Is it satisfactory")
    provider_lead = text("The provider's own safeguarding lead", "Name and job title")
    received_on = day("When the policy reached us", today=True, optional=True)
    evidence = files()


class AssessSettingRisk(Answers):
    """assess_setting_risk."""

    site_id = pick("own_sites", "Address")
    assessed_on = day("When it was assessed", today=True)
    valid_to = day("Valid until")
    outcome = word(v.RiskOutcome, "Outcome")
    hazards = many(parts.Hazard, "Hazards", rows=2)
    assessor = text("Who assessed it", "Name and job title")
    received_on = day("When it reached us", "Leave empty if we assessed it ourselves", optional=True)
    evidence = files()
