"""What every template may use: plain words, links that keep the day asked about, and who is signed in."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
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
        code=code,
        staff=STAFF,
        owner=owner,
        token_field=TOKEN_FIELD,
    )
    app.jinja_env.filters.update(day=words.day, moment=words.moment, say=words.say)
    app.context_processor(_present)


def link(endpoint: str, **values: Any) -> str:
    """An address that keeps the day and moment asked about."""
    pattern, names = _pattern(current_app.url_map, endpoint)
    if names != values.keys() or not all(isinstance(value, int | UUID) for value in values.values()):
        return url_for(endpoint, **_kept(), **values)
    # What `url_for` would say of references and numbers; it is asked a hundred times a page, and takes longer.
    kept = _kept()
    return request.script_root + pattern.format(**values) + (f"?{urlencode(kept)}" if kept else "")


def _kept() -> dict[str, str]:
    asked = request.args
    return {name: asked[name] for name in _KEPT if asked.get(name)} if asked else {}


@lru_cache(maxsize=512)
def _pattern(routes: Map, endpoint: str) -> tuple[str, AbstractSet[str]]:
    """An address with its parts in braces, and their names."""
    rule = next(routes.iter_rules(endpoint))
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), frozenset(rule.arguments)


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
    return {suffix: url_for(f"{request.endpoint}.{suffix}", **values) for suffix in ("json", "csv")}
