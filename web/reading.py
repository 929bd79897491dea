"""What was sent, as the plain structure a schema loads: from JSON read strictly, or from a form's flat names.

A form names nested answers by path and number: `scope-provider_id`, `hazards-0-control`, `assessed_on-day`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from web.errors import Malformed, Unprocessable
from web.schemas.answers import DayField, NumberField, Rows, WordField, YesNoField

Form = MultiDict[str, str]
DAY_PARTS = ("day", "month", "year")
_MOST_ROWS = 700
_NUMBER = re.compile(r"-?[0-9]{1,9}")


def load(schema: Schema, data: Any) -> dict[str, Any]:
    """Check answers against a schema.

    Raises:
        Unprocessable: naming every field that does not fit, nested ones as `hazards-0-control`.
    """
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        raise Unprocessable(dict(_flat(error.messages))) from None
    return loaded


def _flat(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _flat(inner, path if name == "_schema" else f"{path}-{name}".strip("-"))
    elif messages:
        yield path.encode("utf-8", "replace").decode(), messages[0] if isinstance(messages, list) else str(messages)


def read_json(body: bytes) -> Any:
    """Read JSON strictly.

    Raises:
        Malformed: where it is no JSON, repeats a name, or holds a number JSON has not.
    """
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        said = str(error) if isinstance(error, _Refused) else "This is not valid JSON in UTF-8. Nothing was recorded."
        raise Malformed(said) from None


class _Refused(ValueError):
    """JSON that is well formed and still cannot be taken."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Refused(
                f"The name “{name[:60]}” stands twice in one object, so which was meant is not clear."
                " Nothing was recorded."
            )
        found[name] = value
    return found


def _no_number(name: str) -> NoReturn:
    raise _Refused(f"{name} is not a number in JSON. Nothing was recorded.")


def read_form(schema: Schema, form: Form, prefix: str = "") -> dict[str, Any]:
    """Read a form's flat names into the structure its schema loads; what was left empty is left out."""
    found = {}
    for name, field in schema.fields.items():
        value = _answer(field, form, prefix + name)
        if value is not None:
            found[name] = value
    return found


def _answer(field: fields.Field[Any], form: Form, name: str) -> Any:
    if isinstance(field, fields.Nested):
        if field.allow_none and not any_typed(field.schema, form, name):
            return None
        return read_form(field.schema, form, f"{name}-") or (None if field.allow_none else {})
    if isinstance(field, Rows):
        return _several(field, form, name)
    if isinstance(field, DayField):
        return typed_day(form, name)
    text = form.get(name, "")
    return _typed(field, text.strip()) if text.strip() else None


def _typed(field: fields.Field[Any], text: str) -> Any:
    """What JSON would have said in place of this text; what cannot be is left for the schema to refuse."""
    if isinstance(field, NumberField) and _NUMBER.fullmatch(text):
        return int(text)
    if isinstance(field, YesNoField) and text in {"yes", "no"}:
        return text == "yes"
    return text


def _several(field: Rows, form: Form, name: str) -> Any:
    if isinstance(field.inner, WordField):
        return form.getlist(name)
    part = field.inner.schema if isinstance(field.inner, fields.Nested) else None
    typed = (number for number in numbers(form, name) if any_typed(part, form, f"{name}-{number}"))
    answers = (_answer(field.inner, form, f"{name}-{number}") for number in typed)
    return [answer for answer in answers if answer not in (None, {})]


def any_typed(part: Schema | None, form: Form, start: str) -> bool:
    """Whether anything was typed at a place, beyond what the form of that part began with."""
    begun = {f"{start}-{name}": field.metadata.get("default") for name, field in (part.fields if part else {}).items()}
    within = ((key, value) for key, value in form.items() if key == start or key.startswith(f"{start}-"))
    return any(value.strip() and value != begun.get(key) for key, value in within)


def typed_day(form: Form, name: str) -> str | None:
    """The day typed into three boxes, as 2026-03-14; as typed where it cannot be one, None where nothing was."""
    whole = form.get(name)
    if whole:
        return whole
    typed = [form.get(f"{name}-{part}", "").strip() for part in DAY_PARTS]
    if not any(typed):
        return None
    day, month, year = typed
    if (
        all(part.isascii() and part.isdigit() for part in typed)
        and len(day) <= 2
        and len(month) <= 2
        and len(year) == 4
    ):
        return f"{year}-{month.zfill(2)}-{day.zfill(2)}"
    return "/".join(typed)


def numbers(form: Form, name: str) -> Sequence[int]:
    """Which numbered rows of a repeated answer a form holds, in order."""
    pattern = re.compile(rf"{re.escape(name)}-([0-9]{{1,3}})(-|$)")
    found = {int(match[1]) for key in form if (match := pattern.match(key))}
    return sorted(number for number in found if number < _MOST_ROWS)
