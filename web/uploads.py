"""A form's uploads: staged as they come, so that a refused form keeps them; it carries their references only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from flask import request
from marshmallow import Schema
from werkzeug.datastructures import FileStorage

from domain.parts import EvidenceFile
from web.desk import Desk
from web.file_names import cleaned
from web.file_types import LARGEST, NotTaken, megabytes, refuse_too_large
from web.reading import Form, numbers
from web.staging import NotStaged

LARGEST_SENDING = 25_000_000
"""Bytes of files that one sending may bring."""

LARGEST_READ = 60_000_000
"""Bytes of a sending that is read at all: beyond what is taken, so that who sends too much keeps their typing."""

_SHOW = "files"


def takes_files(schema: type[Schema] | None) -> bool:
    """Whether a form of this schema asks for files."""
    return schema is not None and bool(file_answers(schema()))


def file_answers(schema: Schema) -> list[str]:
    """The names of the answers that are files."""
    return [name for name, answer in schema.fields.items() if answer.metadata.get("show") == _SHOW]


def take_in(desk: Desk, schema: Schema, typed: Form) -> tuple[Form, dict[str, str]]:
    """Stage what was uploaded, let go of what was ticked for removal, and say which files were not taken and why."""
    result, problems = typed.copy(), {}
    for name in file_answers(schema):
        kept, removed = _sorted(typed, name)
        desk.services.staged.remove(_person(desk), removed, desk.now)
        new, refused = _stage(desk, request.files.getlist(name))
        for key in [key for key in result if key == name or key.startswith(f"{name}-")]:
            result.poplist(key)
        for number, file_id in enumerate([*kept, *new]):
            result[f"{name}-{number}-file_id"] = file_id
        if refused:
            problems[name] = " ".join(refused)
    return result, problems


def listed(desk: Desk, typed: Form, name: str) -> tuple[EvidenceFile, ...]:
    """The staged files that a form carries; what is not the person's is not shown."""
    found = []
    for file_id in _ids(_sorted(typed, name)[0]):
        try:
            found += desk.services.staged.find(_person(desk), [file_id])
        except NotStaged:
            continue
    return tuple(found)


def _sorted(typed: Form, name: str) -> tuple[list[str], list[UUID]]:
    """The references a form keeps, as typed, and those it lets go."""
    kept, removed = [], []
    for number in numbers(typed, name):
        reference = typed.get(f"{name}-{number}-file_id", "")
        if typed.get(f"{name}-{number}-remove"):
            removed.append(reference)
        elif reference:
            kept.append(reference)
    return kept, list(_ids(removed))


def _stage(desk: Desk, uploads: Iterable[FileStorage]) -> tuple[list[str], list[str]]:
    """Stage uploads; the references of those taken, and a sentence on each of the others."""
    taken, refused, total = [], [], 0
    for upload in uploads:
        if not upload.filename:
            continue
        try:
            content = read_upload(upload)
            total += len(content)
            if total > LARGEST_SENDING:
                raise NotTaken(f"was one too many: send up to {megabytes(LARGEST_SENDING)} at once, then the others.")
            taken.append(str(desk.services.staged.stage(_person(desk), upload.filename, content, desk.now).file_id))
        except NotTaken as no:
            refused.append(f"“{cleaned(upload.filename, ('',))}” {no}")
    return taken, refused


def read_upload(upload: FileStorage) -> bytes:
    """Read an uploaded file.

    Raises:
        NotTaken: where it is too large; it is not read then.
    """
    upload.stream.seek(0, 2)
    refuse_too_large(upload.stream.tell())
    upload.stream.seek(0)
    content: bytes = upload.stream.read(LARGEST)
    return content


def _ids(references: Iterable[str]) -> Iterator[UUID]:
    for reference in references:
        try:
            yield UUID(reference)
        except ValueError:
            continue


def _person(desk: Desk) -> UUID:
    return desk.officer.actor.id or UUID(int=0)
