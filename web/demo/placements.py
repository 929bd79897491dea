"""One placement of the demo, told step by step: each method enters what its name says and moves nothing by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from domain.parts import Barrier, Hazard, Measure, Monitoring, ObjectiveRating
from domain.values import Officer
from domain.vocabulary import (
    Accredited,
    ArrangedBy,
    AttendanceMode,
    EndReason,
    LegalGateway,
    Measured,
    Medium,
    NeedBasis,
    NextStep,
    Rag,
    ReviewKind,
    ReviewOutcome,
    RiskOutcome,
)
from web.demo import consents
from web.demo.calendar import Calendar, before
from web.demo.cast import PROVIDER, Cast, Provider
from web.demo.plans import written
from web.demo.pupils import Pupil, Stay
from web.demo.setting_up import change_of_heads
from web.demo.timetables import week
from web.demo.wording import BARRIERS, NEEDS, RATIONALES, REVIEW_WORDS

T = TypeVar("T")


@dataclass(frozen=True)
class Scene:
    """One pupil in the demo's term, and the provider that the table of storylines names for them."""

    pupil: Pupil
    cast: Cast
    calendar: Calendar
    random: Random
    provider: str

    def placement(self, part: float, provider: str | None = None, *, site: str | None = None) -> PlacementStory:
        """A placement meant to start when a share of the term has gone by."""
        return PlacementStory(self, self.calendar.share(part), provider, site)

    def coming(self, school_days: int) -> PlacementStory:
        """A placement meant to start so many school days from today."""
        return PlacementStory(self, self.calendar.after(self.calendar.taken[-1], school_days))


