"""Who looks at whose record is recorded before the answer leaves; where that fails, the answer does not (DESIGN §6)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from eventsourcing.persistence import PersistenceError
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from domain.errors import DomainError
from domain.values import Submission
from ledger.errors import LedgerError
from projections.catch_up import ProjectionStoppedError
from projections.placements import pupil_of
from web import errors
from web.desk import Desk
from web.finding import Finder
from web.rendering import Kept

if TYPE_CHECKING:
    from web.endpoints import Endpoint

_LOG = logging.getLogger(__name__)
_TEXTS = ("text/", "application/json", "application/problem+json")
_RECORDED, _REDIRECTS, _FAILED = 201, range(300, 400), 400


def use(app: Flask, registry: Iterable[Endpoint]) -> None:
    """Record every reading of what the registry says gives out records of pupils, and of every error on the way."""
    app.extensions["placement-ledger-finder"] = Finder()
    app.extensions["placement-ledger-unread"] = frozenset(one.name for one in registry if not one.reads) | {"static"}
    app.after_request(_record)


def answered(desk: Desk, arguments: dict[str, Any]) -> None:
    """Note whose record the address of an answer is about, whether or not the answer names them."""
    services = desk.services
    if "index" in arguments and "count" not in arguments:
        desk.shown |= _finder(desk).find(services.log.leaf(arguments["index"]).body)
    record_id = arguments.get("record_id")
    if record_id is not None:
        pupil_id = record_id if _finder(desk).knows(record_id) else pupil_of(desk.connection, record_id)
        desk.shown |= set() if pupil_id is None else {pupil_id}


def asked_about(desk: Desk) -> None:
    """Note whom a refused sending names: the answer says why not, and need not say again of whom."""
    desk.shown |= _finder(desk).find(request.get_data())


def _record(response: Response) -> Response:
    """Record whose records an answer holds; an answer that nobody can be recorded to have seen is not given.

    An address without a body (HEAD), a redirect, and the acknowledgement of what was just recorded show nothing.
    """
    desk: Desk | None = g.get("desk")
    if desk is None or _shows_nothing(response):
        return response
    try:
        pupils = desk.shown | _named(desk, response)
        if pupils:
            _state(desk, response, pupils)
    except (PersistenceError, LedgerError, DomainError, ProjectionStoppedError, SQLAlchemyError) as error:
        _LOG.warning("a reading was not recorded, so nothing was shown: %s", type(error).__name__)
        response.close()
        return errors.answer(errors.NotRecorded(error))
    return response


def _shows_nothing(response: Response) -> bool:
    unread: frozenset[str] = current_app.extensions["placement-ledger-unread"]
    silent = request.method == "HEAD" or response.status_code in {_RECORDED, *_REDIRECTS}
    return silent or _page() in unread


def _page() -> str:
    name = request.endpoint or "error"
    return name.removesuffix(".json").removesuffix(".csv")


def _named(desk: Desk, response: Response) -> set[UUID]:
    """Whom the body names.

    Raises:
        Unsearchable: where it cannot be read through and its address does not say whose record it is.
    """
    failed = response.status_code >= _FAILED and not desk.looked  # what it is about was never looked up
    finder, body = Finder() if failed else _finder(desk), response.response
    if isinstance(body, Kept) and response.mimetype.startswith(_TEXTS):
        return {pupil for piece in body.pieces() for pupil in finder.find(piece)}
    if response.mimetype.startswith(_TEXTS) and not response.is_streamed:
        return finder.find(response.get_data())
    if not desk.shown and not {"record_id", "index"} & (request.view_args or {}).keys():
        raise errors.Unsearchable(f"{_page()} gives out a file and its address does not say whose record it is from.")
    return set()


def _finder(desk: Desk) -> Finder:
    finder: Finder = current_app.extensions["placement-ledger-finder"]
    finder.learn(desk.connection)
    return finder


def _state(desk: Desk, response: Response, pupils: set[UUID]) -> None:
    """Record it in the reader's name."""
    form = "html" if response.mimetype == "text/html" else desk.wants if desk.wants != "html" else _other(response)
    desk.services.application.record_reading(
        uuid4(),
        page=_page(),
        form=form,
        pupils=tuple(sorted(pupils)),
        submission=Submission(desk.officer, desk.now),
    )


def _other(response: Response) -> str:
    return "json" if "json" in response.mimetype else "file"
