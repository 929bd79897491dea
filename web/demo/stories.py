"""What happens to each of the demo's pupils: one function a storyline, a table that gives each pupil one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from domain.parts import Attempt
from domain.vocabulary import EndReason, ResidenceStatus, ReviewKind, ReviewOutcome, RiskOutcome
from web.demo import consents, undone
from web.demo.calendar import before
from web.demo.cast import OWN
from web.demo.deciding import approved_in_spite, parents_disagree, started_urgently
from web.demo.on_paper import on_paper, over_before, without_approval, without_consent
from web.demo.placements import PlacementStory, Scene

Storyline = Callable[[Scene], None]


def goes_on(scene: Scene) -> None:
    """Started on the first day and going on, reviewed every half-term."""
    placement = scene.placement(0)
    placement.run()
    _reviews(scene, placement)


def _reviews(scene: Scene, placement: PlacementStory, *parts: float) -> None:
    for part in parts or (0.36, 0.86):
        placement.review(scene.calendar.share(part))


def starts_later(scene: Scene) -> None:
    """Started some weeks into the term; taught in school until then."""
    placement = scene.placement(0.3 + 0.4 * scene.random.random())
    placement.run()
    _reviews(scene, placement, 0.95)


def consent_withdrawn(scene: Scene) -> None:
    """Two authorities consented; the care authority withdraws, and the pupil is still found attending."""
    placement = scene.placement(0)
    placement.run()
    _reviews(scene, placement)
    day = scene.calendar.share(0.9)
    placement.enter(
        day, placement.officer("ap"), "withdraw_authority_consent", consent_id=placement.consent_id("marlmouth"),
        effective_on=before(day, 1), received_on=day, notified_by="Jago Tidewell, Children in Care Team Manager",
        reason="The care plan changed at the last looked-after review.",
    )  # fmt: skip
    placement.leave(before(day, 2))
    placement.stay(before(day, 1), surely=True)


def children_home_refused(scene: Scene) -> None:
    """The children's home is asked for a pupil who does not live there: refused, and nothing of it is kept."""
    scene.placement(0, OWN["rowan"], site="larch-house").propose(refused_by="H-01")
    placement = scene.placement(0, OWN["rowan"], site="rowan-annexe")
    placement.run()
    _reviews(scene, placement)


def found_in_home(scene: Scene) -> None:
    """Taught in the home while living there; moves out, and is found there for two days more."""
    placement = scene.placement(0, OWN["rowan"], site="larch-house")
    placement.run()
    _reviews(scene, placement, 0.36)
    moved = scene.calendar.share(0.7)
    placement.leave(before(moved, 1))
    placement.stay(moved, surely=True)
    told = scene.calendar.after(moved, 2)
    scene.pupil.diary.enter(
        told, scene.cast.officer("larch-manager"), "change_pupil_residence", scene.pupil.id, effective_on=moved,
        status=ResidenceStatus.NON_RESIDENTIAL, home_site_id=None,
    )  # fmt: skip
    placement.end(told, EndReason.OTHER, "Back to class at Rowan Hill School; the home is closed to day pupils.")


def suspended_and_resumed(scene: Scene) -> None:
    """A concern, an immediate review, a suspension, and a return when the provider had put it right."""
    placement = scene.placement(0)
    placement.run()
    day = scene.calendar.share(0.5)
    placement.review(day, ReviewKind.IMMEDIATE_SAFEGUARDING, ReviewOutcome.SUSPEND)
    placement.suspend(
        scene.calendar.after(day, 1), "A concern was raised; the placement stops while it is looked into."
    )
    back = scene.calendar.after(day, 6)
    placement.resume(back, "The provider changed its supervision at breaks; the safeguarding lead visited and agrees.")
    _reviews(scene, placement, 0.9)


def suspended(scene: Scene) -> None:
    """Suspended and not yet resumed."""
    placement = scene.placement(0)
    placement.run()
    _reviews(scene, placement, 0.36)
    placement.suspend(
        scene.calendar.share(0.92), "The pupil has not settled; the pupil, parent and provider asked for a pause."
    )


