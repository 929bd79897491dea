"""The OpenAPI document, made from the registry: every address, who may use it, and what it takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from apispec import APISpec
from marshmallow import Schema, fields

from web.schemas.answers import DayField, IdField, MomentField, NumberField, Rows, WordField, YesNoField

if TYPE_CHECKING:
    from web.endpoints import Endpoint

_PARAMETER = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
_PROBLEM = {
    "description": "Refused; the reasons are named",
    "content": {"application/problem+json": {"schema": {"type": "object"}}},
}
_KINDS: tuple[tuple[type[fields.Field[Any]], dict[str, Any]], ...] = (
    (DayField, {"type": "string", "format": "date"}),
    (MomentField, {"type": "string", "format": "date-time"}),
    (IdField, {"type": "string", "format": "uuid"}),
    (NumberField, {"type": "integer"}),
    (YesNoField, {"type": "boolean"}),
)


def document(registry: Sequence[Endpoint]) -> dict[str, Any]:
    """Describe everything registered."""
    spec = APISpec("Alternative provision record", "1", "3.1.0")
    spec.components.security_scheme("session", {"type": "apiKey", "in": "cookie", "name": "session"})
    for endpoint in registry:
        operations = {method.lower(): _operation(endpoint, method) for method in endpoint.methods}
        path = _PARAMETER.sub(r"{\2}", endpoint.rule)
        spec.path(path=path, operations=operations, parameters=_parameters(endpoint.rule))
        if endpoint.twin:
            for suffix in ("json", "csv"):
                twin = {"get": {**_operation(endpoint, "GET"), "operationId": f"{endpoint.name}.{suffix}"}}
                spec.path(
                    path=_PARAMETER.sub(r"{\2}", endpoint.twin_rule(suffix)),
                    operations=twin,
                    parameters=_parameters(endpoint.rule),
                )
    described: dict[str, Any] = spec.to_dict()
    return described


def _operation(endpoint: Endpoint, method: str) -> dict[str, Any]:
    roles = "everyone" if endpoint.roles is None else ", ".join(sorted(endpoint.roles))
    operation: dict[str, Any] = {
        "operationId": f"{endpoint.name}.{method.lower()}",
        "summary": endpoint.summary,
        "description": f"Open to: {roles}.",
        "security": [] if endpoint.roles is None else [{"session": []}],
        "responses": {"200": {"description": "What was asked for"}, "default": _PROBLEM},
    }
    if method == "POST" and endpoint.schema is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _object(endpoint.schema())}},
        }
        operation["parameters"] = [
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": True,
                "schema": {"type": "string", "maxLength": 200},
            },
            {"in": "header", "name": "If-Match", "required": False, "schema": {"type": "string"}},
            {"in": "header", "name": "X-CSRF-Token", "required": True, "schema": {"type": "string"}},
        ]
        operation["responses"] = {"201": {"description": "Recorded; the receipt"}, "default": _PROBLEM}
    return operation


def _parameters(rule: str) -> list[dict[str, Any]]:
    kinds = {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer", "minimum": 0}}
    return [
        {"in": "path", "name": name, "required": True, "schema": kinds.get(kind, {"type": "string"})}
        for kind, name in _PARAMETER.findall(rule)
    ]


def _object(schema: Schema) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, field in schema.fields.items() if field.required],
        "properties": {name: _described(field) for name, field in schema.fields.items()},
    }


def _described(field: fields.Field[Any]) -> dict[str, Any]:
    made = _kind(field)
    if field.allow_none and "type" in made:
        made = {**made, "type": [made["type"], "null"]}
    label = field.metadata.get("label")
    return {**made, "description": label} if label else made


def _kind(field: fields.Field[Any]) -> dict[str, Any]:
    if isinstance(field, fields.Nested):
        return _object(field.schema)
    if isinstance(field, Rows):
        return {"type": "array", "items": _described(field.inner)}
    if isinstance(field, WordField):
        return {"type": "string", "enum": [word.value for word in field.kind]}
    return next((dict(made) for kind, made in _KINDS if isinstance(field, kind)), {"type": "string"})
