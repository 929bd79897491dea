"""A browser without a screen: signs in, reads pages strictly, fills in forms, and sends JSON as machines do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from itertools import count
from typing import Any

import html5lib
import msgspec
from flask import Flask
from werkzeug.test import TestResponse

from domain.events import EvidenceExported, RecordRead
from web.bootstrap import Services

RUN_KEY = "the-key-of-this-run"


class Clock:
    """A clock that stands where the test puts it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time it stands at."""
        return self.now


class Browser:
    """One person's browser."""

    def __init__(self, app: Flask, persona: str | None = None) -> None:
        self.client = app.test_client()
        self._keys = count()
        if persona is not None:
            assert self.client.get(f"/demo/as/{persona}?key={RUN_KEY}").status_code == 303

    def get(self, address: str, **options: Any) -> TestResponse:
        """Open a page; every page of HTML must parse strictly."""
        answer = self.client.get(address, **options)
        checked(answer)
        return answer

    def read(self, address: str) -> str:
        """Open a page that must be there, and give its HTML."""
        answer = self.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, address: str, values: Mapping[str, Any], **changes: str) -> TestResponse:
        """Open a form, fill it in and send it."""
        answer = self.client.post(address, data={**filled_in(self.read(address)), **as_form(values), **changes})
        checked(answer)
        return answer

    def record(self, address: str, values: Mapping[str, Any]) -> TestResponse:
        """Send a form that must be accepted, and open its receipt."""
        answer = self.send(address, values)
        assert answer.status_code == 303, re.sub(r"<[^>]+>|\s+", " ", answer.text)[:3000]
        receipt = self.get(answer.headers["Location"])
        assert receipt.status_code == 200
        assert "Recorded" in receipt.text
        return answer

    def token(self) -> str:
        """The token that this session's sendings carry."""
        token: str = self.client.get("/session.json").get_json()["csrf_token"]
        return token

    def post(self, address: str, body: Any, **headers: str) -> TestResponse:
        """Send JSON, or the bytes given as such, with a new key unless one is given."""
        sent = body if isinstance(body, bytes) else msgspec.json.encode(body)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        own = {"X-CSRF-Token": self.token(), "Idempotency-Key": f"key-{id(self)}-{next(self._keys)}"}
        return self.client.post(address, data=sent, content_type="application/json", headers=own | given)


def filled_in(page: str) -> dict[str, Any]:
    """What a page's form would send if nothing more were typed: hidden fields, defaults, what is chosen."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    form = next(each for each in tree.iter("form") if each.get("id") == "form")
    sent: dict[str, Any] = {}
    for field in form.iter():
        name = field.get("name")
        if name is None or field.tag not in {"input", "select", "textarea"}:
            continue
        if field.tag == "select":
            options = list(field.iter("option"))
            chosen = next((one for one in options if one.get("selected") is not None), options[0] if options else None)
            sent[name] = "" if chosen is None else chosen.get("value", "")
        elif field.tag == "textarea":
            sent[name] = field.text or ""
        elif field.get("type") not in {"radio", "checkbox"} or field.get("checked") is not None:
            sent[name] = field.get("value", "")
    return sent


def checked(answer: TestResponse) -> None:
    """Fail where a page is not strictly HTML5."""
    if answer.mimetype == "text/html" and answer.data:
        html5lib.HTMLParser(strict=True).parse(answer.text)


_LOOKS = {RecordRead.TOPIC, EvidenceExported.TOPIC}


def recorded(services: Services) -> int:
    """How many entries there are, but for those that say who looked or took evidence."""
    return sum(leaf.topic not in _LOOKS for leaf in services.log.leaves(0, services.log.size()))


def newest(services: Services) -> int:
    """The number of the newest entry, but for those that say who looked or took evidence."""
    leaves = services.log.leaves(0, services.log.size())
    return max(leaf.index for leaf in leaves if leaf.topic not in _LOOKS)


def as_form(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Answers as a form's flat names; what is None is left empty."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _field(prefix + name, value)
    return flat


def _field(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, msgspec.Struct):
        return as_form(msgspec.structs.asdict(value), f"{name}-")
    if hasattr(value, "_asdict"):
        return as_form(value._asdict(), f"{name}-")
    if isinstance(value, tuple | list) and not (value and isinstance(value[0], Enum)):
        return {
            key: text for number, each in enumerate(value) for key, text in _field(f"{name}-{number}", each).items()
        }
    if isinstance(value, date) and not isinstance(value, datetime):
        return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}
    return {name: _text(value)}


def _text(value: Any) -> str | list[str]:
    if isinstance(value, tuple | list):
        return [each.value for each in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value.value if isinstance(value, Enum) else str(value)


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as a machine sends them."""
    made = {name: value._asdict() if hasattr(value, "_asdict") else value for name, value in values.items()}
    sent: dict[str, Any] = msgspec.to_builtins(made)
    return sent