def consent_came_late(scene: Scene) -> None:
    """Tried out before the authority had consented: kept and flagged; the late consent covers nothing before it."""
    placement = scene.placement(0.5)
    placement.propose()
    placement.assess()
    placement.agree()
    placement.plan()
    placement.approve(refused_by="H-05")
    found, received = scene.calendar.share(0.6), scene.calendar.share(0.75)
    placement.stay(found, scene.calendar.after(found, 3), surely=True)
    placement.consent(day=received, given_on=found)
    placement.start = scene.calendar.after(received, 2)
    placement.approve(day=scene.calendar.after(received, 1))
    placement.begin()


def reintegrated(scene: Scene) -> None:
    """Ended because its objectives were met; the pupil is back in class."""
    placement = scene.placement(0)
    placement.run()
    _reviews(scene, placement, 0.4)
    last = scene.calendar.share(0.65)
    placement.review(last, ReviewKind.FINAL, ReviewOutcome.END)
    placement.end(last, EndReason.REINTEGRATED, "Full-time in class from the next school day.")


def refused(scene: Scene) -> None:
    """The head refuses; the setting was not found safe for this pupil."""
    placement = scene.placement(0.4)
    placement.propose()
    placement.assess(outcome=RiskOutcome.NOT_SAFE)
    day = before(placement.start, 2)
    placement.enter(
        day, placement.head(day), "refuse_placement", refused_on=day, reason="The setting is not safe for this pupil.",
        provided_instead="One-to-one teaching in school, full-time, from the same day.",
    )  # fmt: skip


def authority_refused(scene: Scene) -> None:
    """The placing authority does not consent, so the head refuses."""
    placement = scene.placement(0.55)
    placement.propose()
    placement.assess()
    key, _ = scene.pupil.authorities[0]
    day = before(placement.start, 4)
    placement.enter(
        day, placement.officer("ap"), "record_authority_refusal", authority_id=scene.cast.authority(key),
        capacity=dict(scene.pupil.authorities)[key],
        refused_on=day,
        received_on=day, officer_name="Nerys Cobblewick", officer_title="SEN Casework Manager",
        reason="The authority wants the plan's named school to go on teaching the pupil.",
    )  # fmt: skip
    day = before(placement.start, 2)
    placement.enter(
        day, placement.head(day), "refuse_placement", refused_on=day,
        reason="The placing authority refused its consent.",
        provided_instead="A quiet room and a key adult in school.",
    )  # fmt: skip


def proposed(scene: Scene) -> None:
    """Proposed; nobody has assessed anything yet."""
    scene.coming(6).propose()


def assessed(scene: Scene) -> None:
    """Needs and risk are assessed; the authority was asked and has not answered."""
    placement = scene.coming(4)
    placement.propose()
    placement.assess()
    consents.ask(placement)


def awaiting_approval(scene: Scene) -> None:
    """Everything is there but the head's decision; the authority answered a request by e-mail."""
    scene.coming(3).prepare(asked=True)


def approved(scene: Scene) -> None:
    """Approved, to start in two school days."""
    placement = scene.coming(2)
    placement.prepare()
    placement.approve(day=scene.calendar.taken[-1])


def approved_by_deputy(scene: Scene) -> None:
    """The deputy approves under a live delegation; before that, the lead's approval under a revoked one is refused."""
    placement = scene.placement(0.6)
    placement.prepare()
    day = before(placement.start, 2)
    placement.approve(scene.cast.delegate("rowan-ap", "revoked"), day=day, refused_by="H-04")
    placement.approve(scene.cast.delegate("rowan-deputy", "live"), day=day)
    placement.begin()
    _reviews(scene, placement, 0.95)


def parent_declined(scene: Scene) -> None:
    """The parent declines; the head decides to go on, and why."""
    placement, parent = scene.placement(0.2), scene.pupil.parents[0]
    placement.propose()
    placement.assess()
    placement.consent()
    day = before(placement.start, 4)
    placement.enter(
        day, placement.officer("ap"), "record_parental_refusal", holder_id=parent.id, holder_name=parent.name,
        declined_on=day, received_on=day, reason="Worried about the journey.",
    )  # fmt: skip
    placement.enter(
        day, placement.head(day), "decide_without_parental_agreement", decided_on=day,
        reason="The authority now provides a taxi with an escort; the pupil wants to go.",
    )  # fmt: skip
    placement.plan()
    placement.approve()
    placement.begin()
    _reviews(scene, placement, 0.7)


