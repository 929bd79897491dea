"""What the demo shows of hard decisions: an urgent start, a rule set aside with a reason, parents who disagree."""

from __future__ import annotations

from typing import Any

from domain.parts import Deferral, Measure, Override
from domain.vocabulary import Deferrable, Measured
from web.demo.calendar import before
from web.demo.placements import Scene


def started_urgently(scene: Scene) -> None:
    """Started at once six school days ago; the starting point came in time, the plan is overdue."""
    placement, calendar = scene.placement(0), scene.calendar
    placement.start = start = calendar.taken[-6]
    placement.propose()
    placement.assess(interim=True)
    placement.consent()
    placement.agree()
    head, lead = placement.head(start), placement.officer("ap")
    due = {
        Deferrable.PLAN: calendar.after(start, 3),
        Deferrable.BASELINE: calendar.after(start, 3),
        Deferrable.PROVIDER_AGREEMENT: calendar.after(start, 9),
    }
    placement.enter(
        start, head, "start_urgently", decided_on=start, starts_on=start, reported_to=placement.provider.lead,
        reason="The pupil has not come to school for three weeks and would otherwise have no education at all.",
        deferred=tuple(Deferral(what, day) for what, day in due.items()),
    )  # fmt: skip
    placement.stay(start)
    measured = calendar.after(start, 2)
    reading = Measure(Measured.ENGLISH, "Reading age test", "8.7", "years", measured)
    placement.enter(measured, lead, "record_baseline", measured_on=measured, measures=(reading,))


def approved_in_spite(scene: Scene) -> None:
    """The plan does not say who watches progress; the head approves all the same, and why, and it stays in sight."""
    placement = scene.placement(0.5)
    placement.propose()
    placement.assess()
    placement.consent()
    placement.agree()
    placement.plan(monitoring=())
    day = before(placement.start, 2)
    placement.approve(day=day, refused_by="H-09")
    placement.approve(
        day=day,
        overrides=(Override("H-09", "S23", "The provider reports every day already; it is put into the next plan."),),
    )
    placement.begin()
    placement.review(scene.calendar.share(0.9))


def parents_disagree(scene: Scene) -> None:
    """One holder of parental responsibility agrees and the other declines: one suffices, and the dispute is shown."""
    placement, other = scene.placement(0.3), scene.pupil.parents[1]
    placement.propose()
    placement.assess()
    placement.consent()
    placement.agree()
    day = before(placement.start, 4)
    said: dict[str, Any] = {"holder_id": other.id, "holder_name": other.name, "declined_on": day, "received_on": day}
    placement.enter(
        day, placement.officer("ap"), "record_parental_refusal",
        reason="We would rather have a placement nearer to the home.", **said,
    )  # fmt: skip
    placement.plan()
    placement.approve()
    placement.begin()
    placement.review(scene.calendar.share(0.75))
