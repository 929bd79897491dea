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
from web.actions import ACTIONS, READERS, REGISTER, STAFF, Action
from web.pages import (
    access,
    amendment,
    approvals,
    drafts,
    due,
    entries,
    files,
    home,
    importing,
    inspection,
    offices,
    open_sessions,
    parents,
    people,
    placement,
    placements,
    providers,
    readings,
    recording,
    register,
    requests,
    sheet,
    taking_evidence,
    whereabouts,
)
from web.pages import returns as returned
from web.rendering import Page
from web.schemas.attendance import AmendAttendance, RecordProviderReturn, TakeRegister
from web.uploads import takes_files

View = Callable[..., Page | Response]
BOTH = ("GET", "POST")


@dataclass(frozen=True)
class Endpoint:
    """One address; `twin` says that `.json` and `.csv` give the same under the same permission.

    `reads` says that the answer may hold records of pupils: it is searched, and whoever it is given to is recorded.
    `wants` is the form its answers have, refusals too: html, unless only machines send to it.
    """

    name: str
    rule: str
    view: View
    summary: str
    roles: frozenset[Role] | None
    methods: tuple[str, ...] = ("GET",)
    schema: type[Schema] | None = None
    twin: bool = False
    uploads: bool = False
    reads: bool = True
    wants: str = "html"

    @property
    def takes_files(self) -> bool:
        """Whether files may be sent to it, and so more bytes than elsewhere."""
        return self.uploads or takes_files(self.schema)

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


def _file(name: str, rule: str, view: View, summary: str, *, reads: bool = True) -> Endpoint:
    """A download for everyone who may look."""
    return Endpoint(name, rule, view, summary, READERS, reads=reads)


def _open(name: str, rule: str, view: View, summary: str) -> Endpoint:
    """Open to everyone, also to the anonymous; holds no pupil's record."""
    return Endpoint(name, rule, view, summary, None, reads=False)


_PLACEMENT, _ENTRY = "/placements/<uuid:record_id>", "/entries/<int:index>"
_PUPIL = "/pupils/<uuid:record_id>"
_MARK = "/pupils/<uuid:record_id>/attendance/<day>/<session>"

