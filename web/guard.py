"""Routes made from the registry, and the guard before each: whoever is not named for an address does not pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, current_app, g, request

from domain.errors import AlreadyRecorded, DecisionRefused, Impossible, Stale
from web import words
from web.desk import desk, open_desk
from web.endpoints import Endpoint
from web.errors import Forbidden, SignInNeeded
from web.looking import answered, asked_about
from web.rendering import render
from web.security import SAFE, check_origin
from web.sessions import COOKIE, Sessions
from web.uploads import LARGEST_READ

STATIC = "static"


def use(app: Flask, registry: Iterable[Endpoint]) -> None:
    """Make every route of the registry, and let nothing else be answered."""
    app.extensions["placement-ledger-sessions"] = Sessions()
    app.extensions["placement-ledger-registry"] = tuple(registry)
    app.extensions["placement-ledger-guards"] = guards = {STATIC: None}
    app.extensions["placement-ledger-uploads"] = uploads = set()
    for endpoint in app.extensions["placement-ledger-registry"]:
        guards[endpoint.name] = endpoint.roles
        if endpoint.takes_files:
            uploads.add(endpoint.name)
        view = _answering(endpoint, endpoint.wants)
        app.add_url_rule(endpoint.rule, endpoint.name, view, methods=list(endpoint.methods))
        for suffix in ("json", "csv") if endpoint.twin else ():
            name = f"{endpoint.name}.{suffix}"
            guards[name] = endpoint.roles
            app.add_url_rule(endpoint.twin_rule(suffix), name, _answering(endpoint, suffix), methods=["GET"])
    app.before_request(_let_in)
    app.teardown_request(_leave)


def _answering(endpoint: Endpoint, wants: str) -> Callable[..., Response]:
    def view(**arguments: Any) -> Response:
        try:
            answer = render(endpoint.view(desk(), **arguments))
        except (DecisionRefused, Impossible, AlreadyRecorded, Stale):
            # Why it is refused is said of the record: a machine that asks by sending is shown it as by a page.
            if endpoint.reads and request.method not in SAFE:
                answered(desk(), arguments)
                asked_about(desk())
            raise
        if endpoint.reads:
            answered(desk(), arguments)
        return answer

    view.wants = wants  # type: ignore[attr-defined]  # read by the guard, before the view is called
    return view


def _let_in() -> None:
    """Open the desk, then refuse whoever may not: the anonymous, the wrong role, a sending from elsewhere."""
    services = current_app.extensions["placement-ledger"]
    now = services.clock()
    session = current_app.extensions["placement-ledger-sessions"].find(request.cookies.get(COOKIE), now)
    view = current_app.view_functions.get(request.endpoint or "")
    open_desk(session, now, getattr(view, "wants", "html"))
    if request.endpoint is None:
        return
    carries_files = request.mimetype == "multipart/form-data" or request.endpoint == "stage_file"
    if carries_files and request.endpoint in current_app.extensions["placement-ledger-uploads"]:
        request.max_content_length = LARGEST_READ  # before anything looks into the form
    guards = current_app.extensions["placement-ledger-guards"]
    if request.endpoint not in guards:
        raise Forbidden("This address is not open to anyone.")
    roles = guards[request.endpoint]
    if roles is not None and session is None:
        raise SignInNeeded("Sign in with one of the links printed where the service was started.")
    if roles is not None and session is not None and session.officer.actor.role not in roles:
        able = ", ".join(sorted(words.say(role) for role in roles))
        raise Forbidden(f"Your role does not let you do this. Those who can: {able}.")
    if request.method not in SAFE and session is not None:
        check_origin(session)


def _leave(_error: BaseException | None) -> None:
    if "desk" in g:
        g.desk.close()
