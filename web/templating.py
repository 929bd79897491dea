"""What every template may use: plain words, links that keep the day asked about, and who is signed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask, current_app, g, request, url_for
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.routing import Map

from web import words
from web.actions import STAFF
from web.due import owner
from web.security import TOKEN_FIELD, nonce
from web.telling import code

_CONVERTED: Mapping[str, type] = {"uuid": UUID, "int": int}
_SAFE = "!$'()*,/:;?@"
"""What werkzeug leaves as it is in what is asked."""

SERVICE = "Alternative provision record"
_KEPT = ("as-at", "known-at")


def use(app: Flask) -> None:
    """Set Jinja up."""
    library = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_options = {
        "undefined": ChainableUndefined,  # what the form controls' macros ask for
        "trim_blocks": True,
        "lstrip_blocks": True,
        "loader": ChoiceLoader([PackageLoader("web"), library]),
    }
    app.jinja_env.globals.update(staff=STAFF, token_field=TOKEN_FIELD)
    app.jinja_env.globals.update(
        words=words,
        say=words.say,
        service=SERVICE,
        link=link,
        url_for=address,
        code=code,
        staff=STAFF,
        owner=owner,
        token_field=TOKEN_FIELD,
    )
    app.jinja_env.filters.update(day=words.day, moment=words.moment, say=words.say)
    app.context_processor(_present)


def link(endpoint: str, **values: Any) -> str:
    """An address that keeps the day and moment asked about."""
    return address(endpoint, **_kept(), **values)


def address(endpoint: str, **values: Any) -> str:
    """What `url_for` says within a request; that needs ten times as long, and is asked a hundred times a page."""
    pattern, parts = _pattern(current_app.url_map, endpoint)
    asked = [each for each in values.items() if each[0] not in parts] if len(values) > len(parts) else []
    said_as_it_is = all(name in values and type(values[name]) is kind for name, kind in parts.items())
    if not said_as_it_is or not all(type(value) is str for _, value in asked):
        return url_for(endpoint, **values)
    return request.script_root + pattern.format(**values) + (f"?{urlencode(asked, safe=_SAFE)}" if asked else "")


def _kept() -> dict[str, str]:
    asked = request.args
    return {name: asked[name] for name in _KEPT if asked.get(name)} if asked else {}


@lru_cache(maxsize=512)
def _pattern(routes: Map, endpoint: str) -> tuple[str, Mapping[str, type]]:
    """An address with its parts in braces, and of what type a part must be to be said as it is."""
    rule = next(routes.iter_rules(endpoint))
    parts = {name: _CONVERTED.get(kind, object) for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule)}
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), parts


def _present() -> dict[str, Any]:
    """What belongs to this one request."""
    desk = g.get("desk")
    return {
        "nonce": nonce(),
        "desk": desk,
        "session": desk.session if desk else None,
        "here": [(name, value) for name, value in request.args.items(multi=True) if name not in {*_KEPT, "page"}],
        "may_open": _may_open,
        "now_link": _now(),
        "twin": _twin(),
    }


def _may_open(name: str) -> bool:
    """Whether whoever is signed in may open an address."""
    desk, roles = g.get("desk"), current_app.extensions["placement-ledger-guards"][name]
    return roles is None or (desk is not None and desk.session is not None and desk.officer.actor.role in roles)


def _now() -> str:
    left = [(name, value) for name, value in request.args.items(multi=True) if name not in _KEPT]
    return request.path + (f"?{urlencode(left)}" if left else "")


def _twin() -> dict[str, str]:
    """Where the JSON and CSV of this page are."""
    if f"{request.endpoint}.json" not in current_app.view_functions:
        return {}
    values = {**(request.view_args or {}), **request.args.to_dict(flat=False)}
    values.pop("page", None)
    return {suffix: address(f"{request.endpoint}.{suffix}", **values) for suffix in ("json", "csv")}