class PlacementStory:
    """One pupil's placement with one provider, prepared so that it can start on a given day."""

    def __init__(self, scene: Scene, start: date, provider: str | None = None, site: str | None = None) -> None:
        self.pupil, self.cast, self.calendar, self._random = scene.pupil, scene.cast, scene.calendar, scene.random
        self.start, self.until = start, scene.calendar.terms[-1].end
        self.provider: Provider = PROVIDER[provider or scene.provider]
        self.site = site or self.provider.sites[0].key
        self.id = self.cast.ids("placement", self.pupil.local_ref, self.provider.key, self.site)

    def enter(self, day: date, officer: Officer, verb: str, **fields: Any) -> None:
        """Enter one command about this placement."""
        self.pupil.diary.enter(day, officer, verb, self.id, **fields)

    def officer(self, office: str) -> Officer:
        """The school's holder of an office, such as `ap`."""
        return self.cast.officer(f"{self.pupil.school}-{office}")

    def head(self, day: date) -> Officer:
        """The school's head on a day; at Kestrel Moor an acting head took over."""
        acting = self.pupil.school == "kestrel" and day >= change_of_heads(self.calendar)
        return self.officer("acting" if acting else "head")

    def propose(self, *, refused_by: str | None = None) -> None:
        """The alternative provision lead proposes the placement."""
        full_time = len(self.provider.weekdays) == 5
        by_authority = self.provider.code == "K"
        gateway = LegalGateway.S19_LOCAL_AUTHORITY if by_authority else LegalGateway.SCHOOL_ARRANGED_BY_AGREEMENT
        self.enter(
            before(self.start, 9), self.officer("ap"), "propose_placement", refused_by=refused_by,
            pupil_id=self.pupil.id, school_id=self.cast.school(self.pupil.school),
            provider_id=self.cast.provider(self.provider.key), site_id=self.cast.site(self.site),
            delivery=self.provider.delivery, accredited=self.provider.accredited,
            arranged_by=ArrangedBy.LOCAL_AUTHORITY if by_authority else ArrangedBy.SCHOOL,
            accredited_reason=None if self.provider.accredited == Accredited.YES else "No qualification is taught.",
            proposed_start=self.start, proposed_end=self.until, need_basis=self._random.choice((*NeedBasis,)[:3]),
            separate_from_peers="Taught one to one or in a group of three, not with the class.",
            legal_gateway=gateway,
            attendance_mode=AttendanceMode.FULL_TIME if full_time else AttendanceMode.PART_TIME,
            rationale=self._random.choice(RATIONALES),
        )  # fmt: skip

    def assess(self, **risk: Any) -> None:
        """The SENCO assesses the needs, the lead the risk of this pupil in this setting."""
        personal, social, academic = (self._random.choice(words) for words in NEEDS)
        day, senco, lead = before(self.start, 7), self.officer("senco"), self.officer("ap")
        barrier, provision = self._random.choice(BARRIERS)
        self.enter(
            day, senco, "assess_needs", assessed_on=day, personal=personal, social=social, academic=academic,
            barriers=(Barrier(barrier, provision),), assessors=f"{senco.name}, {senco.title}",
            pupil_views="I would like to try it if I can come back.",
            parent_views="We agree that something has to change.",
        )  # fmt: skip
        self.enter(
            day, lead, "assess_risk", site_id=self.cast.site(self.site), assessed_on=day, valid_to=self.until,
            **{"outcome": RiskOutcome.SAFE_WITH_CONTROLS, **risk},
            hazards=(Hazard("Leaves when upset", 3, 3, "Key adult within sight, agreed quiet place", lead.name),),
            assessor=lead.name,
        )  # fmt: skip

    def choose(self, choices: Sequence[T]) -> T:
        """One of some, by the demo's own chance."""
        return self._random.choice(choices)

    def consent(self, *authorities: str, day: date | None = None, given_on: date | None = None) -> None:
        """Each placing authority, or those named, consents in writing to outside delivery."""
        day = day or before(self.start, 5)
        consents.consent(self, authorities, day, given_on or before(day, 1), given_on or self.start)

    def consent_id(self, authority: str) -> Any:
        """The number under which an authority's consent is recorded."""
        return self.cast.ids("consent", self.id, authority)

    def agree(self, *, day: date | None = None) -> None:
        """A parent agrees."""
        parent, day = self.pupil.parents[0], day or before(self.start, 5)
        self.enter(
            day, self.officer("ap"), "record_parental_agreement", holder_id=parent.id, holder_name=parent.name,
            given_on=before(day, 1), received_on=day, medium=self._random.choice((Medium.SIGNED_FORM, Medium.EMAIL)),
        )  # fmt: skip

    def plan(self, **changes: Any) -> None:
        """Baseline and plan are written and, outside the school, signed by the provider."""
        day, lead = before(self.start, 4), self.officer("ap")
        measures = (
            Measure(
                Measured.ENGLISH,
                "Reading age test",
                f"{self._random.randint(7, 12)}.{self._random.randint(0, 11)}",
                "years",
                day,
            ),
            Measure(Measured.ATTENDANCE, "Last half-term", str(self._random.randint(41, 78)), "per cent", day),
        )
        self.enter(day, lead, "record_baseline", measured_on=day, measures=measures)
        self.enter(day, self.head(day), "prepare_plan", **self._plan(day) | changes)
        if not self.provider.school:
            signed = before(self.start, 3)
            self.enter(
                signed, lead, "sign_placement_agreement", plan_version=1, signed_on=signed, received_on=signed,
                signed_by=self.provider.lead, information_exchange="Telephone by 9.30 on every absence; email weekly",
                progress_monitoring="Written note every Friday against each objective",
                pastoral_support="Key worker in school visits fortnightly and sees the pupil alone",
                challenge_mechanism="Lead to lead within two days, then Head Teacher to director within five",
            )  # fmt: skip

    def replan(self, day: date) -> None:
        """A later version of the plan."""
        self.enter(day, self.head(day), "prepare_plan", **self._plan(day))

    def _plan(self, day: date) -> dict[str, Any]:
        plan = written(day, self.start, self.until, improves_by=self.calendar.terms[0].end, next_step=self._next_step())
        links = "Education, health and care plan, sections E and F" if self.pupil.authorities else "None"
        watching = Monitoring("Attendance and engagement", self.officer("ap").name, "Weekly")
        return plan | {"monitoring": (watching,), "links": links}

    def _next_step(self) -> NextStep:
        return self._random.choice((NextStep.SCHOOL_RETURN, NextStep.FURTHER_EDUCATION, NextStep.TRADITIONAL_SEN))

    def prepare(self, *, asked: bool = False) -> None:
        """Everything from proposal to a plan that can be approved; `asked` has the authorities answer a request."""
        self.propose()
        self.assess()
        if asked:
            consents.ask(self)
            consents.agree(self, before(self.start, 5))
        elif not self.provider.school:
            self.consent()
        if not self.provider.school:
            self.agree()
        else:
            self.not_relevant()
        self.plan()
        if self.pupil.id.int % 6 or len(self.provider.weekdays) < 5:  # some full-time pupils never had one set
            self.timetable()

    def timetable(self) -> None:
        """The lead sets where the week's sessions are taught."""
        day, lead, sessions = before(self.start, 4), self.officer("ap"), week(self.provider)
        self.enter(day, lead, "set_weekly_timetable", valid_from=self.start, sessions=sessions)

    def not_relevant(self) -> None:
        """The head records why the parents' agreement is not asked for."""
        day = before(self.start, 5)
        self.enter(
            day, self.head(day), "record_parental_agreement_not_relevant", decided_on=day, reason="in_house_delivery",
            explanation="The school's own staff teach the pupil on its own site; the parents were told.",
        )  # fmt: skip

    def approve(
        self, officer: Officer | None = None, *, day: date | None = None, refused_by: str | None = None, **decision: Any
    ) -> None:
        """The head, or who is given, approves; in spite of a rule where that is given a reason."""
        day = day or before(self.start, 2)
        self.enter(
            day, officer or self.head(day), "approve_placement", refused_by=refused_by, approved_on=day,
            start_from=self.start,
            start_by=self.start + timedelta(days=14),
            decision_reason="The assessments, consents and plan were read; this is the right provision now.",
            **decision,
        )  # fmt: skip

    def begin(self) -> None:
        """The placement starts."""
        reported_to = self.provider.lead or self.officer("ap").name
        self.enter(self.start, self.officer("ap"), "start_placement", started_on=self.start, reported_to=reported_to)
        self.stay(self.start)

    def stay(self, first: date, last: date | None = None, *, surely: bool = False) -> None:
        """The pupil is taught here from a day on: what the registers follow, entered nowhere else."""
        self.pupil.stays.append(Stay(self.id, self.provider.key, self.site, first, last, surely))

    def leave(self, last: date) -> None:
        """The pupil's last day here, so far as the registers are concerned."""
        self.pupil.stays[-1].last = last

    def run(self) -> None:
        """Prepared, approved and started in good order."""
        self.prepare()
        self.approve()
        self.begin()

    def review(
        self, day: date, kind: ReviewKind = ReviewKind.SCHEDULED, outcome: ReviewOutcome = ReviewOutcome.CONTINUE
    ) -> None:
        """A review is held."""
        pupil_voice, parent_voice = self._random.choice(REVIEW_WORDS)
        safe = kind is not ReviewKind.IMMEDIATE_SAFEGUARDING
        ratings = tuple(
            ObjectiveRating(objective, self._random.choice((Rag.AMBER, Rag.GREEN, Rag.GREEN, Rag.RED)))
            for objective in ("improvement-1", "attainment-1")
        )
        head, lead = self.head(day), self.officer("ap")
        self.enter(
            day, head, "hold_review", kind=kind, held_on=day, next_review_on=day + timedelta(days=35),
            outcome=outcome,
            chair=f"{head.name}, {head.title}",
            attendees=f"{lead.name}, {self.provider.lead or self.officer('senco').name}",
            attending_regularly=self._random.random() < 0.8, still_safe=safe, meets_needs=True, objectives=ratings,
            pupil_voice=pupil_voice, parent_voice=parent_voice,
            next_stage_considered="Return to school part-time was considered; not yet.",
        )  # fmt: skip

    def suspend(self, day: date, reason: str) -> None:
        """The head suspends the placement; the pupil is taught in school from that day."""
        self.enter(
            day, self.head(day), "suspend_placement", suspended_on=day, reason=reason,
            interim_education="Full-time in school with a key adult.",
        )  # fmt: skip
        self.leave(before(day, 1))

    def resume(self, day: date, reason: str) -> None:
        """The head lets a suspended placement go on."""
        self.enter(day, self.head(day), "resume_placement", resumed_on=day, reason=reason)
        self.stay(day)

    def end(self, day: date, reason: EndReason, destination: str) -> None:
        """The placement ends."""
        self.enter(
            day, self.head(day), "end_placement", ended_on=day, reason=reason, destination=destination,
            final_attendance="91 per cent of planned sessions",
            attainment_against_baseline="Reading age up by eight months",
            pupil_own_assessment="I can do mornings now without leaving.",
        )  # fmt: skip
        self.leave(day)
