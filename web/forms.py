"""A schema as a form: each answer becomes a control with its label, hint, what was typed and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from domain.rules.timetable import WEEK, said
from web.choices import Setting, offered
from web.reading import DAY_PARTS, Form, any_typed, numbers
from web.schemas.answers import DayField, NumberField, Rows
from web.uploads import listed


@dataclass(frozen=True)
class Control:
    """One thing a form asks; `show` says how."""

    show: str
    name: str
    label: str = ""
    hint: str = ""
    value: Any = ""
    error: str = ""
    optional: bool = False
    offered: Sequence[tuple[str, str]] = ()
    parts: Sequence[Control] = ()
    begun: str = ""
    """What the form begins with, so that it says nothing yet."""

    @property
    def anchor(self) -> str:
        """Where a link to this control leads: the first thing to fill in."""
        if self.show == "date":
            return f"{self.name}-day"
        if not self.bare and self.parts:
            return self.parts[0].anchor
        return self.name

    @property
    def bare(self) -> bool:
        """Whether it is a single answer, which has no heading of its own."""
        return self.show not in {"group", "rows", "days", "week", "fold"}


@dataclass
class Making:
    """What a form is made with: the choices there are, what was typed, what is wrong, and where rows were asked for."""

    setting: Setting
    typed: Form
    problems: Mapping[str, str] = field(default_factory=dict)
    more: str = ""


def controls(schema: Schema, making: Making, prefix: str = "") -> list[Control]:
    """The controls of a schema's answers, in their order; what follows from another answer is not asked."""
    made = (
        (answer.metadata.get("fold", ""), _control(answer, making, prefix + name))
        for name, answer in schema.fields.items()
        if not answer.metadata.get("unasked") and not follows(answer, making.typed, prefix + name)
    )
    folds = groupby((pair for pair in made if pair[1] is not None), key=itemgetter(0))
    together = ((into, [control for _, control in some if control is not None]) for into, some in folds)
    return [control for into, some in together for control in ([_folded(into, some)] if into else some)]


def _folded(into: str, some: Sequence[Control]) -> Control:
    """Neighbours under a line that opens; it is open where one of them says something or is at fault."""
    return Control("fold", f"{some[0].name}-fold", into, value=any(map(_says, some)), parts=some)


def _says(control: Control) -> bool:
    if control.error or control.parts:
        return bool(control.error) or any(map(_says, control.parts))
    said = control.value.values() if isinstance(control.value, Mapping) else [control.value]
    return any(each and each != control.begun for each in said)


def left_to_follow(schema: Schema, given: Mapping[str, str], name: str) -> bool:
    """Whether a flat name belongs to an answer that follows from one of those given."""
    answer = schema.fields.get(name.split("-", maxsplit=1)[0])
    return answer is not None and bool(given.get(answer.metadata.get("inherits", "")))


def follows(answer: fields.Field[Any], typed: Form, name: str) -> bool:
    """Whether an answer is left to follow from another that was given: nothing is typed for it, nor is it asked."""
    given = typed.get(answer.metadata.get("inherits", ""))
    return bool(given) and not any(key == name or key.startswith(f"{name}-") for key in typed)


def _control(answer: fields.Field[Any], making: Making, name: str) -> Control | None:
    asked = answer.metadata
    show = asked.get("show", "hidden")
    label, hint = asked.get("label", ""), asked.get("hint", "")
    picked = isinstance(answer, NumberField) and bool(asked.get("choices"))
    error, optional = making.problems.get(name, ""), answer.allow_none and not picked
    if isinstance(answer, fields.Nested):
        parts = controls(answer.schema, making, f"{name}-")
        return Control(show, name, label, hint, error=error, optional=optional, parts=parts)
    if show in _LINES:
        parts = _LINES[show](answer, making, name)
        return Control(show, name, label, hint, error=error, parts=parts) if parts or show != "fixed" else None
    if asked.get("before_start") and making.setting.running:
        return Control("hidden", name, value=making.setting.desk.today.isoformat())
    if show == "files":
        return Control(show, name, label, hint, listed(making.setting.desk, making.typed, name), error, True)
    choices = _offered(asked, making)
    begun = asked.get("default", "")
    value = _value(show, making.typed, name, choices) or (begun if name not in making.typed else "")
    if show == "select" and (optional or len(choices) != 1) and not any(value == "" for value, _ in choices):
        choices = [("", "None" if optional else "Choose one"), *choices]
    return Control(show, name, label, hint, value, error, optional, choices, begun=begun)


def _fixed(answer: Any, making: Making, name: str) -> list[Control]:
    """Lines of which all but one answer is given; what each is about is its heading."""
    lines = []
    for number in numbers(making.typed, name):
        place = f"{name}-{number}-"
        asked, says = f"{place}{answer.metadata['only']}", f"{place}says"
        made = controls(answer.inner.schema, making, place)
        parts = [one if one.name == asked else replace(one, show="hidden") for one in made]
        heading = making.typed.get(says, "")
        lines.append(
            Control("group", f"{name}-{number}", heading, parts=[*parts, Control("hidden", says, value=heading)])
        )
    return lines


