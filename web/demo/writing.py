"""Enters the demo's plan through the application's own commands, each with the time it is set in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domain.application import AlternativeProvision
from domain.errors import DecisionRefused, Impossible
from domain.values import Submission
from web.demo.script import Step


class UnexpectedlyAccepted(Exception):
    """A rule let pass what the plan shows it refusing."""


def write(application: AlternativeProvision, steps: Sequence[Step], progress: Callable[[int], object]) -> None:
    """Enter every step; `progress` is told how many entries each one made."""
    for step in steps:
        submission = Submission(step.officer, step.at, files=step.files)
        command = getattr(application, step.verb)
        if step.refused_by is None:
            progress(len(command(step.id, **step.fields, submission=submission)))
            continue
        try:
            command(step.id, **step.fields, submission=submission)
        except (DecisionRefused, Impossible) as refusal:
            if step.refused_by not in _rules(refusal):
                raise
        else:
            raise UnexpectedlyAccepted(f"{step.verb} was to be refused by {step.refused_by} on {step.at:%d %B}.")


def entries(steps: Sequence[Step]) -> int:
    """How many entries the steps make."""
    return sum(
        len(step.fields.get("marks") or step.fields.get("rows") or (step,)) for step in steps if step.refused_by is None
    )


def _rules(refusal: DecisionRefused | Impossible) -> set[str | None]:
    if isinstance(refusal, Impossible):
        return {refusal.rule}
    return {breach.rule for breach in refusal.breaches}
