"""One table from what can go wrong to what a person and a machine are told (RFC 9457), in two forms."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from secrets import token_hex
from typing import Any

from eventsourcing.persistence import IntegrityError, OperationalError
from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError

from domain import errors as domain
from ledger.append import KeysChanged, RowsPlanted
from ledger.commands import CommandKeyReused
from ledger.errors import LedgerError, VerificationError
from ledger.exporting import NothingToExport
from ledger.log import EntryMissing, NoCheckpoint
from ledger.recorder import LogIsFrozen
from ledger.signing import EntryForged
from ledger.subjects import SubjectErased
from ledger.token_keys import TokenUnusable
from projections.catch_up import ProjectionStoppedError
from projections.database import ReadDatabaseUnreachable
from web.rendering import json_response

_LOG = logging.getLogger(__name__)


class WebError(Exception):
    """The one root of what the web layer itself says no with; the message is the sentence shown."""


class SignInNeeded(WebError):
    """Nobody is signed in."""


class Forbidden(WebError):
    """Whoever asks may not."""


class Missing(WebError):
    """There is nothing at this address."""


class Changed(WebError):
    """What is stored is not what was entered, so it is not shown."""


_MENDING = "Its keys were changed since it started: whoever runs it must start it again."


class NotRecorded(WebError):
    """It could not be recorded that somebody looked, so nothing is shown."""

    def __init__(self, cause: Exception) -> None:
        mending = _MENDING if isinstance(cause, KeysChanged) else "Try again in a minute."
        super().__init__(f"The service could not record that you looked, so nothing is shown. {mending}")
        self.__cause__ = cause


class Unsearchable(LedgerError):
    """An answer cannot be searched for the pupils it names, and nothing says whose record it is."""


class Malformed(WebError):
    """What was sent cannot be read at all."""


class Unprocessable(WebError):
    """What was sent can be read and does not fit; `problems` names each field and says what would."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("What you sent needs changing before it can be recorded.")
        self.problems = dict(problems)


@dataclass(frozen=True)
class Refusal:
    """One reason why nothing was recorded."""

    sentence: str
    rule: str | None = None
    clause: str | None = None
    remedy: str | None = None
    field: str | None = None
    overridable: bool = False


@dataclass(frozen=True)
class Problem:
    """What an error comes to: a status, a title, and the reasons."""

    status: int
    title: str
    detail: str
    breaches: Sequence[Refusal] = field(default_factory=tuple)


TABLE: tuple[tuple[type[Exception], int, str], ...] = (
    (SignInNeeded, 401, "Sign in first"),
    (Forbidden, 403, "You cannot do this"),
    (Missing, 404, "Page not found"),
    (domain.NotFound, 404, "Page not found"),
    (EntryMissing, 404, "Page not found"),
    (NothingToExport, 422, "There is a problem"),
    (Malformed, 400, "This could not be read"),
    (Unprocessable, 422, "There is a problem"),
    (domain.Impossible, 422, "There is a problem"),
    (domain.DecisionRefused, 422, "This cannot be recorded"),
    (domain.AlreadyRecorded, 409, "This is recorded already"),
    (domain.Stale, 409, "Someone else changed this record"),
    (IntegrityError, 409, "Someone else changed this record"),
    (domain.SubjectErased, 410, "This record was erased"),
    (SubjectErased, 410, "This record was erased"),
    (CommandKeyReused, 422, "This was sent before with other content"),
    (Changed, 503, "The record was changed"),
    (VerificationError, 503, "The record was changed"),
    (RowsPlanted, 503, "The record was changed"),
    (EntryForged, 503, "The record was changed"),
    (KeysChanged, 503, "The service must be started again"),
    (LogIsFrozen, 409, "This record is closed"),
    (NoCheckpoint, 503, "Not ready yet"),
    (NotRecorded, 503, "Nothing can be shown just now"),
    (OperationalError, 503, "Not possible just now"),
    (TokenUnusable, 503, "Not possible just now"),
    (ReadDatabaseUnreachable, 503, "Not possible just now"),
    (ProjectionStoppedError, 503, "The pages are not up to date"),
)
_UPLOADS_TOO_LARGE = (
    "The files you sent are together larger than {most} MB. Nothing was recorded. Go back: your browser still has what"
    " you typed. A file may be up to 10 MB, so scan a long document at a lower resolution, or split it."
)
_HTTP = {
    400: ("This could not be read", "What was sent could not be read. Nothing was recorded."),
    404: ("Page not found", "Check the address. A link may lead to something that was never recorded."),
    405: ("This cannot be done here", "This address does not take that kind of request."),
    413: ("Too much at once", "What you sent is larger than 1 megabyte. Nothing was recorded. Send less at a time."),
    415: ("This could not be read", "Send a form or JSON. Nothing was recorded."),
}  # fmt: skip


