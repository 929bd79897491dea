"""Going on in spite of a rule that says should: once refused, a form asks the Head for a reason, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator

from domain.rules.authority import acts_as_head
from web.desk import Desk
from web.errors import Problem, Refusal
from web.reading import Form, numbers

FIELD = "overrides"
SAYS = "says"
"""What a line is about, which goes with it to the page and back and is recorded nowhere."""


def offered(desk: Desk, typed: Form, refused: Problem | None) -> Form:
    """What was typed, with a line for each rule that alone stands in the way and that the person may set aside."""
    if refused is None or not _may(desk) or not _only_should(refused):
        return typed
    asked = {(typed.get(f"{place}-rule"), typed.get(f"{place}-clause") or None) for place in _places(typed)}
    wanted = {(one.rule, one.clause): one for one in refused.breaches if (one.rule, one.clause) not in asked}
    found, first = typed.copy(), len(list(_places(typed)))
    for number, ((rule, clause), one) in enumerate(wanted.items(), first):
        place = f"{FIELD}-{number}"
        found.update({f"{place}-rule": rule, f"{place}-clause": clause or "", f"{place}-reason": ""})
        found[f"{place}-{SAYS}"] = one.sentence
    return found


def _places(typed: Form) -> Iterator[str]:
    return (f"{FIELD}-{number}" for number in numbers(typed, FIELD))


def _may(desk: Desk) -> bool:
    """Whether to offer it; who may is for the rules to say."""
    return acts_as_head(desk.officer.actor)


def _only_should(refused: Problem) -> bool:
    breaches: list[Refusal] = [one for one in refused.breaches if one.rule]
    return bool(breaches) and all(one.overridable for one in breaches)
