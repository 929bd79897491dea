"""What every template may use: plain words, links that keep the day asked about, and who is signed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask, current_app, g, request, url_for
from flask.templating import Environment
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.routing import Map

from web import words
from web.actions import STAFF
from web.checking import whole_record
from web.desk import desk
from web.due import owner
from web.security import TOKEN_FIELD, nonce
from web.telling import code

_CONVERTED: Mapping[str, type] = {"uuid": UUID, "int": int}
_SAFE = "!$'()*,/:;?@"
"""What werkzeug leaves as it is in what is asked."""

SERVICE = "Alternative provision record"
_KEPT = ("as-at", "known-at")


class Templates(Environment):
    """Jinja's environment, which looks for what a row calls itself before it looks for a method of rows."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What a template means by `row.name`: Jinja's own way to it leads over an error each time."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)


def use(app: Flask) -> None:
    """Set Jinja up."""
    app.jinja_environment = Templates
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
        whole_record=whole_record,
        staff=STAFF,
        owner=owner,
        token_field=TOKEN_FIELD,
    )
    app.jinja_env.filters.update(day=words.day, moment=words.moment, say=words.say, code=code)
    app.context_processor(_present)


def link(endpoint: str, **values: Any) -> str:
    """An address that keeps the day and moment asked about."""
    kept = desk().kept
    return address(endpoint, **kept, **values) if kept else address(endpoint, **values)


def address(endpoint: str, **values: Any) -> str:
    """What `url_for` says within a request; that needs ten times as long, and is asked a hundred times a page."""
    pattern, parts = _pattern(current_app.url_map, endpoint)
    for name, kind in parts:
        if type(values.get(name)) is not kind:
            return url_for(endpoint, **values)
    said = request.script_root + pattern.format_map(values)
    if len(values) == len(parts):
        return said
    named = {name for name, _ in parts}
    asked = [(name, value) for name, value in values.items() if name not in named]
    if all(type(value) is str for _, value in asked):
        return f"{said}?{urlencode(asked, safe=_SAFE)}"
    return url_for(endpoint, **values)


@lru_cache(maxsize=512)
def _pattern(routes: Map, endpoint: str) -> tuple[str, tuple[tuple[str, type], ...]]:
    """An address with its parts in braces, and of what type a part must be to be said as it is."""
    rule = next(routes.iter_rules(endpoint))
    parts = tuple((name, _CONVERTED.get(kind, object)) for kind, name in re.findall(_PART, rule.rule))
    return re.sub(_PART, r"{\2}", rule.rule), parts


_PART = r"<(?:(\w+):)?(\w+)>"


def _present() -> dict[str, Any]:
    """What belongs to this one request."""
    here = g.get("desk")
    return {
        "nonce": nonce(),
        "desk": here,
        "session": here.session if here else None,
        "here": [(name, value) for name, value in request.args.items(multi=True) if name not in {*_KEPT, "page"}],
        "may_open": _may_open,
        "menu": _menu(request.script_root, request.endpoint, tuple(here.kept.items())) if here and here.session else (),
        "now_link": _now(),
        "twin": _twin(),
    }


_MENU = (
    *(("home", "Home"), ("whereabouts", "Where every pupil is"), ("needs_doing", "What needs doing")),
    *(("placements", "Placements"), ("register", "Register"), ("pupils", "Pupils"), ("providers", "Providers")),
    *(("approvals", "Who approved what"), ("inspection_list", "Inspection list"), ("offices", "Offices")),
    ("delegations", "Delegations"),
)


@lru_cache(maxsize=256)
def _menu(_root: str, endpoint: str | None, kept: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str, bool], ...]:
    """What the menu of every page says, where each line leads, and whether that is the page itself."""
    return tuple((text, address(name, **dict(kept)), name == endpoint) for name, text in _MENU)


def _may_open(name: str) -> bool:
    """Whether whoever is signed in may open an address."""
    here, roles = g.get("desk"), current_app.extensions["placement-ledger-guards"][name]
    return roles is None or (here is not None and here.session is not None and here.officer.actor.role in roles)


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
