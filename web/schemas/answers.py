"""The kinds of answer a schema asks for: strict about what they accept, plain about what they miss.

Each carries what a form needs to ask it (label, hint, how it is shown) beside what it accepts, so that page and API
have one set of rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from web import words
from web.characters import NotKept, kept

F = TypeVar("F", bound=fields.Field[Any])
SHORT, LONG = 200, 4000
_MOST_ROWS = 40
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Answers(Schema):
    """A set of answers; what it does not ask for is refused."""

    class Meta:
        """Strict about names."""

        unknown = RAISE

    error_messages = {  # noqa: RUF012 - marshmallow reads it so
        "unknown": "There is no field of this name.",
        "type": "This must be an object with named fields.",
    }


class Part(Answers):
    """Answers that together make one value of the domain."""

    STRUCT: Callable[..., Any]

    @post_load
    def _make(self, data: Mapping[str, Any], **_: Any) -> Any:
        return type(self).STRUCT(**data)


class TextField(fields.String):
    """Words: trimmed, never only blanks, no control or unseen characters; None where nothing need be said."""

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """Take blanks for no answer."""
        if isinstance(value, str) and not (value := _kept(value)):
            if self.required:
                raise self.make_error("required")
            value = None
        return super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value


def _kept(text: str) -> str:
    try:
        return kept(text)
    except NotKept as no:
        raise ValidationError(str(no)) from None


class DayField(fields.Field[date]):
    """A real day, written 2026-03-14."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        try:
            if not isinstance(value, str) or not _DAY.fullmatch(value):
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid") from None


class MomentField(fields.Field[datetime]):
    """A moment with its time zone, as in RFC 3339."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        try:
            if not isinstance(value, str) or not 20 <= len(value) <= 40:
                raise ValueError
            found = datetime.fromisoformat(value)
            if found.tzinfo is None:
                raise ValueError
            return found
        except ValueError:
            raise self.make_error("invalid") from None


class WordField(fields.Field[StrEnum]):
    """One word of a vocabulary."""

    def __init__(self, kind: type[StrEnum], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> StrEnum:
        try:
            if not isinstance(value, str):
                raise ValueError
            return self.kind(value)
        except ValueError:
            known = ", ".join(word.value for word in self.kind)
            raise ValidationError(f"Choose one of the answers given ({known}).") from None


class YesNoField(fields.Field[bool]):
    """Yes or no; nothing else is taken for either."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class IdField(fields.Field[UUID]):
    """The reference of something recorded."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> UUID:
        try:
            found = UUID(value)
            if str(found) != value.lower():
                raise ValueError
            return found
        except (ValueError, AttributeError, TypeError):
            raise self.make_error("invalid") from None


class NumberField(fields.Field[int]):
    """A whole number."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid")
        return value


