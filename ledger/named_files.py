"""The files that an entry names: what of each is sealed with the entry, and whether a file is that one.

An entry names files in the field `evidence` of the sealed group of that name, each as
`{"file_id":"<uuid>","name":"…","media_type":"…","size":<bytes>,"sha256":"<64 hexadecimal digits>"}`;
no id twice, or two files would lie at one place of an archive.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from ledger.disclosure import Disclosure
from ledger.errors import VerificationError

GROUP = "evidence"
_ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "message/rfc822": ".eml",
    "application/vnd.ms-outlook": ".msg",
}
_STEP = "attached file"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class NamedFile:
    """One file as an entry names it; `sha256` is of its bytes, in lower-case hexadecimal."""

    file_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str


def named(disclosed: Disclosure) -> tuple[NamedFile, ...]:
    """Return the files that an opened group names; a group of another kind names none.

    Raises:
        VerificationError: where they are not named as above.
    """
    if disclosed.group != GROUP:
        return ()
    match disclosed.fields:
        case {"evidence": list(files)}:
            found = tuple(map(_named, files))
            if len({file.file_id for file in found}) == len(found):
                return found
    raise _malformed()


def ending(media_type: str) -> str:
    """Return what a file of a kind is called by at its end, where it is handed out under its id."""
    return _ENDINGS.get(media_type, ".bin")


def check(file: NamedFile, content: bytes) -> None:
    """Check that these are the bytes of the file that was named.

    Raises:
        VerificationError: where they are not.
    """
    if len(content) != file.size or sha256(content).hexdigest() != file.sha256:
        raise VerificationError(f"The file “{file.name}” was altered: it is not the one the entry names.", step=_STEP)


def _named(value: Any) -> NamedFile:
    match value:
        case {
            "file_id": str(file_id),
            "name": str(name),
            "media_type": str(media_type),
            "size": int(size),
            "sha256": str(digest),
        } if _DIGEST.fullmatch(digest) and len(value) == 5:
            try:
                return NamedFile(UUID(file_id), name, media_type, size, digest)
            except ValueError as error:
                raise _malformed() from error
    raise _malformed()


def _malformed() -> VerificationError:
    return VerificationError("The entry names a file, but not as files are named.", step=_STEP)
