"""Where pupils are taught, and how a provider is registered (model §3.5)."""

from __future__ import annotations

from enum import StrEnum


class SiteKind(StrEnum):
    """What sort of place a site is; a pupil's own home is none, as its address must go when the pupil's key goes."""

    SCHOOL_MAIN_SITE = "school_main_site"
    SCHOOL_ANNEXE = "school_annexe"
    OTHER_SCHOOL = "other_school"
    PRU_AP_ACADEMY = "pru_ap_academy"
    FE_COLLEGE = "fe_college"
    PROVIDER_PREMISES = "provider_premises"
    COMMUNITY_VENUE = "community_venue"
    CHILDRENS_HOME = "childrens_home"
    WORKPLACE = "workplace"
    ONLINE = "online"
    OUTDOOR_MOBILE = "outdoor_mobile"


class Regime(StrEnum):
    """Under what rules a provider is registered, if at all (S29)."""

    GIAS_SCHOOL_URN = "gias_school_urn"
    FE_UKPRN = "fe_ukprn"
    REGISTERED_INDEPENDENT_URN = "registered_independent_urn"
    ONLINE_PROVIDER_ACCREDITED = "online_provider_accredited"
    NOT_REGISTERED_NOT_REQUIRED = "not_registered_not_required"
    UNKNOWN = "unknown"


class RegisterStatus(StrEnum):
    """What the register consulted said of the provider on the day it was checked."""

    OPEN = "open"
    OPEN_PROPOSED_TO_CLOSE = "open_proposed_to_close"
    CLOSED = "closed"
