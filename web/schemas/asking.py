"""How a form asks less of a person: folded away, begun with the usual answer, said by another choice, or left out."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from marshmallow import fields

from web.schemas.answers import Part

F = TypeVar("F", bound=fields.Field[Any])


def fold(into: str, answer: F) -> F:
    """Show the answer under a line that opens; neighbours folded into the same line open together."""
    answer.metadata["fold"] = into
    return answer


def begin(value: StrEnum | str, answer: F) -> F:
    """Let the form begin with this answer; a group in which nothing else is said counts as left out."""
    answer.metadata["default"] = str(value)
    return answer


def follow(source: str, answer: F) -> F:
    """Take the answer from another choice, so that no form asks it."""
    answer.metadata |= {"fill": source, "unasked": True}
    return answer


def maybe(part: type[Part], label: str, hint: str = "") -> fields.Nested:
    """One value made of several answers, or none."""
    asked = {"label": label, "hint": hint, "show": "group"}
    messages = {"invalid": f"“{label}” must be an object.", "type": f"“{label}” must be an object with named fields."}
    return fields.Nested(part, load_default=None, allow_none=True, error_messages=messages, metadata=asked)
