"""Coming in and going out: the demo's one-click links, signing out, and what is open to everyone."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from eventsourcing.persistence import OperationalError
from flask import Response, current_app, redirect, request, url_for

from ledger.errors import LedgerError
from projections.catch_up import ProjectionStoppedError
from web.config import UNSIGNED_AT_MOST
from web.desk import Desk
from web.errors import Forbidden, Missing
from web.openapi import document
from web.personas import BY_SLUG, PERSONAS, find_officer
from web.rendering import Page, json_response
from web.security import set_cookie
from web.sessions import COOKIE, Sessions


def sign_in_page(_desk: Desk) -> Page:
    """How to sign in."""
    return Page(
        "sign_in.html",
        "Sign in",
        {"personas": PERSONAS},
        {"sign_in": "Use a link printed where the service was started."},
    )


def sign_in(desk: Desk, persona: str) -> Response:
    """Become one of the demo's people; the key was made for this run and printed where it was started."""
    if not compare_digest(request.args.get("key", "").encode(), desk.config.run_key.encode()):
        raise Forbidden(
            "This sign-in link is from an earlier run. Use one printed where the service was started this time."
        )
    chosen = BY_SLUG.get(persona)
    if chosen is None:
        raise Missing("There is no such person in the demo.")
    officer = find_officer(desk.connection, chosen, desk.today, desk.known_at)
    if officer is None:
        raise Missing(f"Nobody in this record is {chosen.label} today.")
    sessions = _sessions()
    if desk.session is not None:
        sessions.end(desk.session.token)
    response = redirect(url_for("home"), 303)
    set_cookie(response, sessions.begin(chosen.slug, officer, desk.now), desk.config)
    return response


def sign_out(desk: Desk) -> Response:
    """End the session; its cookie is worth nothing any more."""
    if desk.session is not None:
        _sessions().end(desk.session.token)
    response = redirect(url_for("sign_in_page"), 303)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Lax", secure=desk.config.secure)
    return response


def who(desk: Desk) -> Response:
    """Who is signed in, and the token that a machine's sendings carry."""
    actor = desk.officer.actor
    token = desk.session.csrf if desk.session else None
    said = {
        "name": desk.officer.name,
        "title": desk.officer.title,
        "role": actor.role,
        "basis": actor.basis,
        "csrf_token": token,
    }
    return json_response(said)


def openapi(_desk: Desk) -> Response:
    """What can be asked and sent, for machines."""
    return json_response(document(current_app.extensions["placement-ledger-registry"]))


def live(_desk: Desk) -> Response:
    """The process answers."""
    return json_response({"status": "live"})


def ready(desk: Desk) -> Response:
    """Entries can be read, the pages are up to date and the record is signed, but for what has only just come."""
    checkpointer = desk.services.checkpointer
    try:
        position, signed, since = desk.services.catch_up(), checkpointer.locked(), checkpointer.unsigned_since()
    except (LedgerError, ProjectionStoppedError, OperationalError):
        return json_response({"status": "not ready"}, 503)
    if desk.services.application.recorder.keys_changed():
        return json_response({"status": "not ready", "keys": "changed: start the service again"}, 503)
    waiting = {} if checkpointer.waiting is None else {"waiting": checkpointer.waiting}
    if since is not None and desk.now - since > UNSIGNED_AT_MOST:
        return json_response({"status": "not ready", "unsigned_since": since.isoformat(), **waiting}, 503)
    said = {"status": "ready", "entries": position, "signed": 0 if signed is None else signed.size}
    return json_response(said | waiting | _witnessed(desk))


def _witnessed(desk: Desk) -> dict[str, Any]:
    """How far witnesses cosigned, and what is wrong with which; a record that waits for them is ready all the same."""
    witnessing = desk.services.witnessing
    if witnessing is None:
        return {}
    state = witnessing.cosignatures.state()
    since = None if state.since is None else state.since.isoformat()
    return {"witnessed": {"entries": state.size, "pending_since": since, "refusals": dict(witnessing.refusals)}}


def _sessions() -> Sessions:
    found: Sessions = current_app.extensions["placement-ledger-sessions"]
    return found
