"""Everything a person may record through a form: the command, whose it is, what it asks, and where it stands in the site."""

from __future__ import annotations

from dataclasses import dataclass

from domain.vocabulary import PlacementStatus, Role
from web.schemas import consent, placement, provider, pupil
from web.schemas.answers import Answers

STAFF = frozenset(
    {
        Role.HEAD_TEACHER, Role.HEAD_OF_SERVICE, Role.DEPUTY_HEAD, Role.DSL, Role.SENCO, Role.AP_LEAD, Role.TEACHER,
        Role.ATTENDANCE_OFFICER, Role.RISK_ASSESSOR, Role.REGISTERED_MANAGER,
    }
)  # fmt: skip
"""Who works at a school and may record; whether a decision is theirs to take is for the rules to say."""

READERS = STAFF | {Role.INSPECTOR, Role.LA_QA_OFFICER}
"""Who may look at everything recorded."""

LEADERS = frozenset({Role.HEAD_TEACHER, Role.HEAD_OF_SERVICE})
REGISTER = frozenset({Role.HEAD_TEACHER, Role.DEPUTY_HEAD, Role.ATTENDANCE_OFFICER, Role.TEACHER, Role.AP_LEAD})

_LIVE = (PlacementStatus.ACTIVE, PlacementStatus.SUSPENDED)
_PREPARING = (PlacementStatus.PROPOSED, PlacementStatus.ASSESSED, PlacementStatus.APPROVED)
_OPEN = (*_PREPARING, *_LIVE)


@dataclass(frozen=True)
class Action:
    """One command as a page: `/<noun>s/<id>/<verb>`, or `/<noun>s/<verb>` where it begins something `new`."""

    noun: str
    verb: str
    command: str
    title: str
    schema: type[Answers]
    roles: frozenset[Role] = STAFF
    group: str = ""
    when: tuple[PlacementStatus, ...] = ()
    new: bool = False

    @property
    def name(self) -> str:
        """Its endpoint's name."""
        return f"{self.noun}.{self.verb}"

    @property
    def rule(self) -> str:
        """Its address."""
        return f"/{self.noun}s/{self.verb}" if self.new else f"/{self.noun}s/<uuid:record_id>/{self.verb}"

    @property
    def template(self) -> str:
        """Its page."""
        return "form.html"


_PREPARE, _CONSENT, _PARENTS, _DECIDE, _RUN = "Prepare", "Placing authority", "Parents", "Decide", "While it runs"