class Rows(fields.List):
    """Several answers of one kind; given on as a tuple."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return tuple(super()._deserialize(value, None, None))


def _asked(label: str, hint: str, optional: bool, invalid: str, **shown: Any) -> dict[str, Any]:
    """What every answer has: required or not, its messages, and how a form asks it."""
    missing = f"Answer “{label}”."
    given = {"required": not optional, "allow_none": optional}
    if optional:
        given["load_default"] = None
    messages = {"required": missing, "null": missing, "invalid": invalid}
    return {**given, "error_messages": messages, "metadata": {"label": label, "hint": hint, **shown}}


def text(
    label: str, hint: str = "", *, long: bool = False, optional: bool = False, fill: str = "", always: bool = False
) -> TextField:
    """Words, one line or several; `fill` names the choice whose answer says it, so that nobody types it twice.

    One that follows from a choice is still asked `always` where not every choice says it.
    """
    most = LONG if long else SHORT
    length = validate.Length(max=most, error=f"“{label}” must be {most} characters or fewer.")
    asked = _asked(label, hint, optional, f"“{label}” must be text.", show="textarea" if long else "text", fill=fill)
    asked["metadata"]["unasked"] = bool(fill) and not always
    return TextField(validate=length, **asked)


def day(
    label: str, hint: str = "", *, optional: bool = False, today: bool = False, before_start: bool = False
) -> DayField:
    """A day; `today` offers the present one, and `before_start` asks only while a placement has not started."""
    invalid = f"“{label}” must be a real date, such as 27 9 2026."
    return DayField(**_asked(label, hint, optional, invalid, show="date", today=today, before_start=before_start))


def moment(label: str) -> MomentField:
    """A moment."""
    return MomentField(
        **_asked(label, "", False, f"“{label}” must be a time with its zone, such as 2026-09-01T08:55:00+01:00.")
    )


def word(kind: type[StrEnum], label: str, hint: str = "", *, optional: bool = False) -> WordField:
    """One word of a vocabulary: radios while they are few, else a list to choose from."""
    offered = words.choices(kind)
    show = "radios" if len(offered) <= 6 else "select"
    return WordField(kind, **_asked(label, hint, optional, "", show=show, offered=offered))


def one_of(label: str, hint: str, **offered: str) -> TextField:
    """One of a few words that no vocabulary has."""
    unknown = f"Answer “{label}” with one of: {', '.join(offered)}."
    asked = _asked(label, hint, False, unknown, show="radios", offered=list(offered.items()))
    return TextField(validate=validate.OneOf(tuple(offered), error=unknown), **asked)


def several(kind: type[StrEnum], label: str, hint: str = "") -> Rows:
    """Some words of a vocabulary, at least one."""
    asked = _asked(label, hint, False, f"“{label}” must be a list.", show="checkboxes", offered=words.choices(kind))
    return Rows(WordField(kind), validate=_count(label, 1), **asked)


def yes_no(label: str, hint: str = "", *, optional: bool = False, absent: bool | None = None) -> YesNoField:
    """Yes or no; `absent` is what no answer means, where it means one."""
    asked = _asked(label, hint, optional, f"Answer “{label}” with yes or no.", show="radios", yes_no=True)
    asked["metadata"]["offered"] = [("yes", "Yes"), ("no", "No")]
    if absent is not None:
        asked |= {"required": False, "load_default": absent}
    return YesNoField(**asked)


def pick(what: str, label: str, hint: str = "", *, optional: bool = False) -> IdField:
    """One of the things recorded that `web.choices` offers under this name."""
    return IdField(**_asked(label, hint, optional, f"Choose “{label}” from the list.", show="select", choices=what))


def unseen(what: str) -> IdField:
    """A reference made with the form, for a thing that begins with it."""
    asked = _asked("Reference", "", False, "The reference must be a UUID.", show="hidden", choices=what)
    return IdField(**asked)


def number(
    label: str, hint: str = "", *, least: int = 0, most: int = 10_000, optional: bool = False, choices: str = ""
) -> NumberField:
    """A whole number; `choices` where only some of them make sense, and then they say themselves what none means."""
    invalid = f"“{label}” must be a whole number from {least} to {most}."
    asked = _asked(label, hint, optional, invalid, show="select" if choices else "number", choices=choices)
    return NumberField(validate=validate.Range(least, most, error=invalid), **asked)


def one(part: type[Part], label: str, hint: str = "") -> fields.Nested:
    """One value made of several answers."""
    asked = _asked(label, hint, False, f"“{label}” must be an object.", show="group")
    asked["error_messages"]["type"] = f"“{label}” must be an object with named fields."
    return fields.Nested(part, **asked)


def inherited(answer: F, source: str) -> F:
    """An answer that follows from another, such as the number of a request, unless it is given all the same."""
    answer.required, answer.allow_none, answer.load_default = False, True, None
    answer.metadata["inherits"] = source
    return answer


def many(
    part: type[Part],
    label: str,
    hint: str = "",
    *,
    least: int = 1,
    most: int = _MOST_ROWS,
    rows: int = 1,
    only: str = "",
) -> Rows:
    """Several values made of several answers each; a form shows `rows` empty ones and offers more.

    With `only`, a form has given lines and asks but this answer of each; a line without it is left out, and a sending
    may leave all of them out.
    """
    show = "fixed" if only else "rows"
    asked = _asked(label, hint, False, f"“{label}” must be a list.", show=show, rows=rows, only=only)
    if only:
        asked |= {"required": False, "load_default": ()}
    return Rows(fields.Nested(part), validate=_count(label, least, most), **asked)


def week(part: type[Part], label: str, hint: str = "") -> Rows:
    """The ten sessions of a school week, shown as a grid."""
    asked = _asked(label, hint, False, f"“{label}” must be a list.", show="week")
    return Rows(fields.Nested(part), validate=_count(label, 1), **asked)


def days(label: str, hint: str = "", *, rows: int = 2) -> Rows:
    """Several days, at least one."""
    asked = _asked(label, hint, False, f"“{label}” must be a list of dates.", show="days", rows=rows)
    each = DayField(error_messages={"invalid": f"“{label}” must be real dates, such as 27 9 2026."})
    return Rows(each, validate=_count(label, 1), **asked)


def _count(label: str, least: int, most: int = _MOST_ROWS) -> validate.Length:
    return validate.Length(least, most, error=f"Give at least {least} and at most {most} for “{label}”.")