def problem(error: Exception) -> Problem | None:
    """What the table says of an error; None where it is nothing anyone foresaw."""
    for kind, status, title in TABLE:
        if isinstance(error, kind):
            return Problem(status, title, _detail(error), tuple(_breaches(error)))
    if isinstance(error, HTTPException) and error.code is not None:
        title, detail = _HTTP.get(error.code, (error.name, error.description or error.name))
        most = (request.max_content_length or 0) // 1_000_000
        if error.code == 413 and most > 1:
            detail = _UPLOADS_TOO_LARGE.format(most=most)
        return Problem(error.code, title, detail)
    return None


_CHANGED = (
    "Somebody changed what is stored, so nothing was recorded and nothing may be relied on. Tell whoever runs this"
    " service to stop it and check the whole record with audit."
)
_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (
        CommandKeyReused,
        "This was sent before with something else in it. Nothing more was recorded. Open the form again.",
    ),
    (IntegrityError, "This record has changed since you opened it. Look at what is new, then send yours again."),
    (
        ProjectionStoppedError,
        "The pages cannot be brought up to date, so they are not shown. What was entered is safe.",
    ),
    (VerificationError, _CHANGED),
    (RowsPlanted, _CHANGED),
    (EntryForged, _CHANGED),
    (OperationalError, "The record cannot be written or read just now. Nothing was recorded. Try again in a minute."),
    (TokenUnusable, "The record cannot be signed just now. Nothing was recorded. Tell whoever runs this service."),
    (ReadDatabaseUnreachable, "The pages cannot be read just now. What was entered is safe. Try again in a minute."),
    (NoCheckpoint, "This entry is too new to be covered by a signature of the whole record. Try again in a second."),
)
"""What people are told where the error itself speaks to somebody else."""


def _detail(error: Exception) -> str:
    return next((sentence for kind, sentence in _SENTENCES if isinstance(error, kind)), str(error))


def _breaches(error: Exception) -> list[Refusal]:
    if isinstance(error, domain.DecisionRefused):
        return [
            Refusal(breach.sentence, breach.rule, breach.clause, breach.remedy, breach.field, breach.overridable)
            for breach in error.breaches
        ]
    if isinstance(error, domain.Impossible | domain.AlreadyRecorded):
        return [Refusal(error.sentence, error.rule, field=error.field)]
    if isinstance(error, Unprocessable):
        return [Refusal(sentence, field=name) for name, sentence in error.problems.items()]
    return []


def wants_json() -> bool:
    """Whether the answer goes to a machine: it asked for the twin, sent JSON or says it takes nothing else."""
    found = g.get("desk")
    if found is not None and found.wants in {"json", "csv"}:
        return True
    return request.is_json or request.accept_mimetypes.best == "application/json"


def answer(error: Exception) -> Response:
    """An error as a page, or as problem+json."""
    if isinstance(error, SecurityError):  # the host is not ours, so no address on a page of ours would be right
        return Response("This name is not answered here.\n", 400, mimetype="text/plain")
    found = problem(error)
    if found is None:
        reference = token_hex(4)
        _LOG.error("unforeseen, reference %s: %s", reference, type(error).__name__, exc_info=error)
        detail = f"This is our fault, and nothing was recorded. If you report it, give the reference {reference}."
        found = Problem(500, "Sorry, there is a problem with the service", detail)
    response = _as_json(found) if wants_json() else Response(render_template("error.html", problem=found), found.status)
    if isinstance(error, HTTPException) and error.code == 405:
        response.headers["Allow"] = dict(error.get_headers()).get("Allow", "GET")
    return response


def _as_json(found: Problem) -> Response:
    body: dict[str, Any] = {"type": "about:blank", "title": found.title, "status": found.status, "detail": found.detail}
    if found.breaches:
        body["breaches"] = [asdict(breach) for breach in found.breaches]
    return json_response(body, found.status, "application/problem+json")


def use(app: Flask) -> None:
    """Answer every error through the table."""
    app.register_error_handler(Exception, answer)