def parent_unreachable(scene: Scene) -> None:
    """Nobody with parental responsibility could be reached."""
    placement = scene.placement(0)
    placement.propose()
    placement.assess()
    placement.consent()
    day = before(placement.start, 4)
    attempts = tuple(
        Attempt(day - timedelta(days=back), how) for back, how in ((6, "Telephone"), (4, "Letter"), (1, "Home visit"))
    )
    placement.enter(
        day, placement.officer("ap"), "record_parent_unreachable", concluded_on=day, attempts=attempts,
        review_on=placement.start + timedelta(days=14),
    )  # fmt: skip
    placement.plan()
    placement.approve()
    placement.begin()
    _reviews(scene, placement)


def ended_then_proposed(scene: Scene) -> None:
    """One placement ended, another is proposed."""
    placement = scene.placement(0, "tandem")
    placement.run()
    _reviews(scene, placement, 0.4)
    last = scene.calendar.share(0.55)
    placement.end(last, EndReason.OBJECTIVES_MET, "Taught in school; a college course is being looked for.")
    scene.coming(8).propose()


_TOLD: tuple[tuple[str, str, Storyline, bool], ...] = (
    ("rowan", "fieldgate", consent_withdrawn, True),
    ("rowan", "rowan-unit", children_home_refused, False),
    ("rowan", "rowan-unit", found_in_home, True),
    ("rowan", "whitethorn", suspended_and_resumed, False),
    ("kestrel", "northbeck", consent_came_late, False),
    ("kestrel", "tandem", suspended, False),
    ("kestrel", "kestrel-unit", reintegrated, False),
    ("rowan", "northbeck", approved_by_deputy, False),
    ("kestrel", "fieldgate", refused, False),
    ("kestrel", "sallow", proposed, False),
    ("rowan", "whitethorn", assessed, False),
    ("rowan", "northbeck", awaiting_approval, False),
    ("rowan", "tandem", approved, False),
    ("kestrel", "larkspur", on_paper, False),
    ("kestrel", "whitethorn", authority_refused, False),
    ("rowan", "sallow", without_approval, False),
    ("kestrel", "tandem", parent_declined, False),
    ("rowan", "northbeck", parent_unreachable, False),
    ("kestrel", "northbeck", ended_then_proposed, False),
    ("rowan", "larkspur", suspended, False),
    ("rowan", "sallow", awaiting_approval, False),
    ("kestrel", "tandem", without_consent, False),
    ("rowan", "whitethorn", over_before, False),
    ("rowan", "tandem", started_urgently, False),
    ("kestrel", "whitethorn", approved_in_spite, False),
    ("rowan", "fieldgate", parents_disagree, True),
    ("rowan", "rowan-unit", undone.lives_and_learns_in_the_home, True),
    ("rowan", "fieldgate", undone.plan_changed, False),
    ("kestrel", "sallow", undone.risk_runs_out, False),
    ("rowan", "sallow", undone.left_the_roll, False),
)
"""School, provider, storyline, whether the pupil is in care; small demos take the first of them."""

_QUIET = (("rowan", "sallow"), ("kestrel", "whitethorn"), ("rowan", "rowan-unit"), ("kestrel", "northbeck"),
          ("rowan", "fieldgate"), ("kestrel", "kestrel-unit"), ("rowan", "whitethorn"), ("kestrel",
              "sallow"))  # fmt: skip


def casting(pupils: int) -> Sequence[tuple[str, str, Storyline, bool]]:
    """Who plays what, for so many pupils."""
    quiet = [
        (*_QUIET[number % len(_QUIET)], starts_later if number % 3 == 2 else goes_on, number == 0)
        for number in range(pupils)
    ]
    return (*_TOLD, *quiet)[:pupils]
