"""Everything a person may record through a form: the command, whose it is, what it asks, and where its page is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.vocabulary import PlacementStatus, Role
from web.schemas import attendance, consent, existing, office, placement, provider, pupil
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
_RUNNING = "While it runs"


@dataclass(frozen=True)
class Action:
    """One command as a page: `/<noun>s/<id>/<verb>`, or `/<noun>s/<verb>` where it begins something `new`."""

    noun: str
    verb: str
    title: str
    schema: type[Answers]
    roles: frozenset[Role] = STAFF
    group: str = ""
    when: tuple[PlacementStatus, ...] = ()
    new: bool = False

    def fits(self, status: PlacementStatus, *, awaits_approval: bool = False) -> bool:
        """Whether a placement that stands so has a use for it; one that runs and never was is approved too."""
        return not self.when or status in self.when or (awaits_approval and self.verb == "approve")

    @property
    def command(self) -> str:
        """The command of the application, which the schema is named after."""
        return re.sub("(?<!^)(?=[A-Z])", "_", self.schema.__name__).lower()

    @property
    def name(self) -> str:
        """Its endpoint's name."""
        return f"{self.noun}.{self.verb}"

    @property
    def rule(self) -> str:
        """Its address."""
        return f"/{self.noun}s/{self.verb}" if self.new else f"/{self.noun}s/<uuid:record_id>/{self.verb}"


def _of(
    noun: str,
    *,
    group: str = "",
    when: tuple[PlacementStatus, ...] = (),
    roles: frozenset[Role] = STAFF,
    **asked: tuple[str, type[Answers]],
) -> Iterator[Action]:
    """Actions on one kind of record that stand together on its page."""
    for verb, (title, schema) in asked.items():
        yield Action(noun, verb.replace("_", "-"), title, schema, roles, group, when)


