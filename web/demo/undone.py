"""What the demo's schools have left undone, so that each rule of what needs doing has something to say."""

from __future__ import annotations

from domain.parts import Hazard
from domain.vocabulary import RiskOutcome
from web.demo.calendar import before
from web.demo.cast import OWN
from web.demo.placements import PlacementStory, Scene


def lives_and_learns_in_the_home(scene: Scene) -> None:
    """Taught in the children's home while living in it, which is always looked at."""
    _reviewed(scene, scene.placement(0, OWN["rowan"], site="larch-house"))


def plan_changed(scene: Scene) -> None:
    """A new version of the plan seven school days ago, and the provider has not signed it yet."""
    placement = _reviewed(scene, scene.placement(0))
    placement.replan(scene.calendar.taken[-7])


def risk_runs_out(scene: Scene) -> None:
    """The risk was assessed anew for some weeks, which end in six school days."""
    placement = _reviewed(scene, scene.placement(0))
    day, lead = scene.calendar.share(0.7), placement.officer("ap")
    placement.enter(
        day, lead, "assess_risk", site_id=scene.cast.site(placement.site), assessed_on=day,
        valid_to=scene.calendar.after(scene.calendar.taken[-1], 6), outcome=RiskOutcome.SAFE_WITH_CONTROLS,
        hazards=(Hazard("New workshop machines", 2, 4, "Shown and supervised; looked at again", lead.name),),
        assessor=lead.name,
    )  # fmt: skip


def left_the_roll(scene: Scene) -> None:
    """The pupil moved to another school yesterday, and nobody has ended the placement."""
    placement = _reviewed(scene, scene.placement(0))
    day = scene.calendar.taken[-1]
    scene.pupil.diary.enter(
        day, placement.officer("attendance"), "remove_pupil_from_roll", scene.pupil.id,
        school_id=scene.cast.school(scene.pupil.school), removed_on=day, received_on=before(day, 1),
        ground="Registered at another school",
    )  # fmt: skip


def _reviewed(scene: Scene, placement: PlacementStory) -> PlacementStory:
    placement.run()
    for part in (0.36, 0.86):
        placement.review(scene.calendar.share(part))
    return placement