def _week(answer: Any, making: Making, name: str) -> list[Control]:
    """The ten sessions of a week, in their order; which session each is, is not asked."""
    groups = []
    for number, (weekday, session) in enumerate(WEEK):
        place = f"{name}-{number}-"
        making.typed.setdefault(f"{place}weekday", str(weekday))
        making.typed.setdefault(f"{place}session", session.value)
        parts = [
            replace(part, show="hidden") if part.name in {f"{place}weekday", f"{place}session"} else part
            for part in controls(answer.inner.schema, making, place)
        ]
        groups.append(Control("group", f"{name}-{number}", said(weekday, session), parts=parts))
    return groups


def _rows(answer: Any, making: Making, name: str) -> list[Control]:
    """What was typed row by row, with as many empty rows as the schema or the person asked for."""
    typed = len(numbers(making.typed, name))
    count = typed + 1 if making.more == name else max(typed, answer.metadata["rows"])
    rows = []
    for number in range(count):
        inner = answer.inner
        if isinstance(inner, fields.Nested):
            parts = controls(inner.schema, making, f"{name}-{number}-")
            rows.append(Control("group", f"{name}-{number}", f"{_one_of(inner.schema)} {number + 1}", parts=parts))
        else:
            row = f"{name}-{number}"
            value, error = _value("date", making.typed, row, ()), making.problems.get(row, "")
            rows.append(Control("date", row, f"{answer.metadata['label']} {number + 1}", value=value, error=error))
    return rows


_LINES: dict[str, Callable[[Any, Making, str], list[Control]]] = {
    "rows": _rows,
    "days": _rows,
    "fixed": _fixed,
    "week": _week,
}
"""How several values of one kind are asked."""


def _one_of(schema: Schema) -> str:
    """What one row of several is called: the part's own name, so Hazard, not Hazards."""
    return re.sub("(?<!^)(?=[A-Z])", " ", type(schema).__name__).capitalize()


def _offered(asked: Mapping[str, Any], making: Making) -> Sequence[tuple[str, str]]:
    if asked.get("choices"):
        return [(choice.value, choice.text) for choice in offered(asked["choices"], making.setting)]
    found: Sequence[tuple[str, str]] = asked.get("offered", ())
    return found


def _value(show: str, typed: Form, name: str, choices: Sequence[tuple[str, str]]) -> Any:
    if show == "date":
        return {part: typed.get(f"{name}-{part}", "") for part in DAY_PARTS}
    if show == "checkboxes":
        return typed.getlist(name)
    if show == "hidden" and not typed.get(name) and choices:
        return choices[0][0]
    return typed.get(name, "")


def blank(schema: Schema, today: date, known: Mapping[str, str]) -> Form:
    """What a form holds when it is opened: today's date where that is likely, and what is already known."""
    typed: Form = MultiDict()
    for name, answer in schema.fields.items():
        if answer.metadata.get("today"):
            typed.update(dated(name, today))
    typed.update(known)
    return typed


def given(schema: Schema, said: Mapping[str, str]) -> dict[str, str]:
    """What an address says of a form's answers, as the form holds it; a day stands there as 2026-03-14."""
    found: dict[str, str] = {}
    for name, value in said.items():
        if isinstance(schema.fields.get(name), DayField):
            found.update(zip((f"{name}-year", f"{name}-month", f"{name}-day"), value.split("-", 2), strict=False))
        elif name in schema.fields:
            found[name] = value
    return found


def dated(name: str, day: date) -> dict[str, str]:
    """A day as a date input holds it."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def fill(schema: Schema, form: Form, setting: Setting) -> Form:
    """Add the answers that follow from a choice, such as the name of the person chosen."""
    filled = form.copy()
    for name, answer in schema.fields.items():
        source = answer.metadata.get("fill")
        if source and not form.get(name):
            chosen = form.get(source)
            known = schema.fields[source].metadata["choices"]
            fills = next((choice.fills for choice in offered(known, setting) if choice.value == chosen), {})
            filled[name] = fills.get(name, "")
    return filled


def renumbered(schema: Schema, form: Form, prefix: str = "") -> Form:
    """The same typing with its rows numbered from 0 without gaps, empty rows left out: as the answers were read."""
    result = form.copy()
    for name, answer in schema.fields.items():
        if not isinstance(answer, Rows) or answer.metadata.get("show") not in {"rows", "days", "fixed"}:
            continue
        place = f"{prefix}{name}"
        part = answer.inner.schema if isinstance(answer.inner, fields.Nested) else None
        kept = [number for number in numbers(form, place) if _counts(answer, part, form, f"{place}-{number}")]
        moved = [(key, form[key]) for key in form if key.startswith(f"{place}-")]
        for key, _ in moved:
            result.poplist(key)
        for new, old in enumerate(kept):
            start = f"{place}-{old}"
            for key, value in moved:
                if key == start or key.startswith(f"{start}-"):
                    result[f"{place}-{new}{key[len(start) :]}"] = value
    return result


def _counts(answer: Rows, part: Schema | None, form: Form, start: str) -> bool:
    """Whether a row says anything; of a given line, whether the one answer that it asks was given."""
    asked = answer.metadata.get("only")
    return any_typed(None, form, f"{start}-{asked}") if asked else any_typed(part, form, start)