ACTIONS: tuple[Action, ...] = (
    Action("placement", "propose", "Propose a placement", placement.ProposePlacement, new=True),
    Action("placement", "add-existing", "Add an existing placement", existing.AddExistingPlacement, new=True),
    *_of(
        "placement",
        group="Prepare",
        when=_OPEN,
        assess_needs=("Record the assessment of needs", placement.AssessNeeds),
        assess_risk=("Record the risk for this pupil", placement.AssessRisk),
        state_accreditation=("Say whether it delivers accredited education", placement.StateAccreditation),
        record_baseline=("Record the starting point", placement.RecordBaseline),
        prepare_plan=("Prepare the plan", placement.PreparePlan),
        set_weekly_timetable=("Set the weekly timetable", placement.SetWeeklyTimetable),
        sign_placement_agreement=("Record the provider's signed agreement", placement.SignPlacementAgreement),
    ),
    *_of(
        "placement",
        group="Placing authority",
        when=_OPEN,
        request_authority_consent=("Ask a placing authority for its consent", consent.RequestAuthorityConsent),
        record_authority_consent=("Record a placing authority's consent", consent.RecordAuthorityConsent),
        record_authority_refusal=("Record a placing authority's refusal", consent.RecordAuthorityRefusal),
        withdraw_authority_consent=("Record that a consent was withdrawn", consent.WithdrawAuthorityConsent),
    ),
    *_of(
        "placement",
        group="Parents",
        when=_OPEN,
        record_parental_agreement=("Record a parent's agreement", consent.RecordParentalAgreement),
        record_parental_refusal=("Record that a parent declined", consent.RecordParentalRefusal),
        withdraw_parental_agreement=(
            "Record that a parent withdrew their agreement",
            consent.WithdrawParentalAgreement,
        ),
        record_parent_unreachable=("Record that parents could not be reached", consent.RecordParentUnreachable),
    ),
    *_of(
        "placement",
        group="Parents",
        when=_OPEN,
        roles=LEADERS | {Role.DEPUTY_HEAD},
        decide_without_parental_agreement=(
            "Decide without a parent's agreement",
            consent.DecideWithoutParentalAgreement,
        ),
        record_parental_agreement_not_relevant=(
            "Record that parents' agreement is not relevant",
            consent.RecordParentalAgreementNotRelevant,
        ),
    ),
    Action(
        "placement", "approve", "Approve the placement", placement.ApprovePlacement, STAFF, "Decide", _PREPARING[:2]
    ),
    Action("placement", "refuse", "Refuse the placement", placement.RefusePlacement, STAFF, "Decide", _PREPARING),
    Action("placement", "start", "Start the placement", placement.StartPlacement, STAFF, "Decide", _PREPARING[2:]),
    Action(
        "placement",
        "start-urgently",
        "Start the placement urgently",
        placement.StartUrgently,
        LEADERS,
        "Decide",
        _PREPARING[1:2],
    ),
    Action("placement", "suspend", "Suspend the placement", placement.SuspendPlacement, STAFF, _RUNNING, _LIVE[:1]),
    Action("placement", "resume", "Resume the placement", placement.ResumePlacement, STAFF, _RUNNING, _LIVE[1:]),
    *_of(
        "placement",
        group=_RUNNING,
        when=(*_LIVE, PlacementStatus.ENDED),
        hold_review=("Record a review", placement.HoldReview),
    ),
    Action("placement", "end", "End the placement", placement.EndPlacement, STAFF, _RUNNING, _LIVE),
    Action("pupil", "enrol", "Put a pupil on roll", pupil.EnrolPupil, new=True),
    *_of(
        "pupil",
        remove_from_roll=("Take the pupil off roll", pupil.RemovePupilFromRoll),
        change_residence=("Record where the pupil lives", pupil.ChangePupilResidence),
        record_ehcp=("Record an education, health and care plan", pupil.RecordEhcp),
        cease_ehcp=("Record that the education, health and care plan ceased", pupil.CeaseEhcp),
        record_placing_authority=("Record a placing authority", pupil.RecordPlacingAuthority),
        record_no_placing_authority=("Record that no authority placed the pupil", pupil.RecordNoPlacingAuthority),
        record_parental_responsibility=(
            "Record a person with parental responsibility",
            pupil.RecordParentalResponsibility,
        ),
    ),
    *_of("pupil", roles=REGISTER, mark_attendance=("Mark one session", attendance.MarkAttendance)),
    Action("provider", "record", "Record a provider", provider.RecordProvider, new=True),
    *_of(
        "provider",
        record_site=("Record an address", provider.RecordProviderSite),
        amend_site=("Put an address or telephone right", provider.AmendProviderSite),
        verify_registration=("Record a check of the registration", provider.VerifyProviderRegistration),
        record_registration_lapse=("Record that the registration ended", provider.RecordProviderRegistrationLapse),
        assess_setting_risk=("Record the risk of a setting", provider.AssessSettingRisk),
    ),
    *_of(
        "provider",
        roles=LEADERS | {Role.DSL, Role.AP_LEAD},
        verify_safeguarding_policy=(
            "Record that the safeguarding policy was read",
            provider.VerifyProviderSafeguardingPolicy,
        ),
    ),
    Action("office", "appoint", "Appoint somebody to an office", office.AppointOfficeHolder, LEADERS, new=True),
    *_of("office", roles=LEADERS, cease=("Record a last day in office", office.CeaseOfficeHolder)),
    Action("delegation", "grant", "Grant a delegation", office.GrantDelegation, LEADERS, new=True),
    *_of("delegation", roles=LEADERS, revoke=("Take a delegation back", office.RevokeDelegation)),
)
BY_NAME = {action.name: action for action in ACTIONS}

CLEARS: dict[str, tuple[str, ...]] = {
    "H-01": ("pupil.change-residence",),
    "H-04": ("delegation.grant",),
    "H-05": ("placement.record-authority-consent",),
    "H-06": ("placement.record-parental-agreement", "placement.record-parental-agreement-not-relevant"),
    "H-07": ("provider.verify-registration", "placement.state-accreditation"),
    "H-08": ("placement.assess-risk", "provider.assess-setting-risk", "provider.verify-safeguarding-policy"),
    "H-09": ("placement.prepare-plan",),
    "H-10 S24": ("placement.record-baseline",),
    "H-10 S39, S49, S50": ("placement.sign-placement-agreement",),
    "H-15": ("placement.assess-needs", "placement.assess-risk"),
}
"""Which forms can clear what a rule refuses, or what it refuses under one clause."""
