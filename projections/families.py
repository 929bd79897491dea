"""The facts by what they are about, so that each read model can say outright which of them do not concern it.

A new fact is in no family until someone puts it there: until then every read model that does not apply it stops.
"""

from __future__ import annotations

from domain import events
from domain.events import Fact

Family = tuple[type[Fact], ...]

SCHOOL: Family = (events.SchoolRecorded, events.SchoolCalendarPublished)

OFFICE: Family = (
    events.OfficeHolderAppointed,
    events.OfficeHolderCeased,
    events.DelegationGranted,
    events.DelegationRevoked,
)

PUPIL: Family = (
    events.PupilEnrolled,
    events.PupilRemovedFromRoll,
    events.PupilResidenceChanged,
    events.EhcpRecorded,
    events.EhcpCeased,
)

RESPONSIBILITY: Family = (
    events.PlacingAuthorityRecorded,
    events.NoPlacingAuthorityRecorded,
    events.ParentalResponsibilityRecorded,
)

PROVIDER: Family = (
    events.ProviderRecorded,
    events.ProviderSiteRecorded,
    events.ProviderRegistrationVerified,
    events.ProviderRegistrationLapsed,
    events.ProviderSafeguardingPolicyVerified,
    events.SettingRiskAssessed,
)

PREPARATION: Family = (
    events.PlacementProposed,
    events.ExistingPlacementAdded,
    events.AccreditationStated,
    events.NeedsAssessmentCompleted,
    events.RiskAssessmentCompleted,
    events.BaselineRecorded,
    events.InterventionPlanPrepared,
    events.PlacementAgreementSigned,
    events.WeeklyTimetableSet,
)

DECISION: Family = (
    events.PlacementApproved,
    events.PlacementRefused,
    events.UrgentStartDecided,
    events.PlacementStarted,
    events.PlacementSuspended,
    events.PlacementResumed,
    events.ReviewHeld,
    events.PlacementEnded,
)

AUTHORITY_CONSENT: Family = (
    events.PlacingAuthorityConsentRequested,
    events.PlacingAuthorityConsentGiven,
    events.PlacingAuthorityConsentRefused,
    events.PlacingAuthorityConsentWithdrawn,
)

PARENTS: Family = (
    events.ParentalAgreementGiven,
    events.ParentalAgreementDeclined,
    events.ParentalAgreementDecided,
    events.ParentalAgreementWithdrawn,
    events.ParentUnreachableRecorded,
    events.ParentalAgreementNotRelevantRecorded,
)

CONSENT: Family = (*AUTHORITY_CONSENT, *PARENTS)

ATTENDANCE: Family = (events.AttendanceMarked, events.AttendanceAmended)

RETURN: Family = (events.ProviderReturnReceived,)

READING: Family = (events.RecordRead, events.EvidenceExported)
