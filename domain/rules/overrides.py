"""Deciding although a rule says should: the Head Teacher's own, with a reason each; never against must or only."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace

from domain.errors import Impossible
from domain.parts import Override
from domain.rules.authority import may_decide
from domain.rules.breach import Breach, Word
from domain.rules.case import Case


def weigh(
    case: Case, breaches: Iterable[Breach], overrides: Sequence[Override]
) -> tuple[tuple[Breach, ...], tuple[Override, ...]]:
    """Return what still stands against a decision, and which overrides it needed.

    Raises:
        Impossible: where an override gives no reason, two are for one rule, or one is for a rule that is not broken.
    """
    _refuse_unreasoned(overrides)
    named = {(override.rule, override.clause): number for number, override in enumerate(overrides)}
    standing: list[Breach] = []
    used: dict[int, Override] = {}
    for breach in breaches:
        number = named.get((breach.rule, breach.clause))
        if number is None:
            standing.append(breach)
        elif breach.overridable:
            used[number] = overrides[number]
        else:
            standing.append(replace(breach, sentence=f"{breach.sentence} {_strict(breach)}"))
    if not standing:
        _refuse_idle(overrides, used)
    if used:
        standing += _not_the_head(case)
    return tuple(standing), tuple(used.values())


def _not_the_head(case: Case) -> Iterator[Breach]:
    for breach in may_decide(case, None, (case.on, case.known.today)):
        yield replace(
            breach,
            sentence="Only the Head Teacher or Head of Service, in their own office, may go on although a rule says"
            " should.",
            remedy="Leave the reason out and clear what is missing, or ask the Head Teacher or Head of Service.",
        )


def _strict(breach: Breach) -> str:
    whose = "It is a rule of this service" if breach.word == Word.OURS else f"The policy says “{breach.word}” here"
    return f"{whose}, so no reason sets it aside, whoever decides."


def _refuse_idle(overrides: Sequence[Override], used: Container[int]) -> None:
    """Refuse a reason that sets nothing aside: whoever gave it takes something for missing that is not."""
    for number, override in enumerate(overrides):
        if number not in used:
            raise Impossible(
                f"overrides.{number}.reason",
                f"Nothing stands in the way under rule {override.rule}, so there is nothing to set aside. Leave this"
                " reason out.",
                rule="H-20",
            )


def _refuse_unreasoned(overrides: Sequence[Override]) -> None:
    seen: set[tuple[str, str | None]] = set()
    for number, override in enumerate(overrides):
        if not override.reason.strip():
            raise Impossible(f"overrides.{number}.reason", "Say why you go on all the same.", rule="H-20")
        if (override.rule, override.clause) in seen:
            raise Impossible(f"overrides.{number}.rule", "There are two reasons for one rule. Give one.")
        seen.add((override.rule, override.clause))