REGISTRY: tuple[Endpoint, ...] = (
    _open("sign_in_page", "/sign-in", access.sign_in_page, "How to sign in"),
    _open("sign_in", "/demo/as/<persona>", access.sign_in, "Become one of the demo's people"),
    Endpoint("sign_out", "/sign-out", access.sign_out, "Sign out", READERS, ("POST",), reads=False),
    _file("who", "/session.json", access.who, "Who is signed in, and the token that sendings carry", reads=False),
    _open("live", "/health/live", access.live, "The process answers"),
    _open("ready", "/health/ready", access.ready, "Everything needed is at hand"),
    _open("newest_signature", "/checkpoint", entries.newest_signature, "The newest signature of the whole record"),
    _open("policy", "/policy", entries.policy, "The key to check with, for whoever decides to trust it"),
    _file("openapi", "/openapi.json", access.openapi, "What can be asked and sent", reads=False),
    _page("home", "/", home.home, "The first page"),
    _page("whereabouts", "/whereabouts", whereabouts.listing, "Where every pupil is"),
    _page("needs_doing", "/needs-doing", due.listing, "What needs doing, the worst first"),
    _page("placements", "/placements", placements.listing, "Every placement"),
    _page("placement", _PLACEMENT, placement.show, "One placement"),
    _page("chronology", f"{_PLACEMENT}/chronology", placement.what_happened, "What happened to a placement, in order"),
    _page("parents", f"{_PLACEMENT}/parents", parents.choose, "Where the parents of a placement stand"),
    _file(
        "placement_evidence",
        f"{_PLACEMENT}/evidence.zip",
        taking_evidence.placement_file,
        "A placement's evidence file",
    ),
    Endpoint(
        "take_placement",
        f"{_PLACEMENT}/evidence",
        taking_evidence.placement,
        "Take a placement's evidence file",
        READERS,
        BOTH,
    ),
    Endpoint(
        "import_placements",
        "/placements/import",
        importing.import_placements,
        "Import placements that are on paper",
        STAFF,
        BOTH,
        uploads=True,
    ),
    Endpoint(
        "placements_template",
        "/placements/import/template.csv",
        importing.placements_template,
        "The columns of a file of placements",
        STAFF,
        reads=False,
    ),
    _page("register", "/register", register.show, "The register of a day"),
    Endpoint("take_register", "/register", register.take, "Take the register", REGISTER, ("POST",), TakeRegister),
    Endpoint("amend", f"{_MARK}/amend", amendment.amend, "Amend a mark", REGISTER, BOTH, AmendAttendance),
    _page("register_sheet", "/register/sheet", sheet.show, "The register of a day, to print and fill in by hand"),
    _page("open_sessions", "/register/open", open_sessions.listing, "Sessions unmarked, and codes N without a reason"),
    _page("returns", "/register/returns", returned.show, "What providers say, beside the school's marks"),
    Endpoint(
        "record_provider_return",
        "/register/returns",
        returned.receive,
        "Record a provider's return",
        REGISTER,
        ("POST",),
        RecordProviderReturn,
    ),
    _page("pupils", "/pupils", people.pupil_list, "Every pupil on roll"),
    _page("pupil", "/pupils/<uuid:record_id>", people.pupil, "One pupil"),
    _file("pupil_evidence", f"{_PUPIL}/evidence.zip", taking_evidence.pupil_file, "A pupil's evidence file"),
    Endpoint("take_pupil", f"{_PUPIL}/evidence", taking_evidence.pupil, "Take a pupil's evidence file", READERS, BOTH),
    Endpoint(
        "take_evidence",
        "/evidence",
        taking_evidence.record,
        "Take an evidence file of a period, or of the whole record",
        readings.MAY_SEE,
        BOTH,
    ),
    _page("providers", "/providers", providers.listing, "Every provider"),
    _page("provider", "/providers/<uuid:record_id>", providers.show, "One provider: its file"),
    _page("offices", "/offices", offices.listing, "Who holds which office"),
    _page("delegations", "/delegations", people.delegations, "Every delegation"),
    _page("inspection_list", "/inspection-list", inspection.listing, "What an inspection asks for first"),
    _page("approvals", "/approvals", approvals.listing, "Who approved what"),
    Endpoint("readings", "/readings", readings.listing, "Who looked", readings.MAY_SEE, twin=True),
    _page("entry", _ENTRY, entries.show, "One entry"),
    _file(
        "proof", f"{_ENTRY}.tlog-proof", entries.proof, "The proof that an entry is in the signed record", reads=False
    ),
    _file("entry_evidence", f"{_ENTRY}/evidence.zip", entries.entry_evidence, "One entry's evidence file"),
    _page("receipt", "/receipts/<int:index>/<int:count>", entries.receipt, "The receipt for what was recorded"),
    _file("attached_file", f"{_ENTRY}/files/<uuid:file_id>", files.attached, "A document attached to an entry"),
    Endpoint(
        "stage_file",
        "/files",
        files.stage,
        "Send a file, to be named by what is recorded next",
        STAFF,
        ("POST",),
        uploads=True,
        wants="json",
    ),
    _page("consent_request", f"{_PLACEMENT}/requests/<int:number>", requests.show, "A request for consent"),
    Endpoint(
        "file_answer", "/answers/file", requests.file_answer, "File an authority's answer", STAFF, BOTH, uploads=True
    ),
    Endpoint("drafts", "/drafts", drafts.listing, "What you began and have not sent", STAFF, twin=True),
    Endpoint("discard_draft", "/drafts/<uuid:draft_id>/discard", drafts.discard, "Discard a draft", STAFF, ("POST",)),
    *map(_form, ACTIONS),
)