ACTIONS: tuple[Action, ...] = (
    Action("placement", "propose", "propose_placement", "Propose a placement", placement.ProposePlacement, new=True),
    Action("placement", "assess-needs", "assess_needs", "Record the assessment of needs", placement.AssessNeeds, group=_PREPARE, when=_OPEN),
    Action("placement", "assess-risk", "assess_risk", "Record the risk for this pupil", placement.AssessRisk, group=_PREPARE, when=_OPEN),
    Action("placement", "record-baseline", "record_baseline", "Record the starting point", placement.RecordBaseline, group=_PREPARE, when=_OPEN),
    Action("placement", "prepare-plan", "prepare_plan", "Prepare the plan", placement.PreparePlan, group=_PREPARE, when=_OPEN),
    Action("placement", "sign-placement-agreement", "sign_placement_agreement", "Record the provider's signed agreement", placement.SignPlacementAgreement, group=_PREPARE, when=_OPEN),
    Action("placement", "record-authority-consent", "record_authority_consent", "Record a placing authority's consent", consent.RecordAuthorityConsent, group=_CONSENT, when=_OPEN),
    Action("placement", "record-authority-refusal", "record_authority_refusal", "Record a placing authority's refusal", consent.RecordAuthorityRefusal, group=_CONSENT, when=_OPEN),
    Action("placement", "withdraw-authority-consent", "withdraw_authority_consent", "Record that a consent was withdrawn", consent.WithdrawAuthorityConsent, group=_CONSENT, when=_OPEN),
    Action("placement", "record-parental-agreement", "record_parental_agreement", "Record a parent's agreement", consent.RecordParentalAgreement, group=_PARENTS, when=_OPEN),
    Action("placement", "record-parental-refusal", "record_parental_refusal", "Record that a parent declined", consent.RecordParentalRefusal, group=_PARENTS, when=_OPEN),
    Action("placement", "decide-without-parental-agreement", "decide_without_parental_agreement", "Decide without a parent's agreement", consent.DecideWithoutParentalAgreement, LEADERS | {Role.DEPUTY_HEAD}, group=_PARENTS, when=_OPEN),
    Action("placement", "withdraw-parental-agreement", "withdraw_parental_agreement", "Record that a parent withdrew their agreement", consent.WithdrawParentalAgreement, group=_PARENTS, when=_OPEN),
    Action("placement", "record-parent-unreachable", "record_parent_unreachable", "Record that parents could not be reached", consent.RecordParentUnreachable, group=_PARENTS, when=_OPEN),
    Action("placement", "record-parental-agreement-not-relevant", "record_parental_agreement_not_relevant", "Record that parents' agreement is not relevant", consent.RecordParentalAgreementNotRelevant, LEADERS | {Role.DEPUTY_HEAD}, group=_PARENTS, when=_OPEN),
    Action("placement", "approve", "approve_placement", "Approve the placement", placement.ApprovePlacement, group=_DECIDE, when=_PREPARING[:2]),
    Action("placement", "refuse", "refuse_placement", "Refuse the placement", placement.RefusePlacement, group=_DECIDE, when=_PREPARING),
    Action("placement", "start", "start_placement", "Start the placement", placement.StartPlacement, group=_DECIDE, when=_PREPARING[2:]),
    Action("placement", "suspend", "suspend_placement", "Suspend the placement", placement.SuspendPlacement, group=_RUN, when=_LIVE[:1]),
    Action("placement", "resume", "resume_placement", "Resume the placement", placement.ResumePlacement, group=_RUN, when=_LIVE[1:]),
    Action("placement", "hold-review", "hold_review", "Record a review", placement.HoldReview, group=_RUN, when=_LIVE),
    Action("placement", "end", "end_placement", "End the placement", placement.EndPlacement, group=_RUN, when=_LIVE),
    Action("pupil", "enrol", "enrol_pupil", "Put a pupil on roll", pupil.EnrolPupil, new=True),
    Action("pupil", "remove-from-roll", "remove_pupil_from_roll", "Take the pupil off roll", pupil.RemovePupilFromRoll),
    Action("pupil", "change-residence", "change_pupil_residence", "Record where the pupil lives", pupil.ChangePupilResidence),
    Action("pupil", "record-ehcp", "record_ehcp", "Record an education, health and care plan", pupil.RecordEhcp),
    Action("pupil", "cease-ehcp", "cease_ehcp", "Record that the education, health and care plan ceased", pupil.CeaseEhcp),
    Action("pupil", "record-placing-authority", "record_placing_authority", "Record a placing authority", pupil.RecordPlacingAuthority),
    Action("pupil", "record-no-placing-authority", "record_no_placing_authority", "Record that no authority placed the pupil", pupil.RecordNoPlacingAuthority),
    Action("pupil", "record-parental-responsibility", "record_parental_responsibility", "Record a person with parental responsibility", pupil.RecordParentalResponsibility),
    Action("pupil", "mark-attendance", "mark_attendance", "Mark one session", pupil.MarkAttendance, REGISTER),
    Action("provider", "record", "record_provider", "Record a provider", provider.RecordProvider, new=True),
    Action("provider", "record-site", "record_provider_site", "Record an address", provider.RecordProviderSite),
    Action("provider", "verify-registration", "verify_provider_registration", "Record a check of the registration", provider.VerifyProviderRegistration),
    Action("provider", "record-registration-lapse", "record_provider_registration_lapse", "Record that the registration ended", provider.RecordProviderRegistrationLapse),
    Action("provider", "verify-safeguarding-policy", "verify_provider_safeguarding_policy", "Record that the safeguarding policy was read", provider.VerifyProviderSafeguardingPolicy, frozenset({Role.DSL, Role.HEAD_TEACHER, Role.AP_LEAD})),
    Action("provider", "assess-setting-risk", "assess_setting_risk", "Record the risk of a setting", provider.AssessSettingRisk),
    Action("delegation", "grant", "grant_delegation", "Grant a delegation", provider.GrantDelegation, LEADERS, new=True),
    Action("delegation", "revoke", "revoke_delegation", "Take a delegation back", provider.RevokeDelegation, LEADERS),
)  # fmt: skip
BY_NAME = {action.name: action for action in ACTIONS}

CLEARS: dict[str, tuple[str, ...]] = {
    "H-01": ("pupil.change-residence",),
    "H-04": ("delegation.grant",),
    "H-05": ("placement.record-authority-consent",),
    "H-06": ("placement.record-parental-agreement", "placement.record-parental-agreement-not-relevant"),
    "H-07": ("provider.verify-registration",),
    "H-08": ("placement.assess-risk", "provider.assess-setting-risk", "provider.verify-safeguarding-policy"),
    "H-10": ("placement.record-baseline", "placement.sign-placement-agreement"),
}
"""Which forms can clear what a rule refuses."""
