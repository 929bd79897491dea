"""Every address of the service, in one table: what it is for, who may use it, what it takes, and which view answers.

The routes, the guard, the OpenAPI document and the access tests are all made from it; an address that is not in it does
not exist. `roles` of None is open to everyone, also to the anonymous.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Response
from marshmallow import Schema

from domain.vocabulary import Role
from web.actions import ACTIONS, READERS, REGISTER, Action
from web.pages import access, approvals, entries, home, people, placements, recording, register
from web.rendering import Page
from web.schemas.pupil import AmendAttendance, TakeRegister

View = Callable[..., Page | Response]
BOTH = ("GET", "POST")


@dataclass(frozen=True)
class Endpoint:
    """One address; `twin` says that `.json` and `.csv` give the same under the same permission."""

    name: str
    rule: str
    view: View
    summary: str
    roles: frozenset[Role] | None
    methods: tuple[str, ...] = ("GET",)
    schema: type[Schema] | None = None
    twin: bool = False

    def twin_rule(self, suffix: str) -> str:
        """The address of a twin."""
        return f"/home.{suffix}" if self.rule == "/" else f"{self.rule}.{suffix}"


def _page(name: str, rule: str, view: View, summary: str) -> Endpoint:
    """A page for everyone who may look, with its twins."""
    return Endpoint(name, rule, view, summary, READERS, twin=True)


def _form(action: Action) -> Endpoint:
    """An action's form and its sending."""
    return Endpoint(action.name, action.rule, partial(_acting, action), action.title, action.roles, BOTH, action.schema)


def _acting(action: Action, desk: Any, **arguments: Any) -> Page | Response:
    return recording.act(desk, action, **arguments)


REGISTRY: tuple[Endpoint, ...] = (
    Endpoint("sign_in_page", "/sign-in", access.sign_in_page, "How to sign in", None),
    Endpoint("sign_in", "/demo/as/<persona>", access.sign_in, "Become one of the demo's people", None),
    Endpoint("sign_out", "/sign-out", access.sign_out, "Sign out", READERS, ("POST",)),
    Endpoint("who", "/session.json", access.who, "Who is signed in", READERS),
    Endpoint("live", "/health/live", access.live, "The process answers", None),
    Endpoint("ready", "/health/ready", access.ready, "Everything needed is at hand", None),
    Endpoint("newest_signature", "/checkpoint", entries.newest_signature, "The newest signature of the whole record", None),
    Endpoint("policy", "/policy", entries.policy, "Whom to trust when checking, if you decide to trust this record's key", None),
    Endpoint("openapi", "/openapi.json", access.openapi, "What can be asked and sent", READERS),
    _page("home", "/", home.home, "Where every pupil is"),
    _page("placements", "/placements", placements.listing, "Every placement"),
    _page("placement", "/placements/<uuid:record_id>", placements.show, "One placement"),
    _page("chronology", "/placements/<uuid:record_id>/chronology", placements.story, "What happened to a placement, in order"),
    Endpoint("placement_evidence", "/placements/<uuid:record_id>/evidence.zip", entries.placement_evidence, "A placement's evidence file", READERS),
    _page("register", "/register", register.show, "The register of a day"),
    Endpoint("take_register", "/register", register.take, "Take the register", REGISTER, ("POST",), TakeRegister),
    Endpoint("amend", "/pupils/<uuid:record_id>/attendance/<day>/<session>/amend", register.amend, "Amend a mark", REGISTER, BOTH, AmendAttendance),
    _page("pupils", "/pupils", people.pupil_list, "Every pupil on roll"),
    _page("pupil", "/pupils/<uuid:record_id>", people.pupil, "One pupil"),
    _page("providers", "/providers", people.provider_list, "Every provider"),
    _page("provider", "/providers/<uuid:record_id>", people.provider, "One provider"),
    _page("delegations", "/delegations", people.delegations, "Every delegation"),
    _page("approvals", "/approvals", approvals.listing, "Who approved what"),
    _page("entry", "/entries/<int:index>", entries.show, "One entry"),
    Endpoint("proof", "/entries/<int:index>.tlog-proof", entries.proof, "The proof that an entry is in the signed record", READERS),
    Endpoint("entry_evidence", "/entries/<int:index>/evidence.zip", entries.entry_evidence, "One entry's evidence file", READERS),
    _page("receipt", "/receipts/<int:index>/<int:count>", entries.receipt, "The receipt for what was recorded"),
    *map(_form, ACTIONS),
)  # fmt: skip
