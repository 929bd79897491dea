"""The files that support what is recorded: staged first, then named by their references."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load, validate

from web.schemas.answers import Answers, IdField, Rows

MOST_FILES = 10
"""How many files one entry may have."""


class StagedFile(Answers):
    """One file, by the reference that staging it gave."""

    file_id = IdField(
        required=True,
        error_messages={"required": "Name the file by its file_id.", "invalid": "The file_id must be a UUID."},
    )

    @post_load
    def _make(self, data: Mapping[str, Any], **_: Any) -> UUID:
        file_id: UUID = data["file_id"]
        return file_id


def files(label: str = "Documents", hint: str = "") -> Rows:
    """Files that support it, none at least; a form offers to choose several and lists those it has."""
    asked = {"label": label, "hint": hint or "What came in or was signed. Leave empty if there is nothing to keep"}
    return Rows(
        fields.Nested(StagedFile),
        validate=validate.Length(max=MOST_FILES, error=f"Give at most {MOST_FILES} files for one entry."),
        load_default=(),
        error_messages={"invalid": "The files must be a list."},
        metadata={**asked, "show": "files"},
    )
