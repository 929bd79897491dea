"""Documents: staged before they are recorded, and handed out again as they were, for nobody's browser to run."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.http import dump_options_header, parse_options_header

from ledger.errors import VerificationError
from ledger.named_files import NamedFile
from projections.chronology import entry
from web.desk import Desk
from web.errors import Changed, Missing, Unprocessable
from web.file_types import LARGEST, NotTaken, refuse_too_large
from web.rendering import json_response
from web.uploads import read_upload


def stage(desk: Desk) -> Response:
    """Stage one file, sent as the body itself or as the one file of a form, and say what its reference is."""
    person = desk.officer.actor.id
    try:
        name, content = _sent()
        file = desk.services.staged.stage(person, name, content, desk.now)
    except NotTaken as no:
        raise Unprocessable({"file": f"The file {no}"}) from None
    return json_response(file, 201)


def _sent() -> tuple[str, bytes]:
    if request.mimetype == "multipart/form-data":
        upload = next((one for one in request.files.values() if one.filename), None)
        return ("", b"") if upload is None else (upload.filename or "", read_upload(upload))
    refuse_too_large(request.content_length or 0)
    _, said = parse_options_header(request.headers.get("Content-Disposition", ""))
    return said.get("filename", ""), request.stream.read(LARGEST + 1)


def attached(desk: Desk, index: int, file_id: UUID) -> Response:
    """A document of an entry, byte for byte as it was entered, or not at all."""
    found = entry(desk.connection, index + 1, desk.known_at)
    if found is None:
        raise Missing(f"There is no entry {index}.")
    [(_, fact)] = desk.services.source(index, 1)
    file = _named(fact, file_id)
    try:
        content = desk.services.attachments.read(index + 1, fact.subject, file)
    except VerificationError as wrong:
        raise Changed(
            f"{wrong} It is not handed out. Tell whoever runs this service to check the whole record."
        ) from wrong
    response = Response(content, mimetype=file.media_type)
    response.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": file.name})
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _named(fact: Any, file_id: UUID) -> NamedFile:
    """What the entry itself says of a file of its own; an erased one names none any more."""
    files = getattr(fact, "evidence", ())
    for file in files if isinstance(files, tuple) else ():
        if file.file_id == file_id:
            return NamedFile(file.file_id, file.name, file.media_type, file.size, file.sha256)
    raise Missing("This entry has no such document.")
